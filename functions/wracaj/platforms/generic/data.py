"""Models of `data` in the generic envelope. A field that the schema requires may be missing where
the event can be used without it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model

from wracaj.consent.channel import TRAITS
from wracaj.consent.consent import ConsentState
from wracaj.platforms.consent_words import Said, SaidOfAll, State
from wracaj.platforms.fields import (
    MAX_ITEMS,
    Amount,
    Birthday,
    Currency,
    Listed,
    ListedOrUnsaid,
    MaybeEmpty,
    OptionalId,
    OwnPage,
    Picture,
    Quantity,
    QuantityOrUnsaid,
    RequiredId,
    Switch,
    TextLine,
    text_line,
)
from wracaj.platforms.generic.published_schema import asks_for
from wracaj.platforms.reading import UnclearError
from wracaj.platforms.times import Timestamp
from wracaj.platforms.unknown_keys import ToldInFull


def _schema_1(raw: object) -> int:
    if raw != 1 or isinstance(raw, bool):
        raise UnclearError("must be 1: it is read as if it were", taken=1)
    return 1


Version = Annotated[Literal[1], BeforeValidator(_schema_1)]


class Customer(ToldInFull):
    id: OptionalId = Field(
        None, description="Your own id of the customer who is logged in; null for a guest"
    )
    email: TextLine = None
    phone: TextLine = Field(None, description="E.164, or as written in the shop's country")
    first_name: TextLine = None
    locale: TextLine = Field(None, description="BCP 47, such as pl-PL")


class KnownCustomer(Customer):
    birthday: Birthday = Field(
        None,
        description="1990-03-14, or 03-14: only month and day are kept, for birthday greetings",
    )


class ConsentWord(ToldInFull):
    model_config = asks_for("state", "updated_at")

    state: State = ConsentState.UNKNOWN
    updated_at: Timestamp = Field(
        None,
        description="When the shopper decided, not when you send it: the latest decision counts",
    )
    source: TextLine = Field(
        None, description="Where it was given, such as checkout; import: from a list"
    )
    confirmed: Switch = Field(
        False,
        description=(
            "True: the shopper clicked a confirming link of your own, so that double_opt_in asks"
            " for no other"
        ),
    )


Word = Annotated[ConsentWord | None, Said]


_FIELDS: dict[str, Any] = {
    channel.value: (Word, Field(None, description=traits.webhook_note))
    for channel, traits in TRAITS.items()
}


class ConsentWords(create_model("_OfEachChannel", __base__=ToldInFull, **_FIELDS)):  # type: ignore[misc]
    """Null or left out: unknown, which is not a yes."""


class Item(ToldInFull):
    model_config = asks_for("title", "quantity")

    product_id: OptionalId = None
    variant_id: OptionalId = None
    title: TextLine = None
    quantity: Quantity = Field(description="Items of zero or less are dropped")
    unit_price: Amount = None
    image_url: Picture = Field(
        None, description="https only; a picture with another address is not shown"
    )
    url: OwnPage = Field(
        None,
        description="The product's page; only on the shop's recovery_hosts, others are left out",
    )


class BoughtItem(ToldInFull):
    """What the shop recommends after an order goes by these. Other keys may stand here too, as in a
    cart's items."""

    product_id: OptionalId = None
    variant_id: OptionalId = Field(None, description="Not used")
    title: TextLine = None
    quantity: QuantityOrUnsaid = Field(None, description="Needed where there is a unit_cost")
    unit_price: Amount = Field(None, description="Not used: what was paid is the order's total")
    unit_cost: Amount = Field(
        None,
        description=(
            "What one costs the shop, without tax. Where each item of the order has one, reports"
            " count the contribution by it, and not by economics.margin_percent"
        ),
    )
    image_url: Picture = Field(
        None, description="https only; a picture with another address is not shown"
    )
    url: OwnPage = Field(
        None,
        description="The product's page; only on the shop's recovery_hosts, others are left out",
    )


