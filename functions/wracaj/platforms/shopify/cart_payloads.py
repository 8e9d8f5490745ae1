"""Bodies of Shopify's carts and checkouts, as far as we read them. Real bodies contain nulls, empty
lists in place of objects, and numbers in place of strings."""

from typing import Annotated, Any

from wracaj.customers.contact import Record
from wracaj.platforms.bodies import Body
from wracaj.platforms.fields import (
    Amount,
    Currency,
    Listed,
    MaybeEmpty,
    OptionalId,
    Quantity,
    TextLine,
    WebAddress,
)
from wracaj.platforms.times import TimeOfWhatHappened, Timestamp


class Money(Body):
    amount: Amount = None
    currency_code: Currency = None


class MoneySet(Body):
    shop_money: Annotated[Money | None, MaybeEmpty] = None
    presentment_money: Annotated[Money | None, MaybeEmpty] = None


class LineItem(Body):
    product_id: OptionalId = None
    variant_id: OptionalId = None
    title: TextLine = None
    presentment_title: TextLine = None
    presentment_variant_title: TextLine = None
    variant_title: TextLine = None
    sku: TextLine = None
    quantity: Quantity
    price: Amount = None
    price_set: Annotated[MoneySet | None, MaybeEmpty] = None
    line_price_set: Annotated[MoneySet | None, MaybeEmpty] = None

    @property
    def full_title(self) -> str:
        title = self.presentment_title or self.title or self.sku or "—"
        variant = self.presentment_variant_title or self.variant_title
        return f"{title} – {variant}" if variant and variant not in title else title


class Customer(Body):
    id: OptionalId = None
    email: TextLine = None
    phone: TextLine = None
    first_name: TextLine = None
    updated_at: Timestamp = None


def record_of(customer: Customer) -> Record:
    """The customer's record without the phone: a phone that a guest typed in a checkout may be in
    it."""
    return Record(email=customer.email, first_name=customer.first_name)


class Cart(Body):
    id: OptionalId = None
    token: OptionalId = None
    line_items: Annotated[tuple[LineItem, ...], Listed] = ()
    created_at: Timestamp = None
    updated_at: Timestamp = None


class Checkout(Body):
    id: OptionalId = None  # before 2026-04; in a deletion still today
    token: OptionalId = None
    cart_token: OptionalId = None
    email: TextLine = None
    phone: TextLine = None
    sms_marketing_phone: TextLine = None
    buyer_accepts_marketing: Any = None  # only a plain `true` is an opt-in
    buyer_accepts_sms_marketing: Any = None
    customer: Annotated[Customer | None, MaybeEmpty] = None
    customer_locale: TextLine = None
    line_items: Annotated[tuple[LineItem, ...], Listed] = ()
    currency: Currency = None
    presentment_currency: Currency = None
    total_price: Amount = None
    abandoned_checkout_url: WebAddress = None
    created_at: Timestamp = None
    updated_at: Timestamp = None
    completed_at: TimeOfWhatHappened = None
    closed_at: Timestamp = None

    @property
    def tokens(self) -> tuple[str, ...]:
        """All ids of the cart, the cart's own first."""
        return known_ids(self.cart_token, self.token)


def known_ids(*ids: str | None) -> tuple[str, ...]:
    """The ids without None and repetitions, in their order."""
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))
