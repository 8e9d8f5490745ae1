"""What no webhook told of a Shopify shop, found by its API."""

import random
from collections.abc import Iterator
from datetime import datetime

import pytest

from support.reconciling import (
    LosingStory,
    assert_nothing_after_the_order,
    assert_same_end,
    losing,
    play,
    some_moves,
    state_of,
)
from support.shopify_shop import (
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    ShopifyShop,
    a_shopify_shop,
)
from support.stories.bodies import Body, Cart, Shopify
from support.stories.cloud import Cloud
from support.stories.telling import a_story
from wracaj.aws import shop_config
from wracaj.settings.shop import ShopSecrets


class WithRealAddresses(Shopify):
    """The API tells a checkout's token only in the address of its page."""

    def checkout(self, cart: Cart, at: datetime) -> Body:
        topic, body = super().checkout(cart, at)
        page = f"https://kubek.example/548380009/checkouts/ac/{body['token']}/recover?key=k3y"
        return topic, body | {"abandoned_checkout_url": page}


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    with a_shopify_shop() as shop:
        yield shop


@pytest.fixture
def story(cloud: Cloud, shop: ShopifyShop) -> LosingStory:
    return a_losing_story(cloud, shop)


def a_losing_story(cloud: Cloud, shop: ShopifyShop, token: str | None = TOKEN) -> LosingStory:
    section = {"shop_domain": "kubek.myshopify.com", "admin_url": shop.url}
    if token is None:
        section["client_id"] = CLIENT_ID
    told = losing(a_story(cloud, "shopify", shop="losing", shopify=section), shop)
    told.bodies = WithRealAddresses()
    told.shop = told.shop.model_copy(
        update={
            "secrets": ShopSecrets(
                webhook_secrets=(told.secret if token else CLIENT_SECRET,), api_token=token
            )
        }
    )
    cloud.put(told.shop)
    shop_config._cached.clear()
    return told


def lose_all(story: LosingStory) -> None:
    story.loses = lambda: True


def test_nothing_new_costs_one_request(story: LosingStory, shop: ShopifyShop) -> None:
    story.order("o1", id="ala", email="ala@poczta.example")
    story.quarters(2)
    shop.asked.clear()
    told = story.reconcile()
    assert len(shop.asked) == 1
    assert told == {
        "requests": 1,
        "told": 0,
        "untold": 0,
        "problem": "",
        "lag_seconds": 0,
    }


def test_an_order_that_no_webhook_told_stops_reminders(story: LosingStory) -> None:
    story.checkout("c1", id="ala", email="ala@poczta.example")
    story.hours(1)
    lose_all(story)
    story.order("o1", cart="c1", id="ala", email="ala@poczta.example", total="199.00")
    story.quarters(1)
    story.hours(72)
    assert story.sent == []


def test_without_reconciliation_the_same_order_does_not(story: LosingStory) -> None:
    story.checkout("c1", id="ala", email="ala@poczta.example")
    lose_all(story)
    story.order("o1", cart="c1", id="ala", email="ala@poczta.example")
    story.hours(72)
    assert story.mails_to("ala@poczta.example")


@pytest.mark.parametrize("seed", range(24))
def test_a_fifth_of_all_webhooks_lost_ends_as_none_lost(cloud: Cloud, seed: int) -> None:
    moves = some_moves(random.Random(seed))
    with a_shopify_shop() as whole:
        expected = state_of(play(a_losing_story(cloud, whole), moves))
    with a_shopify_shop() as shop:
        story, chance = a_losing_story(cloud, shop), random.Random(seed)
        story.loses = lambda: chance.random() < 0.2
        assert_same_end(state_of(play(story, moves)), expected)
        assert_nothing_after_the_order(story)
