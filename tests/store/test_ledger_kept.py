"""The ledger on a real table. In any order, with duplicates and with replays after a loss, events
give the same balance."""

import itertools
import os
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.builders import HOUR, NOON, an_order
from support.scenes import Scene, a_scene
from wracaj.events import (
    Contact,
    CustomersMerged,
    CustomerUpdated,
    OrderCancelled,
    OrderEdited,
    OrderRefunded,
    ShopEvent,
)
from wracaj.loyalty.ledger import Account, Sums

_shops = itertools.count()
LOYALTY = {"currency": "PLN", "margin_percent": 30, "points": {"per_unit": 1, "value": "0.01"}}
EMAIL, MEMBER = Contact(email="anna@example.com"), Contact(platform_id="77")
OTHER, BOTH = Contact(platform_id="78"), MEMBER.model_copy(update={"email": "anna@example.com"})
MERGE = CustomersMerged(at=NOON, kept="77", gone="78")
LINK = CustomerUpdated(at=NOON, contact=Contact(platform_id="77", record_email="anna@example.com"))


def a_shop_with_loyalty(store: Any) -> Scene:
    return a_scene(store, f"ledger-{os.getpid()}-{next(_shops)}", loyalty=LOYALTY)


def account_of(scene: Scene) -> Account:
    customers = scene.store.customers.behind(
        scene.shop.id, Contact(platform_id="77", email="anna@example.com")
    )
    total = Account()
    for customer in customers:
        total = total.plus(scene.store.accounts.get(scene.shop.id, customer))
    return total


def refund(order: str, number: str, amount: str) -> OrderRefunded:
    return OrderRefunded(
        at=NOON + 5 * HOUR, order_id=order, refund_id=number, currency="PLN", amount=Decimal(amount)
    )


EVENTS: list[ShopEvent] = [
    an_order(order_id="o1", contact=EMAIL, total=Decimal("100.50")),
    an_order(order_id="o1", contact=EMAIL, total=Decimal("90.00"), at=NOON + 3 * HOUR),
    refund("o1", "r1", "20.00"),
    refund("o1", "r2", "5.25"),
    OrderRefunded(at=NOON + 4 * HOUR, order_id="o1", refund_id="r1"),
    OrderRefunded(at=NOON + 6 * HOUR, order_id="o1", refund_id="r2"),
    an_order(order_id="o2", contact=MEMBER, total=Decimal("300.00"), placed_at=NOON - 800 * HOUR),
    refund("o2", "r3", "300.00"),
    an_order(order_id="o3", contact=MEMBER, currency="EUR", total=Decimal("50.00")),
    an_order(order_id="o4", contact=EMAIL, total=Decimal("70.00")),
    OrderCancelled(at=NOON + HOUR, order_id="o4"),
    an_order(order_id="o4", contact=EMAIL, total=Decimal("70.00"), at=NOON + 2 * HOUR, stands=True),
    OrderEdited(at=NOON + HOUR, order_id="o3"),
    an_order(
        order_id="o3",
        contact=MEMBER,
        currency="EUR",
        current_total=Decimal("40.00"),
        at=NOON + 2 * HOUR,
    ),
    refund("o3", "r4", "5.00"),
    LINK,
]


@given(data=st.data())
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_order_duplication_and_replay_gives_the_same_balance(
    store: Any, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=8, unique_by=id))
    played = data.draw(
        st.permutations(chosen + data.draw(st.lists(st.sampled_from(chosen), max_size=5)))
    )
    once, replayed = a_shop_with_loyalty(store), a_shop_with_loyalty(store)
    once.take(*chosen)
    replayed.take(*played)
    replayed.take(*played)
    assert account_of(once) == account_of(replayed)


def test_an_order_that_is_cancelled_is_neither_the_first_nor_the_last(store: Any) -> None:
    """However late it is cancelled, and however old the orders are that are left."""
    scene = a_shop_with_loyalty(store)
    ages = {"gone": 900, "kept": 890, "kept, too": 450, "gone, too": 1}
    orders = [
        an_order(order_id=name, contact=EMAIL, placed_at=NOON - days * 24 * HOUR)
        for name, days in ages.items()
    ]
    cancelled = [OrderCancelled(at=NOON, order_id=name) for name in ages if name.startswith("gone")]
    scene.take(*reversed(orders), *cancelled, *orders)
    account = account_of(scene)
    assert (
        account.first_bought == (NOON - 890 * 24 * HOUR).date()
        and account.last_bought == (NOON - 450 * 24 * HOUR).date()
    )
    (shopper,) = scene.store.customers.behind(scene.shop.id, EMAIL)
    # no message may forget that an order was placed
    assert shopper.ordered == {"": NOON - 24 * HOUR}


