"""A shopper who may not get messages gets no codes and loses no points. What could not be announced
in its time is over."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_step, no, yes
from support.clocks import Clock
from support.loyalty_club import (
    ANNAS,
    DAY,
    FIFTEEN,
    LOYALTY,
    REWARD,
    a_club,
    about,
    balance,
    bought,
    grants,
    text_of,
    who,
)
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.consent.preferences import Topic
from wracaj.customers.customer import Customer
from wracaj.errors import DiscountError, NotTakenError
from wracaj.events import CartContent, ConsentChanged, CustomerUpdated
from wracaj.timelines.occasion import OccasionKind, an_occasion
from wracaj.timelines.steps import LoyaltyOutcome, Outcome

EXCHANGE: dict[str, Any] = {
    "points": {
        "per_unit": 1,
        "value": "0.01",
        "exchange": {"points": 100, "discount": {"amount": "5"}},
    },
    "achievements": [],
}
GIFT = a_step(name="gift", template="reward", after_seconds=3600, content="reward")


def silent(store: Any, shop_id: str, **changes: Any) -> Scene:
    """Nobody has agreed to anything."""
    timelines = ["loyalty", *({"birthday"} & changes.keys())]
    return a_scene(store, shop_id, timelines=timelines, loyalty=LOYALTY | {"rewards": []} | changes)


def says(scene: Scene, word: Any, at: datetime) -> None:
    scene.take(ConsentChanged(at=at, contact=ANNA, channel=Channel.EMAIL, consent=word(at)))


def test_points_of_a_shopper_who_gave_no_consent_are_not_exchanged_until_there_is_one(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = silent(store, shop_id, **EXCHANGE)
    scene.take(bought("o1", "250"))
    for day in range(3):
        clock.time = NOON + FIFTEEN + day * DAY
        assert scene.check(about("o1")).outcome is LoyaltyOutcome.NOTHING
    assert (balance(scene), scene.created) == (250, [])
    says(scene, yes, clock.time)
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert (balance(scene), len(scene.created)) == (150, 1)


def suppress(customer: Customer) -> Customer:
    return customer.suppressing(Channel.EMAIL, "bounce")


def decline(customer: Customer) -> Customer:
    return customer.model_copy(update={"declined": frozenset({Topic.LOYALTY})})


@pytest.mark.parametrize("unreachable", [suppress, decline])
def test_points_of_a_shopper_whom_no_mail_would_reach_are_not_exchanged(
    store: Any, shop_id: str, clock: Clock, unreachable: Any
) -> None:
    scene = a_club(store, shop_id, rewards=[], **EXCHANGE)
    scene.take(bought("o1", "250"))
    (anna,) = who(scene)
    scene.store.customers.amend_one(scene.shop.id, anna.id, unreachable)
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.NOTHING
    assert (balance(scene), scene.created) == (250, [])


def test_points_come_back_where_the_consent_went_before_anybody_heard_of_the_code(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_club(store, shop_id, rewards=[], **EXCHANGE)
    scene.take(bought("o1", "150"))
    clock.time = NOON + FIFTEEN

    def closed(*_: Any) -> Any:
        raise DiscountError("the shop is closed")

    scene.on_discount = closed
    with pytest.raises(NotTakenError):
        scene.check(about("o1"))
    assert balance(scene) == 50
    says(scene, no, clock.time)
    scene.check(about("o1"))
    assert balance(scene) == 150
    says(scene, yes, clock.time + HOUR)
    scene.on_discount, clock.time = None, clock.time + DAY
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert (balance(scene), len(scene.created)) == (50, 1)


def test_points_stay_taken_where_the_code_was_told(store: Any, shop_id: str, clock: Clock) -> None:
    scene = a_club(store, shop_id, rewards=[], **EXCHANGE)
    scene.take(bought("o1", "150"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    assert scene.step(REWARD, about("o1")).outcome is Outcome.SENT
    says(scene, no, clock.time)
    scene.check(about("o1"))
    assert balance(scene) == 50


def test_the_birthdays_before_a_consent_are_over(store: Any, shop_id: str, clock: Clock) -> None:
    scene = silent(store, shop_id, birthday={"percent": 15, "valid_days": 14})
    scene.take(CustomerUpdated(at=NOON - DAY, contact=ANNA, birthday="11-18"), bought("o1", "5"))
    for year in (2026, 2027, 2028):
        clock.time = NOON.replace(year=year)
        if year == 2028:
            says(scene, yes, clock.time - HOUR)
        (anna,) = who(scene)
        birthday = an_occasion(
            scene.shop.id,
            OccasionKind.BIRTHDAY,
            f"{year}-11-18",
            anna,
            clock.time,
            CartContent(),
            contact=ANNAS,
        )
        scene.store.carts.open_occasion(scene.shop.settings, birthday)
        clock.time += 2 * HOUR
        scene.check(birthday.cart_id)
    assert len(scene.created) == 1
    assert scene.step(GIFT, birthday.cart_id).outcome is Outcome.SENT
    assert text_of(scene).count(scene.created[0].code) == 1 and text_of(scene).count("15%") == 1


def test_cashback_that_nobody_could_hear_of_is_over_when_its_code_would_have_expired(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = silent(store, shop_id, cashback={"percent": 10, "valid_days": 60})
    for number in range(4):
        scene.take(bought(f"o{number}", "100", NOON + number * 30 * DAY))
        clock.time = NOON + number * 30 * DAY + FIFTEEN
        scene.check(about(f"o{number}"))
    says(scene, yes, clock.time)
    clock.time += DAY
    scene.take(bought("last", "60", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("last")).outcome is LoyaltyOutcome.REWARD
    assert [voucher.amount for voucher in scene.created] == [Decimal(6), Decimal(10), Decimal(10)]
    assert len([key for key in grants(scene) if key.startswith("cashback")]) == 5
