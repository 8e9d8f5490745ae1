"""A shop as its people set it up, drawn from a seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulation.judge.truth import Rules
from simulation.stories.drawing import Draw
from simulation.stories.shops.generic import Generic
from simulation.stories.shops.shoper import Shoper
from simulation.stories.shops.shopify import Shopify
from simulation.stories.shops.woocommerce import WooCommerce
from support import shoper_bodies
from support.shop_pages import CONSENT
from support.webhook_bodies import GENERIC_SECRET, SHOPIFY_SECRET
from support.woocommerce_bodies import WOOCOMMERCE_SECRET

Json = dict[str, Any]
Platform = Generic | Shopify | WooCommerce | Shoper
PLATFORMS: dict[str, type[Platform]] = {
    "generic": Generic,
    "shopify": Shopify,
    "woocommerce": WooCommerce,
    "shoper": Shoper,
}
SECRETS = {
    "generic": GENERIC_SECRET,
    "shopify": SHOPIFY_SECRET,
    "woocommerce": WOOCOMMERCE_SECRET,
    "shoper": shoper_bodies.SECRET,
}
CLUB: Json = {"currency": "PLN", "margin_percent": 50, "points": {"per_unit": 1, "value": "0.01"}}


@dataclass
class DrawnShop:
    raw: Json
    secrets: Json
    platform: Platform
    clock: timedelta  # how far the shop's clock is ahead

    @property
    def name(self) -> str:
        return str(self.raw["shop"])

    @property
    def secret(self) -> str:
        return str(self.secrets["webhook_secrets"][0])

    def rules(self, since: datetime) -> Rules:
        """What the judge must know of these settings."""
        raw, window, cap = self.raw, self.raw["send_window"], self.raw["frequency_cap"]
        return Rules(
            shop=self.name,
            since=since,
            zone=raw["time_zone"],
            opens=window["opens"],
            closes=window["closes"],
            hours_between=cap["hours_between_same_channel"],
            in_7_days=cap["messages_in_7_days"],
            new_episode_days=raw["new_episode_after_days"],
            start_within_hours=48,
            double_opt_in=frozenset(raw.get("double_opt_in", ())),
            earns_points="loyalty" in raw,
            enabled=raw.get("enabled", True),
            is_pool=raw["discount"]["source"] == "pool",
            times_of_shop_hold=abs(self.clock) < timedelta(minutes=4),
        )


def draw_shop(draw: Draw, starts_at: datetime) -> DrawnShop:
    name = draw.one_of({"generic": 34, "shopify": 32, "woocommerce": 19, "shoper": 15})
    raw: Json = {
        "shop": "kubek",
        "platform": name,
        "name": "Kubek i Spółka",
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example"],
        "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
        "switched_on_at": (starts_at - timedelta(days=30)).isoformat(),
        "time_zone": draw.one_of({"Europe/Warsaw": 80, "America/New_York": 10, "Asia/Tokyo": 10}),
        "reconcile": False,
        "new_episode_after_days": draw.one_of({7: 80, 2: 20}),
        "send_window": draw_window(draw),
        "frequency_cap": {
            "hours_between_same_channel": draw.one_of({12: 60, 24: 15, 36: 10, 2: 15}),
            "messages_in_7_days": draw.one_of({5: 55, 3: 20, 2: 25}),
        },
        "quiet_minutes_after_activity": draw.one_of({30: 80, 5: 20}),
        "discount": {"source": "shop"},
        "timelines": draw_timelines(draw),
    }
    if draw.chance(0.2):
        raw["double_opt_in"] = draw.any_of((["email"], ["sms"], ["email", "sms"]))
    if draw.chance(0.6):
        raw["loyalty"] = CLUB
    if draw.chance(0.6):
        raw["sms"] = {"service": "end_user_messaging", "origination_identity": "pool-1a2b"}
    secrets: Json = {"webhook_secrets": [SECRETS[name]]}
    of_platform(name, raw, secrets)
    clock = draw_clock(draw)
    if name == "shoper":
        return DrawnShop(raw, secrets, Shoper(raw["time_zone"]), timedelta(0))
    return DrawnShop(raw, secrets, PLATFORMS[name](), clock)


def of_platform(name: str, raw: Json, secrets: Json) -> None:
    match name:
        case "shopify":
            raw["shopify"] = {"shop_domain": "kubek.myshopify.com"}
            secrets["api_token"] = "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"
        case "woocommerce":
            raw["woocommerce"] = {"consent_fields": {"sms": "wracaj/sms-consent"}}
            secrets |= {"consumer_key": "ck_0f1e2d3c", "consumer_secret": "cs_4b5a6978"}
        case "shoper":
            raw["storefront"] = {
                "typed_emails": True,
                "consent": CONSENT,
                "basket_url": "https://kubek.example/pl/basket",
            }
            raw["discount"] = {"source": "pool"}
            secrets |= {
                "api_token": shoper_bodies.API_TOKEN,
                "address_tokens": [shoper_bodies.TOKEN],
            }
        case "generic":
            raw["generic"] = {"discount_url": "https://kubek.example/wracaj/discounts"}


def draw_window(draw: Draw) -> Json:
    opens, closes = draw.one_of(
        {("09:00", "20:00"): 55, ("00:00", "23:59:59"): 25, ("10:00", "14:00"): 20}
    )
    return {"opens": opens, "closes": closes}


def draw_timelines(draw: Draw) -> list[str]:
    extra = [name for name in ("after_purchase", "welcome") if draw.chance(0.12)]
    return ["abandoned_cart", *extra]


def draw_clock(draw: Draw) -> timedelta:
    match draw.one_of({"right": 78, "seconds": 12, "hours": 10}):
        case "seconds":
            return timedelta(seconds=draw.randrange(-120, 120))
        case "hours":
            return timedelta(hours=draw.any_of((-2, -1, 1, 2)))
    return timedelta(0)
