"""The preference page as a shopper without scripts uses it: reads it, fills it in, and sends it."""

from support.inbox import Inbox, Seen
from support.lambdas import Json
from wracaj import store
from wracaj.consent.channel import Channel
from wracaj.messages.links import Purpose

PHONE = "+48601234567"


def page(inbox: Inbox, path: str | None = None) -> Seen:
    answer = inbox.lambdas.link("GET", path or inbox.path(Purpose.PREFERENCES))
    assert answer["statusCode"] == 200, answer
    return Seen(answer)


def press(inbox: Inbox, button: str, *pairs: tuple[str, str], seen: Seen | None = None) -> Seen:
    """Fill in a form of the page and send it, as a browser would."""
    path = inbox.path(Purpose.PREFERENCES)
    answer = inbox.lambdas.form(path, *(seen or page(inbox)).form(button), *pairs)
    return Seen(inbox.lambdas.after(path, answer))


def send(inbox: Inbox, *pairs: tuple[str, str], **fields: str) -> str:
    """Send any fields, and return the page's answer."""
    answer = inbox.lambdas.form(inbox.path(Purpose.PREFERENCES), *pairs, **fields)
    assert answer["statusCode"] == 303
    return str(answer["headers"]["location"]).partition("?told=")[2]


def agrees(inbox: Inbox, channel: Channel = Channel.EMAIL) -> bool:
    return agrees_about(inbox, "c1", channel)


def agrees_about(inbox: Inbox, cart_id: str, channel: Channel = Channel.EMAIL) -> bool:
    cart = inbox.lambdas.cart(inbox.shop, cart_id)
    shopper = store.open_store().customers.shopper(inbox.shop.id, cart.contact)
    return shopper is not None and shopper.agrees(cart, channel)


def log(inbox: Inbox, channel: Channel, address: str | None = None) -> list[Json]:
    """Return the consents of an address; by default, of the mail's address."""
    return inbox.items(
        f"CONSENT#{channel}#", inbox.shopper.at(channel, address).id if address else None
    )


def data_links(inbox: Inbox) -> list[Json]:
    return inbox.lambdas.executions(inbox.shop, "data_link")
