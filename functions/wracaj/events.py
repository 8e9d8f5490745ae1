"""What shops tell us, in our words. A shop module turns a webhook into these; nothing else enters
the domain.

`at` is the shop's time of the event: a later one wins over an earlier one, whatever order they
arrive in.
"""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from wracaj.clock import timestamp
from wracaj.consent.channel import ADDRESS_FIELDS, TRAITS, Channel
from wracaj.consent.consent import Consent
from wracaj.external_ids import ExternalId

Amount = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=15)]
# a day that comes each year: "03-14"
YearDay = Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{2}$")]


class Frozen(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class Contact(Frozen):
    """Who the shopper is, as far as this event tells. None: the event does not say.

    `email`, `phone` and `first_name` may have been typed by anybody. The `record_` fields are what
    the shop itself keeps of the customer `platform_id`: nobody writes them who is not that
    customer, or the shop.
    """

    platform_id: str | None = None
    # the shop vouches for a login. False: it may have looked the id up by a typed address
    id_by_login: bool = False
    record_email: str | None = None
    record_phone: str | None = None
    record_first_name: str | None = None
    email: str | None = None  # trimmed, lower-cased
    phone: str | None = None  # E.164
    web_push: str | None = None  # a browser's subscription, see subscription.py
    messenger: str | None = None  # Meta's id of the shopper for the shop's page
    first_name: str | None = None
    locale: str | None = None  # BCP 47, such as "pl-PL"

    @property
    def reachable(self) -> bool:
        return bool(self.platform_id or any(self.each_address))

    @property
    def each_address(self) -> tuple[str | None, ...]:
        """In the order of the channels that they are for."""
        return tuple(getattr(self, field) for field in ADDRESS_FIELDS)

    @property
    def addresses(self) -> "Contact":
        """Its e-mail and its phone alone."""
        return Contact(email=self.email, phone=self.phone)

    @property
    def recorded(self) -> "Contact":
        """What the shop itself keeps of the customer. Nothing, where no id says of whom."""
        if not self.platform_id:
            return Contact()
        return Contact(
            platform_id=self.platform_id,
            email=self.record_email,
            phone=self.record_phone,
            first_name=self.record_first_name,
            locale=self.locale,
        )

    def with_address(self, channel: Channel, address: str | None) -> "Contact":
        """The same where the channel has no address that anybody types."""
        field = TRAITS[channel].typed_field
        return self.model_copy(update={field: address}) if field and address else self

    def address_is(self, address: str) -> bool:
        return address in self.each_address

    def address(self, channel: Channel) -> str | None:
        """Where a channel reaches the shopper."""
        known = (getattr(self, field) for field in TRAITS[channel].contact_fields)
        return next(filter(None, known), None)


class Item(Frozen):
    product_id: str | None = None
    variant_id: str | None = None
    title: str
    quantity: Annotated[Decimal, Field(gt=0, max_digits=10)]  # 0.5: sold by weight
    unit_price: Amount | None = None
    image_url: str | None = None  # https only
    url: str | None = None  # its page, on one of the hosts that the shop's settings allow


class Product(Frozen):
    """One product as its shop tells of it; its variants are one."""

    product_id: ExternalId
    title: str = ""  # "": not told
    url: str | None = None  # its page, on one of the hosts that the shop's settings allow
    image_url: str | None = None  # https only
    price: Amount | None = None
    currency: str | None = None

    def as_item(self, currency: str | None) -> Item:
        """One of it, with its price where that is in this currency."""
        return Item(
            product_id=self.product_id,
            title=self.title,
            quantity=Decimal(1),
            unit_price=self.price if currency and self.currency == currency else None,
            image_url=self.image_url,
            url=self.url,
        )


class CartContent(Frozen):
    """What lies in the cart, and where the shopper finds it again."""

    items: tuple[Item, ...] = ()
    currency: str | None = None  # ISO 4217
    total: Amount | None = None
    recovery_url: str | None = None  # on one of the hosts that the shop's settings allow


class Event(Frozen):
    at: AwareDatetime
    # orders events of the same moment, where the shop's clock shows whole seconds
    sequence: str = ""

    @cached_property
    def version(self) -> str:
        """A total order over events: by time, then by content, so that any order of arrival ends
        the same."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]
        return f"{timestamp(self.at)}#{self.sequence}#{digest}"

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Another event, which has a version of its own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("version", None)
        return copied


class CartUpdated(Event):
    """The cart as it is now. `content` None: the event speaks only of the shopper.

    `quiet`: nobody touched the cart. It starts nothing anew and delays nothing.
    """

    cart_id: ExternalId
    checkout_id: ExternalId | None = None
    checkout_number: ExternalId | None = None  # another id of the same checkout, see shopify/
    created_at: AwareDatetime | None = None
    content: CartContent | None = None
    contact: Contact = Contact()
    consent: dict[Channel, Consent] = {}
    quiet: bool = False

    @property
    def checkout_ids(self) -> frozenset[str]:
        return frozenset(filter(None, (self.checkout_id, self.checkout_number)))


class CartDeleted(Event):
    cart_id: ExternalId


class OrderPlaced(Event):
    """An order, from the moment it is placed, paid or not. No `order_id`: only the checkout's
    completion was told."""

    order_id: ExternalId | None
    placed_at: AwareDatetime
    # by us, where it may have been placed just then
    heard_at: AwareDatetime | None = Field(None, exclude=True)
    cart_ids: tuple[ExternalId, ...] = ()  # every id under which we may know its cart
    checkout_ids: tuple[ExternalId, ...] = ()
    contact: Contact = Contact()
    currency: str | None = None
    total: Amount | None = None  # before anything was taken off
    current_total: Amount | None = None  # what is left of it, with all that was taken off until now
    # by which `current_total` is less; None: by all that came before
    refunds_in_it: tuple[str, ...] | None = None
    stands: bool = False  # told outright, as by a payment: a cancellation before it counts no more
    # parts of the total: the tax in it, its shipping, and what was taken off before it
    tax: Amount | None = None
    shipping: Amount | None = None
    discount: Amount | None = None
    shipping_discount: Amount | None = None  # the part of `discount` that was taken off shipping
    cost: Amount | None = None  # what all its goods cost the shop, without tax
    discount_codes: tuple[str, ...] = ()
    products: tuple[Product, ...] = ()  # what was bought, each once, as far as the shop tells

    @property
    def worth(self) -> Decimal | None:
        return self.total if self.current_total is None else self.current_total


class OrderCancelled(Event):
    order_id: ExternalId


class OrderEdited(Event):
    """Something was taken away from an order, and this event does not say how much."""

    order_id: ExternalId


class OrderRefunded(Event):
    order_id: ExternalId
    refund_id: ExternalId
    currency: str | None = None
    amount: Amount | None = None  # what it takes off the order, whether or not money went back


class ProductViewed(Event):
    """A shopper looked at a product; `at` says when."""

    contact: Contact
    product: Product


class CustomerUpdated(Event):
    contact: Contact
    birthday: YearDay | None = None


class CustomersMerged(Event):
    """The shop says that two of its customers are one. Both are its own ids: from now on `gone`
    means `kept`."""

    kept: ExternalId
    gone: ExternalId


class ConsentChanged(Event):
    contact: Contact
    channel: Channel
    consent: Consent


class ReviewWritten(Event):
    contact: Contact
    review_id: ExternalId


class PrivacyKind(StrEnum):
    DATA_REQUEST = "data_request"
    CUSTOMER_REDACT = "customer_redact"
    SHOP_REDACT = "shop_redact"


class Asker(StrEnum):
    SHOP = "shop"  # by a webhook
    SHOPPER = "shopper"  # on the page of their own data
    PEOPLE = "people"  # of the shop, with `wracaj privacy erase`


class PrivacyRequested(Event):
    kind: PrivacyKind
    by: Asker = Asker.SHOP
    contact: Contact = Contact()
    order_ids: tuple[str, ...] = ()


ShopEvent = (
    CartUpdated
    | CartDeleted
    | OrderPlaced
    | OrderCancelled
    | OrderEdited
    | OrderRefunded
    | ProductViewed
    | CustomerUpdated
    | CustomersMerged
    | ConsentChanged
    | ReviewWritten
    | PrivacyRequested
)
