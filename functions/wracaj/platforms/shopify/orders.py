"""Turns Shopify's orders and refunds into our events."""

from datetime import datetime
from decimal import Decimal

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.contact import contact
from wracaj.errors import PayloadError
from wracaj.events import (
    ConsentChanged,
    Contact,
    OrderCancelled,
    OrderEdited,
    OrderPlaced,
    OrderRefunded,
    Product,
    ShopEvent,
)
from wracaj.platforms import Ignored
from wracaj.platforms.bought import each_once
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.fields import MAX_ITEMS, in_units
from wracaj.platforms.shopify.cart_payloads import Customer, known_ids, record_of
from wracaj.platforms.shopify.payloads import EditedOrder, Order, OrderLine, Refund, Transaction

NOTHING = Decimal(0)
_ONLY_A_NUMBER = (
    "is all that names the cart: the order stops its reminders only if a checkout's webhook had"
    " this id"
)


def read_order(delivery: Delivery) -> Reading:
    """Every order counts: paid or unpaid, test orders too. Shopify creates an order only when the
    shopper has placed it, or for a draft, the shop. A voided payment without a cancellation leaves
    the order in place: shop and shopper still settle it."""
    order = delivery.read(Order)
    placed_at = order.processed_at or order.created_at or delivery.sent_at
    at = order.updated_at or placed_at
    shopper = _order_contact(delivery, order)
    events: list[ShopEvent] = [_placed(delivery, order, shopper, placed_at, at)]
    if order.id and (order.cancelled_at or delivery.topic == "orders/cancelled"):
        events.append(OrderCancelled(at=order.cancelled_at or at, order_id=order.id))
    if order.buyer_accepts_marketing is True and shopper.email:
        yes = Consent(state=ConsentState.SUBSCRIBED, at=placed_at, source="order")
        events.append(ConsentChanged(at=at, contact=shopper, channel=Channel.EMAIL, consent=yes))
    return tuple(events)


def _placed(
    delivery: Delivery, order: Order, shopper: Contact, placed_at: datetime, at: datetime
) -> OrderPlaced:
    """An order's plain amounts are in the shop's currency, `currency`. A checkout's are not.

    `updated_at` has whole seconds. Of several webhooks in one second the one that was triggered
    last counts.
    """
    is_paid = delivery.topic == "orders/paid" and order.cancelled_at is None
    cart_ids = known_ids(order.cart_token, order.checkout_token)
    checkout_ids = known_ids(order.checkout_token or order.checkout_id)
    is_somebodys = bool(cart_ids) or shopper.reachable
    if order.id is None:
        _warn_of_no_id(delivery, is_somebodys=is_somebodys or bool(checkout_ids))
    if checkout_ids and not is_somebodys:
        delivery.warn("checkout_id", _ONLY_A_NUMBER)
    return OrderPlaced(
        at=at,
        sequence=delivery.sequence,
        order_id=order.id,
        placed_at=placed_at,
        cart_ids=cart_ids,
        checkout_ids=checkout_ids,
        contact=shopper,
        currency=order.currency,
        total=delivery.money(order.total_price, order.currency, "currency"),
        current_total=delivery.money(order.current_total_price, order.currency, "currency"),
        refunds_in_it=_known_refunds(delivery, order),
        **_parts(delivery, order),
        stands=is_paid,
        discount_codes=known_ids(*(discount.code for discount in order.discount_codes[:MAX_ITEMS])),
        products=each_once(_bought(line) for line in order.line_items[:MAX_ITEMS]),
    )


def _parts(delivery: Delivery, order: Order) -> dict[str, Decimal | None]:
    """Return the parts of the total that counts: of the current one, if it is there. Shopify tells
    the price of shipping before its discount."""
    is_current = order.current_total_price is not None
    price = order.total_shipping_price_set and order.total_shipping_price_set.shop_money
    shipping, off = price.amount if price else None, _off_shipping(order)
    parts = {
        "tax": order.current_total_tax if is_current else order.total_tax,
        "discount": order.current_total_discounts if is_current else order.total_discounts,
        "shipping": shipping if shipping is None or off is None else max(shipping - off, NOTHING),
        "shipping_discount": off,
    }
    return {name: delivery.money(part, order.currency, "currency") for name, part in parts.items()}


def _off_shipping(order: Order) -> Decimal | None:
    """Return what discounts took off shipping. None: the order says nothing of it."""
    codes = [code.amount for code in order.discount_codes if code.type == "shipping"]
    lines = [one.amount for line in order.shipping_lines or () for one in line.discount_allocations]
    if order.shipping_lines is None and not codes:
        return None
    return max(sum((one for one in found if one), NOTHING) for found in (codes, lines))


def _known_refunds(delivery: Delivery, order: Order) -> tuple[str, ...] | None:
    """Ids of the refunds in the order. None: not in the webhook, or not all of them could be
    read."""
    if order.refunds is None or delivery.is_doubtful("refunds"):
        return None
    return known_ids(*(refund.id for refund in order.refunds))


