"""The sections of a shop's settings. `shop.py` puts them together."""

from datetime import time
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from wracaj.language import Locale as Locale
from wracaj.settings.values import (
    CheckoutField,
    ClockTime,
    ShopifyDomain,
    Url,
)


class TogetherError(ValueError):
    """Settings that do not go together. `key`: the one that it is told under."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key


class Section(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


# What SES takes: ASCII only, an international domain as its xn-- form.
_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+"


class EmailSettings(Section):
    sender: str = Field(
        description='The sender of mails: "Kubek i Spółka <sklep@kubek.example>"',
        pattern=rf"^[^<>\r\n]+<{_ADDRESS}>$",
    )
    reply_to: str | None = Field(
        None, description="Where answers go: sklep@kubek.example", pattern=f"^{_ADDRESS}$"
    )
    track_opens_and_clicks: bool = Field(
        False,
        description=(
            "Amazon SES records who opens a mail and clicks which link, by a hidden picture and"
            " links through Amazon. Inform shoppers, and ask for consent where the law requires it."
            " Clicks back to the cart are counted without it"
        ),
    )


class SmsSettings(Section):
    service: Literal["sns", "end_user_messaging"] = Field(
        "sns", description="The AWS service that sends; only end_user_messaging reports deliveries"
    )
    origination_identity: str | None = Field(
        None,
        description=(
            "For end_user_messaging: the sender, a phone number, a sender id or a pool: pool-1a2b"
        ),
        max_length=256,
        pattern=r"^[A-Za-z0-9_:/+-]+$",
    )
    sender_id: str | None = Field(
        None,
        description="Up to 11 letters and digits, at least one letter",
        max_length=11,
        pattern=r"^[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*$",
    )
    max_price_usd: Decimal = Field(
        Decimal("0.50"), gt=0, le=5, description="The most that one SMS may cost, in US dollars"
    )
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = Field(
        (),
        description=(
            "Where SMS may go, in two capitals each: [PL, CZ]; none: the shop's phone_region only"
        ),
    )
    plain_letters: bool = Field(
        True, description="Write ą as a, ł as l …: 160 characters a segment instead of 70"
    )

    @model_validator(mode="after")
    def _somebody_sends(self) -> Self:
        if self.service == "end_user_messaging" and self.origination_identity is None:
            raise ValueError(
                "end_user_messaging needs `origination_identity`: a phone number, a sender id or a"
                " pool of yours"
            )
        return self


class SendWindow(Section):
    opens: ClockTime = Field(time(9), description="In the shop's time zone")
    closes: ClockTime = Field(
        time(20),
        description="In the shop's time zone; messages due later wait until it opens again",
    )

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(
                f"opens ({self.opens:%H:%M}) must be earlier than closes ({self.closes:%H:%M})"
            )
        return self


class FrequencyCap(Section):
    hours_between_same_channel: int = Field(
        12, ge=0, le=720, description="Between two messages of one channel to one shopper"
    )
    messages_in_7_days: int = Field(5, ge=1, le=50, description="Over all channels, per shopper")


class DiscountSettings(Section):
    minimum_total: Decimal | None = Field(
        None, gt=0, description="The cart value from which a code works; none: any value"
    )
    source: Literal["shop", "pool"] = Field(
        "shop",
        description=(
            "shop: created in the shop for each shopper; pool: taken from codes uploaded with"
            " `wracaj shop codes`"
        ),
    )
    warn_below: int = Field(
        50,
        ge=0,
        le=100_000,
        description="An alarm is raised when a pool has fewer codes left than this; 0: none",
    )


class EconomicsSettings(Section):
    """What the shop earns and pays, in its main currency, to work out whether messages pay."""

    vat_percent: Decimal = Field(
        Decimal(23),
        ge=0,
        le=50,
        description="The tax in prices, for orders that do not tell their tax: 23",
    )
    margin_percent: Decimal | None = Field(
        None,
        gt=0,
        lt=100,
        description=(
            "What is left of 100 of net sales after the goods are paid; none: contribution is not"
            " worked out"
        ),
    )
    delivery_cost: Decimal | None = Field(
        None,
        gt=0,
        le=10_000,
        description=(
            "What the delivery of one order costs the shop, without tax: 12.50. Free delivery is"
            " held against the margin by it, and it is taken off the contribution of orders that"
            " use such a code of ours; none: neither"
        ),
    )
    sms_part: Decimal | None = Field(
        None,
        ge=0,
        le=10,
        description="The price of one part of an SMS, 160 plain characters or 70 others: 0.07",
    )
    thousand_emails: Decimal = Field(
        Decimal("0.40"), ge=0, le=100, description="The price of 1,000 mails at Amazon SES"
    )

    @property
    def delivery_cost_with_tax(self) -> Decimal | None:
        """What a delivery costs, to compare it with sales, which include the tax."""
        if self.delivery_cost is None:
            return None
        cost = self.delivery_cost * (100 + self.vat_percent) / 100
        return cost.quantize(Decimal("0.01"), ROUND_HALF_UP)


class ShopifySettings(Section):
    shop_domain: ShopifyDomain = Field(
        description="The shop's name at Shopify: kubek-i-spolka.myshopify.com"
    )
    api_version: str = Field(
        "2026-07", pattern=r"^\d{4}-\d{2}$", description="Of Shopify's Admin API: 2026-07"
    )
    client_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description=(
            "The client ID of an app in the Dev Dashboard, whose secret signs the webhooks; not for"
            " an app that has an API token"
        ),
    )
    admin_url: Url | None = Field(
        None, description="Only for tests: another address of the Admin API"
    )

    @property
    def graphql_url(self) -> str:
        return f"{self._admin}/admin/api/{self.api_version}/graphql.json"

    @property
    def token_url(self) -> str:
        return f"{self._admin}/admin/oauth/access_token"

    @property
    def _admin(self) -> str:
        return self.admin_url or f"https://{self.shop_domain}"


class ConsentFields(Section):
    """Boxes that the shop adds to the block checkout, by the ids under which it registers them."""

    email: CheckoutField | None = Field(
        "wracaj/email-consent", description="The box that is the opt-in to e-mails; null: none"
    )
    sms: CheckoutField | None = Field(
        None, description="The box that is the opt-in to SMS: wracaj/sms-consent"
    )


class WooCommerceSettings(Section):
    site_url: Url | None = Field(
        None,
        description=(
            "The address of the WordPress site, below which are /wp-json and /checkout-link; none:"
            " the shop's url"
        ),
    )
    rest_url: Url | None = Field(
        None, description="Only for tests: another address above /wp-json, for the REST API"
    )
    consent_fields: ConsentFields = ConsentFields()
    language_key: str = Field(
        "wpml_language",
        min_length=1,
        max_length=100,
        description="The key in an order's meta data under which a plugin keeps its language",
    )


class GenericSettings(Section):
    discount_url: Url | None = Field(
        None, description="Where signed discount.requested calls are sent"
    )
    prestashop_webservice: Url | None = Field(
        None,
        description=(
            "The address of PrestaShop's webservice, https://shop.example/api, which is asked for"
            " orders that no webhook told; its key is the shop's API token"
        ),
    )
