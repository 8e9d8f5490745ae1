"""The actions of a regular customer in the year, or of the shop for them."""

from dataclasses import replace
from decimal import Decimal

from wracaj.consent.channel import Channel
from wracaj_cli.demo import actions, generic_front
from wracaj_cli.demo.actor import Actor, OffScriptError
from wracaj_cli.demo.baskets import Purchase
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import Noted, What
from wracaj_cli.demo.story import Action
from wracaj_cli.demo.week import Product
from wracaj_cli.demo.year.story import Doing, Kind

CENT = Decimal("0.01")


def _doing(action: Action) -> Doing:
    return Doing(action.told, action.play)


def subscribes() -> Doing:
    return replace(_doing(actions.agrees_to(Channel.EMAIL)), told="subscribes to the newsletter")


def unsubscribes() -> Doing:
    return replace(_doing(actions.unsubscribes()), reads_mail=True)


def fills_a_cart(*products: Product, basket: str) -> Doing:
    """Fill a cart and leave it at the checkout."""
    filled = actions.both(
        actions.fills(*products, basket=basket),
        actions.checks_out(agrees=(Channel.EMAIL,), basket=basket),
    )
    return replace(_doing(filled), told=f"leaves a cart: {titles(products)}")


def buys(
    *products: Product,
    agrees: bool = False,
    code_of: Kind | None = None,
    comes_by: Kind | None = None,
    basket: str | None = None,
) -> Doing:
    """Buy the products. `agrees`: the customer ticks the box for mail at the checkout. `comes_by`:
    the customer clicks the link in the newest message of this kind. `code_of`: the same, and uses
    its first code."""
    brought_by = code_of or comes_by

    def play(actor: Actor) -> None:
        if brought_by:
            actions.follow(actor, _newest(actor, brought_by, with_code=bool(code_of)))
        contact, at = actor.contact, actor.stamp()
        currency = actor.persona.currency
        total = sum((product.price for product in products), Decimal(0))
        code = _newest(actor, code_of, with_code=True).code if code_of else None
        paid = (total - actor.scene.takes_off(code, total)).quantize(CENT) if code else total
        number, cart = (
            str(next(actor.scene.order_numbers)),
            actor.baskets[basket] if basket else None,
        )
        yes = {Channel.EMAIL: at} if agrees else {}
        purchase = Purchase(
            number, cart, contact, paid, currency, code, products, yes, total - paid
        )
        if actor.post(actor.front.order(purchase, at)):
            actor.note(What.ORDERED, at=at, amount=paid, currency=currency, code=code, order=number)
            if agrees:
                actor.note(What.AGREED, at=at, channel=Channel.EMAIL)

    clicked = f"clicks the link in the {brought_by} and " if brought_by else ""
    told = f"{clicked}buys {titles(products)}{' with its code' if code_of else ''}"
    return Doing(told, play, reads_mail=brought_by is not None)


def sends_back(*products: Product) -> Doing:
    """Send back these products of the last order, or all of them if none are named."""

    def play(actor: Actor) -> None:
        order = _last_order(actor)
        amount = (
            sum((product.price for product in products), Decimal(0)) or order.amount or Decimal(0)
        )
        refund = generic_front.refund(
            order.order or "", f"r{order.order}", amount, order.currency or "", actor.stamp()
        )
        if actor.post(refund):
            actor.note(What.SENT_BACK, amount=amount, currency=order.currency, order=order.order)

    return Doing(f"sends back {titles(products) or 'all of it'}", play)


def cancels() -> Doing:
    """Cancel the last order."""

    def play(actor: Actor) -> None:
        order = _last_order(actor)
        if actor.post(generic_front.cancellation(order.order or "", actor.stamp())):
            actor.note(
                What.CANCELLED, amount=order.amount, currency=order.currency, order=order.order
            )

    return Doing("cancels the order", play)


def tells_birthday(month: int, day: int) -> Doing:
    def play(actor: Actor) -> None:
        actor.post(generic_front.customer(actor.contact, actor.stamp(), f"{month:02}-{day:02}"))

    return Doing("gives the shop her birthday", play)


def reviews() -> Doing:
    def play(actor: Actor) -> None:
        if actor.post(
            generic_front.review(
                actor.contact, f"opinia-{actor.number}-{len(actor.posted)}", actor.stamp()
            )
        ):
            actor.note(What.REVIEWED)

    return Doing("writes a review", play)


def titles(products: tuple[Product, ...]) -> str:
    return ", ".join(product.title for product in products)


def _last_order(actor: Actor) -> Noted:
    return actor.scene.ledger.of(actor.persona.name, What.ORDERED)[-1]


def _newest(actor: Actor, kind: Kind, *, with_code: bool) -> Delivered:
    """Return the newest message of this kind. Raises OffScriptError if there is none."""
    found = [
        message
        for message in actor.inbox
        if message.step == kind and (message.codes or not with_code)
    ]
    if not found:
        raise OffScriptError(f"got no {'code in a ' if with_code else ''}{kind}")
    return found[-1]
