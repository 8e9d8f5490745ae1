"""Recency, frequency and monetary value, each scored 1 to 5 among the shop's own customers. Pure.

Scores follow Hughes, *Strategic Database Marketing* (1994): five groups of equal size on each axis, 5 the best. Equal
values get equal scores: a value's place is its mid-rank, the usual treatment of ties (Kendall, *Biometrika* 33, 1945), so
that a shop where most bought once does not score its one-time buyers by chance.

Everything is counted by value, and counts add up: parts of a table can be counted apart and put together.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from pydantic import AwareDatetime

from wracaj.events import Frozen
from wracaj.ledger import Account

GROUPS = 5


class Values(NamedTuple):
    """Of one customer, in one currency."""

    recency_days: int  # since the last order
    frequency: int  # orders
    monetary: int  # whole units of currency, rounded down


class Scores(NamedTuple):
    recency: int
    frequency: int
    monetary: int


class Segment(StrEnum):
    CHAMPIONS = "champions"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    NEEDS_ATTENTION = "needs attention"
    ABOUT_TO_SLEEP = "about to sleep"
    AT_RISK = "at risk"
    CANNOT_LOSE = "cannot lose them"
    HIBERNATING = "hibernating"


# Row: recency 5 (bought lately) to 1; column: the mean of frequency and monetary value, 1 to 5.
_GRID: dict[int, tuple[Segment, ...]] = {
    5: (Segment.NEW, Segment.PROMISING, Segment.PROMISING, Segment.LOYAL, Segment.CHAMPIONS),
    4: (Segment.NEW, Segment.PROMISING, Segment.PROMISING, Segment.LOYAL, Segment.CHAMPIONS),
    3: (Segment.ABOUT_TO_SLEEP, Segment.ABOUT_TO_SLEEP, Segment.NEEDS_ATTENTION, Segment.LOYAL, Segment.LOYAL),
    2: (Segment.HIBERNATING, Segment.HIBERNATING, Segment.AT_RISK, Segment.AT_RISK, Segment.CANNOT_LOSE),
    1: (Segment.HIBERNATING, Segment.HIBERNATING, Segment.AT_RISK, Segment.AT_RISK, Segment.CANNOT_LOSE),
}


class Rfm(Frozen):
    """What is kept of a customer from one night to the next."""

    recency: int  # 1 to 5, as frequency and monetary
    frequency: int
    monetary: int
    segment: Segment
    at: AwareDatetime  # when the customer came into this segment
    before: Segment | None = None  # the segment before that; None: this is the first


class Counts(NamedTuple):
    """How many customers have which value, on each axis."""

    recency: Counter[int]
    frequency: Counter[int]
    monetary: Counter[int]

    def plus(self, other: "Counts") -> "Counts":
        return Counts(self.recency + other.recency, self.frequency + other.frequency, self.monetary + other.monetary)


def values_of(account: Account, currency: str, now: datetime) -> Values | None:
    """None: nothing bought in this currency that was not given back."""
    sums = account.sums(currency, now)
    if not sums.orders or account.last_order_at is None:
        return None
    days = max(0, (now - account.last_order_at).days)
    return Values(days, sums.orders, int(Decimal(sums.spend).to_integral_value(ROUND_FLOOR)))


def count(customers: Iterable[Values]) -> Counts:
    counts = Counts(Counter(), Counter(), Counter())
    for customer in customers:
        for counter, value in zip(counts, customer, strict=True):
            counter[value] += 1
    return counts


class Scale:
    """Scores the values of one axis by their place among all."""

    def __init__(self, counts: Mapping[int, int], *, fewer_is_better: bool = False) -> None:
        self._values = sorted(counts)
        self._below = [0, *accumulate(counts[value] for value in self._values)]
        self._fewer_is_better = fewer_is_better

    def score(self, value: int) -> int:
        """1 to 5. A value that nobody had is scored between its neighbours."""
        place = bisect_left(self._values, value)
        known = place < len(self._values) and self._values[place] == value
        total = self._below[-1]
        below = 2 * self._below[place] + (self._below[place + 1] - self._below[place] if known else 0)  # twice the mid-rank
        below = 2 * total - below if self._fewer_is_better else below
        return min(GROUPS, 1 + GROUPS * below // (2 * total)) if total else GROUPS


class Scorer:
    def __init__(self, counts: Counts) -> None:
        self._recency = Scale(counts.recency, fewer_is_better=True)
        self._frequency = Scale(counts.frequency)
        self._monetary = Scale(counts.monetary)

    def score(self, values: Values) -> Scores:
        return Scores(
            self._recency.score(values.recency_days),
            self._frequency.score(values.frequency),
            self._monetary.score(values.monetary),
        )


def segment_of(scores: Scores) -> Segment:
    """The mean of frequency and monetary value is rounded half up."""
    return _GRID[scores.recency][(scores.frequency + scores.monetary + 1) // 2 - 1]
