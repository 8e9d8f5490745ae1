"""Which customers a campaign messages, in the order in which they are checked. It writes nothing,
so a dry run uses it too."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent
from wracaj.experiments.arms import arms_given
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.customer_keys import ACCOUNT_SHARDS
from wracaj.store.scoring import Scored
from wracaj.timelines.campaign import Campaign, CampaignStatus, Progress
from wracaj.timelines.decision import decide
from wracaj.timelines.occasion import Occasion, OccasionKind, an_occasion
from wracaj.timelines.steps import Outcome, Reason

READ_AT_ONCE = 100
WOULD_BE_SENT = {Outcome.SENT, Outcome.WAIT}


class Look(NamedTuple):
    """One customer who was checked."""

    shard: int
    customer_id: str
    customer: Shopper | None  # None: the campaign is not for this customer
    reason: Reason | None = None  # why a customer of the campaign gets no message

    @property
    def asked(self) -> Shopper | None:
        return None if self.reason else self.customer


def go_through(
    store: Store, shop: ShopSettings, campaign: Campaign, since: Progress, moment: datetime
) -> Iterator[Look]:
    """Check all customers after those of `since`, a few at a time."""
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
        # a merged customer is checked under the remaining account
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
    """The reason not to message this customer, by the same rules as any message. It is checked
    before a timeline starts, because most of a shop's customers have not opted in."""
    occasion = occasion_of(shop, campaign, customer, moment)
    if arms_given(shop, occasion.kind, customer.arms, moment).is_held_out:
        return Reason.IN_HOLDOUT
    result = decide(
        occasion, customer, campaign.step, shop, moment, campaign=CampaignStatus(campaign=campaign)
    )
    return None if result.outcome in WOULD_BE_SENT else result.reason


def occasion_of(
    shop: ShopSettings, campaign: Campaign, customer: Shopper, moment: datetime
) -> Occasion:
    """The campaign's occasion. For an account it has the id only: address, first name and language
    are read when the message is written."""
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
