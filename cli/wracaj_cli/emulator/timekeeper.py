"""What waits in the emulator and until when, what is under way, and the clock that can jump to the
next moment.

Everything is counted under one lock. Work that moves from one count to another moves under this
lock, so work that is under way is counted at every instant. Time therefore jumps only when nothing
at all is under way.
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

# the work of Step Functions; each branch of a Map or Parallel counts on its own
TIMELINES = "timelines"
LONGEST_NAP_SECONDS = 600.0
LOOK_AGAIN_SECONDS = 0.02  # for work that must be looked for, such as messages in a queue
FASTEST_FOR_SCHEDULES = 600.0  # at higher speeds, a day is too short for the nightly jobs


class Calendar(Protocol):
    """What starts by itself at certain times."""

    def next_at(self, now: datetime) -> datetime | None: ...
    def begin_due(self, now: datetime) -> None: ...
    def pass_over(self, now: datetime) -> None: ...


class Timekeeper:
    """The clock and the counts. `look` returns the work under way that `change` and `busy` do not
    count, by name."""

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
        """Return the clock, or None before it starts. Its file is read once, because after the
        start only this class changes the clock."""
        if self._clock is None:
            self._clock = Clock.read(self._file)
        return self._clock

    def now(self) -> datetime:
        """Return the virtual time, or the real time before the clock has started."""
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
        """Block the calling thread until this moment. It must be counted under TIMELINES; it is not
        counted while it sleeps."""
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
        """Wake every thread whose moment has come, and count it before the lock is released. Then
        start the schedules that are due, or skip them."""
        now = self.now()
        for bell in [bell for bell, moment in self._waiting.items() if moment <= now]:
            del self._waiting[bell]
            self.change(TIMELINES, 1)
            bell.set()
        if self.calendar:
            (self.calendar.begin_due if with_schedules else self.calendar.pass_over)(now)

    def _run(self) -> None:
        """Wake the sleeping threads as time passes by itself."""
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
        """Wait until nothing is under way. Then jump to `to`, or to the next moment that something
        waits for, whichever is earlier.

        Return whether the work ended before `patience_seconds` passed. The clock is never turned
        back, even if it passes `to` during the wait.
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
            # otherwise rounding could leave the clock just before the moment
            past = timedelta(microseconds=clock.speed)
            self._clock = Clock.showing(moment + past, clock.speed, real).write(self._file)
            self._rescheduled.notify_all()
