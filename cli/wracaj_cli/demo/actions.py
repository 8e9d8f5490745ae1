"""The actions of shoppers and their shops in a script."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlsplit

from wracaj.consent.channel import Channel
from wracaj_cli.demo.actor import Actor, OffScriptError
from wracaj_cli.demo.baskets import Basket, Contact, Purchase
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.story import Action
from wracaj_cli.demo.transport import Answer, call
from wracaj_cli.demo.week import HOSTS, Product

BOTH = (Channel.EMAIL, Channel.SMS)
CHANNEL_WORDS = {Channel.EMAIL: "mail", Channel.SMS: "SMS", Channel.AUDIENCE: "advertisements"}


def fills(*products: Product, basket: str = "1", begun_hours_ago: float = 0) -> Action:
    """Put these products into the cart, in place of what it holds."""

    def play(actor: Actor) -> None:
        new = basket not in actor.baskets
        cart = actor.basket(basket)
        if new:
            cart.begun_at -= timedelta(hours=begun_hours_ago)
        at = actor.stamp()
        if actor.post(actor.front.cart(_now_holding(actor, cart, products), at, new=new)):
            actor.note(What.TOUCHED, at=at, basket=basket)

    return Action(f"fills the cart: {', '.join(product.title for product in products)}", play)


def _now_holding(actor: Actor, cart: Basket, products: tuple[Product, ...]) -> Basket:
    """Return the cart that the event describes. A late event describes an older state, so it does
    not change the actor's cart."""
    if actor.manner.hours_late and cart.products:
        return replace(cart, products=products)
    cart.products = products
    return cart


def checks_out(agrees: tuple[Channel, ...] | None = BOTH, basket: str = "1") -> Action:
    """Type name and address, tick the boxes, and leave. With `agrees` None, the boxes stay as they
    were."""

    def play(actor: Actor) -> None:
        cart, said_at, at = actor.basket(basket), actor.scene.now(), actor.stamp()
        if agrees is not None:
            cart.yes = dict.fromkeys(agrees, cart.begun_at)
        if actor.post(actor.front.checkout(cart, actor.contact, at, new=agrees is not None)):
            actor.note(What.TOUCHED, at=at, basket=basket)
            for channel in agrees or ():
                actor.note(What.AGREED, at=said_at, channel=channel)

    what = " and ".join(CHANNEL_WORDS[channel] for channel in agrees or ()) or "nothing"
    return Action(
        "goes to the checkout"
        + (f", agrees to {what}, and leaves" if agrees is not None else " again"),
        play,
    )


def empties(basket: str = "1") -> Action:
    def play(actor: Actor) -> None:
        cart = actor.basket(basket)
        cart.products = ()
        if actor.post(actor.front.cart(cart, actor.stamp(), new=False)):
            actor.note(What.TOUCHED, basket=basket)

    return Action("takes everything out of the cart again", play)


def deletes(basket: str = "1") -> Action:
    def play(actor: Actor) -> None:
        if actor.post(actor.front.deletion(actor.basket(basket), actor.stamp())):
            actor.note(What.TOUCHED, basket=basket)

    return Action("the shop deletes the checkout", play)


KnownBy = Literal["cart", "email", "phone", "customer"]


def orders(basket: str = "1", known_by: KnownBy = "cart", with_code: bool = False) -> Action:
    """Place an order. If `known_by` is not "cart", the order names no cart, and this is the only
    identifier of the shopper in it."""

    def play(actor: Actor) -> None:
        purchase = purchase_of(actor, basket, known_by, with_code=with_code)
        if actor.post(actor.front.order(purchase, actor.stamp())):
            note_order(actor, purchase, basket)

    told = {
        "cart": "",
        "email": ", known by e-mail alone",
        "phone": ", known by phone alone",
        "customer": " from another device",
    }
    return Action(f"orders{' with the code' if with_code else ''}{told[known_by]}", play)


def purchase_of(
    actor: Actor, basket: str, known_by: KnownBy = "cart", *, with_code: bool
) -> Purchase:
    cart = actor.basket(basket)
    code = actor.last(Channel.EMAIL).code if with_code else None
    total = cart.total or Decimal("189.00")
    off = actor.scene.takes_off(code, total) if code else Decimal(0)
    named = cart if known_by == "cart" else None
    contact = _only(actor.contact, known_by)
    number = str(next(actor.scene.order_numbers))
    return Purchase(number, named, contact, total - off, cart.currency, code, discount=off)


def note_order(actor: Actor, purchase: Purchase, basket: str, tax: Decimal | None = None) -> None:
    money = {"amount": purchase.total, "currency": purchase.currency, "tax": tax}
    named = {"basket": basket, "order": purchase.order_id, "code": purchase.code}
    actor.note(What.ORDERED, **named, **money)


