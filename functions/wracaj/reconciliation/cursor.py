"""How far a shop's changes have been read, by its API.

A list is read in walks. A walk begins a little before the newest change that is known, and goes
through all pages; it may take several runs. `until` moves only when a walk is complete, so that
nothing between can be left out. What was read already is remembered by its mark, so that the
overlap costs nothing.

Two clocks: changes are dated by the shop's, walks by ours. `until` is the shop's, and never later
than ours was when the walk began: what changes while pages are read is read again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime

from wracaj.events import Frozen

OVERLAP = timedelta(minutes=30)  # a search index, or a checkout that counts as abandoned, is late
MOST_MARKS = 1000


class Cursor(Frozen):
    """Of one list."""

    until: AwareDatetime  # all that changed before is applied
    place: str = ""  # where the walk goes on
    begun_at: AwareDatetime | None = None  # by our clock; None: the next walk has not begun
    newest: AwareDatetime | None = None  # change seen in this walk
    # what was read since `until` less the overlap: hash → second of its change
    marks: Mapping[str, int] = {}
    given_up: int = 0  # second of the newest mark that was too many, in this walk
    covered_from: int = 0  # the same, of the walks that are complete

    @property
    def since(self) -> datetime:
        """From when the walk reads. No more than the marks cover: else a shop that changes a
        thousand orders at once would be read anew in each run."""
        covered_from = datetime.fromtimestamp(self.covered_from + 1, UTC)
        return max(self.until - OVERLAP, min(self.until, covered_from))

    def begun(self, now: datetime) -> "Cursor":
        """Go on with a walk that is on its way, or begin one."""
        if self.begun_at and self.place:
            return self
        return self.model_copy(update={"begun_at": now, "newest": None, "place": ""})

    def again(self) -> "Cursor":
        """The walk from its beginning: the shop knows its place no more."""
        return self.model_copy(update={"place": ""})

    def knows(self, mark: str | None) -> bool:
        return mark is not None and _short(mark) in self.marks

    def remembering(self, read: Iterable[tuple[str | None, datetime]]) -> "Cursor":
        """`read`: marks, and when their records changed."""
        new = {_short(mark): int(at.timestamp()) for mark, at in read if mark is not None}
        marks = {**self.marks, **new}
        return self.model_copy(update={"marks": marks})._with_few_marks() if new else self

    def passed(self, changes: Iterable[datetime], place: str) -> "Cursor":
        """After a page. `changes`: when its records changed; `place`: of the next page."""
        newest = max(filter(None, [self.newest, *changes]), default=None)
        told = self.model_copy(update={"newest": newest, "place": place})
        return told if place else told._completed()

    def _with_few_marks(self) -> "Cursor":
        newest_first = sorted(self.marks.items(), key=lambda mark: mark[1], reverse=True)
        many = newest_first[MOST_MARKS:]
        if not many:
            return self
        given_up = max(self.given_up, many[0][1])
        return self.model_copy(
            update={"marks": dict(newest_first[:MOST_MARKS]), "given_up": given_up}
        )

    def _completed(self) -> "Cursor":
        until = self.until
        if self.newest and self.begun_at:  # where nothing changed, the shop's clock told nothing
            until = max(until, min(self.newest, self.begun_at))
        oldest = (until - OVERLAP).timestamp()
        told = {
            "until": until,
            "begun_at": None,
            "newest": None,
            "marks": {mark: second for mark, second in self.marks.items() if second >= oldest},
            "given_up": 0,
            "covered_from": max(self.covered_from, self.given_up),
        }
        return self.model_copy(update=told)


class Reconciliation(Frozen):
    """Of a shop. `revision` is raised by each write, so that of two runs at once only one goes
    on."""

    cursors: Mapping[str, Cursor] = {}
    revision: int = 0
    first_tried_at: AwareDatetime | None = None
    tried_at: AwareDatetime | None = None
    complete_at: AwareDatetime | None = None  # when the last walk began that read all lists
    problem: str = ""  # why the last run did not read all
    # the last change that a webhook had told, and the last that none had
    told_at: AwareDatetime | None = None
    untold_at: AwareDatetime | None = None

    def begun(self, kinds: Iterable[str], first: datetime, now: datetime) -> "Reconciliation":
        """`first`: from when a list is read that was never read."""
        known = {kind: self.cursors.get(kind) or Cursor(until=first) for kind in kinds}
        cursors = {kind: cursor.begun(now) for kind, cursor in known.items()}
        first_tried_at = self.first_tried_at or now
        told = {"cursors": cursors, "tried_at": now, "first_tried_at": first_tried_at}
        return self.model_copy(update=told)

    def with_cursors(self, changed: Mapping[str, Cursor]) -> "Reconciliation":
        return self.model_copy(update={"cursors": {**self.cursors, **changed}})

    @property
    def open_walks(self) -> dict[str, Cursor]:
        return {kind: cursor for kind, cursor in self.cursors.items() if cursor.begun_at}

    def lag(self, now: datetime) -> timedelta:
        """How long ago it was complete, or first tried."""
        since = self.complete_at or self.first_tried_at
        return max(now - since, timedelta(0)) if since else timedelta(0)


def _short(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()[:12]
