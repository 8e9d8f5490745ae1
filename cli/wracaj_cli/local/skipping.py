"""Skips time. The stack's clock jumps from one thing that is due to the next, up to a moment.

Each thing happens at its own time, and the next one starts only after it has ended. So a month
takes only as many seconds as the work in it, and no step is late on a slow machine. Schedules run
at their hours, too.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from wracaj_cli.house import LOCAL
from wracaj_cli.local.server import LocalStackError, asked, log_file
from wracaj_cli.local.stack_file import StackInfo, info, write

CLOCK = "/_ministack/wracaj/clock"
# for everything that is due at one moment; a Lambda may take 30 seconds, and longer on a busy
# machine
PATIENCE_SECONDS = 180.0

Stopped = Callable[[datetime], None]


class NeverQuietError(LocalStackError):
    """Something does not end, so time cannot be skipped."""


def skip_to(moment: datetime, home: Path = LOCAL, stopped: Stopped = lambda _: None) -> StackInfo:
    """Return when the virtual time is `moment` and nothing is under way. `stopped` is called with
    each time at which the clock stopped.

    Raises LocalStackError if `moment` has passed, or if something does not end.
    """
    stack = info(home)
    if stack.clock.speed <= 1:
        raise LocalStackError(
            "This stack's time is that of the wall clock; to skip some, start it with --speed 60"
        )
    if moment < stack.now():
        raise LocalStackError(
            f"{moment:%Y-%m-%d %H:%M} has passed already: it is {stack.now():%Y-%m-%d %H:%M} UTC"
            " there"
        )
    try:
        play_until(stack.aws_endpoint_url, moment, stopped)
    except NeverQuietError as error:
        raise NeverQuietError(f"{error}. Its log: {log_file(home)}") from None
    finally:
        write(info(home), home)
    return info(home)


def play_until(
    url: str,
    moment: datetime,
    stopped: Stopped = lambda _: None,
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Skip time on the emulator at this address. Raises NeverQuietError."""
    while True:
        told = {"to": moment.isoformat(), "patience_seconds": patience}
        state = asked(f"{url}{CLOCK}", told, seconds=patience + 30)
        if not state["quiet"]:
            raise NeverQuietError(_what_goes_on(state["now"], state["busy"], patience))
        now = datetime.fromisoformat(state["now"])
        stopped(now)
        if now >= moment and not state["busy"]:
            return


def anything_waits(home: Path = LOCAL) -> bool:
    """Return whether something will continue by itself at some time: a timeline, or a schedule that
    is switched on."""
    return asked(f"{info(home).aws_endpoint_url}{CLOCK}", {})["next"] is not None


def set_speed(speed: float, home: Path = LOCAL) -> StackInfo:
    """Set how fast time passes by itself from now on."""
    asked(f"{info(home).aws_endpoint_url}{CLOCK}", {"speed": speed})
    return write(info(home), home)


def _what_goes_on(now: str, busy: dict[str, int], patience: float) -> str:
    names = ", ".join(
        f"{count} {what}" if count > 1 else what for what, count in sorted(busy.items())
    )
    return (
        f"At {now[:16].replace('T', ' ')} UTC of the stack's time this has been going on for"
        f" {patience:.0f} s, and time cannot skip it: {names or 'something that has just ended'}"
    )
