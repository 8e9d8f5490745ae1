"""One shopper's events in any order and with repetitions. The state is the same, and no message
follows the order."""

import itertools
import os
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.builders import (
    HOUR,
    NOON,
    a_cart_event,
    a_step,
    an_item,
    an_order,
    no,
    some_content,
    yes,
)
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.customers.identity import IdentifierKind
from wracaj.customers.shopper import Shopper
from wracaj.events import (
    CartContent,
    CartDeleted,
    ConsentChanged,
    Contact,
    CustomerUpdated,
    ShopEvent,
)
from wracaj.timelines.decision import decide
from wracaj.timelines.steps import Outcome, Reason

_shops = itertools.count()

EMAIL = Contact(email="anna@example.com")
PHONE = Contact(phone="+48600100200")
MEMBER = Contact(platform_id="77", email="anna@example.com", first_name="Anna")
LINKED = Contact(platform_id="77", phone="+48600100200")

CART_EVENTS: list[ShopEvent] = [
    a_cart_event(at=NOON - 6 * HOUR, contact=Contact(), consent={}),
    a_cart_event(at=NOON - 5 * HOUR, contact=EMAIL, checkout_id="t1", created_at=NOON - 7 * HOUR),
    a_cart_event(
        at=NOON - 5 * HOUR,
        contact=PHONE,
        consent={Channel.SMS: yes()},
        content=some_content(recovery_url=None),
    ),
    a_cart_event(
        at=NOON - 4 * HOUR, contact=MEMBER, content=some_content(items=(an_item(title="Talerz"),))
    ),
    a_cart_event(at=NOON - 3 * HOUR, contact=Contact(), consent={}, content=CartContent()),
    a_cart_event(at=NOON - 2.5 * HOUR, contact=Contact(), consent={}),
    CartDeleted(at=NOON - 5.5 * HOUR, cart_id="c1"),
    a_cart_event(cart_id="c12", at=NOON - 5 * HOUR, contact=EMAIL),
    a_cart_event(cart_id="c2", at=NOON - 3 * HOUR, contact=PHONE, checkout_id="t2"),
]
OTHER_EVENTS: list[ShopEvent] = [
    CustomerUpdated(at=NOON - 4 * HOUR, contact=MEMBER),
    CustomerUpdated(at=NOON - 3 * HOUR, contact=LINKED),
    ConsentChanged(
        at=NOON - 5 * HOUR, contact=EMAIL, channel=Channel.EMAIL, consent=no(NOON - 5 * HOUR)
    ),
    ConsentChanged(
        at=NOON - 2 * HOUR, contact=LINKED, channel=Channel.SMS, consent=yes(NOON - 2 * HOUR)
    ),
]
ORDERS: list[ShopEvent] = [
    an_order(order_id="o1", placed_at=NOON - 2 * HOUR, cart_ids=("c1",), contact=Contact()),
    an_order(order_id="o2", placed_at=NOON - 1 * HOUR, contact=PHONE),
    an_order(order_id="o3", placed_at=NOON - 4.5 * HOUR, contact=Contact(), checkout_ids=("t2",)),
    an_order(
        order_id=None,
        placed_at=NOON - 4.5 * HOUR,
        contact=EMAIL,
        checkout_ids=("t1",),
        cart_ids=("c1",),
    ),
]
EVENTS = [*CART_EVENTS, *OTHER_EVENTS, *ORDERS]

pytestmark = pytest.mark.usefixtures("clock")

RELAXED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)


def a_fresh_scene(store: Any) -> Scene:
    return a_scene(store, f"any-{os.getpid()}-{next(_shops)}")


def state_of(scene: Scene) -> dict[str, Any]:
    """All that decides what a shopper gets; not the ids that chance gave."""
    carts = {id_: cart for id_ in ("c1", "c12", "c2") if (cart := scene.cart(id_))}
    shoppers = {
        id_: scene.store.customers.shopper(scene.shop.id, cart.contact)
        for id_, cart in carts.items()
        if cart.customer_id
    }
    return {
        id_: cart_state(cart, shoppers.get(id_), scene) | same_as(id_, shoppers)
        for id_, cart in carts.items()
    }


def cart_state(cart: Any, shopper: Shopper | None, scene: Scene) -> dict[str, Any]:
    return {
        "content": cart.content,
        "contact": cart.contact,
        "consent": cart.consent,
        "created_at": cart.created_at,
        "ordered": cart.ordered or cart.existed_at(shopper.last_order_at if shopper else None),
        "known": shopper
        and (shopper.record, {kind: said_under(shopper, kind) for kind in shopper.names}),
        "decision": decide(
            cart, shopper, a_step(), scene.shop.settings, NOON, episode=max(1, cart.episode)
        ).outcome,
    }


