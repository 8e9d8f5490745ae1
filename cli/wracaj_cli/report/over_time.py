"""What an experiment showed on each past day: the interval of then, from the same daily sums. Only
people whose days were over by then count, so a later look changes none of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from types import MappingProxyType
from typing import NamedTuple

from wracaj.experiments.intervals import Interval
from wracaj.experiments.outcomes import freezes_at
from wracaj.experiments.verdict import DayCount, Finding, verdict
from wracaj.settings.experiments import Experiment

MOST_LOOKS = 24
DAY = timedelta(days=1)


class Look(NamedTuple):
    """The interval of an arm's difference for one person, as it was at a moment. `people`: those of
    both compared arms whose days were over. `interval`: None: it was too early."""

    at: datetime
    people: int
    finding: Finding
    interval: Interval | None


def looks(
    experiment: Experiment,
    days: Iterable[DayCount],
    now: datetime,
    costs: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, list[Look]]:
    """Return arm → its looks, the earliest first and evenly spaced, the last one as of now. Looks
    before the first interval are left out. `costs`: of messages to one person, by arm, as known
    now."""
    days = list(days)
    found: dict[str, list[Look]] = {}
    for at in _moments(experiment, days, now):
        seen = verdict(experiment, days, at, costs)
        for one in seen.comparisons:
            people = seen.people[one.arm] + seen.people[experiment.control]
            told = Look(at, people, one.finding, one.interval)
            if found.get(one.arm) or one.interval:
                found.setdefault(one.arm, []).append(told)
    return found


def evenly(looks: Sequence[Look], most: int) -> list[Look]:
    """Return so many of the looks at most, evenly spaced, the last one among them."""
    step = ceil(len(looks) / most)
    return list(reversed(looks[::-1][::step])) if looks else []


def _moments(experiment: Experiment, days: list[DayCount], now: datetime) -> list[datetime]:
    """Return when looks fall: after the last day that has frozen, and evenly back to the first."""
    frozen = [at for one in days if (at := freezes_at(one.day, experiment.days)) <= now]
    if not frozen:
        return []
    first, last = min(frozen), max(frozen)
    step = max(1, ceil((last - first) / DAY / (MOST_LOOKS - 1)))
    return [last - back * step * DAY for back in reversed(range((last - first) // DAY // step + 1))]
