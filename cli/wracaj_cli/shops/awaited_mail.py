"""Waits for the first mail about one cart: calculates when it is due, and lets time jump until it
has been sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.errors import WracajError
from wracaj.settings.shop import Shop
from wracaj.timelines.decision import next_opening, spread
from wracaj.timelines.occasion import OccasionKind
from wracaj.timelines.steps import RecordState
from wracaj_cli.house import LOCAL
from wracaj_cli.local.sent_messages import SentMessage, outbox
from wracaj_cli.local.skipping import skip_to
from wracaj_cli.outcome_words import outcome_in_words
from wracaj_cli.shops.cart_story import timeline_of
from wracaj_cli.shops.own_timings import known_timings
from wracaj_cli.shops.target import Target

CLOSELY, CLOSE_FOR = timedelta(minutes=30), timedelta(days=2)
WIDELY, LONGEST = timedelta(hours=6), timedelta(days=30)


class NotComingError(WracajError):
    """No mail about this cart will come. The text gives the reason."""


@dataclass(frozen=True)
class Awaited:
    target: Target
    shop: Shop
    cart_id: str
    address: str
    since: datetime


def until_it_came(
    awaited: Awaited, passed: Callable[[datetime], None] = lambda _: None
) -> SentMessage:
    """Let time jump on the local stack until the mail has been sent, and return it. Raises
    NotComingError or LocalStackError."""
    target, home = awaited.target, awaited.target.home or LOCAL
    while target.now() < awaited.since + LONGEST:
        cart = _cart(awaited)
        mail = _found(awaited, cart)
        if mail is not None:
            return mail
        if cart.episode == 0 or cart.unreminded or cart.episode_ended_at is not None:
            raise NotComingError(_why_not(cart, awaited.shop))
        step = CLOSELY if target.now() < awaited.since + CLOSE_FOR else WIDELY
        skip_to(target.now() + step, home, passed)
    more = f"`wracaj shop cart {awaited.shop.id} {awaited.cart_id}`"
    raise NotComingError(f"No mail came within {LONGEST.days} days; {more} says more")


def due_at(awaited: Awaited) -> datetime:
    """Return when the mail is due by this repository's version of the timeline. Raises
    NotComingError."""
    # imported here, because reading timelines takes the longest
    from wracaj_cli.timelines.model import timeline
    from wracaj_cli.timelines.reading import read_named

    cart, settings = _cart(awaited), awaited.shop.settings
    if cart.choice is None or cart.unreminded or cart.last_activity_at is None:
        raise NotComingError(_why_not(cart, awaited.shop))
    name = cart.choice.timeline
    known = timeline(read_named(name), known_timings(settings, name))
    first = next((message for message in known.messages if message.channel == Channel.EMAIL), None)
    if first is None:
        raise NotComingError(
            f"The timeline {known.name} sends no e-mail, so there is none to wait for"
        )
    due = cart.last_activity_at + timedelta(seconds=first.total)
    return spread(next_opening(due, settings), due, cart.cart_id, settings)


def asks_to_confirm(mail: SentMessage) -> bool:
    return mail.tags.get("timeline") == OccasionKind.CONFIRM_CONSENT


def _cart(awaited: Awaited) -> Cart:
    """Return the cart. Raises NotComingError."""
    cart = awaited.target.store().carts.cart_with_records(awaited.shop.id, awaited.cart_id)
    if cart is None:
        raise NotComingError(
            f"The cart {awaited.cart_id} is gone; somebody asked for it to be forgotten"
        )
    return cart


def _found(awaited: Awaited, cart: Cart) -> SentMessage | None:
    """Return the cart's first mail, or the mail that asks the shopper to confirm the opt-in."""
    own = {
        record.provider_id for record in cart.records.values() if record.state is RecordState.SENT
    }
    for message in outbox(awaited.target.home or LOCAL):
        asked = (
            asks_to_confirm(message)
            and message.to == awaited.address
            and message.at >= awaited.since
        )
        if message.channel == "email" and (message.message_id in own or asked):
            return message
    return None


def _why_not(cart: Cart, shop: Shop) -> str:
    mails = [
        (key, record)
        for key, record in sorted(cart.records.items())
        if record.channel is Channel.EMAIL
    ]
    if not mails:
        return f"No mail will come. Its timeline is {timeline_of(cart, shop.settings)}."
    lines = [
        f"  {key.partition('#')[2]}: {outcome_in_words(record, shop.settings.zone)}"
        for key, record in mails
    ]
    return "\n".join(["No mail came:", *lines])