class ViewedProduct(ToldInFull):
    model_config = asks_for("product_id", "title")

    product_id: RequiredId
    title: TextLine = None
    url: OwnPage = Field(None, description="The product's page; only on the shop's recovery_hosts")
    image_url: Picture = Field(
        None, description="https only; a picture with another address is not shown"
    )
    price: Amount = None
    currency: Currency = Field(None, description="ISO 4217; needed where there is a price")


class Data(ToldInFull):
    model_config = asks_for("schema")

    version: Version = Field(1, alias="schema", validate_default=True)
    updated_at: Timestamp = Field(
        None,
        description=(
            "When this happened: the latest wins, whatever arrives first. Default: timestamp"
        ),
    )
    customer: Annotated[Customer | None, MaybeEmpty] = None
    consent: Annotated[ConsentWords | None, SaidOfAll, MaybeEmpty] = None


class CustomerData(Data):
    customer: Annotated[KnownCustomer | None, MaybeEmpty] = None


class KeptCustomer(ToldInFull):
    id: RequiredId = Field(description="The customer who stays")


class MergeData(ToldInFull):
    model_config = asks_for("schema")

    version: Version = Field(1, alias="schema", validate_default=True)
    updated_at: Timestamp = Field(None, description="When they were merged. Default: timestamp")
    customer: KeptCustomer
    merged_customer_ids: Annotated[tuple[RequiredId, ...], Listed] = Field(
        min_length=1,
        max_length=MAX_ITEMS,
        description="The ids that mean this customer from now on",
    )


class MoneyData(Data):
    currency: Currency = Field(None, description="ISO 4217; needed where there is an amount")


class CartData(MoneyData):
    model_config = asks_for("schema", one_of=("cart_id", "checkout_id"))

    cart_id: OptionalId = Field(
        None, description="cart_id or checkout_id is required; cart_id is the one that counts"
    )
    checkout_id: OptionalId = None
    created_at: Timestamp = None
    total: Amount = None
    recovery_url: OwnPage = Field(
        None, description="Brings the cart back; only on the shop's recovery_hosts"
    )
    items: Annotated[tuple[Item, ...] | None, ListedOrUnsaid] = Field(
        None,
        description="Everything in the cart now; [] when it was emptied; left out: not reported",
    )


def _code(raw: object) -> object:
    """Some shops send a code as an object, with the amount that it took off."""
    return text_line(raw.get("code") if isinstance(raw, dict) else raw)


Code = Annotated[str | None, BeforeValidator(_code)]


class CompletionData(MoneyData):
    model_config = asks_for("schema", one_of=("cart_id", "checkout_id", "order_id"))

    cart_id: OptionalId = None
    checkout_id: OptionalId = None
    order_id: OptionalId = None
    created_at: Timestamp = Field(
        None, description="When the order was placed. Default: updated_at"
    )
    total: Amount = None
    tax: Amount = Field(None, description="How much of the total is tax")
    shipping: Amount = Field(None, description="How much of the total is shipping, tax included")
    discount: Amount = Field(
        None, description="What was taken off before the total, tax included, by all discounts"
    )
    shipping_discount: Amount = Field(
        None, description="How much of the discount was taken off the shipping, tax included"
    )
    discount_codes: Annotated[tuple[Code, ...], Listed] = ()
    items: Annotated[tuple[BoughtItem, ...], Listed] = Field(
        (), description="What was bought: recommendations after an order need the product_id"
    )


class OrderData(CompletionData):
    model_config = asks_for("schema", "order_id")


class RefundData(MoneyData):
    order_id: RequiredId
    refund_id: RequiredId
    amount: Amount = None


class ViewData(ToldInFull):
    model_config = asks_for("schema")

    version: Version = Field(1, alias="schema", validate_default=True)
    viewed_at: Timestamp = Field(None, description="Default: timestamp")
    customer: Annotated[Customer | None, MaybeEmpty] = Field(
        None,
        description=(
            "An id, an e-mail or a phone: send no views of shoppers whom the shop does not know"
        ),
    )
    product: ViewedProduct


class PrivacyData(Data):
    order_ids: Annotated[tuple[RequiredId, ...], Listed] = ()


class ReviewData(Data):
    review_id: RequiredId
