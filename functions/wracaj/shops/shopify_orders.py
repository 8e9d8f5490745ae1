"""Shopify's orders and refunds in our events."""

from datetime import datetime
from decimal import Decimal

from wracaj.consent import Channel, Consent, ConsentState
from wracaj.contacts import contact
from wracaj.events import ConsentChanged, Contact, OrderCancelled, OrderPlaced, OrderRefunded, Product, ShopEvent
from wracaj.shops import Ignored
from wracaj.shops.bodies import check
from wracaj.shops.bought import each_once
from wracaj.shops.delivery import Delivery, Reading
from wracaj.shops.fields import MAX_ITEMS
from wracaj.shops.shopify_payloads import Customer, Order, OrderLine, Refund, Transaction, known_ids, record_of


def read_order(delivery: Delivery) -> Reading:
    """Every order counts, paid or not, test orders too: Shopify makes one only when the shopper (or, for a draft, the
    shop) has placed it, and a voided payment that cancels nothing is still being settled between the two."""
    order = check(Order, delivery.body)
    placed_at = order.processed_at or order.created_at or delivery.sent_at
    at = order.updated_at or placed_at
    shopper = _order_contact(delivery, order)
    events: list[ShopEvent] = [_placed(order, shopper, placed_at, at)]
    if order.cancelled_at or delivery.topic == "orders/cancelled":
        events.append(OrderCancelled(at=order.cancelled_at or at, order_id=order.id))
    if order.buyer_accepts_marketing is True and shopper.email:
        yes = Consent(state=ConsentState.SUBSCRIBED, at=placed_at, source="order")
        events.append(ConsentChanged(at=at, contact=shopper, channel=Channel.EMAIL, consent=yes))
    return tuple(events)


def _placed(order: Order, shopper: Contact, placed_at: datetime, at: datetime) -> OrderPlaced:
    """An order's plain amounts, unlike a checkout's, are in the shop's currency: `currency`."""
    return OrderPlaced(
        at=at,
        order_id=order.id,
        placed_at=placed_at,
        cart_ids=known_ids(order.cart_token, order.checkout_token),
        checkout_ids=known_ids(order.checkout_token),
        contact=shopper,
        currency=order.currency,
        total=order.total_price,
        discount_codes=known_ids(*(discount.code for discount in order.discount_codes[:MAX_ITEMS])),
        products=each_once(_bought(line) for line in order.line_items[:MAX_ITEMS]),
    )


def _bought(line: OrderLine) -> Product | None:
    """Shopify tells neither a picture nor the address of a line's product."""
    return Product(product_id=line.product_id, title=line.title or "") if line.product_id else None


def _order_contact(delivery: Delivery, order: Order) -> Contact:
    customer = order.customer or Customer()
    return contact(
        delivery.region,
        platform_id=customer.id,
        emails=(order.email, order.contact_email, customer.email),
        phones=(order.phone, customer.phone),
        first_name=customer.first_name,
        locale=order.customer_locale,
        record=record_of(customer),
    )


def read_refund(delivery: Delivery) -> Reading:
    refund = check(Refund, delivery.body)
    money = [transaction for transaction in refund.transactions if transaction.kind == "refund"]
    # Money still on its way counts as paid back: no later webhook tells when it has arrived.
    paid = [transaction for transaction in money if transaction.status in {"success", "pending"}]
    if not paid:
        return Ignored("the refund gave no money back")
    amount, currency = _sum_of(paid)
    at = refund.processed_at or refund.created_at or delivery.sent_at
    return (OrderRefunded(at=at, order_id=refund.order_id, refund_id=refund.id, currency=currency, amount=amount),)


def _sum_of(transactions: list[Transaction]) -> tuple[Decimal | None, str | None]:
    amounts = [_refunded(transaction) for transaction in transactions]
    currencies = {currency for _, currency in amounts}
    known = [amount for amount, _ in amounts if amount is not None]
    if len(currencies) != 1 or len(known) != len(amounts):  # never added across currencies
        return None, None
    return sum(known, Decimal(0)), currencies.pop()


def _refunded(transaction: Transaction) -> tuple[Decimal | None, str | None]:
    """In the shop's currency, as the order's total, where Shopify tells it."""
    shop_money = transaction.amount_set.shop_money if transaction.amount_set else None
    if shop_money and shop_money.amount is not None and shop_money.currency_code:
        return shop_money.amount, shop_money.currency_code
    return transaction.amount, transaction.currency
