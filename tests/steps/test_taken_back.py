"""A message that was claimed and certainly did not leave holds back no other message, and no next
timeline of its cart."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, no
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountCode
from wracaj.errors import (
    ConflictError,
    DiscountError,
    NotTakenError,
    OutcomeUnknownError,
    RefusedError,
)
from wracaj.timelines.steps import Outcome, Reason, RecordState, Step

LATER = NOON + timedelta(days=1)
FIRST = a_step()
SECOND = a_step(name="second_email", asks_reason=True, after_seconds=24 * 3600)
WITH_CODE = a_step(
    name="second_email",
    template="cart_discount",
    asks_reason=True,
    discount={"percent": 5, "valid_days": 7, "if_unavailable": "skip"},
)
THIRD = a_step(name="third_email")


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    """A cart whose first message left a day ago."""
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    assert scene.step(FIRST).outcome is Outcome.SENT
    clock.time = LATER
    return scene


def counted(scene: Scene) -> tuple[Any, list[Any], Any]:
    here = scene.shopper().at(Channel.EMAIL, scene.cart().contact.email)
    return scene.cart().last_message_at, [one.at for one in here.sent], here.asked_reason_at


AS_BEFORE = (NOON, [NOON], None)


def opts_out(scene: Scene) -> None:
    scene.store.customers.amend(
        scene.shop.id,
        ANNA,
        lambda one: one.with_own_word(Channel.EMAIL, no(LATER), ANNA.email),
    )


def refused(scene: Scene) -> None:
    scene.provider.script = [RefusedError("this sender is not verified")]
    assert scene.step(SECOND).reason is Reason.REFUSED


def without_its_code(scene: Scene) -> None:
    def fails(*_: Any) -> DiscountCode:
        raise DiscountError("the shop does not answer")

    scene.on_discount = fails
    assert scene.step(WITH_CODE).reason is Reason.NO_DISCOUNT


def an_opt_out_comes_first(scene: Scene) -> None:
    def while_the_code_is_made(_: Any, voucher: DiscountCode, __: Any) -> DiscountCode:
        opts_out(scene)
        return voucher

    scene.on_discount = while_the_code_is_made
    assert scene.step(WITH_CODE).reason is Reason.NO_CONSENT


def not_taken_and_then_switched_off(scene: Scene) -> None:
    not_taken(scene)
    assert scene.step(SECOND, switched_on=False).reason is Reason.SWITCHED_OFF


def not_taken_until_the_next_step(scene: Scene) -> None:
    not_taken(scene)
    scene.step(THIRD, switched_on=False)
    record = scene.cart().record(1, SECOND.name)
    assert (record.state, record.reason) == (RecordState.SKIPPED, Reason.FAILED)


def not_taken_until_the_timeline_ends(scene: Scene) -> None:
    not_taken(scene)
    scene.close()


def not_taken(scene: Scene, step: Step = SECOND) -> None:
    scene.provider.script = [NotTakenError("closed")]
    with pytest.raises(NotTakenError):
        scene.step(step)
    assert counted(scene) == (LATER, [NOON, LATER], LATER)  # the next try finds it


@pytest.mark.parametrize(
    "in_vain",
    [
        refused,
        without_its_code,
        an_opt_out_comes_first,
        not_taken_and_then_switched_off,
        not_taken_until_the_next_step,
        not_taken_until_the_timeline_ends,
    ],
)
def test_what_a_claim_in_vain_counted_is_taken_back(
    scene: Scene, in_vain: Callable[[Scene], None]
) -> None:
    in_vain(scene)
    assert counted(scene) == AS_BEFORE
    assert len(scene.provider.sent) == 1


def test_it_is_taken_back_again_where_the_process_died_in_between(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    not_taken(scene)

    def dies(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(scene.store.step_records, "note", dies)
        scene.step(SECOND, switched_on=False)
    assert scene.step(SECOND, switched_on=False).reason is Reason.SWITCHED_OFF
    assert counted(scene) == AS_BEFORE


def test_it_tells_that_the_cart_changed(scene: Scene) -> None:
    """A decision that was made before does not claim."""
    not_taken(scene)
    before = scene.cart().revision
    take_back(scene, SECOND)
    assert scene.cart().revision == before + 1


@pytest.mark.parametrize(("writes", "is_taken_back"), [(0, True), (2, True), (3, False)])
def test_the_address_may_be_written_meanwhile_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, writes: int, is_taken_back: bool
) -> None:
    not_taken(scene)
    transact, left = scene.store.table.transact, [*range(writes)]

    def in_the_way(actions: Any) -> None:
        if left:
            left.pop()
            raise ConflictError("somebody else")
        transact(actions)

    monkeypatch.setattr(scene.store.table, "transact", in_the_way)
    take_back(scene, SECOND)
    assert (counted(scene) == AS_BEFORE) is is_taken_back


def test_the_first_message_of_a_cart_leaves_no_time_behind(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 25 * HOUR))
    refused(scene)
    assert counted(scene) == (None, [], None)


def test_a_step_that_was_released_and_waits_is_not_held_back_by_itself(
    scene: Scene, clock: Clock
) -> None:
    clock.time = evening = LATER.replace(hour=18, minute=30)
    scene.provider.script = [NotTakenError("busy", retry_after_seconds=3600)]
    assert scene.step(SECOND).reason is Reason.PROVIDER_THROTTLED
    clock.time = evening + timedelta(hours=3)
    assert scene.step(SECOND).reason is Reason.QUIET_HOURS
    assert counted(scene) == AS_BEFORE


def test_a_message_that_may_have_left_still_counts(scene: Scene) -> None:
    scene.provider.script = [OutcomeUnknownError("the line went dead")]
    assert scene.step(SECOND).reason is Reason.OUTCOME_UNKNOWN
    assert counted(scene) == (LATER, [NOON, LATER], LATER)


def test_a_claim_that_was_taken_back_meanwhile_hands_nothing_over(scene: Scene) -> None:
    """Another try takes it back while the code is made. The message is claimed anew, and counts."""
    tries: list[str] = []

    def taken_back(_: Any, voucher: DiscountCode, __: Any) -> DiscountCode:
        tries.append(voucher.code)
        if len(tries) == 1:
            take_back(scene, WITH_CODE)
        return voucher

    scene.on_discount = taken_back
    assert scene.step(WITH_CODE).outcome is Outcome.SENT
    assert len(tries) == 2
    assert counted(scene) == (LATER, [NOON, LATER], LATER)


def test_what_another_try_gave_to_the_provider_is_not_taken_back(scene: Scene) -> None:
    stale = []

    def note(_: Any, voucher: DiscountCode, __: Any) -> DiscountCode:
        stale.append(scene.cart().record(1, WITH_CODE.name))
        return voucher

    scene.on_discount = note
    assert scene.step(WITH_CODE).outcome is Outcome.SENT
    request = scene.request(WITH_CODE)
    scene.store.unsent.take_back(request, WITH_CODE.name, stale[0], NOON)
    assert counted(scene) == (LATER, [NOON, LATER], LATER)


def take_back(scene: Scene, step: Step) -> None:
    record = scene.cart().record(1, step.name)
    scene.store.unsent.take_back(scene.request(step), step.name, record, NOON)