def _warn_of_no_id(delivery: Delivery, *, is_somebodys: bool) -> None:
    if not is_somebodys:
        raise PayloadError(
            [
                (
                    "id",
                    (
                        "is missing, and so is whatever names the cart or the shopper: nothing can"
                        " be stopped"
                    ),
                )
            ]
        )
    delivery.warn("id", "is missing: the order stops reminders, and is not counted")


def _bought(line: OrderLine) -> Product | None:
    """Shopify's order lines contain neither a picture nor a page of the product."""
    return Product(product_id=line.product_id, title=line.title or "") if line.product_id else None


def _order_contact(delivery: Delivery, order: Order) -> Contact:
    customer = order.customer or Customer()
    return contact(
        delivery.region,
        platform_id=customer.id,
        emails=(order.email, order.contact_email),
        phones=[order.phone],
        locale=order.customer_locale,
        record=record_of(customer),
    )


def read_edit(delivery: Delivery) -> Reading:
    """An edit lists changed lines without amounts.

    An added line comes later with its price, in orders/updated; until then it is only missing.
    After a removal the order's value is unknown until orders/updated or refunds/create.
    """
    if "order_edit" not in delivery.body:
        return read_order(delivery)
    edit = delivery.read(EditedOrder).order_edit
    fewer = edit.line_items.removals if edit.line_items else ()
    cheaper = (
        edit.discounts.line_item.additions if edit.discounts and edit.discounts.line_item else ()
    )
    if not (fewer or cheaper or delivery.is_doubtful("order_edit")):
        return Ignored("what an edit added is reported by orders/updated")
    return (
        OrderEdited(
            at=edit.committed_at or edit.created_at or delivery.sent_at, order_id=edit.order_id
        ),
    )


def read_refund(delivery: Delivery) -> Reading:
    """The amount that a refund takes off the order: money that went back, or items that need not be
    paid."""
    refund = delivery.read(Refund)
    amount, currency = _taken_off(delivery, refund)
    if amount == 0:
        return Ignored("the refund took nothing off the order")
    at = refund.processed_at or refund.created_at or delivery.sent_at
    return (
        OrderRefunded(
            at=at, order_id=refund.order_id, refund_id=refund.id, currency=currency, amount=amount
        ),
    )


def _taken_off(delivery: Delivery, refund: Refund) -> tuple[Decimal | None, str | None]:
    """The greater of the two amounts. In an order that was paid in part, an item may cost more than
    the money that goes back. None: a part of the refund could not be read."""
    if any(
        delivery.is_doubtful(part)
        for part in ("transactions", "refund_line_items", "order_adjustments")
    ):
        return None, None
    items, currency = _items_of(refund)
    given = [transaction for transaction in refund.transactions if transaction.kind == "refund"]
    # A pending repayment counts as paid back: no later webhook reports its arrival.
    given = [transaction for transaction in given if transaction.status in {"success", "pending"}]
    if not given:
        return max(items, Decimal(0)), currency
    money, money_currency = _sum_of(given)
    if currency and money_currency and currency != money_currency and items > 0:
        return items, currency
    return (money, money_currency) if money is None or money >= items else (items, money_currency)


def _items_of(refund: Refund) -> tuple[Decimal, str | None]:
    """In the shop's currency. An adjustment is negative where more goes back than the items
    cost."""
    lines = sum((line.subtotal for line in refund.refund_line_items if line.subtotal), Decimal(0))
    adjusted = sum(
        (adjustment.amount for adjustment in refund.order_adjustments if adjustment.amount),
        Decimal(0),
    )
    sets = (line.subtotal_set.shop_money for line in refund.refund_line_items if line.subtotal_set)
    return lines - adjusted, next(
        (money.currency_code for money in sets if money and money.currency_code), None
    )


def _sum_of(transactions: list[Transaction]) -> tuple[Decimal | None, str | None]:
    amounts = [_refunded(transaction) for transaction in transactions]
    currencies = {currency for _, currency in amounts}
    known = [amount for amount, _ in amounts if amount is not None]
    # amounts in different currencies are never added
    if len(currencies) != 1 or len(known) != len(amounts):
        return None, None
    return sum(known, Decimal(0)), currencies.pop()


def _refunded(transaction: Transaction) -> tuple[Decimal | None, str | None]:
    """In the shop's currency, like the order's total, where the webhook has it."""
    shop_money = transaction.amount_set.shop_money if transaction.amount_set else None
    if shop_money and shop_money.amount is not None and shop_money.currency_code:
        return in_units(shop_money.amount, shop_money.currency_code), shop_money.currency_code
    amount = transaction.amount
    return (
        in_units(amount, transaction.currency or "") if amount is not None else None
    ), transaction.currency
