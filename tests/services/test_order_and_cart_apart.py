"""An order and a cart of one shopper whose times differ because of a shop's clock, and a new cart
right after an order."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, an_order, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.events import (
    CartUpdated,
    ConsentChanged,
    OrderPlaced,
    Product,
    ProductViewed,
    ShopEvent,
)
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Outcome, Reason
from wracaj.webhooks.shop_clock import as_received

MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_scene(store, shop_id)


def a_cart(at: datetime, **changes: Any) -> CartUpdated:
    return a_cart_event(
        at=at, created_at=at, consent={Channel.EMAIL: yes(NOON - 9 * HOUR)}, **changes
    )


def the_order(at: datetime) -> OrderPlaced:
    return an_order(at=at, placed_at=at, contact=ANNA, cart_ids=(), checkout_ids=())


def received(scene: Scene, clock: Clock, at: datetime, *events: ShopEvent) -> None:
    clock.time = at
    scene.take(*(as_received(event, at) for event in events))


def reminded(scene: Scene, clock: Clock, hours: float = 5) -> Reason | None:
    clock.time = NOON + hours * HOUR
    return scene.step(a_step()).reason


@pytest.mark.parametrize("ahead", [timedelta(), MINUTE, 3 * MINUTE, 2 * HOUR, 400 * 24 * HOUR])
def test_a_cart_dated_after_the_order_that_it_became_gets_no_reminder(
    scene: Scene, clock: Clock, ahead: timedelta
) -> None:
    received(scene, clock, NOON, a_cart(NOON + ahead))
    received(scene, clock, NOON + MINUTE, the_order(NOON + MINUTE))
    assert reminded(scene, clock) is Reason.ORDERED and scene.provider.sent == []


@pytest.mark.parametrize("behind", [timedelta(), MINUTE, HOUR, 5 * HOUR, 12 * HOUR])
def test_an_order_dated_before_the_cart_that_it_was_for_stops_its_reminder(
    scene: Scene, clock: Clock, behind: timedelta
) -> None:
    received(scene, clock, NOON, a_cart(NOON))
    received(scene, clock, NOON + MINUTE, the_order(NOON + MINUTE - behind))
    assert reminded(scene, clock) is Reason.ORDERED and scene.provider.sent == []


def test_whichever_is_received_first(scene: Scene, clock: Clock) -> None:
    received(scene, clock, NOON, the_order(NOON))
    received(scene, clock, NOON + MINUTE / 60, a_cart(NOON + 3 * MINUTE))
    assert scene.started == []
    assert reminded(scene, clock) is Reason.ORDERED and scene.provider.sent == []


def test_a_cart_begun_right_after_the_order_is_a_new_one_once_it_is_touched_again(
    scene: Scene, clock: Clock
) -> None:
    """As with a shop that gives the next cart its id as soon as the last one was bought."""
    received(scene, clock, NOON, the_order(NOON))
    received(scene, clock, NOON + MINUTE, a_cart(NOON + MINUTE / 30))
    assert scene.started == []
    received(scene, clock, NOON + HOUR, a_cart(NOON + HOUR))
    assert scene.started == [("c1", 1)]
    assert reminded(scene, clock) is Reason.DUE and len(scene.provider.sent) == 1


def test_a_timeline_that_an_order_stopped_begins_anew_where_the_cart_is_touched_again(
    scene: Scene, clock: Clock
) -> None:
    received(scene, clock, NOON, a_cart(NOON))
    received(scene, clock, NOON + MINUTE, the_order(NOON - 5 * HOUR))
    assert reminded(scene, clock, 3.5) is Reason.ORDERED
    later = NOON + 4 * HOUR
    received(scene, clock, later, a_cart(later))
    assert scene.started == [("c1", 1), ("c1", 2)]
    clock.time = NOON + 7 * HOUR
    assert scene.step(a_step(), episode=2).outcome is Outcome.SENT


def test_an_order_that_is_told_again_hours_later_stops_nothing_that_was_begun_since(
    scene: Scene, clock: Clock
) -> None:
    order = the_order(NOON)
    received(scene, clock, NOON, order)
    received(scene, clock, NOON + HOUR, a_cart(NOON + HOUR))
    shipped = order.model_copy(update={"at": NOON + 2 * HOUR})
    received(scene, clock, NOON + 2 * HOUR, shipped, order)
    assert scene.cart().set_aside_at is None
    assert reminded(scene, clock) is Reason.DUE


def test_an_old_order_that_is_imported_stops_nothing_that_was_begun_since(
    scene: Scene, clock: Clock
) -> None:
    received(scene, clock, NOON, a_cart(NOON - 24 * HOUR), the_order(NOON - 48 * HOUR))
    received(scene, clock, NOON + HOUR, a_cart(NOON + HOUR))
    assert reminded(scene, clock) is Reason.DUE


def test_an_order_set_aside_a_cart_once_and_its_repetitions_add_nothing(
    scene: Scene, clock: Clock
) -> None:
    received(scene, clock, NOON, a_cart(NOON))
    order = the_order(NOON - 5 * HOUR)
    received(scene, clock, NOON + MINUTE, order)
    before = scene.cart()
    received(scene, clock, NOON + 3 * HOUR, order)
    assert scene.cart() == before and before.set_aside_at == NOON + MINUTE


def test_the_thanks_for_an_order_are_not_what_it_was_for(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id, timelines=("after_purchase",))
    received(scene, clock, NOON, a_cart(NOON - 2 * HOUR), the_order(NOON))
    thanks = scene.cart(occasion_id(OccasionKind.AFTER_PURCHASE, "o1"))
    assert not thanks.ended_by_order(NOON)


def test_a_product_looked_at_in_the_minutes_around_an_order_is_not_reminded_of(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id, timelines=("browse_reminder",))
    agreed = ConsentChanged(
        at=NOON - 9 * HOUR, contact=ANNA, channel=Channel.EMAIL, consent=yes(NOON - 9 * HOUR)
    )
    received(scene, clock, NOON - 2 * HOUR, agreed)
    view = ProductViewed(
        at=NOON + 3 * MINUTE, contact=ANNA, product=Product(product_id="7", title="Kubek")
    )
    received(scene, clock, NOON, view, the_order(NOON))
    (browsing,) = (cart_id for cart_id, _ in scene.started)
    clock.time = NOON + 26 * HOUR
    assert scene.step(a_step(), browsing, scene.cart(browsing).episode).reason is Reason.ORDERED