def test_buy_refund_replay_leaves_nothing(store: Any) -> None:
    scene = a_shop_with_loyalty(store)
    order = an_order(contact=EMAIL, total=Decimal("99.00"))
    scene.take(order, refund("o1", "r", "99.00"), order, refund("o1", "r", "99.00"))
    account = account_of(scene)
    assert account == Account()


def test_an_order_earns_and_its_postings_are_kept(store: Any) -> None:
    scene = a_shop_with_loyalty(store)
    scene.take(an_order(contact=EMAIL, total=Decimal("99.00")), refund("o1", "r", "9.00"))
    (shopper,) = scene.store.customers.behind(scene.shop.id, EMAIL)
    items = scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#WHO#{shopper.id}"})
    assert [(int(i["points"]), i["spend"]) for i in items if i["SK"].startswith("POINTS#")] == [
        (99, "99.00"),
        (-9, "-9.00"),
    ]
    assert account_of(scene).sums("PLN", NOON) == Sums(spend=Decimal("90.00"), orders=1, points=90)


def test_a_guests_orders_count_once_they_are_known_to_be_the_same_person(store: Any) -> None:
    scene = a_shop_with_loyalty(store)
    guests = an_order(order_id="guest", contact=EMAIL)
    scene.take(guests, an_order(order_id="member", contact=MEMBER), LINK)
    (member,) = scene.store.customers.behind(scene.shop.id, MEMBER)
    assert scene.store.accounts.get(scene.shop.id, member).sums("PLN", NOON).orders == 1
    for _ in range(2):
        scene.take(guests.model_copy(update={"at": NOON + 2 * HOUR, "contact": BOTH}), guests)
    assert scene.store.accounts.get(scene.shop.id, member).sums("PLN", NOON).orders == 2
    assert account_of(scene).sums("PLN", NOON).orders == 2


def test_what_a_merged_account_spent_sets_the_tier_of_the_one_that_was_kept(store: Any) -> None:
    gold = {"name": "Gold", "threshold": 1000, "points_factor": 2}
    scene = a_scene(
        store, f"ledger-{os.getpid()}-{next(_shops)}", loyalty=LOYALTY | {"tiers": [gold]}
    )
    before = [
        an_order(order_id="other", contact=OTHER, total=Decimal(600), placed_at=NOON - 48 * HOUR),
        an_order(order_id="member", contact=MEMBER, total=Decimal(400), placed_at=NOON - 48 * HOUR),
        an_order(order_id="no price yet", contact=OTHER, total=None, currency=None),
        an_order(order_id="none of the member either", contact=MEMBER, total=None, currency=None),
    ]
    scene.take(*before, MERGE, an_order(order_id="then", contact=OTHER, total=Decimal(100)))
    scene.take(
        *(
            unpriced.model_copy(update={"at": NOON + HOUR, "total": Decimal(10), "currency": "PLN"})
            for unpriced in before[2:]
        )
    )
    # one of these two stays with the account that is gone
    orders = ("then", "no price yet", "none of the member either")
    entries = [scene.store.accounts.order(scene.shop.id, order_id) for order_id in orders]
    assert [entry and entry.posted.points for entry in entries] == [200, 20, 20]


def test_an_order_of_nobody_counts_when_its_shopper_becomes_known(store: Any) -> None:
    scene = a_shop_with_loyalty(store)
    scene.take(an_order(contact=Contact()))
    scene.take(an_order(contact=EMAIL, at=NOON + 2 * HOUR))
    assert account_of(scene).sums("PLN", NOON).orders == 1


def test_settings_that_come_later_mint_nothing_for_what_was(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = f"ledger-{os.getpid()}-{next(_shops)}"
    before, after = a_scene(store, shop), a_scene(store, shop, loyalty=LOYALTY)
    order = an_order(contact=EMAIL)
    before.take(order)
    after.take(order, order.model_copy(update={"at": NOON + 9 * HOUR}))
    assert account_of(after).sums("PLN", NOON) == Sums(spend=Decimal("99.00"), orders=1, points=0)


def test_an_order_told_first_without_its_price_earns_once_the_price_is_known(store: Any) -> None:
    scene = a_shop_with_loyalty(store)
    scene.take(
        an_order(contact=EMAIL, total=None, currency=None),
        an_order(contact=EMAIL, at=NOON + 2 * HOUR),
    )
    assert account_of(scene).sums("PLN", NOON).points == 99
