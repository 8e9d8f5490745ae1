"""Orders as shops really write them, listed by an API and found there."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.losing_shops import SHOPS
from support.reconciling import LosingStory
from support.stories.cloud import Cloud
from support.webhook_bodies import SHARED_PAYLOADS
from wracaj.store import open_store

SHOPIFY = sorted(SHARED_PAYLOADS.glob("shopify/*order*.json"))
WOOCOMMERCE = sorted(SHARED_PAYLOADS.glob("woocommerce/*order*.json"))
LATELY = {"updated_at": "2026-11-18T10:50:00+00:00", "date_modified_gmt": "2026-11-18T10:50:00"}

pytestmark = pytest.mark.skipif(not SHARED_PAYLOADS.exists(), reason="the samples are not here")


def the_order(file: Path) -> dict[str, Any]:
    told: Any = json.loads(file.read_text())
    for wrapper in ("order", "orders", "body", "payload"):
        told = told.get(wrapper, told) if isinstance(told, dict) else told
    order: dict[str, Any] = told[0] if isinstance(told, list) else told
    return order


def found(story: LosingStory, topic: str, order: dict[str, Any]) -> tuple[str, bool]:
    story.put(topic, order | LATELY)
    problem = story.reconcile()["problem"]
    return problem, open_store().accounts.order(story.shop.id, str(order["id"])) is not None


@pytest.mark.parametrize("file", SHOPIFY, ids=lambda file: file.stem)
def test_a_sample_of_shopify_is_found(cloud: Cloud, file: Path) -> None:
    order = the_order(file)
    if "total_price" not in order:
        pytest.skip("no whole order")
    with SHOPS["shopify"](cloud) as story:
        assert found(story, "orders/updated", order) == ("", True)


@pytest.mark.parametrize("file", WOOCOMMERCE, ids=lambda file: file.stem)
def test_a_sample_of_woocommerce_is_found(cloud: Cloud, file: Path) -> None:
    order = the_order(file)
    if "status" not in order or "line_items" not in order:
        pytest.skip("no whole order")
    if order["status"] in ("checkout-draft", "pending", "failed"):
        pytest.skip("a cart, or a payment that may not come")
    with SHOPS["woocommerce"](cloud) as story:
        assert found(story, "order.updated", order) == ("", True)
