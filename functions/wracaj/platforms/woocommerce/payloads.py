"""WooCommerce's webhook bodies, as far as we read them. They are those of its REST API, version 3.

Amounts are decimal strings. Times with `_gmt` in their name have no offset and are UTC; the others
are in the shop's own time zone. An empty object is written as `[]`, and a missing id as 0 or "".
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from wracaj.platforms.bodies import Body
from wracaj.platforms.fields import (
    Amount,
    Currency,
    Listed,
    ListedOrUnsaid,
    MaybeEmpty,
    OptionalId,
    Picture,
    QuantityOrUnsaid,
    RequiredId,
    SignedAmount,
    TextLine,
    optional_id,
)
from wracaj.platforms.times import GmtTime, LocalTime


def _id_or_zero(raw: object) -> str | None:
    value = optional_id(raw)
    return value if value != "0" else None


BLOCK_CHECKOUT = "store-api"  # as `created_via`
DRAFTS_LIVE = timedelta(days=1)

KnownId = Annotated[str | None, BeforeValidator(_id_or_zero)]


class Meta(Body):
    key: TextLine = None
    value: Any = None


class Image(Body):
    src: Picture = None


class Line(Body):
    name: TextLine = None
    sku: TextLine = None
    product_id: KnownId = None
    variation_id: KnownId = None
    quantity: QuantityOrUnsaid = None
    # net, after discounts; `price` is net too, and a float
    total: Amount = None
    total_tax: Amount = None
    image: Annotated[Image | None, MaybeEmpty] = None


class CouponLine(Body):
    code: TextLine = None


class RefundStub(Body):
    """All that an order tells of its refunds."""

    id: OptionalId = None
    total: SignedAmount = None  # negative


class Address(Body):
    email: TextLine = None
    phone: TextLine = None
    first_name: TextLine = None


class Order(Body):
    id: KnownId = None
    order_key: OptionalId = None
    status: TextLine = None
    created_via: TextLine = None
    currency: Currency = None
    total: Amount = None  # with tax
    total_tax: Amount = None
    shipping_total: Amount = None
    shipping_tax: Amount = None
    discount_total: Amount = None
    discount_tax: Amount = None
    customer_id: KnownId = None  # 0: a guest
    billing: Annotated[Address | None, MaybeEmpty] = None
    date_created_gmt: GmtTime = None
    date_created: LocalTime = None
    date_modified_gmt: GmtTime = None
    date_modified: LocalTime = None
    date_paid_gmt: GmtTime = None
    date_paid: LocalTime = None
    line_items: Annotated[tuple[Line, ...], Listed] = ()
    coupon_lines: Annotated[tuple[CouponLine, ...], Listed] = ()
    refunds: Annotated[tuple[RefundStub, ...] | None, ListedOrUnsaid] = None
    meta_data: Annotated[tuple[Meta, ...], Listed] = ()

    @property
    def begun_at(self) -> datetime | None:
        """When the checkout began, or the shop wrote the order."""
        return self.date_created_gmt or self.date_created

    @property
    def changed_at(self) -> datetime | None:
        return self.date_modified_gmt or self.date_modified

    @property
    def placed_at(self) -> datetime | None:
        """When the shopper bought. The block checkout makes an order of its draft, and dates it by
        the draft's beginning. A draft that nobody touches is deleted after a day, so the order was
        placed within that day, and not after its payment or its last change."""
        if self.begun_at is None or self.created_via != BLOCK_CHECKOUT:
            return self.begun_at
        known = filter(None, (self.changed_at, self.date_paid_gmt or self.date_paid))
        return max(self.begun_at, min([self.begun_at + DRAFTS_LIVE, *known]))

    def meta(self, key: str) -> list[Any]:
        """All values under this key."""
        return [meta.value for meta in self.meta_data if meta.key == key]


class DeletedOrder(Body):
    id: RequiredId


class DeletedCustomer(Body):
    id: KnownId = None


class Customer(Body):
    id: KnownId = None
    email: TextLine = None
    first_name: TextLine = None
    billing: Annotated[Address | None, MaybeEmpty] = None
    date_created_gmt: GmtTime = None
    date_created: LocalTime = None
    date_modified_gmt: GmtTime = None  # null until the first change
    date_modified: LocalTime = None
