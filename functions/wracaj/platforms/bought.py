"""The products of an order, as our type."""

from collections.abc import Iterable

from wracaj.events import Product


def each_once(lines: Iterable[Product | None]) -> tuple[Product, ...]:
    """Each product once, in the order of the lines. A line without a product, such as a tip, is
    None."""
    found: dict[str, Product] = {}
    for line in lines:
        if line is not None:
            found.setdefault(line.product_id, line)
    return tuple(found.values())
