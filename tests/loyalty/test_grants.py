"""Grants of shoppers who were merged, of orders with unusual ids, and of long windows. Each is
given once, kept, and announced."""

from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON, yes
from support.clocks import Clock
from support.loyalty_club import (
    DAY,
    FIFTEEN,
    REWARD,
    a_club,
    about,
    balance,
    bought,
    grants,
    refund,
    who,
)
from support.scenes import Scene
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact, CustomersMerged, CustomerUpdated
from wracaj.timelines.steps import LoyaltyOutcome, Outcome, Reason

MEMBER = Contact(platform_id="7", email="member@example.com", record_email="member@example.com")
OTHER = Contact(platform_id="8", email="other@example.com", record_email="other@example.com")
KEPT = {"7": MEMBER, "8": OTHER}


@pytest.fixture(params=KEPT)
def kept(request: Any) -> str:
    """Whom the shop keeps of two customers whom it merges."""
    return str(request.param)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    """Two customers of the shop, who agree."""
    scene = a_club(store, shop_id)
    for contact in KEPT.values():
        scene.take(CustomerUpdated(at=NOON - 101 * HOUR, contact=contact))
        scene.take(
            ConsentChanged(
                at=NOON - 100 * HOUR, contact=contact, channel=Channel.EMAIL, consent=yes()
            )
        )
    return scene


def are_one(scene: Scene, clock: Clock, kept: str) -> None:
    (gone,) = KEPT.keys() - {kept}
    scene.take(CustomersMerged(at=clock.time, kept=kept, gone=gone))
    assert who(scene, Contact(platform_id=gone)) == who(scene, Contact(platform_id=kept))


def held(scene: Scene, kept: str) -> list[tuple[str, str, bool]]:
    (one,) = who(scene, Contact(platform_id=kept))
    return [
        (h.grant.key, str(h.grant.state), h.grant.announced_by is not None)
        for h in scene.store.grants.of(scene.shop.id, one)
    ]


def test_what_was_taken_back_before_two_were_one_is_given_again_when_it_is_reached_again(
    scene: Scene, clock: Clock, kept: str
) -> None:
    scene.take(bought("o1", "310", contact=OTHER), bought("m1", "5", contact=MEMBER))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.take(refund("o1", "310", clock.time))
    are_one(scene, clock, kept)
    scene.take(bought("o2", "310", clock.time, contact=KEPT[kept]))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    assert scene.step(REWARD, about("o2")).outcome is Outcome.SENT
    assert held(scene, kept) == [("reward#300 zł w kwartale#2026-Q4", "issued", True)]
    scene.take(refund("o2", "310", clock.time), bought("o3", "310", clock.time, contact=KEPT[kept]))
    clock.time += FIFTEEN
    assert scene.check(about("o3")).outcome is LoyaltyOutcome.NOTHING
    assert len(scene.created) == 2  # the first was never told


def test_what_stands_for_one_name_is_not_hidden_by_what_was_taken_back_from_the_other(
    scene: Scene, clock: Clock, kept: str
) -> None:
    scene.take(bought("m1", "310", contact=MEMBER), bought("o1", "310", contact=OTHER))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.check(about("m1"))
    assert scene.step(REWARD, about("m1")).outcome is Outcome.SENT
    scene.take(refund("o1", "310", clock.time))
    are_one(scene, clock, kept)
    scene.take(bought("o2", "10", clock.time, contact=KEPT[kept]))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NOTHING
    assert held(scene, kept) == [("reward#300 zł w kwartale#2026-Q4", "issued", True)]
    assert len(scene.created) == 2 and len(scene.provider.sent) == 1


def test_points_that_both_names_earned_go_with_the_orders_of_both(
    store: Any, shop_id: str, scene: Scene, clock: Clock, kept: str
) -> None:
    mine = {"m": MEMBER, "g": OTHER}
    scene.take(
        *(bought(f"{one}{number}", "10", contact=mine[one]) for one in mine for number in range(3))
    )
    clock.time = NOON + FIFTEEN
    scene.check(about("m2"))
    scene.check(about("g2"))
    are_one(scene, clock, kept)
    (one,) = who(scene, Contact(platform_id=kept))
    assert scene.store.accounts.get(scene.shop.id, one).points(clock.time.date()) == 60 + 200
    scene.take(*(refund(f"{one}{number}", "10", clock.time) for one in mine for number in range(3)))
    assert scene.store.accounts.get(scene.shop.id, one).points(clock.time.date()) == 0


@pytest.mark.parametrize("order_id", ["1001", "#1001", "A#1001#"])
def test_cashback_goes_with_its_order_whatever_the_order_is_called(
    store: Any, shop_id: str, clock: Clock, order_id: str
) -> None:
    scene = a_club(store, shop_id, cashback={"percent": 10})
    scene.take(bought(order_id, "200"))
    clock.time = NOON + FIFTEEN
    assert scene.check(about(order_id)).outcome is LoyaltyOutcome.REWARD
    scene.take(refund(order_id, "200", clock.time))
    assert [str(grant.state) for grant in grants(scene).values()] == ["reversed"]
    assert scene.step(REWARD, about(order_id)).reason is Reason.NO_CONTENT
    assert scene.provider.sent == []


def test_an_order_of_which_somebody_got_back_nobody_knows_how_much_brings_no_cashback(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_club(store, shop_id, cashback={"percent": 10}, rewards=[])
    scene.take(bought("o1", "200"), refund("o1", "1").model_copy(update={"amount": None}))
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.NOTHING
    assert grants(scene) == {}


@pytest.mark.parametrize("days", [100, 200, 290])
@pytest.mark.parametrize("within_days", [90, 180, 366])
def test_points_of_an_achievement_stay_however_long_ago_its_days_were(
    store: Any, shop_id: str, clock: Clock, within_days: int, days: int
) -> None:
    rule = {
        "name": "Trzy",
        "action": "orders",
        "orders": 3,
        "within_days": within_days,
        "points": 100,
        "spent_from": 20,
    }
    scene = a_club(store, shop_id, achievements=[rule])
    last = NOON + (within_days - 5) * DAY
    scene.take(bought("o0", "10"), bought("o1", "10", NOON + 40 * DAY), bought("o2", "10", last))
    clock.time = last + FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    clock.time = last + days * DAY
    scene.take(bought("later", "10", clock.time))
    clock.time += FIFTEEN
    scene.check(about("later"))
    assert {str(grant.state) for grant in grants(scene).values()} == {"issued"}


@pytest.mark.parametrize("within_days", [90, 180, 366])
def test_points_of_an_achievement_go_with_its_order_however_long_its_window(
    store: Any, shop_id: str, clock: Clock, within_days: int
) -> None:
    rule = {
        "name": "Trzy",
        "action": "orders",
        "orders": 3,
        "within_days": within_days,
        "points": 100,
        "spent_from": 20,
    }
    scene = a_club(store, shop_id, achievements=[rule])
    last = NOON + (within_days - 5) * DAY
    scene.take(bought("o0", "10"), bought("o1", "10", NOON + 40 * DAY), bought("o2", "10", last))
    clock.time = last + FIFTEEN
    scene.check(about("o2"))
    clock.time += 15 * DAY
    scene.take(refund("o0", "10", clock.time))
    assert [str(grant.state) for grant in grants(scene).values()] == ["reversed"]
    assert balance(scene) == Decimal(20)
