"""Content of a campaign's message, and the conditions that must hold until it is handed to the
provider."""

from typing import TypeGuard

from reminder_step.context import MessageContent, MessageContext
from wracaj.customers.customer import Owner
from wracaj.store import Store
from wracaj.timelines.campaign import CampaignStatus
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.subject import Subject


def campaign_of(store: Store, subject: Subject, owner: Owner) -> CampaignStatus | None:
    """Return None where the subject does not belong to a campaign."""
    if not is_campaigns(subject):
        return None
    return store.campaigns.status(subject.shop, subject.about, owner, subject.cart_id)


def is_campaigns(subject: Subject) -> TypeGuard[Occasion]:
    return isinstance(subject, Occasion) and subject.kind is OccasionKind.CAMPAIGN


def message_content(given: MessageContext) -> MessageContent:
    """The claim fails once the campaign's gate is closed by a stop. The mark in `actions` lets each
    customer get the campaign once, under any identifier they had before."""
    shop, subject, campaigns = given.shop, given.subject, given.store.campaigns
    assert is_campaigns(subject)
    mark = (shop.shop, subject.about, given.shopper.id, subject.cart_id)
    return MessageContent(
        given.read_balance(),
        actions=(campaigns.marking_announced(*mark, given.moment),),
        freeing=lambda: (campaigns.freeing(*mark),),
        conditions=(campaigns.going_on(shop.shop, subject.about, subject.cart_id),),
    )
