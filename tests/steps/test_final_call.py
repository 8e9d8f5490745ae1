"""The end of an expensive cart's timeline. A final call repeats the code that was given, while it
is valid, and never gives a new one."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_step
from support.clocks import Clock
from support.frozen_timelines import frozen
from support.scenes import Scene, a_scene
from wracaj.errors import DiscountError, NotTakenError, OutcomeUnknownError
from wracaj.timelines.steps import Outcome, Step
from wracaj_cli.timelines.model import timeline
from wracaj_cli.timelines.reading import read

DAY = timedelta(days=1)
DISCOUNT = a_step(
    name="discount_email",
    template="high_value_discount",
    after_seconds=3600,
    discount={"percent": 5, "valid_days": 7},
)
CALL = a_step(
    name="final_call", template="high_value_final_call", after_seconds=3600, repeats_code=True
)
WITHOUT = "rozstajemy się w przyjaźni"


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    scene = a_scene(store, shop_id, stale_after_hours=168, timelines=["abandoned_cart"])
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return scene


def last_mail(scene: Scene) -> str:
    return scene.provider.sent[-1].rendered.text.replace("\u00a0", " ")


def test_it_tells_the_code_that_the_discount_e_mail_gave(scene: Scene, clock: Clock) -> None:
    scene.step(DISCOUNT)
    clock.time = NOON + 5 * DAY
    assert scene.step(CALL).outcome is Outcome.SENT
    (voucher,) = scene.created
    assert voucher.code in last_mail(scene) and "Działa raz, do środy, 25 listopada" in last_mail(
        scene
    )
    assert scene.cart().record(1, "final_call").voucher == voucher


def test_it_tells_no_code_that_has_expired_and_makes_none(scene: Scene, clock: Clock) -> None:
    scene.step(DISCOUNT)
    clock.time = NOON + 7 * DAY
    assert scene.step(CALL).outcome is Outcome.SENT
    assert scene.created[0].code not in last_mail(scene) and WITHOUT in last_mail(scene)
    assert len(scene.created) == 1


def refuse(*_: Any) -> Any:
    raise DiscountError("the shop does not answer")


@pytest.mark.parametrize("if_unavailable", ["send_without", "skip"])
def test_where_no_code_was_created_it_tells_none(
    scene: Scene, clock: Clock, if_unavailable: str
) -> None:
    scene.on_discount = refuse
    scene.step(
        DISCOUNT.model_copy(
            update={
                "discount": DISCOUNT.discount.model_copy(update={"if_unavailable": if_unavailable})  # type: ignore[union-attr]
            }
        )
    )
    clock.time = NOON + DAY
    assert scene.step(CALL).outcome is Outcome.SENT
    assert WITHOUT in last_mail(scene)


def test_a_code_that_perhaps_arrived_is_told_again(scene: Scene, clock: Clock) -> None:
    scene.provider.script = [OutcomeUnknownError("it timed out")]
    scene.step(DISCOUNT)
    clock.time = NOON + DAY
    scene.step(CALL)
    assert scene.created[0].code in last_mail(scene)


def test_a_try_that_comes_after_the_code_expired_tells_it_no_more(
    scene: Scene, clock: Clock
) -> None:
    scene.step(DISCOUNT)
    clock.time = NOON + 6.9 * DAY
    scene.provider.script = [NotTakenError("busy")]
    with pytest.raises(NotTakenError):
        scene.step(CALL)
    clock.time = NOON + 7.1 * DAY
    assert scene.step(CALL).outcome is Outcome.SENT
    assert WITHOUT in last_mail(scene)


def test_a_code_of_an_earlier_episode_is_not_told(scene: Scene, clock: Clock) -> None:
    scene.step(
        DISCOUNT.model_copy(
            update={"discount": DISCOUNT.discount.model_copy(update={"valid_days": 60})}  # type: ignore[union-attr]
        )
    )
    scene.close()
    clock.time = NOON + 10 * DAY
    scene.take(a_cart_event(at=NOON + 10 * DAY - 4 * HOUR))
    assert scene.step(CALL, episode=2).outcome is Outcome.SENT
    assert WITHOUT in last_mail(scene)


def test_three_weeks_of_an_expensive_cart(scene: Scene, clock: Clock) -> None:
    """Each message of the file, at its time, in words of its own; the last two tell one code."""
    plan = timeline(read(frozen("high_value_cart")))
    for message in plan.messages:
        clock.time = NOON - 4 * HOUR + timedelta(seconds=message.total)
        told = {"percent": 5, "valid_days": 7} if message.discount else None
        step = Step.model_validate(
            {
                "name": message.name,
                "channel": message.channel,
                "template": message.template,
                "after_seconds": message.after,
            }
            | {"discount": told, "repeats_code": message.repeats_code}
        )
        assert scene.step(step).outcome is Outcome.SENT, message.name
    assert len({mail.rendered.subject for mail in scene.provider.sent}) == len(plan.messages)
    (voucher,) = scene.created
    assert [voucher.code in mail.rendered.text for mail in scene.provider.sent] == [
        False,
        False,
        False,
        True,
        True,
    ]
