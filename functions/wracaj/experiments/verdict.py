"""What an experiment shows so far, from its daily sums.

Only days that are frozen count, and all arms after the same time. Each arm is compared with the
first one. With more than one such comparison, each has its share of the 5 percent.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist
from types import MappingProxyType
from typing import NamedTuple

from wracaj.experiments.intervals import Interval, Sums, guarded_variance, half_width, sequential
from wracaj.experiments.outcomes import freezes_at
from wracaj.experiments.plan import POWER
from wracaj.experiments.shares import e_value
from wracaj.settings.experiments import Experiment

ALPHA = 0.05
ORDERS_FOR_A_VERDICT = 25  # in each arm
SHARES_WRONG = 1000.0  # an e-value that comes by chance in one of 1000 experiments
WEEKS_OF_PACE = 4
MOST_PEOPLE = 10**9
METRICS = {"orders": "ordered", "paid": "paid", "contribution": "contribution"}


class DayCount(NamedTuple):
    """One arm's people of one day of entry, UTC. `metrics`: of what each person brought."""

    day: date
    arm: str
    people: int
    metrics: Mapping[str, Sums]


class Finding(StrEnum):
    TOO_EARLY = "too_early"
    ALL_ALIKE = "all_alike"  # of an arm: without a variance there is no interval
    NOT_ENOUGH = "not_enough"
    PAYS = "pays"
    COSTS = "costs"
    TOO_SMALL = "too_small"
    WOULD_HAVE_SHOWN = "would_have_shown"


class Comparison(NamedTuple):
    """`interval`: of the difference for one person; None: too early. `more_people`: how many are
    missing until the smallest lift would be found, both arms together; None: unknown."""

    arm: str
    finding: Finding
    interval: Interval | None
    more_people: int | None
    weeks: int | None


class Verdict(NamedTuple):
    """`people`: arm → those whose days are over. `entered`: arm → all. `frozen_until`: the last day
    that counts. `shares_are_wrong`: the arms do not have the designed shares, so that nothing can
    be concluded."""

    metric: str
    people: Mapping[str, int]
    entered: Mapping[str, int]
    sums: Mapping[str, Sums]
    comparisons: tuple[Comparison, ...]
    frozen_until: date | None
    shares_e: float

    @property
    def shares_are_wrong(self) -> bool:
        return self.shares_e >= SHARES_WRONG


def verdict(
    experiment: Experiment,
    days: Iterable[DayCount],
    now: datetime,
    costs: Mapping[str, float] = MappingProxyType({}),
) -> Verdict:
    """Judge an experiment. `costs`: arm → what the messages to one of its people cost. They count
    against contribution, as a number that is the same for everybody: they vary little beside what
    people buy."""
    days = list(days)
    frozen = [one for one in days if freezes_at(one.day, experiment.days) <= now]
    metric, arms = METRICS[experiment.metric], list(experiment.shares)
    sums = {arm: _added(one.metrics[metric] for one in frozen if one.arm == arm) for arm in arms}
    ordered = {
        arm: _added(one.metrics["ordered"] for one in frozen if one.arm == arm) for arm in arms
    }
    entered = {arm: sum(one.people for one in days if one.arm == arm) for arm in arms}
    return Verdict(
        metric=experiment.metric,
        people={arm: sums[arm].n for arm in arms},
        entered=entered,
        sums=sums,
        comparisons=tuple(
            _compare(experiment, arm, sums, ordered, _pace(experiment, arm, days, now), costs)
            for arm in compared(experiment)
        ),
        frozen_until=max((one.day for one in frozen), default=None),
        shares_e=e_value([entered[arm] for arm in arms], list(experiment.shares.values())),
    )


def compared(experiment: Experiment) -> list[str]:
    """Return the arms that are compared with the control."""
    return [arm for arm in experiment.shares if arm != experiment.control]


def alpha_of(experiment: Experiment) -> float:
    """Return the share of each comparison: together they are wrong in 5 of 100 experiments."""
    return ALPHA / len(compared(experiment))


def _added(sums: Iterable[Sums]) -> Sums:
    all_ = list(sums)
    return Sums(
        sum(one.n for one in all_),
        sum(one.total for one in all_),
        sum(one.squares for one in all_),
    )


def _compare(
    experiment: Experiment,
    arm: str,
    sums: Mapping[str, Sums],
    ordered: Mapping[str, Sums],
    pace: float,
    costs: Mapping[str, float],
) -> Comparison:
    treated, control = sums[arm], sums[experiment.control]
    enough = min(ordered[arm].total, ordered[experiment.control].total) >= ORDERS_FOR_A_VERDICT
    if not enough:
        return Comparison(arm, Finding.TOO_EARLY, None, None, None)
    if guarded_variance(treated, control) == 0:
        return Comparison(arm, Finding.ALL_ALIKE, None, None, None)
    alpha, lift = alpha_of(experiment), float(experiment.smallest_lift) / 100
    interval = sequential(treated, control, alpha, experiment.people)
    if experiment.metric == "contribution":
        dearer = costs.get(arm, 0) - costs.get(experiment.control, 0)
        interval = Interval(*(end - dearer for end in interval))
    n = treated.n + control.n
    spread = sqrt(n * guarded_variance(treated, control))
    needed = people_until(spread, lift, alpha, experiment.people)
    finding = _finding(interval, lift, is_past=n >= needed)
    more = max(0, needed - n) if finding is Finding.NOT_ENOUGH else None
    weeks = ceil(more / pace + experiment.days / 7) if more is not None and pace else None
    return Comparison(arm, finding, interval, more, weeks)


def _finding(interval: Interval, lift: float, *, is_past: bool) -> Finding:
    if interval.low > 0:
        return Finding.PAYS
    if interval.high < 0:
        return Finding.COSTS
    if -lift < interval.low and interval.high < lift:
        return Finding.TOO_SMALL
    return Finding.WOULD_HAVE_SHOWN if is_past else Finding.NOT_ENOUGH


def people_until(spread: float, lift: float, alpha: float, t_star: float) -> int:
    """Return the smallest number of people at which a difference of `lift` is found with a chance
    of 80 percent: spread x (half width + 0.84 / sqrt(n)) <= lift. `spread`: see Design."""
    z = NormalDist().inv_cdf(POWER)

    def is_enough(n: int) -> bool:
        return spread * (half_width(n, alpha, t_star) + z / sqrt(n)) <= lift

    low, high = 1, 2
    while not is_enough(high) and high < MOST_PEOPLE:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _pace(experiment: Experiment, arm: str, days: Iterable[DayCount], now: datetime) -> float:
    """Return how many people entered one of the two compared arms a week, in the last four weeks or
    since the first entered."""
    both = {arm, experiment.control}
    days = [one for one in days if one.people and one.arm in both]
    if not days:
        return 0
    today = now.date()
    since = max(min(one.day for one in days), today - timedelta(weeks=WEEKS_OF_PACE))
    entered = sum(one.people for one in days if one.day >= since)
    return entered / max(1, (today - since).days) * 7
