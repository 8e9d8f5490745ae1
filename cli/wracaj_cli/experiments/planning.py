"""What a shop can see with an experiment, before it starts."""

from datetime import timedelta
from math import exp, inf
from typing import NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.experiments.plan import Design
from wracaj.experiments.verdict import alpha_of, compared
from wracaj.money import format_money
from wracaj.settings.experiments import FEWEST_PEOPLE, LATE_WORD, MOST_PEOPLE, Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj_cli.counted import counted
from wracaj_cli.experiments.words import amount_in_words, arm_in_words
from wracaj_cli.shops.target import Target

WEEKS = (4, 12, 26)
LOOK_BACK = timedelta(weeks=4)
SIGMA = 0.8  # of the logarithm of order values, where nothing is known of them
USUAL_ORDERS_PERCENT = 10.0


class Pace(NamedTuple):
    """`people`: who would enter in a week. `orders_percent`: of them order within the days.
    `order_value`: of one order, in the experiment's metric."""

    people: float
    orders_percent: float
    order_value: float


def people_a_week(target: Target, shop: ShopSettings, experiment: Experiment) -> float:
    """Return how many shoppers would enter in a week: of the timeline's message that most shoppers
    reached in the last four weeks, those who got it or would have got it."""
    store, now = target.store(), target.now()
    reached: dict[str, dict[str, int]] = {}
    for day in range(LOOK_BACK.days):
        counters = store.counters.of_day(shop.shop, f"{now - timedelta(days=day):%Y-%m-%d}")
        for step, outcomes in counters.items():
            timeline, _, message = step.partition("#")
            if experiment.is_about(timeline) and timeline in shop.timelines:
                sums = reached.setdefault(timeline, {})
                gate = outcomes.get("sent", 0) + outcomes.get("skipped_in_holdout", 0)
                sums[message] = sums.get(message, 0) + gate
    return sum(max(sums.values()) for sums in reached.values()) / (LOOK_BACK.days / 7)


def orders_percent(store: Store, shop: ShopSettings) -> float:
    """Return how many of 100 shoppers ordered in earlier experiments, or what is usual."""
    people, ordered = 0, 0.0
    for name in shop.experiments:
        for one in store.experiments.sums(shop.shop, name):
            people += one.sums.people
            ordered += one.sums.metrics["ordered"].total
    return 100 * ordered / people if people >= 100 and ordered else USUAL_ORDERS_PERCENT


def designs(experiment: Experiment, pace: Pace) -> dict[str, tuple[Design, float]]:
    """Return for each arm that is compared its design, and the share of all people who are in one
    of the two arms."""
    control, variance = experiment.shares[experiment.control], _variance(experiment, pace)
    found = {}
    for arm in compared(experiment):
        both = control + experiment.shares[arm]
        found[arm] = (Design(variance, variance, control / both, alpha_of(experiment)), both)
    return found


def _variance(experiment: Experiment, pace: Pace) -> float:
    """Return the variance of one person's outcome. Order values are taken as lognormal."""
    rate = pace.orders_percent / 100
    if experiment.metric == "orders":
        return rate * (1 - rate)
    return float(rate * pace.order_value**2 * (exp(SIGMA**2) - rate))


def value_of_an_order(experiment: Experiment, order_value: float, shop: ShopSettings) -> float:
    """Return what an order is worth in the experiment's metric. `order_value`: without tax."""
    margin = shop.economics.margin_percent
    is_margin = experiment.metric == "contribution" and margin is not None
    return order_value * float(margin or 0) / 100 if is_margin else order_value


def as_table(name: str, experiment: Experiment, pace: Pace, currency: str) -> Group:
    table = Table(title=f"{name}: what it can show", title_justify="left")
    for column in ("Arm", "After", "Days over", "Smallest difference for 100 shoppers"):
        table.add_column(column, overflow="fold")
    lines, needed, wait = [], 0, _weeks_until_counted(experiment)
    for arm, (design, both) in designs(experiment, pace).items():
        title = arm_in_words(arm, "en")
        for weeks in WEEKS:
            people = round(pace.people * max(0, weeks - wait) * both)
            smallest = _smallest(design, people, experiment, currency)
            table.add_row(title, counted(weeks, "week"), f"{people:,}", smallest)
        all_people = round(design.people_needed(float(experiment.smallest_lift) / 100) / both)
        needed = max(needed, all_people)
        weeks_needed = (
            counted(round(all_people / pace.people + wait), "week") if pace.people else ""
        )
        when = f", about {weeks_needed} at this pace" if pace.people else ""
        lines.append(
            f"{title}: a difference of {_wanted(experiment, currency)} for 100 shoppers shows with"
            f" a chance of 80 % after {all_people:,} people{when}, often after half of them."
        )
    return Group(
        table, Text("\n".join([*lines, _assumed(experiment, pace, currency), _mend(needed)]))
    )


def _weeks_until_counted(experiment: Experiment) -> float:
    """Return how long whoever enters waits until they count: the days, and until the day of entry
    is frozen."""
    return (experiment.days + 1 + LATE_WORD / timedelta(days=1)) / 7


def _smallest(design: Design, people: int, experiment: Experiment, currency: str) -> str:
    """Return the smallest difference that shows; none: there can be none so large."""
    smallest = 100 * design.smallest_lift(people) if people > 1 else inf
    if smallest > 100 and (experiment.metric == "orders" or smallest == inf):
        return "–"
    return amount_in_words(smallest, experiment, currency, "en")


def _wanted(experiment: Experiment, currency: str) -> str:
    """Return the smallest lift as it is written in the settings."""
    lift = experiment.smallest_lift
    if experiment.metric != "orders":
        return format_money(lift, currency, "en")
    return f"{lift:f} {'order' if lift == 1 else 'orders'}"


def _assumed(experiment: Experiment, pace: Pace, currency: str) -> str:
    told = f"{pace.people:,.0f} people a week, of whom {pace.orders_percent:.1f} % order"
    if experiment.metric != "orders":
        value = amount_in_words(pace.order_value, experiment, currency, "en")
        what = "contribution" if experiment.metric == "contribution" else "paid"
        told += f" for {value} ({what})"
    return f"Assumed: {told} within {counted(experiment.days, 'day')}."


def _mend(needed: int) -> str:
    if needed > MOST_PEOPLE:
        return (
            f"So small a difference takes more than {MOST_PEOPLE:,} people: raise `smallest_lift`."
        )
    return f"Write into the experiment before it begins: `people: {max(FEWEST_PEOPLE, needed)}`."
