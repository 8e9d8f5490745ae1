"""Shops with wrong clocks, and cart ids that come back after a long time."""

from datetime import timedelta

import pytest

from support.stories.cloud import Cloud, forget_what_expired
from support.stories.people import ANIA, generic
from support.stories.story import Story
from support.stories.telling import a_story

HOUR, RIGHT = timedelta(hours=1), timedelta(0)
CLOCKS = {  # how far ahead of ours: of the carts, of the orders
    "hours ahead in carts": (2 * HOUR, RIGHT),
    "minutes ahead in carts": (HOUR / 20, RIGHT),
    "hours behind in carts": (-5 * HOUR, RIGHT),
    "hours behind in orders": (RIGHT, -5 * HOUR),
    "hours ahead": (2 * HOUR, 2 * HOUR),
    "hours behind": (-5 * HOUR, -5 * HOUR),
}


@generic
@pytest.mark.parametrize(("carts", "orders"), CLOCKS.values(), ids=CLOCKS)
def test_an_order_counts_though_a_clock_of_its_shop_is_wrong(
    story: Story, carts: timedelta, orders: timedelta
) -> None:
    """As of a shop that writes its local time and calls it UTC. The order names its shopper, and no
    cart."""
    story.checkout("c1", email=ANIA, clock=carts)
    story.order(email=ANIA, clock=orders)
    story.days(5)
    assert story.sent == []


@generic
@pytest.mark.parametrize("clock", [2 * HOUR, -5 * HOUR], ids=["ahead", "behind"])
def test_a_cart_is_told_though_the_clock_of_its_shop_is_wrong(
    story: Story, clock: timedelta
) -> None:
    story.checkout("c1", email=ANIA, clock=clock)
    story.days(5)
    assert story.told_of(ANIA) == ["c1", "c1"]


def test_a_cart_id_that_comes_back_after_its_cart_was_forgotten_is_reminded_of(
    cloud: Cloud,
) -> None:
    """A shop that keeps one cart id for each user."""
    story = a_story(cloud, keep_days=14)
    story.checkout("c1", email=ANIA)
    story.days(20)
    forget_what_expired(cloud.target.client("dynamodb"), cloud.target.table, story.now)
    before = len(story.sent)
    story.carts.clear()
    story.checkout("c1", email=ANIA)
    story.days(5)
    assert (before, len(story.sent)) == (2, 4)
