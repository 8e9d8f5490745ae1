"""A campaign's message: whether the campaign goes on, and what must hold until the message is
handed over."""

from typing import TypeGuard

from reminder_step.context import MessageContent, MessageContext
from wracaj.customers.customer import Owner
from wracaj.store import Store
from wracaj.timelines.campaign import CampaignStatus
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.subject import Subject


def campaign_of(store: Store, subject: Subject, owner: Owner) -> CampaignStatus | None:
    """None: it is no campaign's."""
    if not is_campaigns(subject):
        return None
    return store.campaigns.status(subject.shop, subject.about, owner, subject.cart_id)


def is_campaigns(subject: Subject) -> TypeGuard[Occasion]:
    return isinstance(subject, Occasion) and subject.kind is OccasionKind.CAMPAIGN


def message_content(given: MessageContext) -> MessageContent:
    """A stop shuts a gate that the claim finds shut; whoever is told is told once, whatever names
    they were known by."""
    shop, subject, campaigns = given.shop, given.subject, given.store.campaigns
    assert is_campaigns(subject)
    mark = (shop.shop, subject.about, given.shopper.id, subject.cart_id)
    return MessageContent(
        given.read_balance(),
        actions=(campaigns.marking_announced(*mark, given.moment),),
        freeing=lambda: (campaigns.freeing(*mark),),
        conditions=(campaigns.going_on(shop.shop, subject.about, subject.cart_id),),
    )
