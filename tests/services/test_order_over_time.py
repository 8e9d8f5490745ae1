"""Changes of an order after it was placed, and of everything that it gave, on a real table."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON, an_order
from support.clocks import Clock
from support.loyalty_club import DAY, FIFTEEN, REWARD, a_club, about, balance, bought, grants, who
from support.scenes import Scene, a_scene
from wracaj.events import OrderCancelled, OrderEdited, OrderRefunded
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import LoyaltyOutcome, Outcome, Reason

REACHED = "reward#300 zł w kwartale#2026-Q4"


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_club(store, shop_id)


def cancelled(order_id: str, at: Any) -> OrderCancelled:
    return OrderCancelled(at=at, order_id=order_id)


def test_cancelled_for_want_of_payment_and_then_paid_earns_its_points(scene: Scene) -> None:
    scene.take(bought("o1", "250"), cancelled("o1", NOON + HOUR))
    assert balance(scene) == 0
    scene.take(
        bought("o1", "250").model_copy(update={"at": NOON + 2 * HOUR, "stands": True}),
        cancelled("o1", NOON + HOUR),
    )
    assert balance(scene) == 250


def test_an_unpaid_order_loses_an_item_before_it_is_paid(scene: Scene) -> None:
    placed = bought("o1", "300").model_copy(update={"current_total": Decimal(300)})
    item = OrderRefunded(at=NOON + HOUR, order_id="o1", refund_id="r1", amount=Decimal(200))
    paid = placed.model_copy(
        update={"at": NOON + 2 * HOUR, "current_total": Decimal(100), "stands": True}
    )
    for event in (placed, item, paid, item, placed, paid):
        scene.take(event)
    assert balance(scene) == 100


def test_a_reward_goes_with_what_was_taken_off_its_order_without_a_refund(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    less = bought("o1", "310").model_copy(update={"at": clock.time, "current_total": Decimal(290)})
    scene.take(less)
    assert [str(grant.state) for grant in grants(scene).values()] == ["reversed"] and balance(
        scene
    ) == 290
    assert scene.step(REWARD, about("o1")).reason is Reason.NO_CONTENT


def test_a_reward_comes_with_what_was_added_to_its_order(scene: Scene, clock: Clock) -> None:
    scene.take(
        bought("o1", "290"),
        bought("o1", "290").model_copy(update={"at": NOON + HOUR, "current_total": Decimal(310)}),
    )
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert scene.step(REWARD, about("o1")).outcome is Outcome.SENT
    assert list(grants(scene)) == [REACHED]


def test_a_webhook_that_died_before_it_took_a_reward_back_takes_it_when_it_comes_again(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    less = bought("o1", "310").model_copy(update={"at": clock.time, "current_total": Decimal(290)})
    with monkeypatch.context() as dying, pytest.raises(ConnectionError):
        dying.setattr("wracaj.store.grants.Grants.undo", _die)
        scene.take(less)
    scene.take(less)
    assert [str(grant.state) for grant in grants(scene).values()] == ["reversed"]


def _die(*_: Any) -> None:
    raise ConnectionError("killed")


def test_points_of_an_edited_order_wait_for_what_is_left_of_it(scene: Scene) -> None:
    scene.take(bought("o1", "300"), OrderEdited(at=NOON + HOUR, order_id="o1"))
    assert balance(scene) == 0
    scene.take(
        bought("o1", "300").model_copy(update={"at": NOON + HOUR, "current_total": Decimal(120)})
    )
    assert balance(scene) == 120


def test_thanks_for_an_order_that_was_cancelled_and_then_paid_go_out(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id, timelines=("after_purchase",))
    thanks = occasion_id(OccasionKind.AFTER_PURCHASE, "o1")
    order = an_order(order_id="o1", placed_at=NOON)
    scene.take(order, cancelled("o1", NOON + timedelta(minutes=5)))
    assert scene.cart(thanks).called_off
    scene.take(order.model_copy(update={"at": NOON + HOUR, "stands": True}))
    assert not scene.cart(thanks).called_off


def test_thanks_are_begun_by_a_payment_where_the_cancellation_came_first(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id, timelines=("after_purchase",))
    thanks = occasion_id(OccasionKind.AFTER_PURCHASE, "o1")
    scene.take(
        cancelled("o1", NOON), an_order(order_id="o1", placed_at=NOON - HOUR, at=NOON - HOUR)
    )
    assert scene.started == []
    scene.take(an_order(order_id="o1", placed_at=NOON - HOUR, at=NOON + HOUR, stands=True))
    assert scene.started == [(thanks, 1)]


def test_what_the_shopper_reads_of_an_order_is_what_is_left_of_it(scene: Scene) -> None:
    scene.take(
        bought("o1", "300"),
        bought("o1", "300").model_copy(update={"at": NOON + DAY, "current_total": Decimal(120)}),
    )
    scene.take(
        bought("o1", "300").model_copy(
            update={"at": NOON + 2 * DAY, "total": None, "currency": None}
        )
    )
    (one,) = who(scene)
    (order,) = scene.store.personal.data(scene.shop.id, one, None, NOON).orders
    assert order.total == 120


def test_a_debt_of_points_is_settled_by_later_points_and_forgiven_by_no_date(
    store: Any, shop_id: str, clock: Clock
) -> None:
    """1,000 points became a code, their order is cancelled, 1,000 more are earned five months
    later."""
    points = {
        "per_unit": 1,
        "value": "0.01",
        "exchange": {"points": 1000, "discount": {"amount": "10"}},
    }
    scene = a_club(store, shop_id, points=points, rewards=[], achievements=[], tiers=[])
    scene.take(bought("o1", "1000"))
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD and len(scene.created) == 1
    clock.time += DAY
    scene.take(cancelled("o1", clock.time))
    assert {balance_on(scene, clock.time + days * DAY) for days in range(0, 900, 30)} == {-1000}
    clock.time += 150 * DAY
    scene.take(bought("o2", "1000", clock.time))
    assert {balance_on(scene, clock.time + days * DAY) for days in range(0, 900, 30)} == {0}


def balance_on(scene: Scene, moment: datetime) -> int:
    (one,) = who(scene)
    return scene.store.accounts.get(scene.shop.id, one).points(moment.date())
