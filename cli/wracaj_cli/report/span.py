"""The months that a report covers."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from wracaj.errors import WracajError
from wracaj.loyalty.ledger import month_of
from wracaj_cli.report.figures import last_months

MOST_DAYS = 366  # of counters; each day is one request


class SpanError(WracajError):
    """The report's last month is not a month, or it is in the future."""


class Span(NamedTuple):
    months: list[str]  # whole months, except a last one that has not ended; the oldest first
    until: date  # the last day of the report
    now: datetime  # in the shop's time zone

    @property
    def last(self) -> str:
        return self.months[-1]

    @property
    def is_past(self) -> bool:
        return self.last < month_of(self.now)

    @property
    def days(self) -> list[str]:
        """The days whose counters are read, in UTC; at most those of a year. The latest is
        first."""
        latest = self.until if self.is_past else max(self.until, self.now.astimezone(UTC).date())
        count = (latest - date.fromisoformat(f"{self.months[0]}-01")).days + 1
        return [
            (latest - timedelta(days=back)).isoformat() for back in range(min(MOST_DAYS, count))
        ]


def span_of(now: datetime, count: int, until: str | None = None) -> Span:
    """Return the span of `count` months up to the current month, or up to `until`, such as
    "2026-08". `now`: in the shop's time zone. Raises SpanError."""
    this = month_of(now)
    if until is None:
        return Span(last_months(this, count), now.date(), now)
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", until):
        raise SpanError(
            f"--until: {until!r} is no month; write the year and the month, such as {this}"
        )
    if until > this:
        raise SpanError(
            f"--until: {until} is still to come; the last month that there are figures of is {this}"
        )
    return Span(last_months(until, count), min(_last_day(until), now.date()), now)


def _last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])
