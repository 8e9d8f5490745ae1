"""A fifth of all webhooks gets lost, and the shop's API is asked each quarter of an hour."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from support.losing_shops import SHOPS
from support.reconciling import (
    LosingStory,
    assert_nothing_after_the_order,
    assert_same_end,
    play,
    some_moves,
    state_of,
)
from support.stories.cloud import Cloud
from wracaj.store import open_store

each_platform = pytest.mark.parametrize("platform", SHOPS)
ALA: Any = {"id": "ala", "email": "ala@poczta.example"}


def lose_all(story: LosingStory) -> None:
    story.loses = lambda: True


@each_platform
@pytest.mark.parametrize("seed", range(16))
def test_it_ends_as_if_none_had_been_lost(cloud: Cloud, platform: str, seed: int) -> None:
    moves = some_moves(random.Random(seed))
    with SHOPS[platform](cloud) as whole:
        expected = state_of(play(whole, moves))
    with SHOPS[platform](cloud) as story:
        chance = random.Random(seed)
        story.loses = lambda: chance.random() < 0.2
        assert_same_end(state_of(play(story, moves)), expected)
        assert_nothing_after_the_order(story)


@each_platform
def test_an_order_that_no_webhook_told_stops_reminders(cloud: Cloud, platform: str) -> None:
    with SHOPS[platform](cloud) as story:
        story.checkout("c1", **ALA)
        story.hours(1)
        lose_all(story)
        story.order("o1", cart="c1", total="199.00", **ALA)
        story.quarters(1)
        story.hours(72)
        assert story.sent == []


@each_platform
def test_without_the_run_the_same_order_stops_none(cloud: Cloud, platform: str) -> None:
    with SHOPS[platform](cloud) as story:
        story.checkout("c1", **ALA)
        lose_all(story)
        story.order("o1", cart="c1", **ALA)
        story.hours(72)
        assert story.mails_to(ALA["email"])


def refunded_in(story: LosingStory, body: Any) -> Any:
    """The order of 199.00 as it is once 50.00 went back."""
    back = body | {"refunds": [{"id": 9001, "total": "-50.00"}]}
    if story.bodies.name == "shopify":
        back |= {"current_total_price": "149.00"}
    return back


@pytest.mark.parametrize("platform", ["shopify", "woocommerce"])  # others tell of none there
def test_a_refund_that_no_webhook_told_is_found(cloud: Cloud, platform: str) -> None:
    with SHOPS[platform](cloud) as story:
        story.order("o1", total="199.00", **ALA)
        lose_all(story)
        story.hours(2)
        topic, body = story.bodies.order(story.orders["o1"], story.now)
        story.tell(topic, refunded_in(story, body))
        story.quarters(2)
        entry = open_store().accounts.order(story.shop.id, story.id_of("o1"))
        assert entry is not None
        assert entry.state.net == 149
        assert entry.posted.spend == 149


@pytest.mark.parametrize("platform", ["prestashop", "shoper"])  # their times have no offset
def test_an_order_in_an_hour_that_the_shops_clock_shows_twice_is_found(
    cloud: Cloud, platform: str
) -> None:
    with SHOPS[platform](cloud) as story:
        cloud.time = datetime(2027, 10, 31, 0, 50, tzinfo=UTC)  # 2:50, and ten minutes later 2:00
        story.order("o1", id="ola", email="ola@poczta.example")
        story.quarters(1)
        story.checkout("c1", **ALA)
        lose_all(story)
        story.order("o2", cart="c1", **ALA)
        placed = story.now
        story.quarters(2)
        entry = open_store().accounts.order(story.shop.id, story.id_of("o2"))
        assert entry is not None
        assert entry.state.placed_at == placed
        story.hours(72)
        assert story.sent == []


@pytest.mark.parametrize("platform", ["shopify", "woocommerce"])  # others list no checkouts
def test_a_checkout_that_no_webhook_told_gets_its_reminder(cloud: Cloud, platform: str) -> None:
    with SHOPS[platform](cloud) as story:
        lose_all(story)
        story.checkout("c1", **ALA)
        story.quarters(2)
        story.hours(6)
        assert len(story.mails_to(ALA["email"])) == 1