def said_under(shopper: Shopper, kind: IdentifierKind) -> Any:
    known = shopper.named(kind)
    return known and (known.consent, known.ordered, known.pending, known.clicked_opt_ins)


def same_as(id_: str, shoppers: dict[str, Any]) -> dict[str, Any]:
    own = shoppers.get(id_)
    return {
        "same shopper as": sorted(
            other for other, shopper in shoppers.items() if own and shopper.id == own.id
        )
    }


@given(data=st.data())
@RELAXED
def test_any_order_and_any_duplication_ends_in_the_same_state(
    store: Any, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVENTS), min_size=2, max_size=7, unique_by=id))
    repeated = data.draw(st.lists(st.sampled_from(chosen), max_size=4))
    shuffled = data.draw(st.permutations(chosen + repeated))
    first, second = a_fresh_scene(store), a_fresh_scene(store)
    first.take(*sorted(chosen, key=lambda event: event.version))
    second.take(*shuffled)
    assert state_of(first) == state_of(second)


@given(data=st.data())
@RELAXED
def test_no_message_leaves_after_the_order_whatever_the_order_of_events_and_steps(
    store: Any, data: st.DataObject
) -> None:
    events = data.draw(
        st.lists(st.sampled_from(CART_EVENTS + OTHER_EVENTS), min_size=1, max_size=5, unique_by=id)
    )
    order = data.draw(
        st.sampled_from(
            [an_order(placed_at=NOON, contact=Contact(email="anna@example.com")), *ORDERS[:1]]
        )
    )
    anna = a_cart_event(at=NOON - 5 * HOUR)
    moves: list[Any] = data.draw(
        st.permutations([anna, order, *events, "step", "step", "step", "sms", "discount"])
    )
    scene = a_fresh_scene(store)
    sms = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=1)
    discount = a_step(
        name="discount", template="cart_discount", discount={"percent": 10, "valid_days": 3}
    )
    steps = {"step": a_step(), "sms": sms, "discount": discount}
    told: list[Any] = []
    sent_before = 0
    for move in moves:
        if isinstance(move, str):
            scene.step(steps[move])
        else:
            scene.take(move)
            told.append(move)
        if move in (order, anna) and order in told and anna in told:
            sent_before = len(scene.provider.sent)  # from here on it is known whose order it was
    scene.step(steps["step"])
    assert len(scene.provider.sent) == sent_before
    keys = [message.tags["message"] for message in scene.provider.sent]
    assert len(keys) == len(set(keys))


@given(data=st.data())
@RELAXED
def test_nothing_leaves_without_consent_and_never_twice_whatever_happens(
    store: Any, data: st.DataObject
) -> None:
    silent = [
        event.model_copy(update={"consent": {}}) if hasattr(event, "content") else event
        for event in CART_EVENTS
    ]
    refusals = [OTHER_EVENTS[0], OTHER_EVENTS[2]]
    moves: list[Any] = data.draw(
        st.permutations(
            [*data.draw(st.lists(st.sampled_from([*silent, *refusals]), max_size=6)), *["step"] * 3]
        )
    )
    scene = a_fresh_scene(store)
    for move in moves:
        if isinstance(move, str):
            assert scene.step().reason not in {Reason.DUE, Reason.ALREADY_SENT}
        else:
            scene.take(move)
    assert scene.provider.sent == []


def test_without_an_order_the_same_play_does_send(store: Any) -> None:
    """The properties above would hold for a product that never sends."""
    scene = a_fresh_scene(store)
    scene.take(a_cart_event(at=NOON - 4 * HOUR - timedelta(minutes=1)))
    assert scene.step().outcome is Outcome.SENT
    assert len(scene.provider.sent) == 1


@pytest.mark.parametrize(
    "hours", [-1, 0, 1], ids=["an event before", "of the same moment", "an event after"]
)
# of one moment, chance decides what is newer
@pytest.mark.parametrize("title", ["Kubek", "Talerz", "Miska", "Dzbanek"])
def test_a_no_counts_from_when_it_was_said_whichever_event_tells_it(
    store: Any, hours: int, title: str
) -> None:
    agreed = a_cart_event(at=NOON - 5 * HOUR, consent={Channel.EMAIL: yes(NOON - 8 * HOUR)})
    content = some_content(items=(an_item(title=title),))
    refused = a_cart_event(
        at=agreed.at + hours * HOUR, consent={Channel.EMAIL: no(NOON - 7 * HOUR)}, content=content
    )
    for told in itertools.permutations([agreed, refused, agreed]):
        scene = a_fresh_scene(store)
        scene.take(*told)
        assert (scene.step().outcome, scene.provider.sent) == (Outcome.SKIPPED, [])
