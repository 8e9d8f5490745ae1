"""One shop's settings, as its people write them in YAML. Every default is the careful one.

A field's description is what a person reads in the reference and in an error: write it for them.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Self, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AwareDatetime,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from wracaj.consent.channel import TRAITS, Channel
from wracaj.hosts import ascii_host
from wracaj.language import Locale
from wracaj.loyalty import programme_cost
from wracaj.loyalty.programme import STORED, Programme
from wracaj.settings import timeline_rules_check
from wracaj.settings.experiments import Experiment, ExperimentName, in_time_of
from wracaj.settings.meta import AudienceName, AudienceSettings, MessengerSettings
from wracaj.settings.sections import (
    DiscountSettings,
    EconomicsSettings,
    EmailSettings,
    FrequencyCap,
    GenericSettings,
    Section,
    SendWindow,
    ShopifySettings,
    SmsSettings,
    TogetherError,
    WooCommerceSettings,
)
from wracaj.settings.shoper import ShoperSettings
from wracaj.settings.storefront import StorefrontSettings
from wracaj.settings.timeline_rules import CartRule
from wracaj.settings.values import (
    CONFIRMED_CHANNELS,
    ConfirmedChannel,
    Host,
    TimelineName,
    TimeZone,
    Timing,
    Url,
)
from wracaj.settings.web_push import WebPushSettings

KEEP_DAYS = 90  # unless the shop says otherwise


class ShopSettings(Section):
    shop: str = Field(
        description=(
            "The shop's name in its webhook address: lower-case letters, digits and hyphens, up"
            " to 40"
        ),
        pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$",
    )
    platform: Literal["shopify", "woocommerce", "shoper", "generic"] = Field(
        description=(
            "What the shop runs on; woocommerce: WooCommerce's own webhooks, without a plugin;"
            " generic: anything that signs our format"
        )
    )
    name: str = Field(
        description="The shop's name, as shoppers know it", min_length=1, max_length=60
    )
    postal_address: str = Field(
        description="Shown under each mail; the law asks for it", min_length=5, max_length=200
    )
    url: Url = Field(description="The shop's front page")
    logo_url: Url | None = Field(
        None, description="Shown at the top of mails and shoppers' pages; none: the shop's name"
    )
    locale: Locale = Field("pl", description="For shoppers whose language is not known")
    time_zone: TimeZone = Field(
        "Europe/Warsaw", description="An IANA name; the send window and dates in messages follow it"
    )
    phone_region: str = Field(
        "PL",
        pattern=r"^[A-Z]{2}$",
        description="The country of phone numbers written without a prefix, in two capitals: PL",
    )
    currency: str | None = Field(
        None,
        pattern=r"^[A-Z]{3}$",
        description=(
            "The currency of RFM scores and reports; none: that of the loyalty programme, else PLN"
        ),
    )
    enabled: bool = Field(True, description="The shop's kill switch")
    switched_on_at: AwareDatetime | None = Field(
        None, description="Set by `wracaj shop put`: carts older than this get no messages"
    )
    recovery_hosts: tuple[Host, ...] = Field(
        min_length=1,
        description=(
            "The only hosts that links to a cart may lead to; letters such as ż may stand in them"
        ),
    )
    email: EmailSettings
    sms: SmsSettings = SmsSettings()
    web_push: WebPushSettings | None = None
    storefront: StorefrontSettings | None = None
    messenger: MessengerSettings | None = None
    audiences: dict[AudienceName, AudienceSettings] = Field(
        {},
        max_length=20,
        description="Advertising audiences, each under the name that timelines call it by",
    )
    send_window: SendWindow = SendWindow()
    frequency_cap: FrequencyCap = FrequencyCap()
    quiet_minutes_after_activity: int = Field(
        30,
        ge=0,
        le=1440,
        description="Minutes without messages after the shopper's last change of the cart",
    )
    stale_after_hours: int = Field(
        24, ge=1, le=168, description="A message that is later than this is skipped"
    )
    start_within_hours: int = Field(
        48, ge=1, le=720, description="A cart that is reported later than this starts no timeline"
    )
    new_episode_after_days: int = Field(
        7,
        ge=0,
        le=365,
        description=(
            "Days after the last message before a cart that was filled again gets new reminders"
        ),
    )
    experiments: dict[ExperimentName, Experiment] = Field(
        {},
        max_length=10,
        description="What is tried out on some of the shoppers, each under its name",
    )
    keep_days: int = Field(
        KEEP_DAYS, ge=14, le=730, description="How long carts and messages are kept"
    )
    discount: DiscountSettings = DiscountSettings()
    economics: EconomicsSettings = EconomicsSettings()
    timelines: tuple[TimelineName, ...] = Field(
        ("abandoned_cart",),
        description=f"Which timelines run: {', '.join(get_args(TimelineName))}",
    )
    timings: dict[str, dict[str, Timing]] = Field(
        {},
        description=(
            "Numbers of this shop in place of a timeline's own, for what starts from now on: {"
            " abandoned_cart: { first_email_after_hours: 2 } }; `wracaj timeline show NAME --shop"
            " SHOP` shows them"
        ),
    )
    double_opt_in: tuple[ConfirmedChannel, ...] = Field(
        (),
        description=(
            "Channels on which an opt-in counts only after a click on a link sent to that address:"
            f" [{', '.join(CONFIRMED_CHANNELS)}]"
        ),
    )
    welcome_imported: bool = Field(
        False,
        description=(
            "Whether welcome also starts for imported opt-ins: their source says import, or they"
            " have no time"
        ),
    )
    loyalty: Programme | None = Field(
        None, description="The loyalty programme; none: orders are counted, and earn nothing"
    )
    cart_timelines: tuple[CartRule, ...] = Field(
        (),
        max_length=20,
        validate_default=True,
        description=(
            "Which timeline a cart takes: the first rule whose conditions all hold; where none"
            " does, abandoned_cart"
        ),
    )
    reconcile: bool = Field(
        True,
        description=(
            "Whether the shop's API is asked for what no webhook told, where there is one and a"
            " token for it"
        ),
    )
    shopify: ShopifySettings | None = None
    woocommerce: WooCommerceSettings = WooCommerceSettings()
    shoper: ShoperSettings = ShoperSettings()
    generic: GenericSettings = GenericSettings()

    @cached_property
    def version(self) -> str:
        """12 hex digits, see versions.py. Worked out once: every event of the shop asks for it."""
        told = self.model_dump_json(exclude_unset=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Other settings, which have a version of their own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("version", None)
        return copied

    @field_validator("experiments", mode="before")
    @classmethod
    def _experiments_in_the_shops_time(cls, experiments: object, told: ValidationInfo) -> object:
        zone = told.data.get("time_zone")  # none: it is wrong itself
        return in_time_of(ZoneInfo(zone), experiments) if zone else experiments

    @field_validator("cart_timelines")
    @classmethod
    def _rules_can_do_what_they_say(
        cls, rules: tuple[CartRule, ...], told: ValidationInfo
    ) -> tuple[CartRule, ...]:
        # else one of these is wrong itself
        if {"timelines", "loyalty", "keep_days"} <= told.data.keys():
            programme: Programme | None = told.data["loyalty"]
            tiers = [tier.name for tier in programme.tiers] if programme else []
            timeline_rules_check.check(rules, told.data["timelines"], tiers, told.data["keep_days"])
        return rules

    @model_validator(mode="after")
    def _platform_has_its_section(self) -> Self:
        if self.platform == "shopify" and self.shopify is None:
            raise TogetherError(
                "shopify",
                "is missing: platform shopify needs the section, with `shop_domain:"
                " NAME.myshopify.com` in it",
            )
        return self

    @model_validator(mode="after")
    def _links_lead_to_the_woocommerce_site(self) -> Self:
        site = urlsplit(self.woocommerce.site_url or self.url)
        host = ascii_host(site.hostname or "") or ""
        is_real = self.platform == "woocommerce" and site.scheme == "https"  # not on loopback
        if is_real and host not in self.recovery_hosts:
            raise TogetherError(
                "recovery_hosts",
                f"must name {host}: links back to a cart lead to the WooCommerce site",
            )
        return self

    @model_validator(mode="after")
    def _reminders_may_lead_to_the_basket(self) -> Self:
        basket = self.storefront.basket_url if self.storefront else None
        if basket and urlsplit(basket).scheme == "https" and not self.allows_recovery_to(basket):
            raise TogetherError(
                "storefront.basket_url",
                f"leads to {urlsplit(basket).netloc}, which is not among recovery_hosts; add it"
                " there",
            )
        return self

    @model_validator(mode="after")
    def _currencies_agree(self) -> Self:
        if self.currency and self.loyalty and self.currency != self.loyalty.currency:
            counted = (
                f"currency is {self.currency}, and loyalty.currency is {self.loyalty.currency}"
            )
            raise TogetherError(
                "currency", f"{counted}; write the same in both, or leave out currency"
            )
        return self

    @model_validator(mode="after")
    def _somebody_gives_what_the_programme_promises(self) -> Self:
        promised = self.loyalty.given_after_orders if self.loyalty else []
        if promised and "loyalty" not in self.timelines:
            raise TogetherError(
                "timelines",
                f"loyalty.{promised[0]} is given by the timeline loyalty; add loyalty to the list"
                " timelines",
            )
        if "loyalty" in self.timelines and self.loyalty is None:
            raise TogetherError(
                "timelines",
                "the timeline loyalty needs the section loyalty; add it, or take loyalty from the"
                " list timelines",
            )
        return self

    @model_validator(mode="after")
    def _margin_pays_for_free_delivery(self, info: ValidationInfo) -> Self:
        """Settings that are stored already must not stop the shop."""
        delivery_cost = self.economics.delivery_cost_with_tax
        if self.loyalty is None or delivery_cost is None or (info.context or {}).get(STORED):
            return self
        if problem := programme_cost.problem_of(self.loyalty, delivery_cost):
            raise TogetherError("loyalty", problem)
        return self

    @model_validator(mode="after")
    def _days_have_what_they_give(self) -> Self:
        """A promise that nobody keeps, or a timeline that never finds anything, would be noticed a
        year later."""
        for day in ("birthday", "anniversary"):
            gift = getattr(self.loyalty, day, None)
            if gift and day not in self.timelines:
                raise TogetherError(
                    "timelines",
                    f"loyalty.{day} is given by the timeline {day}; add {day} to the list"
                    " timelines",
                )
            if day in self.timelines and not gift:
                raise TogetherError(
                    "timelines",
                    f"the timeline {day} gives loyalty.{day}; add it, or take {day} from the list"
                    " timelines",
                )
        if "points_expiring" in self.timelines and not (self.loyalty and self.loyalty.points):
            mend = "add loyalty.points, or take points_expiring from the list timelines"
            raise TogetherError(
                "timelines", f"the timeline points_expiring announces points; {mend}"
            )
        return self

    @model_validator(mode="after")
    def _experiments_do_not_mix(self) -> Self:
        for name, one in self.experiments.items():
            for other_name, other in self.experiments.items():
                if name < other_name and one.arms and other.arms and one.overlaps(other):
                    raise TogetherError(
                        "experiments",
                        f"{name} and {other_name} change {one.timeline} at the same time; let one"
                        " begin when the other has ended",
                    )
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def shoper_api(self) -> str:
        """The address of Shoper's REST API."""
        return f"{(self.shoper.api_url or self.url).rstrip('/')}/webapi/rest"

    @property
    def main_currency(self) -> str:
        """The one that customers are compared in: amounts in another are never added."""
        return self.currency or (self.loyalty.currency if self.loyalty else "PLN")

    @property
    def texts_to(self) -> tuple[str, ...]:
        """Anybody can type any number: without a limit, numbers of dear networks are typed in by
        those who earn on them."""
        return self.sms.countries or (self.phone_region,)

    def has_set_up(self, channel: Channel) -> bool:
        section = TRAITS[channel].settings
        return section is None or bool(getattr(self, section))

    def knows_cart_from(self, created_at: datetime) -> bool:
        """Carts already open when Wracaj was switched on are never messaged."""
        return self.switched_on_at is None or created_at >= self.switched_on_at

    def allows_recovery_to(self, url: str | None) -> bool:
        if not url or not url.isprintable() or " " in url or "\\" in url:
            return False
        try:
            parts = urlsplit(url)
        except ValueError:  # such as an unclosed [ of an IPv6 address
            return False
        # as it is written: whoever adds a name, a word or a port has other plans
        host = parts.netloc.removesuffix(":443")
        return parts.scheme == "https" and ascii_host(host) in self.recovery_hosts


class ShopSecrets(Section):
    """Kept in Secrets Manager, never in the settings file."""

    webhook_secrets: tuple[str, ...] = Field(
        min_length=1,
        max_length=2,
        description="The current one, then the previous one while it is being changed",
    )
    # in the address of the shop's webhooks; the current one, then the previous one
    address_tokens: tuple[str, ...] = Field((), max_length=2)
    api_token: str | None = None
    consumer_key: str | None = None  # of WooCommerce's REST API
    consumer_secret: str | None = None
    vapid_private_key: str | None = None  # 32 bytes in base64url: signs notifications in browsers
    page_token: str | None = None  # of the shop's page: Messenger
    app_secret: str | None = None  # of the app at Meta: signs what Meta tells us
    verify_token: str | None = None  # what Meta says when the webhook is subscribed
    ads_token: str | None = None  # of the system user who manages the audiences


class Shop(Section):
    """A shop as the functions see it."""

    settings: ShopSettings
    secrets: ShopSecrets

    @property
    def id(self) -> str:
        return self.settings.shop
