"""Who gets a message on the day of their first order, once a year."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON
from support.clocks import Clock
from support.daily_club import (
    DAY,
    LOYALTY,
    MORNING,
    a_club,
    a_customer,
    anniversaries,
    begun,
    bought,
    days_from,
    entries,
    merged,
    who,
)
from support.daily_search import play_day
from support.scenes import Scene
from wracaj.events import OrderCancelled, OrderRefunded
from wracaj.store import Store
from wracaj.timelines.steps import LoyaltyOutcome


def test_the_day_of_the_first_order_comes_again_each_year(scene: Scene, clock: Clock) -> None:
    first = datetime(2025, 11, 22, 12, tzinfo=UTC)
    scene.take(bought(first), bought(first + 100 * DAY, "o2"))
    days_from(scene, clock, 0, 1, 2)
    assert anniversaries(scene) == ["2026-11-22"]


def test_the_day_of_the_first_order_itself_is_no_anniversary(scene: Scene) -> None:
    scene.take(bought(MORNING - HOUR))
    scene.timelines.clear()
    scene.started.clear()
    play_day(scene)
    assert begun(scene) == []


def test_the_day_is_the_one_on_the_shops_clock(scene: Scene, clock: Clock) -> None:
    # half an hour into the 22nd in Warsaw
    scene.take(bought(datetime(2025, 11, 21, 23, 30, tzinfo=UTC)))
    days_from(scene, clock, 0, 1)
    assert anniversaries(scene) == ["2026-11-22"]


def test_a_year_together_is_given_on_its_day_without_an_order_anywhere_near(
    store: Store, shop_id: str, clock: Clock
) -> None:
    rule = {"name": "Rok razem", "action": "year_together", "points": 200, "spent_from": 50}
    scene = a_club(store, shop_id, loyalty=LOYALTY | {"achievements": [rule]})
    scene.take(bought(datetime(2025, 11, 22, 12, tzinfo=UTC)))
    days_from(scene, clock, 0, 1)
    (anniversary,) = (
        id_
        for name, (id_, _) in zip(scene.timelines, scene.started, strict=True)
        if name == "anniversary"
    )
    for _ in range(2):
        clock.time += 5 * HOUR
        assert scene.check(anniversary).outcome is LoyaltyOutcome.REWARD
    held = scene.store.grants.of(scene.shop.id, who(scene))
    assert {one.grant.key for one in held} == {"anniversary#2026", "achievement#Rok razem#1"}
    assert (
        scene.store.accounts.get(scene.shop.id, who(scene)).points(clock.time.date()) == 200 + 100
    )


def test_an_older_order_that_becomes_known_moves_the_day(scene: Scene, clock: Clock) -> None:
    scene.take(
        bought(datetime(2025, 11, 23, 12, tzinfo=UTC)),
        bought(datetime(2024, 11, 22, 12, tzinfo=UTC), "o0"),
    )
    assert [name for name, _ in entries(scene) if "anniversary" in name] == ["anniversary#11-22"]
    days_from(scene, clock, 0, 1, 2)
    assert anniversaries(scene) == ["2026-11-22"]


@pytest.mark.parametrize(
    "undone",
    [
        OrderCancelled(at=NOON, order_id="o1"),
        OrderRefunded(at=NOON, order_id="o1", refund_id="r", currency="PLN", amount=Decimal(100)),
    ],
)
def test_who_gave_everything_back_has_no_anniversary(scene: Scene, undone: Any) -> None:
    scene.take(bought(datetime(2025, 11, 21, 12, tzinfo=UTC)), undone)
    play_day(scene)
    assert begun(scene) == []


def test_orders_under_two_ids_of_one_shopper_have_one_anniversary_that_of_the_older(
    scene: Scene, clock: Clock
) -> None:
    older = bought(datetime(2024, 11, 22, 12, tzinfo=UTC), "o1", who=a_customer("1"))
    newer = bought(datetime(2025, 11, 23, 12, tzinfo=UTC), "o2", who=a_customer("2"))
    scene.take(older, newer, merged("1", into="2"))
    days_from(scene, clock, 0, 1, 2, 3)
    assert anniversaries(scene) == ["2026-11-22"]
