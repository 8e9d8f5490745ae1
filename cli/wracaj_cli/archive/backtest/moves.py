"""How each message of a run differs between the two pasts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from wracaj.timelines.steps import Outcome, Reason
from wracaj_cli.archive.backtest.runs import Made
from wracaj_cli.archive.backtest.walking import Walk, Walked

NOTICED = timedelta(minutes=1)
SORTED_AT = 500  # so many more than are listed are kept, as sorting takes its time
BEGINNING = datetime.min.replace(tzinfo=UTC)


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
    _last: datetime | None = None  # of those that are listed, once there are enough

    def compare(self, walk: Walk, until: datetime) -> None:
        """`until`: nothing is known after it."""
        if walk.is_exact:
            self.same += sum(one.outcome is Outcome.SENT for one in walk.walked)
            return
        was = {name: one for name, one in walk.finals.items() if one.at <= until}
        now = {one.step.name: one for one in walk.walked if one.is_final}
        moved = {name: self._move(walk, name, was, now) for name in {**was, **now}}
        kinds = {name: kind for name, kind in moved.items() if kind}
        if not kinds:
            return
        self.runs += 1
        self.fewer_by_order += _stopped_by_order(walk, now, kinds, Kind.NO_MORE)
        self.more_before_order += _stopped_by_order(walk, was, kinds, Kind.NEW)

    def _move(
        self, walk: Walk, name: str, was: Mapping[str, Made], now: Mapping[str, Walked]
    ) -> Kind | None:
        before, after = was.get(name), now.get(name)
        was_at, now_at = _sent_at(before), _sent_at(after)
        kind = _kind(was_at, now_at)
        if kind is None:
            self.same += was_at is not None
            return None
        self.counts[name, kind] += 1
        if self._is_listed(was_at, now_at):
            run, why = walk.known.run, (_reason(before), _reason(after))
            self._list([Move(run.cart, run.episode, name, kind, was_at, why[0], now_at, why[1])])
        return kind

    def _is_listed(self, was_at: datetime | None, now_at: datetime | None) -> bool:
        """Whether a move may be one of the first. Most are not, and take no more time."""
        last = self._last
        return (
            last is None
            or (was_at is not None and was_at <= last)
            or (now_at is not None and now_at <= last)
        )

    def add(self, other: "Moves") -> None:
        self.counts.update(other.counts)
        for name in ("same", "fewer_by_order", "more_before_order", "runs"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self._list(other.listed)

    def _list(self, found: list[Move]) -> None:
        self.listed += found
        if self.most is not None and len(self.listed) > self.most + SORTED_AT:
            self.listed = self.first
            self._last = _when(self.listed[-1])[0] if self.listed else BEGINNING

    @property
    def first(self) -> list[Move]:
        return sorted(self.listed, key=_when)[: self.most]

    def of(self, kind: Kind) -> int:
        return sum(number for (_, its), number in self.counts.items() if its is kind)


def _stopped_by_order(
    walk: Walk, ends: Mapping[str, Made | Walked], kinds: Mapping[str, Kind], kind: Kind
) -> int:
    """Return how many messages of this kind do not leave in one of the pasts because an order came:
    of the file's messages, that which found it, and those after it. `ends`: of this past."""
    by = next((name for name, one in ends.items() if one.outcome is Outcome.ORDERED), None)
    names = [step.name for step in walk.steps] if by else []
    after = names[names.index(by) :] if by in names else []
    return sum(kinds.get(name) is kind for name in after)


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