def _only(contact: Contact, known_by: KnownBy) -> Contact:
    if known_by == "cart":
        return contact
    return replace(
        contact,
        email=contact.email if known_by == "email" else None,
        phone=contact.phone if known_by == "phone" else None,
        customer_id=contact.customer_id if known_by == "customer" else None,
    )


def logs_in() -> Action:
    def play(actor: Actor) -> None:
        actor.member = True
        actor.post(actor.front.customer(actor.contact, actor.stamp()))

    return Action("logs in: a guest no more", play)


def agrees_to(channel: Channel) -> Action:
    def play(actor: Actor) -> None:
        said_at = actor.scene.now()
        if actor.post(actor.front.consent(actor.contact, channel, "subscribed", said_at)):
            actor.note(What.AGREED, at=said_at, channel=channel)

    return Action(f"agrees to {channel.value} in the account", play)


def objects_to(channel: Channel) -> Action:
    def play(actor: Actor) -> None:
        if actor.post(actor.front.consent(actor.contact, channel, "unsubscribed", actor.stamp())):
            actor.note(What.OBJECTED, channel=channel)

    return Action(f"objects to {channel.value} in the account", play)


def asks_to_be_forgotten() -> Action:
    def play(actor: Actor) -> None:
        if actor.post(actor.front.erasure(actor.contact, actor.stamp())):
            actor.note(What.FORGOTTEN)

    return Action("asks to be forgotten", play)


def unsubscribes() -> Action:
    """Unsubscribe with one click in the mail program, which sends a POST to the link (RFC 8058)."""

    def play(actor: Actor) -> None:
        link = actor.last(Channel.EMAIL).unsubscribe_link
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = call("POST", _there(link, "unsubscribe link"), b"List-Unsubscribe=One-Click", form)
        _require(answer, 200, "unsubscribing")
        actor.note(What.UNSUBSCRIBED)

    return Action("unsubscribes with one click in the mail", play)


def clicks() -> Action:
    """Follow the link of the newest message. It must lead to the cart at the shop."""

    def play(actor: Actor) -> None:
        follow(actor, actor.last(), next(iter(actor.baskets.values())).cart_id)

    return Action("clicks the link back to the cart", play)


def follow(actor: Actor, message: Delivered, wanted: str = "") -> None:
    """Open the link of a message in a browser. It must lead to the shop. `wanted`: what the address
    there must contain. Raises OffScriptError."""
    answer = call("GET", _there(message.cart_link, "link to the shop"))
    _require(answer, 302, "the link to the shop")
    target = answer.headers.get("location", "")
    if urlsplit(target).hostname != HOSTS[actor.persona.shop] or wanted not in target:
        raise OffScriptError(f"the link to the shop leads to {target or 'nowhere'}")
    actor.note(What.CLICKED, step=message.step)


def _there(link: str | None, what: str) -> str:
    if link is None:
        raise OffScriptError(f"found no {what} in the message")
    return link


def _require(answer: Answer, status: int, what: str) -> None:
    if answer.status != status:
        raise OffScriptError(f"{what} was answered {answer.status}, not {status}")


def at_once(times: int, action: Action) -> Action:
    """Have the shop send the webhook several times at the same moment."""
    return _in_manner(f"{action.told} (webhook sent {times} times at once)", action, copies=times)


def comes_again() -> Action:
    """Have the shop send its last webhook once more, byte for byte."""
    return Action("the shop sends the same webhook again", lambda actor: actor.post_again())


def late(hours: float, action: Action) -> Action:
    """Have the webhook describe what happened some hours ago."""
    return _in_manner(f"{action.told} (webhook {hours:g} h late)", action, hours_late=hours)


def forged(action: Action) -> Action:
    return _in_manner(f"somebody forges a webhook: {action.told}", action, forged=True)


def unsent(action: Action) -> Action:
    """Have the shop keep its webhooks back. It sends no more than what comes of it later."""
    return _in_manner(f"{action.told} (no webhook leaves yet)", action, kept_back=True)


def both(first: Action, second: Action) -> Action:
    """Play one action right after the other."""

    def play(actor: Actor) -> None:
        first.play(actor)
        second.play(actor)

    return Action(f"{first.told}; {second.told}", play)


def _in_manner(told: str, action: Action, **manner: Any) -> Action:
    """Play the action in this manner, and in that of the actions around it."""

    def play(actor: Actor) -> None:
        action.play(actor.in_manner(replace(actor.manner, **manner)))

    return Action(told, play)
