"""How many browsers subscribed for one cart, and how often: `SHOP#{shop}#CART#{cart_id}` / `PUSH`.
Holds no address."""

from wracaj.clock import now
from wracaj.settings.shop import ShopSettings
from wracaj.store.carts import cart_key
from wracaj.store.table import Change, ConditionFailedError, Table, expiry

MOST_BROWSERS = 5
MOST_CHANGES = 50


class Subscriptions:
    def __init__(self, table: Table) -> None:
        self.table = table

    def admit(self, shop: ShopSettings, cart_id: str, whose: str) -> bool:
        """Return whether this browser may change its consent for the cart once more. `whose`:
        identifies its subscription."""
        change = Change().add(seen={whose}, changes=1).set(expires_at=expiry(now(), shop.keep_days))
        try:
            item = self.table.update(
                cart_key(shop.shop, cart_id) | {"SK": "PUSH"},
                change.only_if_below(changes=MOST_CHANGES),
            )
        except ConditionFailedError:
            return False
        return len(item["seen"]) <= MOST_BROWSERS
