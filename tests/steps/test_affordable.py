"""What a timeline may offer in addition to what the shop's programme gives with each sale."""

from decimal import Decimal
from typing import Any

import pytest

from reminder_step.discount_code import affordable
from support.builders import a_cart, a_shop, some_content
from wracaj.discounts.code import DiscountTerms
from wracaj.settings.shop import Shop

FIFTEEN_OF_TWENTY: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 20,
    "points": {"per_unit": 1, "value": "0.05"},
    "cashback": {"percent": 10},
}
SOLD = {"product_id": "7", "product_title": "Kubek"}


def shop_with(loyalty: dict[str, Any] | None = None, **changes: Any) -> Shop:
    return a_shop(
        loyalty=loyalty or FIFTEEN_OF_TWENTY, timelines=["abandoned_cart", "loyalty"], **changes
    )


def offered(
    worth: dict[str, Any],
    shop: Shop | None = None,
    total: str | None = "100",
    currency: str = "PLN",
) -> DiscountTerms | None:
    content = some_content(total=Decimal(total) if total else None, currency=currency)
    return affordable(
        DiscountTerms.model_validate(worth), a_cart(content=content), shop or shop_with()
    )


@pytest.mark.parametrize(("percent", "given"), [(20, 5), (5, 5), (4, 4)])
def test_a_percent_takes_what_points_and_cashback_leave_of_the_margin(
    percent: int, given: int
) -> None:
    assert offered({"percent": percent}) == DiscountTerms(percent=given)


@pytest.mark.parametrize("cashback", ["14.01", "15"])
def test_where_less_than_one_percent_is_left_nothing_is_offered(cashback: str) -> None:
    spent = shop_with(FIFTEEN_OF_TWENTY | {"cashback": {"percent": cashback}})
    assert offered({"percent": 1}, spent) is None


@pytest.mark.parametrize(
    ("amount", "total", "currency", "minimum", "is_given"),
    [
        ("5", "100", "PLN", None, True),
        ("5.01", "100", "PLN", None, False),
        ("5", "99.99", "PLN", None, False),
        ("5", "100", "EUR", None, False),
        ("500", None, "PLN", None, False),  # of win_back: there is no cart
        ("5", None, "PLN", "100", True),
        # the code works from 99, whatever lies in the cart today
        ("5", "1000", "PLN", "99", False),
    ],
)
def test_an_amount_is_held_against_the_total_it_works_from_or_the_carts(
    amount: str, total: str | None, currency: str, minimum: str | None, is_given: bool
) -> None:
    shop = shop_with(discount={"minimum_total": minimum} if minimum else {})
    found = offered({"amount": amount, "currency": "PLN"}, shop, total, currency)
    assert (found is not None) == is_given


DELIVERED: dict[str, Any] = {"free_shipping": True}


@pytest.mark.parametrize(
    ("cost", "total", "currency", "minimum", "is_given"),
    [
        ("4.06", "100", "PLN", None, True),  # 4.99 with tax, and 5 are left
        ("4.07", "100", "PLN", None, False),  # 5.01 with tax
        ("4.06", "99", "PLN", None, False),
        ("4.06", "100", "EUR", None, False),
        ("4.06", None, "PLN", None, False),
        ("4.06", None, "PLN", "100", True),
        ("4.06", "1000", "PLN", "99", False),
        (None, None, "PLN", None, True),  # the shop states no cost, so there is nothing to compare
    ],
)
def test_free_delivery_is_held_against_the_total_by_what_it_costs_the_shop(
    cost: str | None, total: str | None, currency: str, minimum: str | None, is_given: bool
) -> None:
    shop = shop_with(
        economics={"delivery_cost": cost} if cost else {},
        discount={"minimum_total": minimum} if minimum else {},
    )
    found = offered(DELIVERED, shop, total, currency)
    assert found == (DiscountTerms(free_shipping=True) if is_given else None)


def test_a_programme_that_gives_free_delivery_leaves_less_for_other_offers() -> None:
    reward = {"name": "Sto", "threshold": 100, "discount": DELIVERED}
    programme = {"currency": "PLN", "margin_percent": 20, "rewards": [reward]}
    stated = shop_with(programme, economics={"delivery_cost": 10, "vat_percent": 0})
    assert offered({"percent": 15}, stated) == DiscountTerms(percent=10)
    assert offered({"percent": 15}, shop_with(programme)) == DiscountTerms(percent=15)


def test_a_gift_and_a_shop_without_a_margin_are_left_alone() -> None:
    assert offered(SOLD) == DiscountTerms.model_validate(SOLD)
    dear = a_shop(economics={"delivery_cost": 500})
    assert offered(DELIVERED, dear) == DiscountTerms(free_shipping=True)
    assert offered({"amount": "500", "currency": "PLN"}, a_shop(), None) == DiscountTerms(
        amount=Decimal(500), currency="PLN"
    )
