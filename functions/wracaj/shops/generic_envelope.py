"""The envelope of the generic platform. docs/generic-webhook.schema.json is generated from these models."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from wracaj.consent import ConsentState
from wracaj.shops.bodies import Body
from wracaj.shops.fields import (
    MAX_ITEMS,
    Birthday,
    Currency,
    DecimalString,
    MaybeEmpty,
    MaybeNull,
    OptionalId,
    RequiredId,
    RequiredTimestamp,
    TextLine,
    Timestamp,
    WebAddress,
    WholeQuantity,
)


def _one_of(*names: str) -> JsonDict:
    """For the JSON Schema: at least one of these is there and not null."""
    return {"anyOf": [{"properties": {name: {"type": ["string", "integer"]}}, "required": [name]} for name in names]}


def _require(given: object, what: str) -> None:
    if not given:
        raise ValueError(f"{what} is missing")


class Customer(Body):
    id: OptionalId = Field(None, description="Your own id of the customer who is logged in; null for a guest")
    email: TextLine = None
    phone: TextLine = Field(None, description="E.164, or as written in the shop's country")
    first_name: TextLine = None
    locale: TextLine = Field(None, description="BCP 47, such as pl-PL")


class KnownCustomer(Customer):
    birthday: Birthday = Field(None, description="1990-03-14, or 03-14: only month and day are kept, for birthday greetings")


class ConsentWord(Body):
    state: ConsentState
    updated_at: RequiredTimestamp = Field(description="When the shopper said it, not when you send it: the latest word counts")
    source: TextLine = Field(None, description="Where it was said, such as checkout; import: in a list")
    confirmed: bool = Field(
        False,
        description="True: the shopper clicked a confirming link of your own, so that double_opt_in asks for no other",
    )


class ConsentWords(Body):
    """Null or left out: unknown, which is not a yes."""

    email: ConsentWord | None = None
    sms: ConsentWord | None = None
    web_push: ConsentWord | None = Field(None, description="A no stops notifications; a yes is given in the browser")
    messenger: ConsentWord | None = Field(None, description="A no stops Messenger; a yes is given by writing to the page")
    audience: ConsentWord | None = Field(None, description="Advertisements elsewhere: the shop's audiences at Meta")


class Item(Body):
    product_id: OptionalId = None
    variant_id: OptionalId = None
    title: TextLine
    quantity: WholeQuantity = Field(description="Items of zero or less are dropped")
    unit_price: DecimalString = None
    image_url: WebAddress = Field(None, description="https only; a picture with another address is not shown")
    url: WebAddress = Field(None, description="The product's page; only on the shop's recovery_hosts, others are left out")


class BoughtItem(Body):
    """What the shop recommends after an order goes by these. Other keys may stand here too, as in a cart's items."""

    product_id: OptionalId = None
    title: TextLine = None
    image_url: WebAddress = Field(None, description="https only; a picture with another address is not shown")
    url: WebAddress = Field(None, description="The product's page; only on the shop's recovery_hosts, others are left out")


class ViewedProduct(Body):
    product_id: RequiredId
    title: TextLine
    url: WebAddress = Field(None, description="The product's page; only on the shop's recovery_hosts")
    image_url: WebAddress = Field(None, description="https only; a picture with another address is not shown")
    price: DecimalString = None
    currency: Currency = Field(None, description="ISO 4217; needed where there is a price")

    @model_validator(mode="after")
    def _a_price_has_a_currency(self) -> Self:
        _require(self.currency or self.price is None, "currency, which amounts need,")
        return self


class Data(Body):
    version: Literal[1] = Field(alias="schema")
    updated_at: Timestamp = Field(
        None, description="When this came to be: a later one wins, whatever arrives first. Default: timestamp"
    )
    customer: Annotated[Customer | None, MaybeEmpty] = None
    consent: Annotated[ConsentWords | None, MaybeEmpty] = None


class CustomerData(Data):
    customer: Annotated[KnownCustomer | None, MaybeEmpty] = None


class KeptCustomer(Body):
    id: RequiredId = Field(description="The customer who stays")


class MergeData(Body):
    version: Literal[1] = Field(alias="schema")
    updated_at: Timestamp = Field(None, description="When they became one. Default: timestamp")
    customer: KeptCustomer
    merged_customer_ids: tuple[RequiredId, ...] = Field(
        min_length=1, max_length=MAX_ITEMS, description="The ids that mean this customer from now on"
    )


class MoneyData(Data):
    currency: Currency = Field(None, description="ISO 4217; needed where there is an amount")


