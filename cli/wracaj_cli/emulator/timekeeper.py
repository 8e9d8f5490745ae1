"""What waits in the emulator and for which moment, what is under way, and the clock that can jump
to the next moment.

Everything is counted under one lock, and what is handed from one count to another is handed on
within it. So there is no instant at which a thing that is under way is counted nowhere: time jumps
only when nothing at all is going on.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from wracaj_cli.clock import Clock

# what Step Functions is doing, each branch of a Map or Parallel counted by itself
TIMELINES = "timelines"
LONGEST_NAP_SECONDS = 600.0
LOOK_AGAIN_SECONDS = 0.02  # for what is found by looking, such as messages in a queue
FASTEST_FOR_SCHEDULES = 600.0  # from there on a day is too short for what is done every night


class Calendar(Protocol):
    """What begins by itself at certain times."""

    def next_at(self, now: datetime) -> datetime | None: ...
    def begin_due(self, now: datetime) -> None: ...
    def pass_over(self, now: datetime) -> None: ...


class Timekeeper:
    """`look`: asked for what is under way beyond what was told by `begin` and `end`, by name."""

    def __init__(self, file: Path, look: Callable[[], Counter[str]] = Counter) -> None:
        self.look = look
        self.calendar: Calendar | None = None
        self._file = file
        self._clock: Clock | None = None
        self._lock = threading.RLock()
        self._rescheduled, self._quieter = (
            threading.Condition(self._lock),
            threading.Condition(self._lock),
        )
        self._waiting: dict[threading.Event, datetime] = {}
        self._busy: Counter[str] = Counter()

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="wracaj-timekeeper").start()

    def clock(self) -> Clock | None:
        """Read once: from its start on it is changed here alone."""
        if self._clock is None:
            self._clock = Clock.read(self._file)
        return self._clock

    def now(self) -> datetime:
        """The real time, before the stack's clock has started."""
        clock, real = self.clock(), datetime.now(UTC)
        return clock.virtual(real) if clock else real

    # --- what is under way ------------------------------------------------------------------------

    def change(self, what: str, by: int) -> None:
        with self._lock:
            self._busy[what] += by
            if not self._busy[what]:
                del self._busy[what]
            if by < 0:
                self._quieter.notify_all()

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        self.change(what, 1)
        try:
            yield
        finally:
            self.change(what, -1)

    def under_way(self) -> Counter[str]:
        with self._lock:
            return self._busy + self.look()

    # --- what waits -------------------------------------------------------------------------------

    def sleep_until(self, moment: datetime) -> None:
        """For a thread that is counted under TIMELINES: it is not while it sleeps."""
        bell = threading.Event()
        with self._lock:
            if moment <= self.now():
                return
            self._waiting[bell] = moment
            self.change(TIMELINES, -1)
            self._rescheduled.notify_all()
        bell.wait()

    def next_at(self) -> datetime | None:
        with self._lock:
            scheduled = self.calendar.next_at(self.now()) if self.calendar else None
            return min(filter(None, (scheduled, *self._waiting.values())), default=None)

    def _wake(self, *, with_schedules: bool) -> None:
        """Whoever is woken is counted as under way before the lock is given back."""
        now = self.now()
        for bell in [bell for bell, moment in self._waiting.items() if moment <= now]:
            del self._waiting[bell]
            self.change(TIMELINES, 1)
            bell.set()
        if self.calendar:
            (self.calendar.begin_due if with_schedules else self.calendar.pass_over)(now)

    def _run(self) -> None:
        """Wakes the sleepers as time passes by itself."""
        with self._lock:
            while True:
                clock = self.clock()
                if clock:
                    self._wake(with_schedules=clock.speed <= FASTEST_FOR_SCHEDULES)
                moment, speed = self.next_at(), clock.speed if clock else 1.0
                nap = (
                    (moment - self.now()).total_seconds() / speed
                    if clock and moment
                    else LONGEST_NAP_SECONDS
                )
                self._rescheduled.wait(min(max(nap, 0.0), LONGEST_NAP_SECONDS))

    # --- jumps ------------------------------------------------------------------------------------

    def advance(self, to: datetime, patience_seconds: float) -> bool:
        """Once nothing is under way, jumps to `to` or to the next moment that something waits for,
        whichever is earlier.

        Whether it came to be quiet. Time that passes by itself while it waits is never turned back.
        """
        deadline = time.monotonic() + patience_seconds
        with self._lock:
            while True:
                self._wake(with_schedules=True)
                if not self.under_way():
                    break
                if time.monotonic() > deadline:
                    return False
                self._quieter.wait(LOOK_AGAIN_SECONDS)
            self._show(min(filter(None, (to, self.next_at()))))
            self._wake(with_schedules=True)
            return True

    def set_speed(self, speed: float) -> None:
        with self._lock:
            real = datetime.now(UTC)
            self._clock = Clock.showing(self.now(), speed, real).write(self._file)
            self._rescheduled.notify_all()

    def _show(self, moment: datetime) -> None:
        clock, real = self.clock(), datetime.now(UTC)
        if clock and moment > clock.virtual(real):
            # so that rounding never leaves it a moment short
            past = timedelta(microseconds=clock.speed)
            self._clock = Clock.showing(moment + past, clock.speed, real).write(self._file)
            self._rescheduled.notify_all()
