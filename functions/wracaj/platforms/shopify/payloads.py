"""Shopify's other webhook bodies, as far as we read them: see cart_payloads.py."""

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
    RequiredId,
    SignedAmount,
    TextLine,
)
from wracaj.platforms.reading import UnclearError
from wracaj.platforms.shopify.cart_payloads import Customer, MoneySet
from wracaj.platforms.times import TimeOfWhatHappened, Timestamp


def _with_code(raw: object) -> object:
    if isinstance(raw, str):
        raise UnclearError("", {"code": raw})
    return raw


class OrderDiscountCode(Body):
    code: TextLine = None
    type: TextLine = None  # fixed_amount, percentage, or shipping
    amount: Amount = None


class DiscountAllocation(Body):
    amount: Amount = None


class ShippingLine(Body):
    discount_allocations: Annotated[tuple[DiscountAllocation, ...], Listed] = ()


class OrderLine(Body):
    """Most fields are optional, because an order must never be refused for its lines."""

    # null: a tip, a line that the shop typed in, or a deleted product
    product_id: OptionalId = None
    title: TextLine = None


class Named(Body):
    id: OptionalId = None


class Order(Body):
    id: OptionalId = None
    cart_token: OptionalId = None
    checkout_token: OptionalId = None
    checkout_id: OptionalId = None  # before 2026-04: the checkout's `id`
    email: TextLine = None
    contact_email: TextLine = None
    phone: TextLine = None
    customer: Annotated[Customer | None, MaybeEmpty] = None
    customer_locale: TextLine = None
    buyer_accepts_marketing: Any = None
    currency: Currency = None
    total_price: Amount = None
    current_total_price: Amount = None  # after edits, returns and refunds
    total_tax: Amount = None
    current_total_tax: Amount = None
    total_shipping_price_set: Annotated[MoneySet | None, MaybeEmpty] = None
    total_discounts: Amount = None
    current_total_discounts: Amount = None
    # the refunds that current_total_price includes
    refunds: Annotated[tuple[Named, ...] | None, ListedOrUnsaid] = None
    discount_codes: Annotated[
        tuple[Annotated[OrderDiscountCode, BeforeValidator(_with_code)], ...], Listed
    ] = ()
    shipping_lines: Annotated[tuple[ShippingLine, ...] | None, ListedOrUnsaid] = None
    line_items: Annotated[tuple[OrderLine, ...], Listed] = ()
    created_at: Timestamp = None
    processed_at: Timestamp = None
    updated_at: Timestamp = None
    cancelled_at: TimeOfWhatHappened = None


class Transaction(Body):
    kind: TextLine = None
    status: TextLine = None
    amount: Amount = None
    currency: Currency = None
    amount_set: Annotated[MoneySet | None, MaybeEmpty] = None


class RefundLine(Body):
    subtotal: Amount = None
    subtotal_set: Annotated[MoneySet | None, MaybeEmpty] = None


class Adjustment(Body):
    """An amount besides a refund's lines. Negative: the refund is more than the lines; positive:
    less."""

    amount: SignedAmount = None


class Refund(Body):
    id: RequiredId
    order_id: RequiredId
    created_at: Timestamp = None
    processed_at: Timestamp = None
    transactions: Annotated[tuple[Transaction, ...], Listed] = ()
    refund_line_items: Annotated[tuple[RefundLine, ...], Listed] = ()
    order_adjustments: Annotated[tuple[Adjustment, ...], Listed] = ()


class Changes(Body):
    additions: Annotated[tuple[Named, ...], Listed] = ()
    removals: Annotated[tuple[Named, ...], Listed] = ()


class Discounts(Body):
    line_item: Annotated[Changes | None, MaybeEmpty] = None


class OrderEdit(Body):
    """Lines are given by their ids, without amounts."""

    order_id: RequiredId
    created_at: Timestamp = None  # when the edit began
    committed_at: Timestamp = None  # since 2024-07
    line_items: Annotated[Changes | None, MaybeEmpty] = None
    discounts: Annotated[Discounts | None, MaybeEmpty] = None


class EditedOrder(Body):
    order_edit: OrderEdit


class MarketingConsent(Body):
    state: TextLine = None
    opt_in_level: TextLine = None
    consent_updated_at: Timestamp = None


class EmailConsentUpdate(Body):
    customer_id: OptionalId = None
    email_address: TextLine = None
    email_marketing_consent: Annotated[MarketingConsent | None, MaybeEmpty] = None


class SmsConsentUpdate(Body):
    id: OptionalId = None
    phone: TextLine = None
    sms_marketing_consent: Annotated[MarketingConsent | None, MaybeEmpty] = None


class Merge(Body):
    """Both ids in GraphQL's form, "gid://shopify/Customer/7"."""

    admin_graphql_api_customer_kept_id: RequiredId
    admin_graphql_api_customer_deleted_id: RequiredId
    status: TextLine = None


class PrivacyRequest(Body):
    shop_domain: TextLine = None
    customer: Annotated[Customer | None, MaybeEmpty] = None
    orders_requested: Annotated[tuple[RequiredId, ...], Listed] = ()
    orders_to_redact: Annotated[tuple[RequiredId, ...], Listed] = ()
