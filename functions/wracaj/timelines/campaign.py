"""A campaign: one message, sent once, to all customers of a shop or to some segments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from wracaj.consent.channel import Channel
from wracaj.customers.shopper import Shopper
from wracaj.events import Frozen
from wracaj.language import Locale, language
from wracaj.loyalty.ledger import Account, tier_of
from wracaj.segments.rfm import Rfm, Segment
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.steps import Discount, Step

# customers a minute; a fifth of the lowest rate at which Step Functions starts executions in any
# region
FASTEST = 2000
# prefix of campaign templates: other templates need a cart or an order
TEMPLATES_BEGIN = "campaign_"
CampaignId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]


class Campaign(Frozen):
    """The settings of a campaign. They never change after its start."""

    id: CampaignId  # also the step's name in records, counters and tags
    template: str
    channel: Channel = Channel.EMAIL
    discount: Discount | None = None
    segments: frozenset[Segment] = frozenset()  # empty: every customer
    tiers: frozenset[str] = frozenset()
    locale: Locale | None = None  # only shoppers with this language
    rate: Annotated[int, Field(ge=1, le=FASTEST)]  # the most customers messaged in a minute
    begins_at: AwareDatetime
    until: AwareDatetime  # nothing is sent later
    not_if_ordered_since: AwareDatetime | None = None

    @property
    def message(self) -> dict[str, Any]:
        """The input that each customer's timeline starts with. It has no personal data."""
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
        """Whether the campaign's segments and tiers include the customer. A customer without scores
        is in no segment."""
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
    """The state of a campaign when one of its messages is decided."""

    campaign: Campaign | None  # None: it was deleted
    stopped: bool = False
    announced_to_another: bool = False  # already sent to this shopper under another identifier


class Progress(Frozen):
    """How far the campaign has gone through the list of customers: the shard, and the last customer
    in it."""

    shard: int = 0
    after: str = ""
    next_at: AwareDatetime | None = None  # the rate allows the next page from then on
    through_at: AwareDatetime | None = None  # when the last customer was reached
    looked: int = 0  # customers reached
    started: int = 0  # customers whose timeline was started
    # reason → how many of the campaign's customers were skipped for it
    passed_over: Mapping[str, int] = {}


class Course(Frozen):
    """A campaign and its progress."""

    campaign: Campaign
    started_at: AwareDatetime
    expected: int  # how many customers it was for when it started
    progress: Progress = Progress()
    pages: int = 0
    stopped_at: AwareDatetime | None = None
