"""Decisions for tests. Each is to send, unless a test changes something."""

from datetime import UTC, datetime
from typing import Any

from support.builders import HOUR, NOON, a_cart, a_shopper, a_step, some_settings
from wracaj.consent.channel import Channel
from wracaj.customers.audiences import Membership
from wracaj.customers.customer import SentMessage
from wracaj.timelines.decision import decide
from wracaj.timelines.steps import StepResult

NIGHT = datetime(2026, 11, 18, 22, 0, tzinfo=UTC)  # 23:00 in Warsaw


def result_of(**given: Any) -> StepResult:
    cart = given.pop("cart", a_cart())
    shopper = given.pop("shopper", a_shopper())
    step = given.pop("step", a_step())
    shop = given.pop("shop", some_settings())
    return decide(cart, shopper, step, shop, given.pop("now", NOON), **given)


def sent(hours_ago: float, channel: Channel = Channel.EMAIL) -> SentMessage:
    return SentMessage(at=NOON - hours_ago * HOUR, channel=channel)


def a_membership(**changes: Any) -> Membership:
    return Membership(
        **({"name": "cart_rescue", "cart_id": "c1", "episode": 1, "at": NOON - HOUR} | changes)
    )


JOINS = a_step(name="join_audience", channel="audience", template=None, audience="cart_rescue")
CHATS = a_step(channel="messenger", template="cart_messenger", after_seconds=900)
AT_META = some_settings(
    messenger={"page_id": "100200300"},
    audiences={"cart_rescue": {"id": "238001"}, "winter": {"id": "238002"}},
)
