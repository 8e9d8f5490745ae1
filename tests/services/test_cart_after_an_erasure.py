"""A shop that keeps one cart id for each user. After an erasure, the id begins again with nothing
of the erased data."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from support.builders import (
    ANNA,
    HOUR,
    NOON,
    a_cart_event,
    an_item,
    an_order,
    some_content,
    yes,
)
from support.clocks import Clock
from support.scenes import Requests, Scene, a_scene
from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.events import Contact, PrivacyKind, PrivacyRequested, ShopEvent
from wracaj.timelines.steps import Outcome, Reason

ERASED_AT = NOON - 6 * HOUR
EMAIL = Contact(email="anna@example.com")


def before(at: datetime = ERASED_AT - HOUR) -> ShopEvent:
    return a_cart_event(
        at=at, content=some_content(items=(an_item(title="Stary kubek"),)), checkout_id="old"
    )


def after(at: datetime = NOON - 4 * HOUR, **changes: Any) -> ShopEvent:
    told = {"contact": EMAIL, "consent": {Channel.EMAIL: yes(at)}}
    return a_cart_event(
        at=at, content=some_content(items=(an_item(title="Nowy talerz"),)), **told | changes
    )


def redact(at: datetime = ERASED_AT) -> PrivacyRequested:
    return PrivacyRequested(at=at, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    clock.time = NOON
    return a_scene(store, shop_id)


def titles(cart: Cart) -> list[str | None]:
    return [item.title for item in cart.content.items]


def test_a_cart_id_that_comes_back_after_an_erasure_is_reminded_of_anew(scene: Scene) -> None:
    scene.take(before(), redact(), after())
    cart = scene.cart()
    assert titles(cart) == ["Nowy talerz"]
    assert (cart.erased, cart.created_at) == (False, NOON - 4 * HOUR)
    assert scene.step(episode=cart.episode).outcome is Outcome.SENT
    assert [message.to for message in scene.provider.sent] == ["anna@example.com"]


def test_nothing_of_the_erased_cart_is_left_in_the_new_one(scene: Scene) -> None:
    scene.take(before())
    assert scene.step().outcome is Outcome.SENT
    scene.store.carts.stop(scene.shop.id, "c1", ERASED_AT - HOUR / 2)
    scene.take(redact(), after())
    cart = scene.cart()
    assert (cart.contact, cart.checkout_ids, cart.records) == (EMAIL, frozenset(), {})
    assert (cart.stopped_at, cart.last_message_at) == (None, None)
    assert cart.words.keys() == {Channel.EMAIL}


def test_the_new_timeline_has_a_number_that_the_erased_cart_never_had(scene: Scene) -> None:
    scene.take(before(), redact(), after())
    assert scene.started == [("c1", 1), ("c1", 2)]
    assert scene.step(episode=1).reason is Reason.SUPERSEDED
    assert scene.provider.sent == []


def test_a_step_of_the_erased_cart_sends_nothing_of_the_new_one_before_its_timeline_began(
    scene: Scene,
) -> None:
    scene.take(
        before(),
        redact(),
        after(contact=Contact()),
    )
    assert scene.started == [("c1", 1)]
    assert scene.step(episode=1).outcome is Outcome.STOPPED


def test_an_opt_in_from_before_the_erasure_is_none_in_the_new_cart(scene: Scene) -> None:
    others = Contact(email="brat@example.com")
    old_yes = {Channel.EMAIL: yes(ERASED_AT - HOUR)}
    scene.take(before(), redact(), after(contact=others, consent=old_yes))
    assert scene.cart().consent == {}
    assert scene.step(episode=scene.cart().episode).outcome is Outcome.SKIPPED


def test_a_cart_that_the_shop_dates_back_begins_with_the_erasure(scene: Scene) -> None:
    scene.take(before(), redact(), after(created_at=NOON - 9000 * HOUR))
    assert scene.cart().created_at == ERASED_AT


def test_an_order_from_before_the_erasure_ends_nothing_of_the_new_cart(scene: Scene) -> None:
    order = an_order(
        placed_at=ERASED_AT - HOUR / 2, cart_ids=("c1",), contact=Contact(), order_id="old"
    )
    for told in itertools.permutations([order, after()]):
        scene.take(before(), order, redact(), *told)
        assert not scene.cart().ordered
        assert scene.step(episode=scene.cart().episode).outcome is Outcome.SENT


def test_an_order_after_the_erasure_ends_the_new_cart_even_if_it_is_told_first(
    scene: Scene,
) -> None:
    order = an_order(placed_at=NOON - 3 * HOUR, cart_ids=("c1",), contact=Contact())
    scene.take(before(), redact(), order, after())
    assert scene.cart().ordered
    assert scene.started == [("c1", 1)]


def state_of(cart: Cart) -> tuple[Any, ...]:
    return (
        cart.content,
        cart.contact,
        cart.consent,
        cart.created_at,
        cart.orders,
        cart.erased,
        cart.version,
    )


def test_any_order_and_repetition_of_cart_and_erasure_ends_the_same(
    store: Any, shop_id: str, clock: Clock
) -> None:
    clock.time = NOON
    later = after(NOON - 3 * HOUR, contact=Contact(first_name="Ania"), consent={})
    told = [before(), redact(), after(), later]
    ends = []
    for number, order in enumerate(itertools.permutations(told)):
        scene = a_scene(store, f"{shop_id}-{number}")
        scene.take(*order, *order[:2])
        ends.append(state_of(scene.cart()))
        assert scene.step(episode=scene.cart().episode).outcome is Outcome.SENT
    assert set(map(str, ends)) == {str(ends[0])}


def test_a_late_event_from_before_the_erasure_adds_nothing(scene: Scene) -> None:
    scene.take(before(), redact(), after(), before(ERASED_AT - 2 * HOUR), before())
    assert (titles(scene.cart()), scene.cart().contact) == (["Nowy talerz"], EMAIL)


def test_a_second_erasure_takes_the_new_cart_too(scene: Scene) -> None:
    scene.take(before(), redact(), after(), redact(NOON - HOUR))
    assert (scene.cart().erased, titles(scene.cart())) == (True, [])


def test_what_was_known_when_its_reader_erased_it_stays_away_however_the_shop_dates_it(
    scene: Scene, clock: Clock
) -> None:
    ahead = before(NOON + timedelta(minutes=3))  # by the shop's clock
    scene.take(ahead)
    scene.store.erasure.erase(scene.shop.id, ANNA, clock.time)
    scene.take(ahead)
    assert (scene.cart().erased, titles(scene.cart())) == (True, [])


def test_in_the_new_cart_an_event_in_its_turn_is_one_write(scene: Scene) -> None:
    scene.take(before(), redact(), after(created_at=NOON - 9000 * HOUR))
    later = after(NOON - 3 * HOUR, created_at=NOON - 9000 * HOUR, consent={})
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(later)
    assert requests == ["UpdateItem"]
