"""How each message of a run differs between the two pasts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from wracaj.timelines.steps import Outcome, Reason
from wracaj_cli.archive.backtest.runs import Made
from wracaj_cli.archive.backtest.walking import Walk, Walked

NOTICED = timedelta(minutes=1)


class Kind(StrEnum):
    EARLIER = "earlier"
    LATER = "later"
    NO_MORE = "no_more"
    NEW = "new"


class Move(NamedTuple):
    """A message that leaves at another time, no more, or only now. A time is None where it does not
    leave, and the reason says why; no reason: its timeline did not get there."""

    cart: str
    episode: int
    step: str
    kind: Kind
    was_at: datetime | None
    was_reason: Reason | None
    now_at: datetime | None
    now_reason: Reason | None


@dataclass(slots=True)
class Moves:
    """`most`: how many are listed; None: all. `fewer_by_order`: messages that left and leave no
    more, as an order comes before them. `more_before_order`: the other way round."""

    most: int | None
    counts: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    same: int = 0
    fewer_by_order: int = 0
    more_before_order: int = 0
    runs: int = 0
    listed: list[Move] = field(default_factory=list)

    def compare(self, walk: Walk, until: datetime) -> None:
        """`until`: nothing is known after it."""
        if all(one.is_exact for one in walk.walked):
            self.same += sum(one.outcome is Outcome.SENT for one in walk.walked)
            return
        run = walk.known.run
        was = {one.step.name: one for one in run.made if one.is_final and one.at <= until}
        now = {one.step.name: one for one in walk.walked if one.is_final}
        found = list(_moves(walk, was, now))
        self.same += sum(
            was[name].outcome is Outcome.SENT for name in was.keys() - {one.step for one in found}
        )
        self.runs += bool(found)
        self.counts.update((one.step, one.kind) for one in found)
        ended_by_order = {one.outcome for one in now.values()} & {Outcome.ORDERED}
        self.fewer_by_order += sum(one.kind is Kind.NO_MORE for one in found if ended_by_order)
        was_ended = {one.outcome for one in was.values()} & {Outcome.ORDERED}
        self.more_before_order += sum(one.kind is Kind.NEW for one in found if was_ended)
        self._list(found)

    def add(self, other: "Moves") -> None:
        self.counts.update(other.counts)
        for name in ("same", "fewer_by_order", "more_before_order", "runs"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self._list(other.listed)

    def _list(self, found: list[Move]) -> None:
        self.listed += found
        if self.most is not None and len(self.listed) > 2 * self.most:
            self.listed = self.first

    @property
    def first(self) -> list[Move]:
        return sorted(self.listed, key=_when)[: self.most]

    def of(self, kind: Kind) -> int:
        return sum(number for (_, its), number in self.counts.items() if its is kind)


def _moves(walk: Walk, was: Mapping[str, Made], now: Mapping[str, Walked]) -> Iterator[Move]:
    run = walk.known.run
    for name in {**was, **now}:
        before, after = _sent_at(was.get(name)), _sent_at(now.get(name))
        kind = _kind(before, after)
        if kind:
            reasons = (_reason(was.get(name)), _reason(now.get(name)))
            yield Move(run.cart, run.episode, name, kind, before, reasons[0], after, reasons[1])


def _sent_at(one: Made | Walked | None) -> datetime | None:
    return one.at if one and one.outcome is Outcome.SENT else None


def _reason(one: Made | Walked | None) -> Reason | None:
    return one.reason if one and one.outcome is not Outcome.SENT else None


def _kind(before: datetime | None, after: datetime | None) -> Kind | None:
    if before is None or after is None:
        return Kind.NO_MORE if before else Kind.NEW if after else None
    if abs(after - before) < NOTICED:
        return None
    return Kind.EARLIER if after < before else Kind.LATER


def _when(move: Move) -> tuple[datetime, str, str]:
    at = min(filter(None, (move.was_at, move.now_at)))
    return at, move.cart, move.step
