"""A shop that keeps one cart id for each user. The cart expires after its days, and later comes
back with its reminders."""

from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_step
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.aws.step_functions import execution_name
from wracaj.services.intake.dispatch import Intake
from wracaj.store.carts import cart_key
from wracaj.timelines.steps import Outcome

DAY = 24 * HOUR


def forgotten(scene: Scene) -> None:
    """As DynamoDB does once `expires_at` is over. What came of a step was written later, and is
    there a little longer."""
    scene.store.table.delete(cart_key(scene.shop.id, "c1"))


@pytest.mark.parametrize("keep_days", [14, 30, 89])
def test_a_cart_that_comes_back_after_it_was_forgotten_gets_its_reminders(
    store: Any, shop_id: str, clock: Clock, keep_days: int
) -> None:
    scene = a_scene(store, shop_id, keep_days=keep_days, switched_on_at=NOON - 13 * DAY)
    names: list[str] = []

    def start(shop: str, cart_id: str, episode: int, _timeline: str) -> None:
        names.append(execution_name(shop, cart_id, episode))

    for life in range(3):
        clock.time = NOON + life * keep_days * DAY
        Intake(scene.store, start).take(scene.shop.settings, a_cart_event(at=clock.time - 4 * HOUR))
        number = scene.store.carts.get(scene.shop.id, "c1").episode  # type: ignore[union-attr]
        assert scene.step(a_step(), episode=number).outcome is Outcome.SENT
        forgotten(scene)
    assert len(names) == len(set(names)) == 3 == len(scene.provider.sent)
    assert len({message.tags["message"] for message in scene.provider.sent}) == 3


def test_a_webhook_that_died_in_one_fortnight_and_comes_again_in_the_next_goes_on_with_its_number(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id, switched_on_at=clock.time - 14 * DAY + HOUR)
    scene.start_fails = True
    with pytest.raises(ConnectionError):
        scene.take(a_cart_event(at=NOON - HOUR))
    scene.start_fails, clock.time = False, NOON + 2 * HOUR
    scene.take(a_cart_event(at=NOON - HOUR))
    assert (scene.started, scene.cart().episode) == ([("c1", 1)], 1)
