"""The process is killed between any two lines of our code. The promises still hold after the retry.
support/killing.py explains how."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_step, an_order, some_content, yes
from support.clocks import Clock
from support.killing import Killed, die_at, lines_to_die_at
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.events import CartUpdated, Contact, ShopEvent
from wracaj.timelines.steps import Outcome, Reason, RecordState

Stage = Callable[..., Scene]


@pytest.fixture
def stage(store: Any, shop_id: str, clock: Clock) -> Stage:
    """A fresh shop each time."""
    scenes: list[Scene] = []

    def new_scene(**settings: Any) -> Scene:
        scenes.append(a_scene(store, f"{shop_id}-{len(scenes)}", **settings))
        return scenes[-1]

    return new_scene


DISCOUNT = a_step(
    name="discount_email", template="cart_discount", discount={"percent": 10, "valid_days": 3}
)
LEFT = a_cart_event(at=NOON - 4 * HOUR)


@pytest.mark.parametrize("step", [a_step(), DISCOUNT], ids=["plain", "discount"])
def test_a_message_leaves_at_most_once_and_is_never_lost_before_the_provider(
    stage: Stage, step: Any
) -> None:
    # the first run fills caches, and so runs more lines than any later one
    warm_up, whole = stage(), stage()
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
        assert len({voucher.code for voucher in scene.created}) <= 1, (
            f"two codes when killed at line {line}"
        )
        if record is None or record.state is RecordState.PREPARING:
            assert len(scene.provider.sent) == 1, (
                f"lost when killed at line {line}, before it was handed over"
            )
        if record is not None and record.state is RecordState.SENDING:
            assert (result.reason, len(scene.provider.sent)) == (Reason.OUTCOME_UNKNOWN, sent), (
                "an unknown one was sent again"
            )
            assert scene.cart().record(1, step.name).state is RecordState.UNKNOWN
        fates.append(record.state if record else None)
    stretches = {None, RecordState.SENDING, RecordState.SENT} | (
        {RecordState.PREPARING} if step.discount else set()
    )
    assert set(fates) == stretches, "the process must have died in each stretch"


def test_dying_inside_the_providers_call_is_never_followed_by_a_second_message(
    stage: Stage,
) -> None:
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
NAMELESS = a_cart_event(at=NOON - 2 * HOUR, contact={}, consent={})
SUBSCRIBES = CartUpdated(
    at=NOON - 1.5 * HOUR,
    cart_id="c1",
    contact=Contact(web_push="a browser"),
    consent={Channel.WEB_PUSH: yes(NOON - 1.5 * HOUR, "storefront")},
)
EVENTS: dict[str, tuple[list[ShopEvent], ShopEvent]] = {
    "first cart event": ([], CART),
    "order": ([CART], an_order(placed_at=NOON, checkout_ids=("t1",))),
    "order of a guest": ([a_cart_event(at=NOON - HOUR)], an_order(placed_at=NOON)),
    "browser that subscribes": ([NAMELESS], SUBSCRIBES),
    "e-mail of whom a browser alone was known of": ([NAMELESS, SUBSCRIBES], CART),
    "late cart event": (
        [a_cart_event(at=NOON, contact={}, consent={})],
        a_cart_event(at=NOON - HOUR),
    ),
}


def state_of(scene: Scene) -> dict[str, Any]:
    cart = scene.cart()
    customer = scene.store.customers.shopper(scene.shop.id, cart.contact)
    assert customer is not None
    return {
        "ordered": cart.ordered,
        "content": cart.content,
        "episode": cart.episode,
        "choice": cart.choice,
        "open": len(scene.store.carts.open_carts(scene.shop.id, customer)),
        "last_order_at": customer.last_order_at,
        "known": {
            kind: known and known.model_copy(update=OF_ONE_SHOP)
            for kind, known in known_under(customer)
        },
        "started": set(scene.started),
    }


OF_ONE_SHOP = {"id": "", "revision": 0, "first_owner": None}  # names are hashes of the shop's own


def known_under(shopper: Shopper) -> list[tuple[IdentifierKind, Customer | None]]:
    return [(kind, shopper.named(kind)) for kind in shopper.names]


@pytest.mark.parametrize("name", EVENTS)
def test_a_webhook_that_died_and_comes_again_ends_as_if_it_had_come_once(
    stage: Stage, name: str
) -> None:
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


RULES = {
    "timelines": ["abandoned_cart", "high_value_cart"],
    "cart_timelines": [
        {"timeline": "high_value_cart", "cart_total_from": "2000", "currency": "PLN"},
        {"timeline": "none", "cart_total_below": "30", "currency": "PLN"},
    ],
}
TAKES = {"3000": "high_value_cart", "99": "abandoned_cart", "10": "none"}


def worth(total: str, at: datetime) -> ShopEvent:
    return a_cart_event(at=at, content=some_content(total=Decimal(total)))


@pytest.mark.parametrize("came", ["the same again", "another amount"])
@pytest.mark.parametrize(
    ("first", "second"), [("3000", "99"), ("99", "3000"), ("10", "3000"), ("3000", "10")]
)
def test_a_webhook_that_died_around_its_choice_never_starts_a_second_timeline_of_an_episode(
    stage: Stage, first: str, second: str, came: str
) -> None:
    """Killed at both edges of each effect, the choice among them; then the shop sends it again, or
    what is newer by now."""
    event, newer = worth(first, NOON - HOUR), worth(second, NOON - HOUR / 2)
    stage(**RULES).take(event)  # fills caches
    whole = stage(**RULES)
    chosen_when_killed = set()
    for line in lines_to_die_at(whole, lambda: whole.take(event)):
        scene = stage(**RULES)
        die_at(line, lambda scene=scene: scene.take(event))  # type: ignore[misc]
        written = cart.choice if (cart := scene.cart()) else None
        chosen_when_killed.add(written.timeline if written else None)
        scene.take(*([event] if came == "the same again" else [newer, event]))
        by_episode: dict[int, set[str]] = {}
        for (_, episode), timeline in zip(scene.started, scene.timelines, strict=True):
            by_episode.setdefault(episode, set()).add(timeline)
        assert all(len(timelines) == 1 for timelines in by_episode.values()), (
            f"two machines when killed at line {line}"
        )
        final = scene.cart()
        assert final.episode == final.choice.episode, f"not settled when killed at line {line}"
        assert by_episode.get(final.episode, {"none"}) == {final.choice.timeline}
        assert final.choice.timeline == TAKES[first if came == "the same again" else second]
        if written and TAKES[first] == "none":
            assert 1 not in by_episode, "none is final for its episode"
        if came == "the same again":
            assert final.episode == 1
    assert chosen_when_killed == {None, TAKES[first]}, (
        "it must have died before and after the choice"
    )


def test_a_table_that_stays_busy_makes_the_step_come_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
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
