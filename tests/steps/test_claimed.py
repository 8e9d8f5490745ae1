"""What a claim notes of the shopper, and what it asks of a discount."""

from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_step
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.errors import DiscountError
from wracaj.timelines.steps import Outcome, Reason

OR_NOTHING = a_step(
    name="discount_email",
    template="cart_discount",
    discount={"percent": 5, "valid_days": 7, "if_unavailable": "skip"},
)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return scene


def asked_at(scene: Scene) -> Any:
    return scene.shopper().at(Channel.EMAIL, scene.cart().contact.email).asked_reason_at


def test_a_message_that_asks_why_notes_that_it_asked(scene: Scene) -> None:
    assert scene.step(a_step(asks_reason=True)).outcome is Outcome.SENT
    assert asked_at(scene) == NOON


def test_a_message_that_does_not_ask_notes_nothing(scene: Scene) -> None:
    assert scene.step(a_step()).outcome is Outcome.SENT
    assert asked_at(scene) is None


def test_a_message_that_is_nothing_without_its_code_leaves_with_it(scene: Scene) -> None:
    assert scene.step(OR_NOTHING).outcome is Outcome.SENT
    (code,) = scene.created
    assert code.code in scene.provider.sent[0].rendered.text


def test_and_does_not_leave_without_it(scene: Scene) -> None:
    def fails(*_: Any) -> Any:
        raise DiscountError("the shop does not answer")

    scene.on_discount = fails
    result = scene.step(OR_NOTHING)
    assert (result.outcome, result.reason) == (Outcome.SKIPPED, Reason.NO_DISCOUNT)
    assert scene.provider.sent == []