class CartData(MoneyData):
    model_config = ConfigDict(json_schema_extra=_one_of("cart_id", "checkout_id"))

    cart_id: OptionalId = Field(None, description="cart_id or checkout_id must be there; cart_id is the one that counts")
    checkout_id: OptionalId = None
    created_at: Timestamp = None
    total: DecimalString = None
    recovery_url: WebAddress = Field(None, description="Brings the cart back; only on the shop's recovery_hosts")
    items: tuple[Item, ...] | None = Field(
        None, description="All that lies in the cart now; [] when it was emptied; left out: not told"
    )

    @model_validator(mode="after")
    def _is_identified(self) -> Self:
        _require(self.cart_id or self.checkout_id, "cart_id or checkout_id")
        return self

    @model_validator(mode="after")
    def _amounts_have_a_currency(self) -> Self:
        amounts = [self.total, *(item.unit_price for item in self.items or ())]
        _require(self.currency or all(amount is None for amount in amounts), "currency, which amounts need,")
        return self


class CompletionData(MoneyData):
    model_config = ConfigDict(json_schema_extra=_one_of("cart_id", "checkout_id", "order_id"))

    cart_id: OptionalId = None
    checkout_id: OptionalId = None
    order_id: OptionalId = None
    created_at: Timestamp = Field(None, description="When the order was placed. Default: updated_at")
    total: DecimalString = None
    discount_codes: Annotated[tuple[TextLine, ...], MaybeNull] = ()
    items: Annotated[tuple[BoughtItem, ...], MaybeNull] = Field(
        (), description="What was bought: recommendations after an order need the product_id"
    )

    @model_validator(mode="after")
    def _is_identified(self) -> Self:
        _require(self.cart_id or self.checkout_id or self.order_id, "cart_id, checkout_id or order_id")
        return self

    @model_validator(mode="after")
    def _amounts_have_a_currency(self) -> Self:
        _require(self.currency or self.total is None, "currency, which amounts need,")
        return self


class OrderData(CompletionData):
    order_id: RequiredId


class RefundData(MoneyData):
    order_id: RequiredId
    refund_id: RequiredId
    amount: DecimalString = None

    @model_validator(mode="after")
    def _amounts_have_a_currency(self) -> Self:
        _require(self.currency or self.amount is None, "currency, which amounts need,")
        return self


class ViewData(Body):
    version: Literal[1] = Field(alias="schema")
    viewed_at: Timestamp = Field(None, description="Default: timestamp")
    customer: Annotated[Customer | None, MaybeEmpty] = Field(
        None, description="An id, an e-mail or a phone: send no views of shoppers whom the shop does not know"
    )
    product: ViewedProduct


class PrivacyData(Data):
    order_ids: Annotated[tuple[RequiredId, ...], MaybeNull] = ()


class ReviewData(Data):
    review_id: RequiredId


class Envelope(Body):
    timestamp: RequiredTimestamp = Field(description="When it happened in the shop")


class CartChanged(Envelope):
    type: Literal["cart.created", "cart.updated", "checkout.created", "checkout.updated"]
    data: CartData


class CartGone(Envelope):
    type: Literal["cart.deleted"]
    data: CartData


class CheckoutCompleted(Envelope):
    type: Literal["checkout.completed"]
    data: CompletionData


class OrderChanged(Envelope):
    type: Literal["order.created", "order.updated", "order.paid", "order.cancelled"]
    data: OrderData


class RefundCreated(Envelope):
    type: Literal["refund.created"]
    data: RefundData


class ProductSeen(Envelope):
    type: Literal["product.viewed"]
    data: ViewData


class CustomerChanged(Envelope):
    type: Literal["customer.created", "customer.updated"]
    data: CustomerData


class CustomersJoined(Envelope):
    type: Literal["customer.merged"]
    data: MergeData


class ConsentTold(Envelope):
    type: Literal["consent.updated"]
    data: Data


class ReviewPosted(Envelope):
    type: Literal["review.written"]
    data: ReviewData


class PrivacyAsked(Envelope):
    type: Literal["privacy.data_request", "privacy.customer_redact", "privacy.shop_redact"]
    data: PrivacyData


GenericWebhook = Annotated[
    CartChanged
    | CartGone
    | CheckoutCompleted
    | OrderChanged
    | RefundCreated
    | ProductSeen
    | CustomerChanged
    | CustomersJoined
    | ConsentTold
    | ReviewPosted
    | PrivacyAsked,
    Field(discriminator="type"),
]
