"""Grants of shoppers who were two, of orders with odd ids, and of windows that the account forgets: given once, kept, told."""

from typing import Any

import pytest

from builders import NOON
from clock import Clock
from emulated.loyalty_club import FIFTEEN, REWARD, a_club, about, bought, grants, refund
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
