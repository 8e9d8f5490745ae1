"""The process dies between any two lines of our code. What was promised still holds after the retry. How: dying.py."""

from collections.abc import Callable
from typing import Any

import pytest

from builders import HOUR, NOON, a_cart_event, a_step, an_order
from dying import Killed, die_at, lines_to_die_at
from playing import Scene, a_scene
from wracaj.errors import ConflictError
from wracaj.events import ShopEvent
from wracaj.steps import Outcome, Reason, RecordState

Stage = Callable[[], Scene]


@pytest.fixture
def stage(store: Any, shop_id: str, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A fresh shop each time."""
    for module in ("cart_webhook.intake", "reminder_step.step"):
        monkeypatch.setattr(f"{module}.now", lambda: NOON)
    scenes: list[Scene] = []

    def new_scene() -> Scene:
        scenes.append(a_scene(store, f"{shop_id}-{len(scenes)}"))
        return scenes[-1]

    return new_scene


DISCOUNT = a_step(name="discount_email", template="cart_discount", discount={"percent": 10, "valid_days": 3})
LEFT = a_cart_event(at=NOON - 4 * HOUR)


@pytest.mark.parametrize("step", [a_step(), DISCOUNT], ids=["plain", "discount"])
def test_a_message_leaves_at_most_once_and_is_never_lost_before_the_provider(stage: Stage, step: Any) -> None:
    warm_up, whole = stage(), stage()  # the first run fills caches, and so runs more lines than any later one
    for scene in (warm_up, whole):
        scene.take(LEFT)
    warm_up.step(step)
    fates = []
    for line in lines_to_die_at(whole, lambda: whole.step(step)):
        scene = stage()
        scene.take(LEFT)
        die_at(line, lambda scene=scene: scene.step(step))  # type: ignore[misc]
        record, sent = scene.cart().record(1, step.name), len(scene.provider.sent)
        result = scene.step(step)
        assert len(scene.provider.sent) <= 1, f"sent twice when killed at line {line}"
        assert len({voucher.code for voucher in scene.created}) <= 1, f"two codes when killed at line {line}"
        if record is None or record.state is RecordState.PREPARING:
            assert len(scene.provider.sent) == 1, f"lost when killed at line {line}, before it was handed over"
        if record is not None and record.state is RecordState.SENDING:
            assert (result.reason, len(scene.provider.sent)) == (Reason.OUTCOME_UNKNOWN, sent), "an unknown one was sent again"
            assert scene.cart().record(1, step.name).state is RecordState.UNKNOWN
        fates.append(record.state if record else None)
    stretches = {None, RecordState.SENDING, RecordState.SENT} | ({RecordState.PREPARING} if step.discount else set())
    assert set(fates) == stretches, "the process must have died in each stretch"


def test_dying_inside_the_providers_call_is_never_followed_by_a_second_message(stage: Stage) -> None:
    scene = stage()
    scene.take(LEFT)
    send = scene.provider.send

    def taken_and_then_dead(message: Any) -> str:
        send(message)
        raise Killed

    scene.provider.send = taken_and_then_dead  # type: ignore[method-assign]
    with pytest.raises(Killed):
        scene.step()
    scene.provider.send = send  # type: ignore[method-assign]
    assert scene.step().reason is Reason.OUTCOME_UNKNOWN
    assert len(scene.provider.sent) == 1


CART = a_cart_event(at=NOON - HOUR, checkout_id="t1")
EVENTS: dict[str, tuple[list[ShopEvent], ShopEvent]] = {
    "first cart event": ([], CART),
    "order": ([CART], an_order(placed_at=NOON, checkout_ids=("t1",))),
    "order of a guest": ([a_cart_event(at=NOON - HOUR)], an_order(placed_at=NOON)),
    "late cart event": ([a_cart_event(at=NOON, contact={}, consent={})], a_cart_event(at=NOON - HOUR)),
}


def state_of(scene: Scene) -> dict[str, Any]:
    cart = scene.cart()
    customer = scene.store.customers.get(scene.shop.id, cart.customer_id)
    assert customer is not None
    return {
        "ordered": cart.ordered,
        "content": cart.content,
        "episode": cart.episode,
        "open": len(scene.store.carts.open_carts(scene.shop.id, customer)),
        "last_order_at": customer.last_order_at,
        "contact": customer.contact,
        "started": set(scene.started),
    }


@pytest.mark.parametrize("name", EVENTS)
def test_a_webhook_that_died_and_comes_again_ends_as_if_it_had_come_once(stage: Stage, name: str) -> None:
    before, event = EVENTS[name]
    stage().take(*before, event)  # fills caches
    whole = stage()
    whole.take(*before)
    lines = lines_to_die_at(whole, lambda: whole.take(event))
    assert len(lines) > 6
    for line in lines:
        scene = stage()
        scene.take(*before)
        die_at(line, lambda scene=scene: scene.take(event))  # type: ignore[misc]
        scene.take(event)
        assert state_of(scene) == state_of(whole), f"killed at line {line}"


def test_a_table_that_stays_busy_makes_the_step_come_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = stage()
    scene.take(LEFT)

    def busy(*_: Any) -> Any:
        raise ConflictError("busy")

    with monkeypatch.context() as patched:
        patched.setattr(scene.store.step_records, "claim", busy)
        with pytest.raises(ConflictError):
            scene.step()
    assert scene.step().outcome is Outcome.SENT
    assert len(scene.provider.sent) == 1
