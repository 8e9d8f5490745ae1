"""The actions of shoppers in a WooCommerce shop, and what becomes of their orders there."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from wracaj_cli.demo.actions import follow, note_order, purchase_of
from wracaj_cli.demo.actor import Actor, OffScriptError
from wracaj_cli.demo.baskets import Purchase
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.story import Action
from wracaj_cli.demo.week import Product
from wracaj_cli.demo.woocommerce_front import (
    ON_DELIVERY,
    ONLINE,
    TRANSFER,
    Bought,
    Payment,
    told,
    way_back,
)

_PAID = {
    TRANSFER: "orders, to be paid by bank transfer",
    ON_DELIVERY: "orders, to be paid on delivery",
    ONLINE: "goes to the bank's page to pay",
}


def orders_by(
    payment: Payment, *, with_code: bool = False, basket: str = "1", for_cart: str | None = None
) -> Action:
    """Place an order. One that is paid online is no purchase before the bank has answered.
    `for_cart`: the cart that was left, where the order is made of a later checkout. The shop
    deletes a draft after a day, and another device has its own."""

    def play(actor: Actor) -> None:
        purchase = purchase_of(actor, basket, with_code=with_code)
        bought = Bought(purchase, actor.basket(basket), payment, payment.placed_as)
        actor.bought[basket] = bought
        if not actor.post(told(bought, actor.stamp())):
            return
        if payment is ONLINE:
            actor.note(What.WENT_TO_PAY, basket=basket)
        else:
            note_order(actor, purchase, for_cart or basket, bought.tax)

    return Action(f"{_PAID[payment]}{', with the code' if with_code else ''}", play)


def payment_fails(basket: str = "1") -> Action:
    """The bank says no. The shopper is back at the checkout, with the same cart."""

    def play(actor: Actor) -> None:
        at = actor.stamp()
        if _changes(actor, basket, at=at, status="failed"):
            actor.note(What.TOUCHED, at=at, basket=basket)
            actor.note(What.NOT_PAID, basket=basket)

    return Action("the payment fails", play)


def sends_back(product: Product, basket: str = "1") -> Action:
    def play(actor: Actor) -> None:
        bought = _bought(actor, basket)
        if _changes(actor, basket, refunds=(*bought.refunds, product.price)):
            _note_end(actor, What.SENT_BACK, replace(bought.purchase, total=product.price))

    return Action(f"sends back: {product.title}", play)


def is_completed(basket: str = "1") -> Action:
    def play(actor: Actor) -> None:
        _changes(actor, basket, status="completed")

    return Action("the shop completes the order", play)


def is_cancelled(basket: str = "1") -> Action:
    """The shop cancels the order, as WooCommerce does by itself with one that is not paid. Of that
    one, nothing was in the till."""

    def play(actor: Actor) -> None:
        ended = _bought(actor, basket)
        if _changes(actor, basket, status="cancelled") and ended.payment is not ONLINE:
            _note_end(actor, What.CANCELLED, ended.purchase)

    return Action("the shop cancels the order", play)


def clicks_to_a_new_cart(basket: str = "1") -> Action:
    """Follow the link of the newest message. It must lead to the same products, with the code of
    the message, and must not open the shopper's session."""

    def play(actor: Actor) -> None:
        message = actor.last()
        follow(actor, message, way_back(actor.basket(basket), message.code))

    return Action("clicks the link back to the cart", play)


def _bought(actor: Actor, basket: str) -> Bought:
    if basket not in actor.bought:
        raise OffScriptError("has no order yet")
    return actor.bought[basket]


def _changes(actor: Actor, basket: str, at: datetime | None = None, **changes: Any) -> bool:
    bought = actor.bought[basket] = replace(_bought(actor, basket), **changes)
    return actor.post(told(bought, at or actor.stamp()))


def _note_end(actor: Actor, what: What, ended: Purchase) -> None:
    actor.note(what, amount=ended.total, currency=ended.currency, order=ended.order_id)
