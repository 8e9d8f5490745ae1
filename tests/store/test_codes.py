"""Pools of discount codes: each code once, to one; how many are left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON
from support.webhook_bodies import GENERIC_SECRET, a_shop
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import ConflictError, DiscountError
from wracaj.services import discount_codes
from wracaj.services.discount_codes import create_discount
from wracaj.settings.shop import Shop

TEN = DiscountTerms(percent=10)
TWENTY_ZLOTYS = DiscountTerms(amount=Decimal("20.00"), currency="PLN")


def a_voucher(worth: DiscountTerms = TEN) -> DiscountCode:
    return mint(worth, NOON, NOON + 72 * HOUR)


def a_shop_with_a_pool(shop_id: str, **discount: Any) -> Shop:
    return a_shop("generic", GENERIC_SECRET, shop=shop_id, discount={"source": "pool", **discount})


def test_pools_say_what_they_give_and_how_many_codes_are_left(store: Any, shop_id: str) -> None:
    assert store.codes.pools(shop_id) == []
    store.codes.upload(shop_id, TEN, ["A-1", "A-2", "A-3"])
    store.codes.upload(shop_id, TWENTY_ZLOTYS, ["B-1"])
    store.codes.take(shop_id, a_voucher(), "c1")
    store.codes.take(shop_id, a_voucher(TWENTY_ZLOTYS), "c2")
    assert dict(store.codes.pools(shop_id)) == {TEN: 2, TWENTY_ZLOTYS: 0}


def test_a_code_belongs_to_the_pool_that_it_came_to_first(store: Any, shop_id: str) -> None:
    assert store.codes.upload(shop_id, TEN, ["A-1"]) == 1
    assert store.codes.upload(shop_id, TWENTY_ZLOTYS, ["A-1"]) == 0
    assert store.codes.take(shop_id, a_voucher(TWENTY_ZLOTYS), "c1") is None


def test_many_at_once_get_different_codes(store: Any, shop_id: str) -> None:
    store.codes.upload(shop_id, TEN, [f"A-{number}" for number in range(12)])

    def take(number: int) -> str:
        voucher = a_voucher()
        while True:
            try:
                return str(store.codes.take(shop_id, voucher, f"c{number}").code)
            except ConflictError:  # the state machine tries again
                continue

    with ThreadPoolExecutor(4) as people:
        taken = list(people.map(take, range(12)))
    assert len(set(taken)) == 12


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    told: Callable[[str], None] = names.append
    monkeypatch.setattr(discount_codes, "count", told)
    return names


def test_people_hear_of_it_before_a_pool_is_empty(
    store: Any, shop_id: str, counted: list[str]
) -> None:
    shop = a_shop_with_a_pool(shop_id, warn_below=2)
    store.codes.upload(shop_id, TEN, ["A-1", "A-2", "A-3"])
    told = []
    for number in range(3):
        create_discount(store, shop, a_voucher(), f"c{number}")
        told.append(len(counted))
    assert told == [0, 1, 2]
    with pytest.raises(DiscountError, match=f"wracaj shop codes {shop_id} FILE"):
        create_discount(store, shop, a_voucher(), "c4")


def test_no_warning_where_none_is_wanted(store: Any, shop_id: str, counted: list[str]) -> None:
    store.codes.upload(shop_id, TEN, ["A-1"])
    create_discount(store, a_shop_with_a_pool(shop_id, warn_below=0), a_voucher(), "c1")
    assert counted == []
