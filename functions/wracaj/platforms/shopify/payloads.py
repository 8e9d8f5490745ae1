"""Shopify's webhook bodies, as far as we read them. Real bodies contain nulls, empty lists in place
of objects, and numbers in place of strings."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from wracaj.customers.contact import Record
from wracaj.platforms.bodies import Body
from wracaj.platforms.fields import (
    Amount,
    Currency,
    Listed,
    ListedOrUnsaid,
    MaybeEmpty,
    OptionalId,
    Quantity,
    RequiredId,
    SignedAmount,
    TextLine,
    WebAddress,
)
from wracaj.platforms.reading import UnclearError
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


def known_ids(*ids: str | None) -> tuple[str, ...]:
    """The ids without None and repetitions, in their order."""
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))
