"""What a shop can see with an experiment, before it starts. The words: planning_words.py."""

from datetime import timedelta
from math import exp
from typing import NamedTuple

from wracaj.experiments.plan import Design
from wracaj.experiments.verdict import alpha_of, compared
from wracaj.settings.experiments import LATE_WORD, Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj_cli.shops.target import Target

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


def weeks_until_counted(experiment: Experiment) -> float:
    """Return how long whoever enters waits until they count: the days, and until the day of entry
    is frozen."""
    return (experiment.days + 1 + LATE_WORD / timedelta(days=1)) / 7
