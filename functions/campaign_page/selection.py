"""Whom a campaign asks, in the order in which they are gone through. Writes nothing: a dry run
counts with it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.customers import ACCOUNT_SHARDS
from wracaj.store.scoring import Scored
from wracaj.timelines.campaign import Campaign, CampaignStatus, Progress
from wracaj.timelines.decision import decide
from wracaj.timelines.occasion import Occasion, OccasionKind, an_occasion
from wracaj.timelines.steps import Outcome, Reason

READ_AT_ONCE = 100
WOULD_BE_SENT = {Outcome.SENT, Outcome.WAIT}


class Look(NamedTuple):
    """One customer who was gone through."""

    shard: int
    customer_id: str
    customer: Shopper | None  # None: the campaign is not for them
    reason: Reason | None = None  # why they are not asked though it is

    @property
    def asked(self) -> Shopper | None:
        return None if self.reason else self.customer


def go_through(
    store: Store, shop: ShopSettings, campaign: Campaign, since: Progress, moment: datetime
) -> Iterator[Look]:
    """All who come after those gone through before, read some at a time."""
    shard, after = since.shard, since.after
    while some := list(
        store.scoring.shoppers(shop.shop, range(shard, ACCOUNT_SHARDS), after, READ_AT_ONCE)
    ):
        yield from _looks(store, shop, campaign, some, moment)
        if len(some) < READ_AT_ONCE:
            return
        shard, after = some[-1].shard, some[-1].customer_id


def _looks(
    store: Store, shop: ShopSettings, campaign: Campaign, some: list[Scored], moment: datetime
) -> Iterator[Look]:
    meant = [
        one.customer_id for one in some if campaign.may_ask(one.account, one.rfm, shop, moment)
    ]
    shoppers = store.customers.owners(shop.shop, meant)
    for one in some:
        customer = shoppers.get(one.customer_id)
        # the one that it was merged into has its own turn
        moved = customer is not None and customer.id != one.customer_id
        if customer is None or moved or not campaign.speaks_to(customer, shop):
            yield Look(one.shard, one.customer_id, None)
        else:
            yield Look(
                one.shard, one.customer_id, customer, why_not(shop, campaign, customer, moment)
            )


def why_not(
    shop: ShopSettings, campaign: Campaign, customer: Shopper, moment: datetime
) -> Reason | None:
    """By the same gates as any message, before a timeline is started: most of a shop's customers
    never said yes."""
    occasion = occasion_of(shop, campaign, customer, moment)
    result = decide(
        occasion, customer, campaign.step, shop, moment, campaign=CampaignStatus(campaign=campaign)
    )
    return None if result.outcome in WOULD_BE_SENT else result.reason


def occasion_of(
    shop: ShopSettings, campaign: Campaign, customer: Shopper, moment: datetime
) -> Occasion:
    """Of an account it holds nothing but the id: address, name and language are read when the
    message is written."""
    content = CartContent(currency=shop.loyalty.currency if shop.loyalty else None)
    key = f"{campaign.id}#{customer.id}"
    contact = customer.own_contact.model_copy(update={"locale": None})
    return an_occasion(
        shop.shop,
        OccasionKind.CAMPAIGN,
        key,
        customer,
        moment,
        content,
        about=campaign.id,
        contact=contact,
    )
