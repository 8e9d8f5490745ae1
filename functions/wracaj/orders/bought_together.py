"""Products bought together in a shop's own orders, and recommendations from them.

Each product stores how many orders it shared with others, in a table of bounded size. When the
table is full, a new product replaces the least frequent one and continues from its count. The entry
notes by how much it may be overcounted (the Space-Saving algorithm: Metwally, Agrawal, El Abbadi,
"Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005). So the table
always has every product that shares more than one in MOST_COMPANIONS of the orders, and `surely` is
never too high.

Recommended products are those most similar to the products bought, by the cosine of their orders:
together / √(orders × orders), summed over the products bought (Deshpande, Karypis, "Item-Based
Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004). The raw count alone would recommend the
shop's bestseller to everybody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import sqrt
from typing import Self

from pydantic import AwareDatetime

from wracaj.events import Frozen, Item, Product

MOST_IN_ORDER = 10  # an order with more products is a wholesaler's
MOST_COMPANIONS = 100
MOST_CANDIDATES = 30
FEWEST_TOGETHER = 2
STILL_SOLD = timedelta(days=180)
SHOWN = 4


class Companion(Frozen):
    orders: int
    too_many: int = 0  # by how much `orders` may be overcounted

    @property
    def surely(self) -> int:
        return self.orders - self.too_many


class Sold(Frozen):
    """A product as last reported, and the products it was bought with."""

    product: Product
    last_at: AwareDatetime
    orders: int = 0  # orders with other products in them
    companions: Mapping[str, Companion] = {}

    def bought(self, product: Product, others: Iterable[str], at: datetime) -> Self:
        companions = dict(self.companions)
        for other in others:
            companions[other] = _one_more(companions, other)
        return self.model_copy(
            update={
                "product": product.model_copy(update=_where_untold(product, self.product)),
                "last_at": max(self.last_at, at),
                "orders": self.orders + 1,
                "companions": companions,
            }
        )


def _one_more(companions: dict[str, Companion], other: str) -> Companion:
    if known := companions.get(other):
        return known.model_copy(update={"orders": known.orders + 1})
    if len(companions) < MOST_COMPANIONS:
        return Companion(orders=1)
    least = min(companions, key=lambda name: (companions[name].orders, name))
    replaced = companions.pop(least)
    return Companion(orders=replaced.orders + 1, too_many=replaced.orders)


def _where_untold(told: Product, known: Product) -> dict[str, str | None]:
    return {
        name: getattr(told, name) or getattr(known, name) for name in ("title", "url", "image_url")
    }


def pictured(products: Iterable[Product], items: Sequence[Item]) -> tuple[Product, ...]:
    """Add details that the order does not have from the items of its cart."""
    lines = {item.product_id: item for item in reversed(items) if item.product_id}
    return tuple(
        product.model_copy(
            update={
                name: getattr(product, name) or getattr(line, name)
                for name in ("title", "url", "image_url")
            }
        )
        if (line := lines.get(product.product_id))
        else product
        for product in products
    )


def sold_together(
    known: Mapping[str, Sold], products: Sequence[Product], at: datetime
) -> dict[str, Sold]:
    """Return all products of an order, updated with it."""
    ids = [product.product_id for product in products]
    return {
        product.product_id: known.get(product.product_id, Sold(product=product, last_at=at)).bought(
            product, [other for other in ids if other != product.product_id], at
        )
        for product in products
    }


def candidates(bought: Iterable[Sold], ids: Collection[str]) -> list[str]:
    """Return the products that may be recommended to buyers of `ids`, the most frequent first."""
    together: dict[str, list[int]] = {}
    for sold in bought:
        for other, companion in sold.companions.items():
            together.setdefault(other, []).append(companion.surely)
    often = [
        other
        for other, counts in together.items()
        if max(counts) >= FEWEST_TOGETHER and other not in ids
    ]
    return sorted(often, key=lambda other: (-sum(together[other]), other))[:MOST_CANDIDATES]


def recommend(bought: Sequence[Sold], others: Iterable[Sold], now: datetime) -> tuple[Product, ...]:
    """Return the most similar candidates first; ties are ordered by product id. Products without a
    title, or not sold in the last STILL_SOLD, are left out."""
    offered = [other for other in others if _on_offer(other, now)]
    best = sorted(offered, key=lambda other: (-_likeness(bought, other), other.product.product_id))
    return tuple(other.product for other in best[:SHOWN])


def _on_offer(sold: Sold, now: datetime) -> bool:
    return bool(sold.product.title) and sold.last_at >= now - STILL_SOLD


def _likeness(bought: Iterable[Sold], other: Sold) -> float:
    """Rounded, so that products with equal similarity stay equal whatever the order of summing."""
    name = other.product.product_id
    pairs = [
        (sold, companion.surely) for sold in bought if (companion := sold.companions.get(name))
    ]
    enough = [(sold, together) for sold, together in pairs if together >= FEWEST_TOGETHER]
    return round(sum(together / sqrt(sold.orders * other.orders) for sold, together in enough), 9)
