"""A campaign: one message, once, to the customers of a shop, or to some segments of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from wracaj.consent.consent import Channel
from wracaj.customers.shopper import Shopper
from wracaj.events import Frozen
from wracaj.language import Locale, language
from wracaj.loyalty.ledger import Account, tier_of
from wracaj.segments.rfm import Rfm, Segment
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.steps import Discount, Step

# customers a minute: a fifth of the starts that Step Functions takes where it takes the fewest
FASTEST = 2000
# the names of their templates: what is written about a cart makes no sense without one
TEMPLATES_BEGIN = "campaign_"
CampaignId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]


class Campaign(Frozen):
    """As it was asked for. Nothing of it changes afterwards."""

    id: CampaignId  # also the name of its message in records, counters and tags
    template: str
    channel: Channel = Channel.EMAIL
    discount: Discount | None = None
    segments: frozenset[Segment] = frozenset()  # none: every customer
    tiers: frozenset[str] = frozenset()
    locale: Locale | None = None  # only those who read this language
    rate: Annotated[int, Field(ge=1, le=FASTEST)]  # customers asked a minute, at most
    begins_at: AwareDatetime
    until: AwareDatetime  # nothing is sent later
    not_if_ordered_since: AwareDatetime | None = None

    @property
    def message(self) -> dict[str, Any]:
        """What the timeline of each customer is started with; nothing personal."""
        discount = self.discount.model_dump(mode="json") if self.discount else None
        return {
            "name": self.id,
            "template": self.template,
            "channel": str(self.channel),
            "discount": discount,
        }

    @property
    def step(self) -> Step:
        return Step.model_validate(self.message | {"after_seconds": 0})

    def may_ask(self, account: Account, rfm: Rfm | None, shop: ShopSettings, now: datetime) -> bool:
        """By what the customer bought. Who has no scores yet is in no segment."""
        if self.segments and (rfm is None or rfm.segment not in self.segments):
            return False
        tier = (
            tier_of(account, shop.loyalty, now.astimezone(shop.zone))
            if self.tiers and shop.loyalty
            else None
        )
        return not self.tiers or (tier is not None and tier.name in self.tiers)

    def speaks_to(self, shopper: Shopper, shop: ShopSettings) -> bool:
        return self.locale is None or language(shopper.locale(), shop.locale) == self.locale

    def ordered_since(self, last_order_at: datetime | None) -> bool:
        since = self.not_if_ordered_since
        return since is not None and last_order_at is not None and last_order_at >= since


class CampaignStatus(Frozen):
    """A campaign as one of its messages finds it."""

    campaign: Campaign | None  # None: it is gone
    stopped: bool = False
    announced_to_another: bool = False  # under another name that this shopper is known by


class Progress(Frozen):
    """How far the customers were gone through: after one of them, in one of the shards that list
    them."""

    shard: int = 0
    after: str = ""
    next_at: AwareDatetime | None = None  # the rate allows no further page before
    through_at: AwareDatetime | None = None  # all customers were gone through
    looked: int = 0  # customers gone through
    started: int = 0  # of these, those whose timeline was started
    # reason → of those whom the campaign is for, how many were not
    passed_over: Mapping[str, int] = {}


class Course(Frozen):
    """A campaign and what became of it."""

    campaign: Campaign
    started_at: AwareDatetime
    expected: int  # how many were to be asked when it was started
    progress: Progress = Progress()
    pages: int = 0
    stopped_at: AwareDatetime | None = None
