"""Content of messages after an order, beyond its points: recommendations, and an invitation to the
loyalty programme."""

from reminder_step.context import MessageContent, MessageContext
from wracaj.archive.decisions import Mark, MarkKind
from wracaj.events import CartContent
from wracaj.loyalty.ledger import tier_of
from wracaj.messages.facts import ContentFacts
from wracaj.orders.bought_together import MOST_IN_ORDER, candidates, recommend

INVITATION = "invitation"


def recommendations(given: MessageContext) -> MessageContent | None:
    """Products that other customers of this shop bought together with these. Two requests at
    most."""
    products, shop = given.store.products, given.shop.shop
    ids = [item.product_id for item in given.subject.content.items if item.product_id]
    bought = list(products.sold(shop, ids[:MOST_IN_ORDER]).values())
    others = products.sold(shop, candidates(bought, ids)).values()
    found = recommend(bought, others, given.moment)
    return (
        MessageContent(
            {}, content=CartContent(items=tuple(product.as_item(None) for product in found))
        )
        if found
        else None
    )


def invitation(given: MessageContext) -> MessageContent | None:
    """What the loyalty programme offers. Sent once per shopper: two simultaneous orders claim the
    same mark, so only one of their messages has it."""
    told, shop, programme = given.store.announcements, given.shop.shop, given.shop.loyalty
    if (
        programme is None
        or programme.points is None
        or not given.goes_to_recorded_address
        or told.by(shop, given.shopper, INVITATION) - {given.message_id}
    ):
        return None
    account = given.read_account()
    tier = tier_of(account, programme, given.local)
    facts = ContentFacts(
        programme=programme,
        tier=tier.name if tier else None,
        **given.balance_in(account),
    )
    mark = (shop, given.shopper, INVITATION, given.message_id)
    return MessageContent(
        facts,
        (told.marking(*mark),),
        lambda: (told.freeing(*mark),),
        content=CartContent(),
        marks=(Mark(MarkKind.ONCE, given.shopper.id, INVITATION),),
    )
