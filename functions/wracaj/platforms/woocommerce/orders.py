"""Turns WooCommerce's orders into our events.

A webhook carries the order as it is when the webhook leaves, and not as it was at the event that it
is named for. Several changes become one webhook. So the topic says nothing, and the status all.
"""

from decimal import Decimal
from typing import Any

from wracaj.discounts.code import as_minted
from wracaj.errors import PayloadError
from wracaj.events import (
    ConsentChanged,
    Contact,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    Product,
    ShopEvent,
)
from wracaj.platforms import Ignored
from wracaj.platforms.bought import each_once
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.fields import MAX_ITEMS
from wracaj.platforms.woocommerce.carts import cart_of, time_of
from wracaj.platforms.woocommerce.payloads import DeletedOrder, Line, Order, RefundStub
from wracaj.platforms.woocommerce.shoppers import BY_SHOPPERS, contact_of, opt_ins

DRAFT, PENDING, FAILED, REFUNDED = "checkout-draft", "pending", "failed", "refunded"
_CANCELLED = {"cancelled", "trash"}
_BEING_WRITTEN = {"auto-draft", "draft", "new"}  # by the shop's people


def read_order(delivery: Delivery) -> Reading:
    """Every status that is not named here is that of a placed order: paid, to be paid on delivery
    or by a transfer, or a status that a plugin added."""
    order = delivery.read(Order)
    status = (order.status or "").lower().removeprefix("wc-")
    if status in _BEING_WRITTEN:
        return Ignored("the shop is still writing this order")
    if status == DRAFT:
        return (cart_of(delivery, order),)
    if status == FAILED:
        return _failed(delivery, order)
    return _order(delivery, order, status)


def _failed(delivery: Delivery, order: Order) -> tuple[ShopEvent, ...]:
    """A failed payment is no purchase: the cart is still there. If the order counted before, it
    counts no more."""
    undone = _cancelled(delivery, order)
    if order.created_via in BY_SHOPPERS or not undone:
        return (*undone, cart_of(delivery, order))
    return undone


def _cancelled(delivery: Delivery, order: Order) -> tuple[OrderCancelled, ...]:
    at = time_of(delivery, order)
    return (OrderCancelled(at=at, order_id=order.id),) if order.id else ()


def _order(delivery: Delivery, order: Order, status: str) -> tuple[ShopEvent, ...]:
    shopper = contact_of(delivery, order)
    _warn_of_what_is_missing(delivery, order, shopper)
    consents = [
        ConsentChanged(at=time_of(delivery, order), contact=shopper, channel=channel, consent=yes)
        for channel, yes in opt_ins(delivery.settings, order, shopper).items()
    ]
    # the shopper is at the bank's page, and may never pay: it stops reminders, and is not counted
    if order.id is None or status in ("", PENDING):
        return (OrderPlaced(order_id=None, **_whose(delivery, order, shopper)), *consents)
    refunds = _refunds(delivery, order, order.id)
    is_undone = status in _CANCELLED or (status == REFUNDED and not refunds)
    placed = OrderPlaced(
        order_id=order.id,
        stands=not is_undone,  # undoes a cancellation that is older
        **_whose(delivery, order, shopper),
        **_what(delivery, order),
    )
    cancelled = _cancelled(delivery, order) if is_undone else ()
    # what takes away comes first, so that nothing starts for an order of which nothing is left
    return (*cancelled, *refunds, placed, *consents)


def _warn_of_what_is_missing(delivery: Delivery, order: Order, shopper: Contact) -> None:
    if not order.status:
        delivery.warn("status", "is missing: the order stops reminders, and is not counted")
    if order.id is not None:
        return
    if not order.order_key and not shopper.reachable:
        problem = "is missing, and so is whatever names the cart or the shopper: nothing can be"
        raise PayloadError([("id", f"{problem} stopped")])
    delivery.warn("id", "is missing: the order stops reminders, and is not counted")


def _whose(delivery: Delivery, order: Order, shopper: Contact) -> dict[str, Any]:
    at = time_of(delivery, order)
    return {
        "at": at,
        "placed_at": order.placed_at or at,
        "cart_ids": (order.order_key,) if order.order_key else (),
        "checkout_ids": (order.id,) if order.id else (),
        "contact": shopper,
    }


def _what(delivery: Delivery, order: Order) -> dict[str, Any]:
    """`total` is with tax, and knows of no refund."""
    amounts = {
        "total": order.total,
        "tax": order.total_tax,
        "shipping": _gross(order.shipping_total, order.shipping_tax),
        "discount": _gross(order.discount_total, order.discount_tax),
    }
    codes = (as_minted(line.code) for line in order.coupon_lines[:MAX_ITEMS] if line.code)
    return {
        "currency": order.currency,
        "discount_codes": tuple(dict.fromkeys(codes)),
        "products": each_once(_bought(line) for line in order.line_items[:MAX_ITEMS]),
    } | {name: delivery.money(part, order.currency, "currency") for name, part in amounts.items()}


def _gross(net: Decimal | None, tax: Decimal | None) -> Decimal | None:
    return None if net is None or tax is None else net + tax


def _bought(line: Line) -> Product | None:
    """An order's lines contain no page of the product."""
    if line.product_id is None:
        return None
    picture = line.image.src if line.image else None
    return Product(product_id=line.product_id, title=line.name or "", image_url=picture)


def _refunds(delivery: Delivery, order: Order, order_id: str) -> list[OrderRefunded]:
    """There is no webhook of a refund: each webhook of an order repeats all its refunds. A refund
    of nothing only puts goods back into stock."""
    return [
        OrderRefunded(
            at=time_of(delivery, order),
            order_id=order_id,
            refund_id=stub.id,
            currency=order.currency,
            amount=_taken_off(delivery, order, stub),
        )
        for stub in (order.refunds or ())[:MAX_ITEMS]
        if stub.id and stub.total != 0
    ]


def _taken_off(delivery: Delivery, order: Order, stub: RefundStub) -> Decimal | None:
    back = None if stub.total is None else abs(stub.total)
    return delivery.money(back, order.currency, "currency")


def read_deletion(delivery: Delivery) -> Reading:
    """An order in the bin. The webhook holds its number, and no time."""
    deleted = delivery.read(DeletedOrder)
    return (OrderCancelled(at=delivery.sent_at, order_id=deleted.id),)
