"""How often a page changed its cart, and what its clock shows: `SHOP#{shop}#CART#{cart_id}` /
`PAGE`. Holds no address.

The page's clock orders its reports, because a network may deliver them in any order. The first
report that arrives says how far that clock is from ours.
"""

from datetime import UTC, datetime, timedelta

from wracaj.clock import now
from wracaj.settings.shop import ShopSettings
from wracaj.store.carts import cart_key
from wracaj.store.table import Change, ConditionFailedError, Table, expiry

MOST_CHANGES = 100
MOST_STOPS = 200  # what only ends messages may go on for longer
MOST_UNDERWAY = timedelta(minutes=10)
# The first report may itself have been underway for some time: later ones then seem to come early.
MOST_AHEAD = timedelta(minutes=5)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # of the times that computers count


class PageCarts:
    def __init__(self, table: Table) -> None:
        self.table = table

    def admit(
        self, shop: ShopSettings, cart_id: str, page_time: int, *, only_stops: bool
    ) -> datetime | None:
        """Return when the report was made, by our clock. None: the cart was changed too often.

        `page_time`: milliseconds by the page's clock. No report is taken for older than its
        receipt and MOST_UNDERWAY, nor for later than its receipt and MOST_AHEAD.
        """
        received_at = now()
        change = Change().add(changes=1).set(expires_at=expiry(received_at, shop.keep_days))
        change.set_once(ahead=_milliseconds(received_at) - page_time)
        often = MOST_STOPS if only_stops else MOST_CHANGES
        try:
            item = self.table.update(
                cart_key(shop.shop, cart_id) | {"SK": "PAGE"}, change.only_if_below(changes=often)
            )
        except ConditionFailedError:
            return None
        made_at = page_time + int(item["ahead"])
        earliest = _milliseconds(received_at - MOST_UNDERWAY)
        latest = _milliseconds(received_at + MOST_AHEAD)
        return BEGINNING + timedelta(milliseconds=max(earliest, min(made_at, latest)))


def _milliseconds(at: datetime) -> int:
    return (at - BEGINNING) // timedelta(milliseconds=1)
