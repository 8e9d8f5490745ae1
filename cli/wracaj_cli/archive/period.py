"""A period of the archive: `--from` and `--to`, each a day or a moment of the shop's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer

from wracaj.errors import WracajError

To = Annotated[
    str | None, typer.Option("--to", help="The last day, or a moment; without it, until now")
]
OLDEST = datetime(2020, 1, 1, tzinfo=UTC)  # no archive is older
LAST = date(9999, 12, 31)
AS_WRITTEN = "write it as 2026-11-21, or with a time as 2026-11-21T14:30"


class PeriodError(WracajError):
    """The period is none. The text says what to write."""


class Period(NamedTuple):
    """From `since` to just before `before`."""

    since: datetime
    before: datetime

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """The first and the last day."""
        last = self.before - timedelta(microseconds=1)
        return self.since.astimezone(zone).date(), last.astimezone(zone).date()


def period_of(
    first: str | None,
    last: str | None,
    now: datetime,
    zone: ZoneInfo,
    usual: timedelta = timedelta(days=28),
) -> Period:
    """A day counts in full. `usual`: how long it is without `first`. Raises PeriodError."""
    told = _moment("--to", last, zone, later=timedelta(days=1)) if last else now
    before = min(told, now)
    since = _moment("--from", first, zone) if first else before - usual
    if since >= now:
        here = f"{now.astimezone(zone):%Y-%m-%d %H:%M}"
        raise PeriodError(f"--from: {first} is still to come; it is {here} now")
    if since >= before:
        raise PeriodError(f"--from: {first} comes after --to, which is {last}")
    return Period(since, before)


def _moment(option: str, told: str, zone: ZoneInfo, later: timedelta = timedelta(0)) -> datetime:
    """`later`: is added to a day, not to a moment."""
    if day := _day(told):
        moment = datetime.combine(min(day, LAST - later) + later, time())
    else:
        try:
            moment = datetime.fromisoformat(told)
        except ValueError:
            raise PeriodError(f"{option}: {told!r} is no day; {AS_WRITTEN}") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if moment < OLDEST:
        raise PeriodError(f"{option}: {told}: no archive is as old as that. Look at the year")
    return moment


def _day(told: str) -> date | None:
    """Return the day, in whichever spelling of ISO 8601; None: it is none, or has a time."""
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
