"""The records of steps: each outcome is written and counted once, whatever was written meanwhile,
and every change of them makes an earlier decision be made again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_step
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.customers.customer import Customer
from wracaj.discounts.code import DiscountCode
from wracaj.errors import ConflictError
from wracaj.store.carts import cart_key
from wracaj.store.codes import code_key
from wracaj.store.message_links import LinkTarget
from wracaj.timelines.steps import Reason, RecordState, StepRecord, StepRequest

HERE = "anna@example.com"
IN_A_YEAR = int((NOON + 365 * 24 * HOUR).timestamp())
FIRST, SECOND = "first_email", "second_email"
CODE = DiscountCode(code="KUBEK-7", percent=10, starts_at=NOON, expires_at=NOON + 72 * HOUR)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return scene


def request(scene: Scene, step: str = FIRST, cart_id: str = "c1") -> StepRequest:
    return scene.request(a_step(name=step), cart_id)


def a_record(
    scene: Scene,
    state: RecordState = RecordState.SENT,
    reason: Reason = Reason.DUE,
    step: str = FIRST,
    **changes: Any,
) -> StepRecord:
    told: dict[str, Any] = {
        "state": state,
        "reason": reason,
        "at": NOON,
        "message_id": scene.message_id(step),
        "channel": Channel.EMAIL,
        "template": "cart_reminder",
    }
    return StepRecord(**(told | changes))


def link_of(scene: Scene, step: str = FIRST, cart_id: str = "c1") -> LinkTarget:
    return LinkTarget(
        shop=scene.shop.id,
        cart_id=cart_id,
        episode=request(scene, cart_id=cart_id).episode,
        step=step,
        channel=Channel.EMAIL,
        customer_id=scene.shopper().id,
        address=scene.shopper().at(Channel.EMAIL, HERE).id,
    )


def claim(scene: Scene, step: str = FIRST, subject: Any = None, **changes: Any) -> StepRecord:
    """`subject`: the cart as it was when the message was decided."""
    record = a_record(scene, RecordState.SENDING, step=step, **changes)
    shopper = scene.shopper()
    scene.store.step_records.claim(
        request(scene, step),
        step,
        record,
        subject or scene.cart(),
        shopper,
        shopper,
        HERE,
        IN_A_YEAR,
    )
    return record


def note(
    scene: Scene, state: RecordState, reason: Reason, step: str = FIRST, cart_id: str = "c1"
) -> None:
    ends = state is not RecordState.SKIPPED
    scene.store.step_records.note(
        request(scene, step, cart_id),
        step,
        a_record(scene, state, reason, step),
        IN_A_YEAR,
        ends_episode=ends,
    )


def skip(scene: Scene, step: str = FIRST, cart_id: str = "c1") -> None:
    note(scene, RecordState.SKIPPED, Reason.NO_CONSENT, step, cart_id)


def stop(scene: Scene, step: str = FIRST) -> None:
    note(scene, RecordState.STOPPED, Reason.CART_EMPTIED, step)


def restore(scene: Scene, step: str = FIRST, **changes: Any) -> bool:
    record = a_record(scene, step=step, **changes)
    return scene.store.step_records.restore(link_of(scene, step), record, IN_A_YEAR)


def conclude(scene: Scene, record: StepRecord, *also: Any) -> StepRecord:
    records = scene.store.step_records
    return records.conclude(request(scene), FIRST, record, was=RecordState.SENDING, also=also)


def report(scene: Scene) -> None:
    """The provider tells that it has the message."""
    scene.store.delivery_events.note(link_of(scene), None, NOON)


def held(scene: Scene, step: str = FIRST) -> Any:
    return scene.cart().record(1, step)


def counted(scene: Scene, step: str = FIRST) -> dict[str, int]:
    return scene.store.counters.of_day(scene.shop.id, "2026-11-18").get(
        f"abandoned_cart#{step}", {}
    )


# --- what a change does to a decision that was made before it -------------------------------------


@pytest.mark.parametrize("change", [skip, stop, claim, restore])
def test_every_change_counts_and_a_message_that_was_decided_before_it_cannot_be_claimed(
    scene: Scene, change: Callable[[Scene], Any]
) -> None:
    decided = scene.cart()
    change(scene)
    assert scene.cart().revision == decided.revision + 1
    with pytest.raises(ConflictError):
        claim(scene, SECOND, decided)
    assert held(scene, SECOND) is None


def test_what_became_known_of_the_shopper_since_the_decision_keeps_a_message_from_its_claim(
    scene: Scene,
) -> None:
    decided = scene.shopper()
    suppress: Callable[[Customer], Customer] = lambda known: known.suppressing(  # noqa: E731
        Channel.EMAIL, "bounce"
    )
    for name in decided.known:
        scene.store.customers.amend_one(scene.shop.id, name, suppress)
        with pytest.raises(ConflictError):
            scene.store.step_records.claim(
                request(scene),
                FIRST,
                a_record(scene, RecordState.SENDING),
                scene.cart(),
                decided,
                decided,
                HERE,
                IN_A_YEAR,
            )
        decided = scene.shopper()


# --- steps that sent nothing ----------------------------------------------------------------------


def test_a_skipped_message_lets_the_timeline_go_on_and_a_stop_ends_it(scene: Scene) -> None:
    skip(scene)
    assert scene.cart().episode_ended_at is None
    stop(scene, SECOND)
    assert scene.cart().episode_ended_at == NOON


def test_why_nothing_was_sent_is_kept_once_also_after_the_end_of_its_timeline(
    scene: Scene,
) -> None:
    stop(scene)
    for _ in range(2):
        skip(scene, SECOND)
        stop(scene, SECOND)
    assert held(scene, SECOND).reason is Reason.NO_CONSENT
    assert counted(scene, SECOND) == {"skipped_no_consent": 1}


def test_and_where_its_cart_is_gone(scene: Scene) -> None:
    for _ in range(2):
        skip(scene, cart_id="gone")
    (item,) = scene.store.table.query({"PK": cart_key(scene.shop.id, "gone")["PK"]})
    assert item["state"] == "skipped"
    assert counted(scene) == {"skipped_no_consent": 1}


@pytest.mark.parametrize("change", [skip, stop])
def test_no_reason_is_written_over_a_message_that_is_being_sent(
    scene: Scene, change: Callable[[Scene], None]
) -> None:
    claim(scene)
    change(scene)
    assert (held(scene).state, counted(scene)) == (RecordState.SENDING, {})
    assert scene.cart().episode_ended_at is None


def test_a_message_without_an_answer_is_counted_as_lost_only_where_nothing_is_known_of_it(
    scene: Scene,
) -> None:
    waits = a_record(scene, RecordState.HELD, Reason.QUIET_HOURS)
    scene.store.step_records.hold(request(scene), FIRST, waits, IN_A_YEAR)
    for step in (FIRST, SECOND, SECOND):
        lost = a_record(scene, RecordState.SKIPPED, Reason.FAILED, step)
        scene.store.step_records.note_lost(request(scene, step), step, lost, IN_A_YEAR)
    assert (held(scene).state, counted(scene)) == (RecordState.HELD, {})
    assert held(scene, SECOND).reason is Reason.FAILED
    assert counted(scene, SECOND) == {"skipped_failed": 1}


# --- messages that were claimed -------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"state": RecordState.UNKNOWN, "reason": Reason.OUTCOME_UNKNOWN},
        {"state": RecordState.SKIPPED, "reason": Reason.FAILED, "error": "it broke"},
    ],
    ids=["unknown", "failed"],
)
def test_a_message_that_the_provider_told_of_before_its_step_ended_was_sent(
    scene: Scene, changes: dict[str, Any]
) -> None:
    record = claim(scene)
    report(scene)
    written = conclude(scene, record.model_copy(update=changes))
    assert written == held(scene) == a_record(scene)
    assert counted(scene) == {"sent": 1}


def test_a_message_that_the_provider_did_not_take_is_counted_only_where_it_told_of_it_after_all(
    scene: Scene,
) -> None:
    for state, count in ((RecordState.RELEASED, {}), (RecordState.SENT, {"sent": 1})):
        released = claim(scene).model_copy(update={"state": RecordState.RELEASED})
        if count:
            report(scene)
        scene.store.step_records.release(request(scene), FIRST, released)
        assert (held(scene).state, counted(scene)) == (state, count)


@pytest.mark.parametrize(
    ("told", "changes"),
    [
        (False, {"state": RecordState.UNKNOWN, "reason": Reason.OUTCOME_UNKNOWN}),
        (True, {"state": RecordState.SKIPPED, "reason": Reason.REFUSED}),
    ],
    ids=["unknown and nothing told of it", "refused"],
)
def test_an_outcome_is_no_other_because_something_written_with_it_changed(
    scene: Scene, told: bool, changes: dict[str, Any]
) -> None:
    record = claim(scene)
    if told:
        report(scene)
    table = scene.store.table
    mark = {
        "ConditionCheck": table.checking(cart_key(scene.shop.id, "c1"), "attribute_not_exists(PK)")
    }
    with pytest.raises(ConflictError):
        conclude(scene, record.model_copy(update=changes), mark)
    assert (held(scene).state, counted(scene)) == (RecordState.SENDING, {})


SMS = {"channel": Channel.SMS, "segments": 2, "arms": {"texts": "short"}}


@pytest.mark.parametrize(
    ("changes", "is_sent", "count"),
    [
        ({}, True, {"sent": 1}),
        (SMS, True, {"sent": 1, "segments": 2}),
        ({"without_discount": True}, True, {"sent": 1, "without_discount": 1}),
        (SMS | {"without_discount": True}, False, {"unknown": 1}),
    ],
    ids=["e-mail", "sms", "without its code", "unknown"],
)
def test_what_a_message_cost_and_lacked_is_counted_where_it_was_sent(
    scene: Scene, changes: dict[str, Any], is_sent: bool, count: dict[str, int]
) -> None:
    sending = claim(scene, **changes)
    unknown = {"state": RecordState.UNKNOWN, "reason": Reason.OUTCOME_UNKNOWN}
    conclude(scene, sending.model_copy(update={"state": RecordState.SENT} if is_sent else unknown))
    assert counted(scene) == count
    in_arms = scene.store.counters.of_arms(scene.shop.id, "texts", ["2026-11-18"])
    sent = {"short": {f"abandoned_cart#{FIRST}": {"sms": 1, "parts": 2}}}
    assert in_arms == (sent if is_sent and "arms" in changes else {})


@pytest.mark.parametrize("free", [True, False])
def test_a_code_tells_whether_it_takes_the_delivery_off(scene: Scene, free: bool) -> None:
    worth = {"percent": None, "free_shipping": True} if free else {}
    scene.store.step_records.give(link_of(scene), a_record(scene), CODE.model_copy(update=worth))
    item = scene.store.table.get(code_key(scene.shop.id, CODE.code))
    assert item is not None and item["cart_id"] == "c1"
    assert item.get("free_shipping", False) is free


# --- messages that a backup knows nothing of ------------------------------------------------------


@pytest.mark.parametrize("voucher", [CODE, None])
def test_a_message_is_restored_once_with_its_link_and_its_code(
    scene: Scene, voucher: DiscountCode | None
) -> None:
    assert restore(scene, voucher=voucher)
    assert not restore(scene, at=NOON + HOUR)
    assert held(scene) == a_record(scene, voucher=voucher)
    assert scene.store.message_links.target(scene.message_id(FIRST)) == link_of(scene)
    code = scene.store.table.get(code_key(scene.shop.id, CODE.code))
    assert (code and code["step"]) == (FIRST if voucher else None)
    assert counted(scene) == {"sent": 1}


def last_times(scene: Scene) -> list[datetime | None]:
    return [scene.cart().last_step_at, scene.cart().last_message_at]


def test_its_cart_knows_of_the_newest_message_in_whatever_order_they_are_restored(
    scene: Scene,
) -> None:
    restore(scene, at=NOON + HOUR)
    assert last_times(scene) == [NOON + HOUR] * 2
    restore(scene, SECOND)
    assert last_times(scene) == [NOON + HOUR] * 2


def test_a_restored_message_makes_no_cart_of_one_that_is_gone(scene: Scene) -> None:
    link = link_of(scene, cart_id="gone")
    assert scene.store.step_records.restore(link, a_record(scene), IN_A_YEAR)
    assert scene.cart("gone") is None


def test_a_message_is_known_once_it_left_or_was_concluded(scene: Scene) -> None:
    records = scene.store.step_records
    assert not records.knows(link_of(scene))
    waits = a_record(scene, RecordState.HELD, Reason.QUIET_HOURS)
    records.hold(request(scene), FIRST, waits, IN_A_YEAR)
    assert not records.knows(link_of(scene))
    claim(scene)
    assert records.knows(link_of(scene))
    stop(scene, SECOND)
    assert records.knows(link_of(scene, SECOND))
