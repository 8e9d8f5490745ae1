"""What a shop can see with an experiment, before it starts."""

from datetime import timedelta
from math import exp
from typing import NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.experiments.plan import Design
from wracaj.experiments.verdict import alpha_of, compared
from wracaj.settings.experiments import Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj_cli.counted import counted
from wracaj_cli.shops.target import Target

WEEKS = (4, 12, 26)
LOOK_BACK = timedelta(weeks=4)
SIGMA = 0.8  # of the logarithm of order values, where nothing is known of them
USUAL_ORDERS_PERCENT = 10.0


class Pace(NamedTuple):
    """`people`: who would enter in a week. `orders_percent`: of them order within the days."""

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


def as_table(name: str, experiment: Experiment, pace: Pace, currency: str) -> Group:
    unit = "orders" if experiment.metric == "orders" else currency
    wanted = float(experiment.smallest_lift)
    table = Table(title=f"{name}: what it can show", title_justify="left")
    for column in ("Arm", "After", "People", "Smallest difference for 100 shoppers"):
        table.add_column(column, overflow="fold")
    lines, needed = [], 0
    for arm, (design, both) in designs(experiment, pace).items():
        for weeks in WEEKS:
            people = round(pace.people * weeks * both)
            smallest = f"{100 * design.smallest_lift(people):.1f} {unit}" if people > 1 else "–"
            table.add_row(arm, counted(weeks, "week"), f"{people:,}", smallest)
        all_people = round(design.people_needed(wanted / 100) / both)
        needed = max(needed, all_people)
        when = f", about {all_people / pace.people:.0f} weeks at this pace" if pace.people else ""
        lines.append(
            f"{arm}: a difference of {wanted:g} {unit} for 100 shoppers shows with a chance of 80 %"
            f" after {all_people:,} people{when}, often after half of them."
        )
    assumed = f"{pace.people:.0f} people a week, of whom {pace.orders_percent:.1f} % order"
    assumed += f" for {pace.order_value:,.2f} {currency}" if experiment.metric != "orders" else ""
    lines.append(f"Assumed: {assumed} within {counted(experiment.days, 'day')}.")
    lines.append(f"Write into the experiment before it begins: `people: {max(100, needed)}`.")
    return Group(table, Text("\n".join(lines)))
