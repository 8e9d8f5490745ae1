"""The index `accounts` on a real table. Each shopper who bought is listed once, whatever happens to
them."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON, an_order
from support.scenes import Requests, Scene, a_scene
from wracaj.customers.customer import Customer
from wracaj.events import (
    Contact,
    CustomersMerged,
    CustomerUpdated,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
)
from wracaj.loyalty.order_entry import Buyer
from wracaj.segments.rfm import Rfm, Segment
from wracaj.store import Store
from wracaj.store.customer_keys import ACCOUNT_SHARDS, account_key, account_shard, shard_name
from wracaj.store.table import Change, dump

EMAIL, MEMBER = Contact(email="anna@example.com"), Contact(platform_id="77")
OTHER, THIRD = Contact(platform_id="78"), Contact(platform_id="79")
MERGE = CustomersMerged(at=NOON, kept="77", gone="78")
LOYAL = Rfm(recency=5, frequency=4, monetary=4, segment=Segment.LOYAL, at=NOON)


@pytest.fixture
def scene(store: Store, shop_id: str) -> Scene:
    return a_scene(store, shop_id)


def listed(scene: Scene) -> list[dict[str, Any]]:
    shards = [shard_name(scene.shop.id, number) for number in range(ACCOUNT_SHARDS)]
    return [
        item
        for shard in shards
        for item in scene.store.table.query({"account_shard": shard}, index="accounts")
    ]


def shopper(scene: Scene, contact: Contact = EMAIL) -> Customer:
    (found,) = scene.store.customers.behind(scene.shop.id, contact)
    return found


def score(scene: Scene, customer_id: str, rfm: Rfm) -> None:
    scene.store.table.update(account_key(scene.shop.id, customer_id), Change().set(rfm=dump(rfm)))


def test_a_buyer_is_listed_in_their_shard_and_a_visitor_is_not(scene: Scene) -> None:
    scene.take(an_order(contact=EMAIL), CustomerUpdated(at=NOON, contact=MEMBER))
    (item,) = listed(scene)
    assert item["account_shard"] == account_shard(scene.shop.id, shopper(scene).id)


def test_two_who_turn_out_to_be_one_are_listed_once_with_whose_orders_belong_to_them(
    scene: Scene,
) -> None:
    scene.take(
        an_order(order_id="other", contact=OTHER),
        an_order(order_id="member", contact=MEMBER),
        MERGE,
    )
    (item,) = listed(scene)
    one = shopper(scene, MEMBER)
    assert item["PK"].endswith(one.id)
    assert item["absorbed"] == set(one.absorbed) != set()


def test_three_who_turn_out_to_be_one_one_after_another_are_listed_once(scene: Scene) -> None:
    scene.take(*[an_order(order_id=str(c), contact=c) for c in (MEMBER, OTHER, THIRD)])
    scene.take(CustomersMerged(at=NOON, kept="78", gone="79"), MERGE)
    (item,) = listed(scene)
    assert len(item["absorbed"]) == 2
    for contact in (MEMBER, OTHER, THIRD):
        assert (
            scene.store.accounts.known(scene.shop.id, shopper(scene, contact))
            .account.sums("PLN", NOON)
            .orders
            == 3
        )


@pytest.mark.parametrize("kept", ["77", "78"])
def test_one_who_stays_without_orders_of_their_own_is_listed_for_those_of_the_other(
    scene: Scene, kept: str
) -> None:
    (gone,) = {"77", "78"} - {kept}
    scene.take(
        CustomerUpdated(at=NOON, contact=MEMBER),
        an_order(contact=OTHER),
        CustomersMerged(at=NOON, kept=kept, gone=gone),
    )
    assert len(listed(scene)) == 1
    total = scene.store.accounts.known(
        scene.shop.id, shopper(scene, Contact(platform_id=kept))
    ).account
    assert total.sums("PLN", NOON).orders == 1


def test_a_guest_whose_record_a_customer_has_stays_another(scene: Scene) -> None:
    record = Contact(platform_id="77", record_email=EMAIL.email)
    scene.take(
        an_order(contact=EMAIL),
        CustomerUpdated(at=NOON, contact=record),
        an_order(order_id="member", contact=MEMBER),
    )
    assert len(listed(scene)) == 2


def test_an_order_of_one_found_to_be_another_stays_in_its_account_and_lists_nobody_twice(
    scene: Scene,
) -> None:
    scene.take(
        an_order(order_id="other", contact=OTHER),
        an_order(order_id="member", contact=MEMBER),
        MERGE,
    )
    refund = OrderRefunded(
        at=NOON + HOUR, order_id="other", refund_id="r", currency="PLN", amount=Decimal("9.00")
    )
    scene.take(refund, refund.model_copy(update={"order_id": "member"}))
    assert len(listed(scene)) == 1
    total = scene.store.accounts.known(scene.shop.id, shopper(scene, MEMBER)).account
    assert total.sums("PLN", NOON).spend == 2 * Decimal("90.00")


def meanwhile(monkeypatch: pytest.MonkeyPatch, scene: Scene, act: Callable[[], object]) -> None:
    """Acts after the next transaction was put together, and before it is sent."""
    table = scene.store.table

    def transact(actions: Sequence[Mapping[str, Any]]) -> None:
        monkeypatch.undo()
        act()
        table.transact(actions)

    monkeypatch.setattr(table, "transact", transact)


@pytest.mark.parametrize("has_bought", [False, True])
@pytest.mark.parametrize("stays", [False, True])
def test_an_order_posted_while_its_shopper_is_found_to_be_another_lists_nobody_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, has_bought: bool, stays: bool
) -> None:
    for contact in (OTHER, MEMBER):
        scene.take(
            an_order(order_id=f"of {contact}", contact=contact)
            if has_bought
            else CustomerUpdated(at=NOON, contact=contact)
        )
    buyer = shopper(scene, MEMBER if stays else OTHER).id
    meanwhile(monkeypatch, scene, lambda: scene.take(MERGE))
    scene.store.accounts.record(
        scene.shop.id, "o1", lambda order: order.placed(an_order()), buyer=Buyer((buyer,), "1")
    )
    (item,) = listed(scene)
    one = shopper(scene, MEMBER)
    assert item["PK"].endswith(one.id) and (buyer == one.id) is stays
    assert scene.store.accounts.known(scene.shop.id, one).account.sums("PLN", NOON).orders == (
        3 if has_bought else 1
    )


def test_scores_outlive_the_orders_that_come_after_them(scene: Scene) -> None:
    scene.take(an_order(contact=EMAIL))
    score(scene, shopper(scene).id, LOYAL)
    scene.take(an_order(order_id="o2", contact=EMAIL))
    known = scene.store.accounts.known(scene.shop.id, shopper(scene))
    assert (known.rfm, known.account.sums("PLN", NOON).orders) == (LOYAL, 2)


@pytest.mark.parametrize("scored", ["stays", "goes", "both"])
def test_one_shopper_has_the_scores_of_the_account_that_stays_or_else_of_the_other(
    scene: Scene, scored: str
) -> None:
    scene.take(
        an_order(order_id="other", contact=OTHER), an_order(order_id="member", contact=MEMBER)
    )
    stays, goes = shopper(scene, MEMBER).id, shopper(scene, OTHER).id
    other = LOYAL.model_copy(update={"segment": Segment.AT_RISK, "at": NOON + HOUR})
    if scored in {"stays", "both"}:
        score(scene, stays, LOYAL)
    if scored in {"goes", "both"}:
        score(scene, goes, other)
    scene.take(MERGE)
    assert scene.store.accounts.known(scene.shop.id, shopper(scene, MEMBER)).rfm == (
        other if scored == "goes" else LOYAL
    )


def test_account_and_scores_are_known_in_one_request(scene: Scene) -> None:
    scene.take(
        an_order(order_id="other", contact=OTHER),
        an_order(order_id="member", contact=MEMBER),
        MERGE,
    )
    one = shopper(scene, MEMBER)
    with Requests(scene.store.table.dynamodb) as requests:
        scene.store.accounts.known(scene.shop.id, one)
    assert requests == ["BatchGetItem"]


def test_a_shopper_who_is_forgotten_is_listed_nowhere_under_any_of_their_ids(scene: Scene) -> None:
    scene.take(
        an_order(order_id="other", contact=OTHER),
        an_order(order_id="member", contact=MEMBER),
        MERGE,
    )
    one = shopper(scene, MEMBER)
    scene.take(
        PrivacyRequested(at=NOON + 2 * HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=MEMBER)
    )
    assert listed(scene) == []
    keys = [account_key(scene.shop.id, id_) for id_ in (one.id, *one.absorbed)]
    assert scene.store.table.get_many(keys) == []
    scene.take(
        OrderRefunded(
            at=NOON + 3 * HOUR,
            order_id="other",
            refund_id="r",
            currency="PLN",
            amount=Decimal("9.00"),
        )
    )
    assert scene.store.table.get_many(keys) == []
