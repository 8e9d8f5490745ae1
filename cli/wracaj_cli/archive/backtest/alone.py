"""Who buys without any message, by hours since the last activity in the cart.

Until the first step of a timeline everybody is alone; after it, only those whom an experiment holds
out. So each hour is asked of those who were still alone in it: a share of them buys in this hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple

from wracaj_cli.archive.backtest.histories import History
from wracaj_cli.archive.backtest.runs import Run

HOURS = 72
FIRST_REMINDER = range(1, 25)  # the hours after which a first reminder is thinkable
FEWEST_ALONE, FEWEST_ORDERS = 100, 25
HOUR = timedelta(hours=1)
Z = 1.96  # of a 95 % interval


class Hour(NamedTuple):
    """`hour`: so many hours have passed. `alone`: who had not bought by then, and were alone for
    the hour after it, too. `bought_by`: the share that had bought by then. `bought_next`: who of
    those alone buy in the hour after it."""

    hour: int
    alone: int
    bought_by: float
    bought_next: int

    @property
    def interrupted(self) -> float:
        """The share whom a reminder at this hour would interrupt just before their own order."""
        return self.bought_next / self.alone if self.alone else 0.0


@dataclass(slots=True)
class Alone:
    """`bought`, `left`: hour → whose watching ended in it, with an order or without."""

    bought: list[int] = field(default_factory=lambda: [0] * (HOURS + 1))
    left: list[int] = field(default_factory=lambda: [0] * (HOURS + 1))
    held_out: int = 0

    def watch(self, run: Run, history: History, until: datetime) -> None:
        is_held_out = run.is_held_out
        self.held_out += is_held_out
        end = until if is_held_out or not run.made else run.made[0].at
        ordered_at = _ordered_at(history)
        has_bought = ordered_at is not None and ordered_at <= end
        ended = ordered_at if ordered_at and has_bought else end
        touched = [one.changed_at for one in history.changes if one.changed_at <= ended]
        if touched:
            hour = min(HOURS, (ended - max(touched)) // HOUR)
            (self.bought if has_bought and hour < HOURS else self.left)[hour] += 1

    def add(self, other: "Alone") -> None:
        self.held_out += other.held_out
        for mine, others in ((self.bought, other.bought), (self.left, other.left)):
            mine[:] = [one + more for one, more in zip(mine, others, strict=True)]

    @property
    def people(self) -> int:
        return sum(self.bought) + sum(self.left)

    def hours(self) -> list[Hour]:
        """The share that has bought is put together from the share of each hour (Kaplan and Meier):
        whoever gets a message within an hour is not asked about this hour."""
        found, watched, still = [], self.people, 1.0
        for hour in range(HOURS):
            alone = watched - self.left[hour]
            found.append(Hour(hour, alone, 1 - still, self.bought[hour]))
            still *= 1 - self.bought[hour] / alone if alone else 1
            watched = alone - self.bought[hour]
        return found

    def fewest_interrupted(self) -> list[Hour]:
        """The hours at which a first reminder would interrupt the fewest, the best first, with all
        that cannot be told apart from it. Empty: too few to tell."""
        known = [one for one in self.hours() if one.hour in FIRST_REMINDER]
        asked = [one for one in known if one.alone >= FEWEST_ALONE]
        if not asked or sum(self.bought) < FEWEST_ORDERS:
            return []
        best = min(asked, key=lambda one: (one.interrupted, one.hour))
        most = upper(best)
        return [best, *(one for one in asked if one is not best and one.interrupted <= most)]


def upper(one: Hour) -> float:
    """The upper end of the 95 % interval of a share (Wilson)."""
    n, share = one.alone, one.interrupted
    middle = share + Z * Z / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (middle + half) / (1 + Z * Z / n)


def _ordered_at(history: History) -> datetime | None:
    """When the cart, or its shopper since it was there, ordered first."""
    if not history.orders:
        return None
    created = history.created_at
    placed = (one.placed_at for one in history.orders if created and one.placed_at >= created)
    return min(placed, default=None)


def at_hours(hours: Sequence[Hour], shown: Sequence[int]) -> list[Hour]:
    return [one for one in hours if one.hour in shown]
