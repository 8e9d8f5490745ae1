"""What messages did, week by week. A message and all that came of it count in the week in which it
was sent."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from wracaj_cli.report.messages import Outcomes, Sent

MOST_WEEKS = 13
Days = Mapping[str, Mapping[str, Outcomes]]  # "2026-11-18" → "abandoned_cart#sms" → its counters


class Week(NamedTuple):
    """`begins`: its Monday. `unsubscribed`: who opted out by a message of this week."""

    begins: date
    sent: int = 0
    delivered: int = 0
    clicked: int = 0
    orders: int = 0
    paid: Decimal = Decimal(0)
    codes_used: int = 0
    unsubscribed: int = 0

    def with_message(self, row: Sent) -> "Week":
        return self._replace(
            sent=self.sent + row.sent,
            delivered=self.delivered + row.outcomes.get("delivered", 0),
            clicked=self.clicked + row.outcomes.get("clicked", 0),
            orders=self.orders + row.orders,
            paid=self.paid + row.paid,
            codes_used=self.codes_used + row.codes_used,
            unsubscribed=self.unsubscribed + row.unsubscribed,
        )


def by_week(days: Days, latest: date) -> list[Week]:
    """Return the last weeks up to that of `latest`, the earliest first, from the first one in which
    something was sent."""
    last = _monday(latest)
    weeks = {
        monday: Week(monday)
        for monday in (last - timedelta(weeks=back) for back in reversed(range(MOST_WEEKS)))
    }
    for day, counted in days.items():
        monday = _monday(date.fromisoformat(day))
        for step, outcomes in counted.items() if monday in weeks else ():
            weeks[monday] = weeks[monday].with_message(Sent(step, dict(outcomes)))
    found = list(weeks.values())
    first = next((place for place, week in enumerate(found) if week.sent), len(found))
    return found[first:]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
