"""RFM: recency, frequency and monetary value, each scored 1 to 5 among the shop's own customers
(`quintiles.py`)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple, Self

from pydantic import AwareDatetime

from wracaj.events import Frozen
from wracaj.loyalty.ledger import Account
from wracaj.segments import quintiles
from wracaj.segments.quintiles import Cuts, Tally
from wracaj.segments.segment import Segment as Segment

AXES = ("recency", "frequency", "monetary")


class Values(NamedTuple):
    """The RFM values of one customer, in one currency."""

    recency_days: int  # days since the last order that counts
    frequency: int  # number of orders
    monetary: int  # whole units of currency, rounded down


class Scores(NamedTuple):
    recency: int
    frequency: int
    monetary: int


# Row: recency 5 (bought lately) to 1; column: the mean of frequency and monetary value, 1 to 5.
_GRID: dict[int, tuple[Segment, ...]] = {
    5: (Segment.NEW, Segment.PROMISING, Segment.PROMISING, Segment.LOYAL, Segment.CHAMPIONS),
    4: (Segment.NEW, Segment.PROMISING, Segment.PROMISING, Segment.LOYAL, Segment.CHAMPIONS),
    3: (
        Segment.ABOUT_TO_SLEEP,
        Segment.ABOUT_TO_SLEEP,
        Segment.NEEDS_ATTENTION,
        Segment.LOYAL,
        Segment.LOYAL,
    ),
    2: (
        Segment.HIBERNATING,
        Segment.HIBERNATING,
        Segment.AT_RISK,
        Segment.AT_RISK,
        Segment.CANNOT_LOSE,
    ),
    1: (
        Segment.HIBERNATING,
        Segment.HIBERNATING,
        Segment.AT_RISK,
        Segment.AT_RISK,
        Segment.CANNOT_LOSE,
    ),
}


class Rfm(Frozen):
    """The scores of a customer, stored from one night to the next."""

    recency: int  # 1 to 5, like frequency and monetary
    frequency: int
    monetary: int
    segment: Segment
    at: AwareDatetime  # when the customer came into this segment
    before: Segment | None = None  # the segment before that; None: this is the first

    def rescored(self, scores: Scores, at: datetime) -> Self:
        """Return the customer's scores of this night. A second run in the same night gives the same
        result."""
        segment = segment_of(scores)
        changed: dict[str, object] = {**scores._asdict(), "segment": segment}
        if segment is not self.segment:
            changed |= {"at": at, "before": self.before if self.at == at else self.segment}
        return self.model_copy(update=changed)

    def came_from(self, at: datetime) -> Segment | None:
        """Return the segment before the night of `at`."""
        return self.before if self.at == at else self.segment


class AxisCuts(Frozen):
    """The cuts of the three axes: twelve numbers that score any customer of a shop."""

    recency: Cuts
    frequency: Cuts
    monetary: Cuts

    def score(self, values: Values) -> Scores:
        return Scores(
            quintiles.score(values.recency_days, self.recency, fewer_is_better=True),
            quintiles.score(values.frequency, self.frequency),
            quintiles.score(values.monetary, self.monetary),
        )


class Move(Frozen):
    before: Segment | None  # None: scored for the first time
    after: Segment
    customers: int


class Night(Frozen):
    """The result of one night's scoring in one shop."""

    at: AwareDatetime
    currency: str
    moves: tuple[Move, ...]  # of all scored customers, also those who stayed in their segment
    since: AwareDatetime | None = None  # the night before this one
    sizes_before: Mapping[Segment, int] = {}  # the sizes of the segments on that night

    @property
    def sizes(self) -> dict[Segment, int]:
        sizes = dict.fromkeys(Segment, 0)
        for move in self.moves:
            sizes[move.after] += move.customers
        return sizes

    def stayed_in(self, segment: Segment) -> int:
        return self._moved(lambda move: move.before is move.after is segment)

    def came_to(self, segment: Segment) -> int:
        """Count customers from other segments, and those scored for the first time."""
        return self._moved(lambda move: move.before is not move.after is segment)

    def went_from(self, segment: Segment) -> int:
        """Count customers who went to other segments, and those who are scored no more: refunded,
        erased, or merged into another customer."""
        return max(0, self.sizes_before.get(segment, 0) - self.stayed_in(segment))

    def _moved(self, which: Callable[[Move], bool]) -> int:
        return sum(move.customers for move in self.moves if which(move))


def values_of(account: Account, currency: str, now: datetime) -> Values | None:
    """Return the customer's values. None: no order in this currency counts."""
    sums, last = account.sums(currency, now), account.last_bought
    if not sums.orders or last is None:
        return None
    days = max(0, (now.date() - last).days)
    return Values(days, sums.orders, int(Decimal(sums.spend).to_integral_value(ROUND_FLOOR)))


def tally(customers: Iterable[Values]) -> tuple[list[Tally], ...]:
    """Count how many customers have which value, on each axis, sorted by value. Parts of a table
    can be counted separately and then added up."""
    counters: tuple[Counter[int], ...] = (Counter(), Counter(), Counter())
    for customer in customers:
        for counter, value in zip(counters, customer, strict=True):
            counter[value] += 1
    return tuple(sorted(counter.items()) for counter in counters)


def first_scored(scores: Scores, at: datetime) -> Rfm:
    return Rfm(**scores._asdict(), segment=segment_of(scores), at=at)


def segment_of(scores: Scores) -> Segment:
    """The mean of frequency and monetary value is rounded half up."""
    return _GRID[scores.recency][(scores.frequency + scores.monetary + 1) // 2 - 1]
