"""The orders of a shopper, `SHOP#{shop}#WHO#{name}` / `ORDER#{order_id}`, and the checkouts that
orders came from, `SHOP#{shop}#ALIAS#checkout#{checkout_id}` / `ALIAS`."""

from wracaj.clock import now, timestamp
from wracaj.customers.identity import identifiers_of
from wracaj.events import OrderPlaced, PrivacyRequested
from wracaj.settings.shop import ShopSettings
from wracaj.store.customer_keys import alias_key, customer_partition
from wracaj.store.table import Change, ConditionFailedError, Table, expiry

REQUESTS_KEPT_DAYS = 1095  # as long as somebody may ask whether and when it was answered


class Orders:
    def __init__(self, table: Table) -> None:
        self.table = table

    def put(self, shop: str, customer_id: str, order: OrderPlaced) -> None:
        key = {"PK": customer_partition(shop, customer_id), "SK": f"ORDER#{order.order_id}"}
        change = Change().only_if_below(version=order.version)
        change.set(
            version=order.version, order_id=order.order_id, placed_at=timestamp(order.placed_at)
        )
        change.set(discount_codes=set(order.discount_codes) or None)
        # a webhook without an amount does not remove a known one
        if order.worth is not None and order.currency is not None:
            change.set(currency=order.currency, total=order.worth)
        try:
            self.table.update(key, change)
        except ConditionFailedError:
            return  # a newer state of this order, or the same one, is already here

    def cart_of_checkout(
        self, shop: ShopSettings, checkout_id: str, order_reference: str
    ) -> str | None:
        """Store the order with its checkout, whose cart may be reported later. Return the cart's id
        if it is known."""
        change = (
            Change()
            .add(orders={order_reference})
            .set_once(expires_at=expiry(now(), shop.keep_days))
        )
        found = self.table.update(alias_key(shop.shop, f"checkout#{checkout_id}"), change).get(
            "cart_id"
        )
        return str(found) if found else None

    def known_cart(self, shop: str, checkout_id: str) -> str | None:
        """Return the id of the cart that a webhook named with this checkout."""
        found = (self.table.get(alias_key(shop, f"checkout#{checkout_id}")) or {}).get("cart_id")
        return str(found) if found else None

    def of_checkout(self, shop: ShopSettings, checkout_id: str, cart_id: str) -> frozenset[str]:
        """Return the orders that arrived for this checkout before its cart, and store the cart with
        it."""
        change = Change().set(cart_id=cart_id, expires_at=expiry(now(), shop.keep_days))
        return frozenset(
            self.table.update(alias_key(shop.shop, f"checkout#{checkout_id}"), change).get(
                "orders", ()
            )
        )

    def put_privacy_request(self, shop: str, event: PrivacyRequested) -> None:
        """Store the request for the people who answer it. Shoppers are identified by keyed hashes
        only."""
        names = list(identifiers_of(shop, event.contact).values())
        key = {
            "PK": f"SHOP#{shop}#PRIVACY",
            "SK": f"{timestamp(event.at)}#{event.kind}#{names[0] if names else ''}",
        }
        told = {
            "kind": str(event.kind),
            "by": str(event.by),
            "names": names,
            "order_ids": list(event.order_ids),
        }
        self.table.put(key | told | {"expires_at": expiry(event.at, REQUESTS_KEPT_DAYS)})
