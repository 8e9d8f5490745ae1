"""Products bought together: `SHOP#{shop}#PRODUCT#{product_id}` / `SOLD`, one item for each product,
of bounded size.

`SHOP#{shop}#ALIAS#order#{order_id}` / `TOGETHER` marks an order as counted. It is written in the
transaction of the counts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from wracaj.clock import timestamp
from wracaj.errors import ConflictError
from wracaj.events import Product
from wracaj.orders.bought_together import MOST_IN_ORDER, Sold, sold_together
from wracaj.store.customer_keys import alias_key
from wracaj.store.table import Item, Table, back_off, dump

ATTEMPTS = 3


def product_key(shop: str, product_id: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#PRODUCT#{product_id}", "SK": "SOLD"}


class Products:
    def __init__(self, table: Table) -> None:
        self.table = table

    def sold(self, shop: str, product_ids: Iterable[str]) -> dict[str, Sold]:
        """Return those of the products that were bought together with others. One request."""
        return _sold(
            self.table.get_many([product_key(shop, id_) for id_ in dict.fromkeys(product_ids)])
        )

    def count_order(
        self, shop: str, order_id: str, products: Sequence[Product], at: datetime
    ) -> None:
        """Count an order once, even if this is called again. Raises ConflictError if others keep
        counting the same products."""
        counted = products[:MOST_IN_ORDER]
        if len(counted) < 2:  # nothing was bought together
            return
        marker = alias_key(shop, f"order#{order_id}") | {"SK": "TOGETHER"}
        for attempt in range(ATTEMPTS):
            found = self.table.get_many(
                [marker, *(product_key(shop, product.product_id) for product in counted)]
            )
            if any(item["SK"] == marker["SK"] for item in found):
                return
            puts = self._puts(shop, found, counted, at)
            mark = self.table.putting(marker | {"at": timestamp(at)}, "attribute_not_exists(PK)")
            try:
                self.table.transact([{"Put": mark}, *({"Put": put} for put in puts)])
            except ConflictError:
                back_off(attempt)
                continue
            return
        raise ConflictError("others count the same products all the time")

    def _puts(
        self, shop: str, found: list[Item], products: Sequence[Product], at: datetime
    ) -> list[Item]:
        revisions = {item["PK"]: int(item["revision"]) for item in found}
        puts = []
        for product_id, sold in sold_together(_sold(found), products, at).items():
            key = product_key(shop, product_id)
            revision = revisions.get(key["PK"], 0)
            item = key | {"revision": revision + 1, "sold": dump(sold)}
            condition = "revision = :read" if revision else "attribute_not_exists(PK)"
            puts.append(
                self.table.putting(item, condition, **({"read": revision} if revision else {}))
            )
        return puts


def _sold(items: Iterable[Item]) -> dict[str, Sold]:
    all_sold = (Sold.model_validate_json(item["sold"]) for item in items)
    return {sold.product.product_id: sold for sold in all_sold}
