"""What a nudge or a cart's mail promises is what the shopper will get, and not what was given
before."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart_event, some_content
from support.clocks import Clock
from support.loyalty_club import (
    DAY,
    FIFTEEN,
    NUDGE,
    REWARD,
    a_club,
    about,
    bought,
    grants,
    refund,
    who,
)
from support.scenes import Requests, Scene, a_scene
from wracaj.events import Contact, CustomerUpdated
from wracaj.timelines.steps import LoyaltyOutcome, Outcome

GOLD = {
    "rewards": [],
    "tiers": [
        {"name": "Gold", "threshold": 1000, "discount": {"amount": "20", "minimum_total": "100"}}
    ],
}


def last_text(scene: Scene) -> str:
    return scene.provider.sent[-1].rendered.text.replace("\xa0", " ")


def cart_mail(scene: Scene, clock: Clock, total: str, cart_id: str = "c1") -> str:
    clock.time += DAY
    scene.take(
        a_cart_event(at=clock.time, cart_id=cart_id, content=some_content(total=Decimal(total)))
    )
    clock.time += 4 * HOUR
    assert scene.step(cart_id=cart_id).outcome is Outcome.SENT
    return last_text(scene)


def test_a_tier_that_lapsed_is_nudged_about_without_the_code_that_was_for_the_first_time(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_club(store, shop_id, **GOLD)
    scene.take(bought("o1", "1000"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    assert scene.step(REWARD, about("o1")).outcome is Outcome.SENT
    clock.time = NOON + 400 * DAY
    scene.take(bought("o2", "970", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NUDGE
    assert scene.step(NUDGE, about("o2")).outcome is Outcome.SENT
    assert "Gold" in last_text(scene) and "20 zł" not in last_text(scene)
    clock.time += DAY
    assert "Gold" in cart_mail(scene, clock, "99.00") and "20 zł" not in last_text(scene)
    scene.take(bought("o3", "40", clock.time))
    clock.time += FIFTEEN
    scene.check(about("o3"))
    assert len(scene.created) == 1


def test_a_tier_that_was_never_reached_is_promised_with_its_code(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_club(store, shop_id, **GOLD)
    scene.take(bought("o1", "970"))
    clock.time = NOON + FIFTEEN
    assert scene.step(NUDGE, about("o1")).outcome is Outcome.SENT
    assert "20 zł" in last_text(scene)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_club(store, shop_id)


def given_back(scene: Scene, clock: Clock, *, told: bool) -> None:
    """A reward of 300 zł, and then its order was paid back."""
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    if told:
        assert scene.step(REWARD, about("o1")).outcome is Outcome.SENT
    scene.take(refund("o1", "310", clock.time))
    assert [str(grant.state) for grant in grants(scene).values()] == ["reversed"]


def test_a_reward_that_was_told_and_taken_back_is_not_promised_again(
    scene: Scene, clock: Clock
) -> None:
    given_back(scene, clock, told=True)
    assert "300 zł w kwartale" not in cart_mail(scene, clock, "310.00")


def test_a_reward_that_was_taken_back_before_it_was_told_is_promised_and_given(
    scene: Scene, clock: Clock
) -> None:
    given_back(scene, clock, told=False)
    assert "to nagroda „300 zł w kwartale”" in cart_mail(scene, clock, "310.00")
    scene.take(bought("o2", "310", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD


def test_what_one_name_of_a_shopper_was_given_is_not_promised_to_the_other(
    scene: Scene, clock: Clock
) -> None:
    given_back(scene, clock, told=True)
    member = Contact(platform_id="7", email="member@example.com")
    scene.take(bought("m1", "5", clock.time, contact=member))
    scene.take(CustomerUpdated(at=clock.time, contact=Contact(platform_id="7", email=ANNA.email)))
    assert len(who(scene)) == 1
    assert "300 zł w kwartale" not in cart_mail(scene, clock, "310.00")


def requests_of_a_cart_mail(scene: Scene, clock: Clock, total: str) -> int:
    scene.take(a_cart_event(at=clock.time, content=some_content(total=Decimal(total))))
    clock.time += timedelta(hours=4)
    with Requests(scene.store.table.dynamodb) as names:
        assert scene.step().outcome is Outcome.SENT
    return len(names)


def test_a_cart_mail_asks_one_thing_more_where_it_promises_and_nothing_without_a_programme(
    store: Any, shop_id: str, clock: Clock
) -> None:
    counted = []
    for number, (loyalty, total) in enumerate(
        ((False, "310.00"), (True, "99.00"), (True, "310.00"))
    ):
        clock.time = NOON
        scene = (
            a_club(store, f"{shop_id}-{number}")
            if loyalty
            else a_scene(store, f"{shop_id}-{number}")
        )
        counted.append(requests_of_a_cart_mail(scene, clock, total))
    without, promising_nothing, promising = counted
    assert (promising_nothing - without, promising - without) == (1, 2)  # the account; the grants
