"""What is counted of a shop by the hour, UTC."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from wracaj.archive.rows import Row, RowKind
from wracaj.carts.page_carts import is_page_cart
from wracaj.clock import hour_of
from wracaj.timelines.steps import Outcome, Reason

HOUR = timedelta(hours=1)
CAMPAIGN = "campaign"


class Series(StrEnum):
    EVENTS = "events"  # of the shop, not of the script in its pages
    ORDERS = "orders"  # of these, orders placed
    SENT = "sent"  # messages, but for campaigns: people start those
    OFF = "off"  # messages that a switch held back


Hours = Mapping[datetime, int]  # the hour's beginning → how many
Activity = Mapping[Series, Hours]


def counted(rows: Iterable[Row]) -> Counter[tuple[Series, datetime]]:
    """Count rows of the archive, of one shop."""
    return Counter((series, hour_of(row.at)) for row in rows for series in _series_of(row))


def _series_of(row: Row) -> list[Series]:
    if row.kind is RowKind.EVENT:
        event = row.body.get("event", {})
        if is_page_cart(str(event.get("cart_id", ""))):
            return []
        is_order = row.body["type"] == "OrderPlaced"
        return [Series.EVENTS, *([Series.ORDERS] if is_order else [])]
    if row.kind is not RowKind.DECISION or row.body["timeline"] == CAMPAIGN:
        return []
    if row.body["outcome"] == Outcome.SENT:
        return [Series.SENT]
    return [Series.OFF] if row.body["reason"] == Reason.SWITCHED_OFF else []


def between(hours: Hours, begins: datetime, ends: datetime) -> int:
    return sum(number for hour, number in hours.items() if begins <= hour < ends)
