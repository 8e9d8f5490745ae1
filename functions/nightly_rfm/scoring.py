"""Scores every customer of a shop, one page at a time. A task may run twice with the same result.

A task holds one page of customers, or the different values in one range of shards.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from nightly_rfm.tasks import Begun, Count, Cut, Gather, Page, Score, SumUp, Tonight
from wracaj.segments.quintiles import Tally, find_cuts, put_together
from wracaj.segments.rfm import (
    AXES,
    AxisCuts,
    Move,
    Night,
    Rfm,
    Segment,
    first_scored,
    tally,
    values_of,
)
from wracaj.store import Store
from wracaj.store.customer_keys import ACCOUNT_SHARDS
from wracaj.store.scoring import Scored
from wracaj.store.table import dump

WRITERS = 4  # parallel requests: a shard of the index takes about a thousand writes a second
WRITTEN_TOGETHER = 100

Moves = Counter[tuple[Segment | None, Segment]]


SHARED_OUT = ((5_000, 1), (100_000, 4))  # (fewer customers than this, number of shard ranges)


@dataclass(frozen=True)
class NightlyScoring:
    store: Store

    def begin(self, shop: str, at: datetime, currency: str) -> Begun:
        """Start the night. A large shop is scored in parallel ranges, a small one in one. The size
        comes from the night before."""
        known = next(iter(self.store.scoring.last_nights(shop, 1)), None)
        customers = sum(known.sizes.values()) if known else None
        stretches = next(
            (number for most, number in SHARED_OUT if customers is not None and customers < most),
            ACCOUNT_SHARDS,
        )
        step = ACCOUNT_SHARDS // stretches
        pages = [
            Page(first=first, last=first + step - 1, shard=first)
            for first in range(0, ACCOUNT_SHARDS, step)
        ]
        return Begun(night=Tonight(shop=shop, at=at, currency=currency), pages=pages)

    def count(self, task: Count) -> Page:
        night, page, seen = task.night, task.page, _Seen(task.limit)
        shoppers = seen.all(self._shoppers(task))
        values = (values_of(shopper.account, night.currency, night.at) for shopper in shoppers)
        tallies = tally(found for found in values if found)
        self.store.scoring.put_count(night.shop, night.at, page.first, page.number, tallies)
        return seen.next(page)

    def gather(self, task: Gather) -> None:
        night, counters = task.night, {axis: Counter[int]() for axis in AXES}
        for tallies in self.store.scoring.counts(night.shop, night.at, task.first):
            for counter, counted in zip(counters.values(), tallies, strict=True):
                counter.update(dict(counted))
        for axis, counter in counters.items():
            self.store.scoring.put_run(
                night.shop, night.at, task.first, axis, sorted(counter.items())
            )

    def cut(self, task: Cut) -> AxisCuts:
        total = sum(count for _, count in self._all(task, "frequency"))
        return AxisCuts(
            recency=find_cuts(self._all(task, "recency"), total, fewer_is_better=True),
            frequency=find_cuts(self._all(task, "frequency"), total),
            monetary=find_cuts(self._all(task, "monetary"), total),
        )

    def _all(self, task: Cut, axis: str) -> Iterator[Tally]:
        night = task.night
        return put_together(
            self.store.scoring.run(night.shop, night.at, first, axis) for first in task.firsts
        )

    def _shoppers(self, task: Count | Score) -> Iterator[Scored]:
        page = task.page
        return self.store.scoring.shoppers(
            task.night.shop, range(page.shard, page.last + 1), page.after, task.limit
        )

    def score(self, task: Score) -> Page:
        night, page, seen = task.night, task.page, _Seen(task.limit)
        shoppers = seen.all(self._shoppers(task))
        moves: Moves = Counter()
        with ThreadPoolExecutor(WRITERS) as writers:
            while some := [
                (shopper, _scored(shopper, task)) for shopper in islice(shoppers, WRITTEN_TOGETHER)
            ]:
                moves.update((new.came_from(night.at), new.segment) for _, new in some if new)
                changed = [
                    (shopper, new)
                    for shopper, new in some
                    if (dump(new) if new else None) != shopper.stored
                ]
                list(
                    writers.map(
                        lambda pair: self.store.scoring.put_scores(night.shop, *pair), changed
                    )
                )
        self.store.scoring.put_scored(night.shop, night.at, page.first, page.number, _told(moves))
        return seen.next(page)

    def sum_up(self, task: SumUp) -> Night:
        night, moves = task.night, Moves()
        for move in self.store.scoring.scored(night.shop, night.at):
            moves[move.before, move.after] += move.customers
        latest = self.store.scoring.last_nights(night.shop, 2)
        # where this task runs twice, the latest night is this one
        before = next((found for found in latest if found.at < night.at), None)
        found = Night(
            at=night.at,
            currency=night.currency,
            moves=_told(moves),
            since=before.at if before else None,
            sizes_before=before.sizes if before else {},
        )
        self.store.scoring.put_night(night.shop, found)
        return found


class _Seen:
    """Counts customers, to know whether the page was full and where it ended."""

    def __init__(self, limit: int) -> None:
        self._limit, self._number = limit, 0
        self._last: Scored | None = None

    def all(self, shoppers: Iterator[Scored]) -> Iterator[Scored]:
        for shopper in shoppers:
            self._number, self._last = self._number + 1, shopper
            yield shopper

    def next(self, page: Page) -> Page:
        if self._last is None or self._number < self._limit:
            return page.model_copy(update={"number": page.number + 1, "more": False})
        place = {"shard": self._last.shard, "after": self._last.customer_id}
        return page.model_copy(update={"number": page.number + 1, **place})


def _scored(shopper: Scored, task: Score) -> Rfm | None:
    values = values_of(shopper.account, task.night.currency, task.night.at)
    if values is None:
        return None  # every order was refunded
    scores = task.cuts.score(values)
    return (
        shopper.rfm.rescored(scores, task.night.at)
        if shopper.rfm
        else first_scored(scores, task.night.at)
    )


def _told(moves: Moves) -> tuple[Move, ...]:
    return tuple(
        Move(before=before, after=after, customers=number)
        for (before, after), number in sorted(moves.items(), key=str)
    )
