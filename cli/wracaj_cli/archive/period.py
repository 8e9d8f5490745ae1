"""The options `--from` and `--to`: a day, or a moment, of the shop's time zone."""

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from wracaj.errors import WracajError

From = Annotated[
    str,
    typer.Option("--from", help="The first day, such as 2026-11-21, or a moment: 2026-11-21T14:30"),
]
To = Annotated[
    str | None, typer.Option("--to", help="The last day, or a moment; without it, until now")
]


class PeriodError(WracajError):
    """The period is none. The text says what to write."""


def period(
    begins: str, ends: str | None, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime]:
    """Return the first moment, and the one just after the last. A day is whole. Raises
    PeriodError."""
    first, _ = _moment("--from", begins, zone)
    last, is_day = _moment("--to", ends, zone) if ends else (now, False)
    until = min(last + timedelta(days=1) if is_day else last, now)
    if first > now:
        raise PeriodError(
            f"--from: {begins} is still to come; it is {now.astimezone(zone):%Y-%m-%d %H:%M}"
        )
    if first >= until:
        raise PeriodError(f"--to: {ends} is before --from, which is {begins}")
    return first, until


def _moment(option: str, told: str, zone: ZoneInfo) -> tuple[datetime, bool]:
    """Return the moment, and whether it is the beginning of a whole day."""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise PeriodError(
            f"{option}: {told!r} is no day; write it as 2026-11-21, or with a time as"
            " 2026-11-21T14:30"
        ) from None
    is_day = moment.time() == time() and "T" not in told and ":" not in told
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)), is_day
