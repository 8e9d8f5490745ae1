"""Each story begins in a new shop. Fixtures: `cloud`, and `story`, which runs in a shop of each
platform.

from support.stories.telling import cloud, story  # noqa: F401
"""

import itertools
import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import NOON
from support.lambdas import SECRETS
from support.stories.bodies import PLATFORMS
from support.stories.cloud import Cloud, Json, a_cloud, empty_the_table
from support.stories.on_stack import OnStack
from support.stories.player import Player
from support.stories.story import Story
from wracaj.discounts.code import DiscountTerms
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop, ShopSecrets
from wracaj.store import open_store

CLUB: Json = {"currency": "PLN", "margin_percent": 50, "points": {"per_unit": 1, "value": "0.01"}}
CODES = {
    DiscountTerms(percent=10): [f"PROCENT-{number}" for number in range(4)],
    DiscountTerms(amount=Decimal(20), currency="PLN"): [f"PREZENT-{number}" for number in range(4)],
}
_numbers = itertools.count(1)


def a_story(cloud: Cloud | OnStack, platform_id: str = "generic", **settings: Any) -> Story:
    """Return a story in a new shop. Its send window is always open, and it has discount codes in
    stock."""
    if isinstance(cloud, Cloud):
        cloud.time = NOON
    raw: Json = {
        "shop": f"story-{os.getpid()}-{next(_numbers)}",
        "platform": platform_id,
        "name": "Kubek i Spółka",
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example"],
        "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
        "send_window": {"opens": "0:00", "closes": "23:59:59.999999"},
        "discount": {"source": "pool"},
        "switched_on_at": (cloud.time - timedelta(days=30)).isoformat(),
        "loyalty": CLUB,
    }
    if platform_id == "shopify":
        raw["shopify"] = {"shop_domain": "kubek.myshopify.com"}
    if platform_id == "woocommerce":
        raw["woocommerce"] = {"consent_fields": {"sms": "wracaj/sms-consent"}}
    shop = Shop(
        settings=parse_settings(raw | settings),
        secrets=ShopSecrets(webhook_secrets=(SECRETS.get(platform_id, "secret"),)),
    )
    if isinstance(cloud, OnStack):
        return cloud.begin(shop, CODES)
    cloud.put(shop)
    cloud.sent.clear()
    cloud.started.clear()
    empty_the_table()
    for worth, codes in CODES.items():
        open_store().codes.upload(shop.id, worth, codes)
    return Story(cloud, shop, PLATFORMS.get(platform_id, PLATFORMS["generic"])(), Player(cloud))


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud | OnStack]:
    if request.config.getoption("stories") == "stack":
        on_stack = OnStack(request.getfixturevalue("stack"))
        with on_stack.stack.nights():
            yield on_stack
        on_stack.leave()
        return
    with a_cloud(NOON) as cloud:
        yield cloud


@pytest.fixture(params=["generic", "shopify"])
def story(cloud: Cloud | OnStack, request: pytest.FixtureRequest) -> Story:
    return a_story(cloud, request.param)
