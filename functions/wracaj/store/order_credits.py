"""What an order is credited to: `SHOP#{shop}#ALIAS#order#{order_id}` / `CREDITS`. A refund finds by
it which counters and sums it changes. There is none for an order that is credited to nothing.

The counters of the message, `attributed_orders` and `attributed_cents`, change in the same
transaction, so that a repeated event changes nothing.
"""

from wracaj.clock import now
from wracaj.orders.credits import Click, Credits
from wracaj.store.clicks import clicked_message
from wracaj.store.counters import counters_key
from wracaj.store.customer_keys import alias_key
from wracaj.store.table import Change, Item, Table, dump, expiry
from wracaj.timelines.steps import StepRecord

KEPT_DAYS = 400  # refunds come later than that only as goodwill


class OrderCredits:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, shop: str, order_id: str) -> Credits:
        return credits_from(self.table.get(credits_key(shop, order_id)) or {})

    def message_of(self, shop: str, click: Click) -> StepRecord | None:
        """Return the record of the clicked message, if the click was not found to be a scanner's.
        One read."""
        item = self.table.get(clicked_message(shop, click)) or {}
        is_click = int(item.get("clicks", 0)) > 0
        return StepRecord.model_validate_json(item["record"]) if is_click else None

    def write(self, shop: str, order_id: str, before: Credits, after: Credits) -> Credits:
        """Raises ConflictError if they changed since they were read."""
        key = credits_key(shop, order_id)
        item = key | {
            "revision": before.revision + 1,
            "credits": dump(after),
            "expires_at": expiry(now(), KEPT_DAYS),
        }
        put = (
            self.table.putting(item, "revision = :read", read=before.revision)
            if before.revision
            else self.table.putting(item, "attribute_not_exists(PK)")
        )
        self.table.transact([{"Put": put}, *self._counting(shop, before, after)])
        return after.model_copy(update={"revision": before.revision + 1})

    def _counting(self, shop: str, before: Credits, after: Credits) -> list[Item]:
        if after.click is None or after.sent_at is None:
            return []
        orders = after.orders - before.orders
        cents = int((after.paid - before.paid) * 100)
        if not (orders or cents):
            return []
        step = f"{after.click.timeline}#{after.click.step}"
        change = Change().add(attributed_orders=orders, attributed_cents=cents)
        return [{"Update": self.table.updating(counters_key(shop, after.sent_at, step), change)}]


def credits_key(shop: str, order_id: str) -> dict[str, str]:
    return alias_key(shop, f"order#{order_id}") | {"SK": "CREDITS"}


def credits_from(item: Item) -> Credits:
    if not item:
        return Credits()
    known = Credits.model_validate_json(item["credits"])
    return known.model_copy(update={"revision": int(item["revision"])})
