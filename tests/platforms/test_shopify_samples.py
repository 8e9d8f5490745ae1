"""Shopify's own published and captured payloads. Others own them, so they are not part of the
repository."""

import json
from typing import Any

import pytest

from support.webhook_bodies import SHARED_PAYLOADS, a_request, raw, settings_of
from wracaj.events import CartUpdated, OrderPlaced, OrderRefunded
from wracaj.platforms import Ignored
from wracaj.platforms.shopify import webhooks as shopify

SAMPLES = SHARED_PAYLOADS / "shopify"
SETTINGS = settings_of(
    "shopify",
    shopify={"shop_domain": "shop.myshopify.com"},
    recovery_hosts=["checkout.local.example"],
)
IGNORED_FOR_A_REASON = {
    "docs-2026-04-customers_merge": "the merge of two customers is not completed",
    "docs-2026-04-customers_email_marketing_consent_update": (
        "the shopper gave neither an opt-in nor an opt-out"
    ),
    "docs-2026-04-customers_marketing_consent_update": (
        "the shopper gave neither an opt-in nor an opt-out"
    ),
    "wire-2024-10-customers_marketing_consent_update": (
        "the shopper gave neither an opt-in nor an opt-out"
    ),
}
pytestmark = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the public sample payloads are not here"
)


def _topic(name: str) -> str:
    """docs-2026-04-carts_update → carts/update: a file's name cannot tell which "_" was the "/"."""
    spelled = {topic.replace("/", "_"): topic for topic in shopify.TOPICS}
    return spelled.get(name.split("-", 3)[3], name)


def _names(prefix: str) -> list[str]:
    return sorted(path.stem for path in SAMPLES.glob(f"{prefix}-*.json"))


def _read(topic: str, body: Any, **headers: str) -> Any:
    # the published samples' placeholder
    filled_in = raw(body).replace(b"{shop}.myshopify.com", b"shop.myshopify.com")
    return shopify.parse(
        a_request(
            filled_in,
            {"X-Shopify-Topic": topic, shopify.SHOP_DOMAIN: "shop.myshopify.com", **headers},
        ),
        SETTINGS,
    ).told


def _sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def _check(name: str, topic: str, read: Any) -> None:
    if topic not in shopify.TOPICS:
        assert read == Ignored(f"topic {topic!r} is not used")
    elif name in IGNORED_FOR_A_REASON:
        assert read == Ignored(IGNORED_FOR_A_REASON[name])
    else:
        assert all(event.version for event in read)


@pytest.mark.parametrize("name", _names("docs"))
def test_a_published_sample_is_understood(name: str) -> None:
    _check(name, _topic(name), _read(_topic(name), _sample(name)))


@pytest.mark.parametrize("name", _names("wire"))
def test_a_captured_webhook_is_understood(name: str) -> None:
    sample = _sample(name)
    headers = sample["headers"]
    _check(
        name,
        headers["x-shopify-topic"],
        shopify.parse(a_request(raw(sample["body"]), headers), SETTINGS).told,
    )


def test_every_topic_we_subscribe_has_a_sample() -> None:
    assert {_topic(name) for name in _names("docs")} >= set(shopify.TOPICS) - {
        "orders/edited"
    }  # whose shape the API's types tell


def test_what_the_api_answers_is_read_like_its_webhooks() -> None:
    (checkout,) = _read(
        "checkouts/update", _sample("rest-2026-07-abandoned_checkouts")["checkouts"][0]
    )
    (order,) = _read("orders/create", _sample("rest-2026-07-order")["order"])
    (refund,) = _read("refunds/create", _sample("rest-2026-07-refund")["refund"])
    assert isinstance(checkout, CartUpdated)
    assert isinstance(order, OrderPlaced)
    assert isinstance(refund, OrderRefunded)
    assert checkout.cart_id == order.cart_ids[0] == "68778783ad298f1c80c3bafcddeea02f"
    assert refund.order_id == order.order_id
    assert _read("customers/update", _sample("rest-2026-07-customer")["customer"])[
        0
    ].contact.reachable
