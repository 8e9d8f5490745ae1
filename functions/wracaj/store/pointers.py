"""Pointers from an identifier to the carts that contain it: `SHOP#{shop}#WHO#{name}`. They hold ids
only.

`CART#{time}#{cart_id}`: a cart
`CART#+{time}#{cart_id}`: a page cart, which is found after all carts that the shop reported. So
    whoever reports many of them with somebody's address hides none of their own carts
`OCCASION#{cart_id}`: an occasion
"""

from collections.abc import Iterable
from datetime import datetime

from wracaj.carts.page_carts import is_page_cart
from wracaj.clock import now, timestamp
from wracaj.store.address_use import POINTER_DAYS
from wracaj.store.customer_keys import customer_partition
from wracaj.store.table import Item, Table, expiry

PAGE_CARTS_COME_LAST = "+"  # it sorts before the digits of every time, and the newest come first


class Pointers:
    def __init__(self, table: Table) -> None:
        self.table = table

    def remember_cart(
        self, shop: str, names: Iterable[str], cart_id: str, since: datetime | None
    ) -> None:
        """Point to a cart. This is written before the cart's owner, so that no pointer is ever
        missing."""
        mark = PAGE_CARTS_COME_LAST if is_page_cart(cart_id) else ""
        self._point(shop, names, f"CART#{mark}{timestamp(since or now())}#{cart_id}", cart_id)

    def remember_occasion(self, shop: str, names: Iterable[str], cart_id: str) -> None:
        """Point to an occasion, so that an erasure finds it."""
        self._point(shop, names, f"OCCASION#{cart_id}", cart_id)

    def _point(self, shop: str, names: Iterable[str], key: str, cart_id: str) -> None:
        told = {"SK": key, "cart_id": cart_id, "expires_at": expiry(now(), POINTER_DAYS)}
        self.table.put_many(
            [{"PK": customer_partition(shop, name), **told} for name in dict.fromkeys(names)]
        )

    def all_of(self, shop: str, name: str) -> list[str]:
        """Return every cart and occasion that ever contained this identifier, as long as the
        pointer is kept."""
        items = self.table.query({"PK": customer_partition(shop, name)})
        return [
            str(item["cart_id"]) for item in items if item["SK"].startswith(("CART#", "OCCASION#"))
        ]

    def cart_ids(self, shop: str, names: Iterable[str], most: int | None = None) -> list[str]:
        """Return the carts that contain one of these identifiers, the newest first. `most`: per
        identifier."""
        found = [item for name in dict.fromkeys(names) for item in self._carts(shop, name, most)]
        newest = sorted(found, key=lambda item: str(item["SK"]), reverse=True)
        return list(dict.fromkeys(str(item["cart_id"]) for item in newest))

    def _carts(self, shop: str, name: str, most: int | None) -> list[Item]:
        partition = {"PK": customer_partition(shop, name)}
        return (
            self.table.query(partition, begins="CART#")
            if most is None
            else self.table.last(partition, "CART#", most)
        )
