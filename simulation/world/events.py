"""Virtual time and what is due in it."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Action = Callable[[], object]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000


class Timetable:
    """Time in microseconds since 1970, and the actions that wait for theirs. Those of one moment
    run in the order in which they were put here."""

    def __init__(self, begins_at: datetime) -> None:
        self.microseconds = microseconds(begins_at)
        self._known: tuple[int, datetime] = (0, EPOCH)
        self._due: list[tuple[int, int, Action, bool]] = []
        self._put = 0
        self.foreground = 0  # actions that are not only there because time passes

    @property
    def now(self) -> datetime:
        at, known = self._known
        if at != self.microseconds:
            at, known = self.microseconds, EPOCH + timedelta(microseconds=self.microseconds)
            self._known = at, known
        return known

    @property
    def next_at(self) -> int | None:
        return self._due[0][0] if self._due else None

    def put(self, at: int, action: Action, *, in_background: bool = False) -> None:
        self._put += 1
        self.foreground += not in_background
        heapq.heappush(self._due, (at, self._put, action, in_background))

    def run_until(self, at: int) -> None:
        """Run what is due until then. Time never goes back, also where an action takes long."""
        while self._due and self._due[0][0] <= at:
            self.run_next()
        self.microseconds = max(self.microseconds, at)

    def run_next(self) -> None:
        at, _, action, in_background = heapq.heappop(self._due)
        self.foreground -= not in_background
        self.microseconds = max(self.microseconds, at)
        action()


def microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
