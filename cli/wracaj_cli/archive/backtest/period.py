"""The days of a back-test, in the shop's time zone."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wracaj.errors import WracajError

USUAL = timedelta(days=28)


class PeriodError(WracajError):
    """The days cannot be understood. The text says why."""


class Period(NamedTuple):
    """Runs that start from `since` to just before `before`."""

    since: datetime
    before: datetime

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """The first and the last day."""
        last = self.before - timedelta(microseconds=1)
        return self.since.astimezone(zone).date(), last.astimezone(zone).date()


def period_of(first: str | None, last: str | None, now: datetime, zone: ZoneInfo) -> Period:
    """`last`: counts in full. Without them: the last four weeks. Raises PeriodError."""
    before = _midnight(last, "--to", zone, timedelta(days=1)) if last else now
    since = _midnight(first, "--from", zone) if first else before - USUAL
    if since >= before:
        raise PeriodError("--from: the first day comes after the last one (--to)")
    if since >= now:
        raise PeriodError("--from: this day is still to come")
    return Period(since, min(before, now))


def _midnight(told: str, option: str, zone: ZoneInfo, later: timedelta = timedelta(0)) -> datetime:
    try:
        day = date.fromisoformat(told) + later
    except ValueError:
        raise PeriodError(f"{option}: {told!r} is no day; write it such as 2026-11-21") from None
    return datetime.combine(day, time(0), tzinfo=zone)
