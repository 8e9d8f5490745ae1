"""A shopper's cart as the shop knows it, and the shopper as the shop's forms describe them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from wracaj.consent.channel import Channel
from wracaj_cli.demo.week import Product


@dataclass(frozen=True)
class Contact:
    first_name: str
    email: str | None
    phone: str | None
    customer_id: str | None
    locale: str


@dataclass
class Basket:
    cart_id: str
    checkout_id: str
    currency: str
    begun_at: datetime
    host: str = "parapet.example"  # of the shop
    products: tuple[Product, ...] = ()
    yes: dict[Channel, datetime] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum((product.price for product in self.products), Decimal(0))

    @property
    def lines(self) -> list[tuple[Product, int]]:
        return counted(self.products)


@dataclass(frozen=True)
class Purchase:
    """An order. `basket` is None for an order that names neither cart nor checkout, such as one
    taken over the phone. `yes`: the opt-ins given with the order. `discount`: what its code
    took off the total."""

    order_id: str
    basket: Basket | None
    contact: Contact
    total: Decimal
    currency: str
    code: str | None = None
    products: tuple[Product, ...] = ()
    yes: Mapping[Channel, datetime] = field(default_factory=dict)
    discount: Decimal = Decimal(0)

    @property
    def lines(self) -> list[tuple[Product, int]]:
        return counted(self.products)


def counted(products: tuple[Product, ...]) -> list[tuple[Product, int]]:
    """Return each product once, with its number of pieces."""
    return [(product, products.count(product)) for product in dict.fromkeys(products)]
