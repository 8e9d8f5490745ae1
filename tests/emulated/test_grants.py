"""Grants of shoppers who were two, of orders with odd ids, and of windows that the account forgets: given once, kept, told."""

from decimal import Decimal
from typing import Any

import pytest

from builders import NOON
from clock import Clock
from emulated.loyalty_club import DAY, FIFTEEN, REWARD, a_club, about, balance, bought, grants, refund
from wracaj.events import Contact
from wracaj.steps import LoyaltyOutcome, Reason

MEMBER, GUEST = Contact(platform_id="7"), Contact(email="guest@example.com")
BOTH = Contact(platform_id="7", email="guest@example.com")


@pytest.mark.parametrize("order_id", ["1001", "#1001", "A#1001#"])
def test_cashback_goes_with_its_order_whatever_the_order_is_called(store: Any, shop_id: str, clock: Clock, order_id: str) -> None:
    scene = a_club(store, shop_id, cashback={"percent": 10})
    scene.take(bought(order_id, "200"))
    clock.time = NOON + FIFTEEN
    assert scene.check(about(order_id)).outcome is LoyaltyOutcome.REWARD
    scene.take(refund(order_id, "200", clock.time))
    assert [str(grant.state) for grant in grants(scene).values()] == ["reversed"]
    assert scene.step(REWARD, about(order_id)).reason is Reason.NOTHING_TO_TELL
    assert scene.provider.sent == []


@pytest.mark.parametrize("days", [100, 200, 290])
@pytest.mark.parametrize("within_days", [90, 180, 366])
def test_points_of_an_achievement_stay_when_the_account_forgets_its_days(
    store: Any, shop_id: str, clock: Clock, within_days: int, days: int
) -> None:
    rule = {"name": "Trzy", "does": "orders", "orders": 3, "within_days": within_days, "points": 100}
    scene = a_club(store, shop_id, achievements=[rule])
    last = NOON + (within_days - 5) * DAY
    scene.take(bought("o0", "10"), bought("o1", "10", NOON + 40 * DAY), bought("o2", "10", last))
    clock.time = last + FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    clock.time = last + days * DAY
    scene.take(bought("later", "10", clock.time))
    clock.time += FIFTEEN
    scene.check(about("later"))
    assert {str(grant.state) for grant in grants(scene).values()} == {"standing"}


@pytest.mark.parametrize("within_days", [90, 180, 366])
def test_points_of_an_achievement_go_with_its_order_however_long_its_window(
    store: Any, shop_id: str, clock: Clock, within_days: int
) -> None:
    rule = {"name": "Trzy", "does": "orders", "orders": 3, "within_days": within_days, "points": 100}
    scene = a_club(store, shop_id, achievements=[rule])
    last = NOON + (within_days - 5) * DAY
    scene.take(bought("o0", "10"), bought("o1", "10", NOON + 40 * DAY), bought("o2", "10", last))
    clock.time = last + FIFTEEN
    scene.check(about("o2"))
    clock.time += 15 * DAY
    scene.take(refund("o0", "10", clock.time))
    assert [str(grant.state) for grant in grants(scene).values()] == ["reversed"]
    assert balance(scene) == Decimal(20)
