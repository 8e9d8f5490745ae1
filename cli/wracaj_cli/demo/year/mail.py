"""Finds the customer that each message of the year belongs to, by the order or cart that it is
about, or else by its tags and its address."""

from collections.abc import Iterable, Mapping

from wracaj.aws.step_functions import ABANDONED_CART
from wracaj.carts.cart import MOST_EPISODES
from wracaj.store.message_links import message_id
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.delivered import FORTNIGHTS, Delivered, Origin
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.week import PARAPET
from wracaj_cli.demo.year.story import KINDS
from wracaj_cli.local import SentMessage


def told_apart(messages: Iterable[SentMessage], actors: Iterable[Actor]) -> list[Delivered]:
    known: dict[str, Origin] = {}
    names: dict[str, str] = {}
    for actor in actors:
        known |= _of_orders(actor) | _of_carts(actor)
        names |= {
            address: actor.persona.name
            for address in (actor.contact.email, actor.contact.phone)
            if address
        }
    return [
        Delivered(message, known.get(message.tags.get("message", "")) or _by_tags(message, names))
        for message in messages
    ]


def _of_orders(actor: Actor) -> dict[str, Origin]:
    orders = actor.scene.ledger.of(actor.persona.name, What.ORDERED)
    return {
        message_id(PARAPET, occasion_id(OccasionKind(timeline), order.order), 1, step): Origin(
            actor.persona.name, order.order, 1, kind
        )
        for order in orders
        for (timeline, step), kind in KINDS.items()
        if order.order
        and timeline in {OccasionKind.AFTER_PURCHASE, OccasionKind.WIN_BACK, OccasionKind.LOYALTY}
    }


def _of_carts(actor: Actor) -> dict[str, Origin]:
    return {
        message_id(PARAPET, cart.cart_id, fortnight * MOST_EPISODES + 1, step): Origin(
            actor.persona.name, basket, 1, kind
        )
        for fortnight in range(FORTNIGHTS)
        for basket, cart in actor.baskets.items()
        for (timeline, step), kind in KINDS.items()
        if timeline == ABANDONED_CART
    }


def _by_tags(message: SentMessage, names: Mapping[str, str]) -> Origin | None:
    """A message that was added to a timeline has no kind: its step stands for it."""
    step = message.tags.get("step", "")
    kind = KINDS.get((message.tags.get("timeline", ""), step), step)
    if not kind or message.to not in names or message.tags.get("shop") != PARAPET:
        return None
    return Origin(names[message.to], message.tags["message"], 1, kind)
