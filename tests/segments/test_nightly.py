"""The nightly scoring on a real table, while new events come in."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON, an_order
from support.nightly_scoring import play_night
from support.scenes import Requests, Scene, a_scene
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.events import (
    Contact,
    CustomersMerged,
    CustomerUpdated,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
)
from wracaj.segments.rfm import Move, Night, Rfm, Segment
from wracaj.store import Store
from wracaj.store.customer_keys import account_key

DAY = timedelta(days=1)
TONIGHT, TOMORROW = NOON + 12 * HOUR, NOON + 36 * HOUR


@pytest.fixture
def scene(store: Store, shop_id: str) -> Scene:
    """Five shoppers: the higher the number, the later, the more often, and the more they bought."""
    scene = a_scene(store, shop_id)
    for number in range(5):
        for order in range(number + 1):
            placed = NOON - (50 - 10 * number) * DAY
            scene.take(
                bought(number, f"{number}-{order}", placed_at=placed, total=Decimal(100 + number))
            )
    return scene


def contact(number: int) -> Contact:
    return Contact(email=f"shopper{number}@example.com")


def bought(number: int, order: str, **changes: Any) -> OrderPlaced:
    return an_order(order_id=order, contact=contact(number), **{"currency": "PLN", **changes})


def shopper(scene: Scene, number: int) -> Customer:
    (found,) = scene.store.customers.behind(scene.shop.id, contact(number))
    return found


def rfm(scene: Scene, number: int) -> Rfm | None:
    return scene.store.accounts.known(scene.shop.id, shopper(scene, number)).rfm


def night(scene: Scene, at: datetime = TONIGHT, **how: Any) -> Night:
    return play_night(scene.store, scene.shop.id, at, **how)


def test_everyone_is_scored_by_their_place_among_all(scene: Scene) -> None:
    night(scene, page=1)
    scores = [
        (one.recency, one.frequency, one.monetary)
        for number in range(5)
        if (one := rfm(scene, number))
    ]
    assert scores == [(n, n, n) for n in range(1, 6)]
    assert [one.segment for one in (rfm(scene, 0), rfm(scene, 4)) if one] == [
        Segment.HIBERNATING,
        Segment.CHAMPIONS,
    ]


def test_the_next_night_knows_who_moved_from_where_and_when(scene: Scene) -> None:
    night(scene)
    for order in range(7):
        scene.take(bought(0, f"new-{order}", placed_at=TONIGHT + HOUR, total=Decimal(500)))
    second = night(scene, TOMORROW)
    moved = rfm(scene, 0)
    assert moved and (moved.segment, moved.before, moved.at) == (
        Segment.CHAMPIONS,
        Segment.HIBERNATING,
        TOMORROW,
    )
    assert Move(before=Segment.HIBERNATING, after=Segment.CHAMPIONS, customers=1) in second.moves
    assert second.since == TONIGHT
    assert [found.at for found in scene.store.scoring.last_nights(scene.shop.id, 5)] == [
        TOMORROW,
        TONIGHT,
    ]


def test_an_order_that_comes_while_customers_are_scored_keeps_both_the_order_and_the_scores(
    scene: Scene,
) -> None:
    (one,) = [
        found
        for found in scene.store.scoring.everybody(scene.shop.id)
        if found.customer_id == shopper(scene, 4).id
    ]
    scene.take(bought(4, "meanwhile"))
    night(scene)
    # from what was read before the night: refused
    scene.store.scoring.put_scores(scene.shop.id, one, None)
    scene.take(bought(4, "after"))
    known = scene.store.accounts.known(scene.shop.id, shopper(scene, 4))
    assert known.account.sums("PLN", NOON).orders == 7
    assert known.rfm and known.rfm.segment is Segment.CHAMPIONS


def test_two_whom_the_shop_merges_during_the_night_are_scored_once(scene: Scene) -> None:
    for id_ in ("76", "77"):
        scene.take(
            an_order(order_id=f"of-{id_}", contact=Contact(platform_id=id_), placed_at=NOON - DAY)
        )
    found = night(scene, between=lambda: scene.take(CustomersMerged(at=NOON, kept="77", gone="76")))
    assert sum(found.sizes.values()) == 6
    again = night(scene, TOMORROW)
    assert sum(again.sizes.values()) == 6
    (one,) = scene.store.customers.behind(scene.shop.id, Contact(platform_id="76"))
    (absorbed,) = one.absorbed
    assert "rfm" not in (scene.store.table.get(account_key(scene.shop.id, absorbed)) or {})


def test_orders_under_all_ids_of_a_shopper_count_for_their_scores(scene: Scene) -> None:
    for order in range(9):
        id_ = "76" if order % 2 else "77"
        scene.take(
            an_order(order_id=f"member-{order}", contact=Contact(platform_id=id_), placed_at=NOON)
        )
    scene.take(CustomersMerged(at=NOON, kept="77", gone="76"))
    night(scene)
    (one,) = scene.store.customers.behind(scene.shop.id, Contact(platform_id="77"))
    best = scene.store.accounts.known(scene.shop.id, one).rfm
    assert best and (best.recency, best.frequency, best.monetary) == (5, 5, 5)


def test_orders_of_a_guest_and_of_a_customer_at_one_address_are_scored_apart(scene: Scene) -> None:
    """Nobody but the shop says that they are one."""
    record = Contact(platform_id="77", email=contact(0).email, record_email=contact(0).email)
    scene.take(CustomerUpdated(at=NOON, contact=record))
    for order in range(9):
        scene.take(an_order(order_id=f"member-{order}", contact=record, placed_at=NOON))
    assert sum(night(scene).sizes.values()) == 6
    guest = scene.store.customers.get(
        scene.shop.id, identifier_of(scene.shop.id, IdentifierKind.EMAIL, str(contact(0).email))
    )
    lowest = scene.store.accounts.known(scene.shop.id, guest).rfm if guest else None
    assert lowest and (lowest.recency, lowest.frequency, lowest.monetary) == (1, 1, 1)


def test_one_who_is_forgotten_during_the_night_does_not_come_back(scene: Scene) -> None:
    gone = shopper(scene, 2).id
    privacy = PrivacyRequested(at=NOON + HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=contact(2))
    (read,) = [
        one for one in scene.store.scoring.everybody(scene.shop.id) if one.customer_id == gone
    ]
    night(scene, between=lambda: scene.take(privacy))
    # a task that read the shopper before
    scene.store.scoring.put_scores(scene.shop.id, read, rfm(scene, 4))
    assert scene.store.table.get(account_key(scene.shop.id, gone)) is None


def test_one_who_gave_everything_back_has_no_scores_any_more_and_is_missed(scene: Scene) -> None:
    first = night(scene)
    scene.take(
        OrderRefunded(
            at=NOON + HOUR, order_id="0-0", refund_id="r", currency="PLN", amount=Decimal(100)
        )
    )
    second = night(scene, TOMORROW)
    assert rfm(scene, 0) is None
    assert (sum(first.sizes.values()), sum(second.sizes.values())) == (5, 4)
    assert second.went_from(Segment.HIBERNATING) == 1


def test_a_page_is_read_in_one_request_and_writes_only_to_those_who_changed(scene: Scene) -> None:
    night(scene)
    with Requests(scene.store.table.dynamodb) as requests:
        night(scene, TONIGHT + HOUR)
    assert requests.count("UpdateItem") == 0
    assert requests.count("BatchGetItem") == 0
