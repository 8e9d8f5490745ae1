"""The envelope of the generic platform. docs/generic-webhook.schema.json is generated from these
models."""

from typing import Annotated, Literal

from pydantic import Field

from wracaj.platforms.generic import data as told
from wracaj.platforms.generic.published_schema import asks_for
from wracaj.platforms.times import TimeOrReceipt
from wracaj.platforms.unknown_keys import ToldInFull


class Envelope(ToldInFull):
    model_config = asks_for("timestamp")

    timestamp: TimeOrReceipt = Field(
        None, validate_default=True, description="When it happened in the shop"
    )


class CartChanged(Envelope):
    type: Literal["cart.created", "cart.updated", "checkout.created", "checkout.updated"]
    data: told.CartData


class CartGone(Envelope):
    type: Literal["cart.deleted"]
    data: told.CartData


class CheckoutCompleted(Envelope):
    type: Literal["checkout.completed"]
    data: told.CompletionData


class OrderChanged(Envelope):
    type: Literal["order.created", "order.updated", "order.paid", "order.cancelled"]
    data: told.OrderData


class RefundCreated(Envelope):
    type: Literal["refund.created"]
    data: told.RefundData


class ProductSeen(Envelope):
    type: Literal["product.viewed"]
    data: told.ViewData


class CustomerChanged(Envelope):
    type: Literal["customer.created", "customer.updated"]
    data: told.CustomerData


class CustomersJoined(Envelope):
    type: Literal["customer.merged"]
    data: told.MergeData


class ConsentTold(Envelope):
    type: Literal["consent.updated"]
    data: told.Data


class ReviewPosted(Envelope):
    type: Literal["review.written"]
    data: told.ReviewData


class PrivacyAsked(Envelope):
    type: Literal["privacy.data_request", "privacy.customer_redact", "privacy.shop_redact"]
    data: told.PrivacyData


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
