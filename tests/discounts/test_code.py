import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.money import minor_units

STARTS = datetime(2026, 11, 22, 13, tzinfo=UTC)
ENDS = STARTS + timedelta(days=3)
CURRENCIES = st.sampled_from(["PLN", "EUR", "JPY", "KWD"])


@st.composite
def amounts(draw: st.DrawFn) -> DiscountTerms:
    currency = draw(CURRENCIES)
    amount = draw(st.decimals(min_value=1, max_value=100_000, places=minor_units(currency)))
    return DiscountTerms(amount=amount, currency=currency)


PERCENTS = st.integers(1, 100).map(lambda percent: DiscountTerms(percent=percent))
PRODUCTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=60
)
GIFTS = PRODUCTS.map(lambda product: DiscountTerms(product_id=product, product_title="Kubek"))
WORTHS = PERCENTS | amounts() | GIFTS | st.just(DiscountTerms(free_shipping=True))


def complaint(**given_: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        DiscountTerms(**given_)
    return str(refused.value)


@pytest.mark.parametrize(
    ("given_", "key", "told"),
    [
        ({"percent": 10}, "10", "10 %"),
        ({"amount": 20, "currency": "PLN"}, "20.00-PLN", "20.00 PLN"),
        ({"amount": "2E+1", "currency": "PLN"}, "20.00-PLN", "20.00 PLN"),
        ({"amount": "20.5", "currency": "PLN"}, "20.50-PLN", "20.50 PLN"),
        ({"amount": "500", "currency": "JPY"}, "500-JPY", "500 JPY"),
        ({"product_id": " 7 ", "product_title": "Kubek"}, "gift-7", "a gift of product 7"),
        ({"free_shipping": True}, "free-shipping", "free delivery"),
        ({"free_shipping": "true"}, "free-shipping", "free delivery"),  # as settings are read
        ({"percent": 10, "free_shipping": False}, "10", "10 %"),
    ],
)
def test_what_a_code_gives_has_a_key_and_words(given_: dict[str, Any], key: str, told: str) -> None:
    worth = DiscountTerms(**given_)
    assert (worth.key, str(worth)) == (key, told)


GIFT = {"product_id": "7", "product_title": "Kubek"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "exactly one thing"),
    "two things": ({"percent": 10, "amount": 20, "currency": "PLN"}, "exactly one thing"),
    "a percent and a gift": ({"percent": 10, **GIFT}, "exactly one thing"),
    "all three": ({"percent": 10, "amount": 20, "currency": "PLN", **GIFT}, "exactly one thing"),
    "a percent and free delivery": ({"percent": 10, "free_shipping": True}, "exactly one thing"),
    "a gift and free delivery": ({**GIFT, "free_shipping": True}, "exactly one thing"),
    "no free delivery": ({"free_shipping": False}, "or free_shipping: true"),
    "free delivery in words": ({"free_shipping": "darmowa"}, "should be a valid boolean"),
    "free delivery of a currency": (
        {"free_shipping": True, "currency": "PLN"},
        "a currency goes with an amount",
    ),
    "nothing off": ({"percent": 0}, "greater than or equal to 1"),
    "more than all": ({"percent": 101}, "less than or equal to 100"),
    "an amount of nothing": ({"amount": 0, "currency": "PLN"}, "greater than 0"),
    "an amount that never ends": ({"amount": "Infinity", "currency": "PLN"}, "finite"),
    "an amount of nowhere": ({"amount": 20}, "needs its currency, such as PLN"),
    "an amount in words": ({"amount": 20, "currency": "zł"}, "pattern"),
    "half a grosz": ({"amount": "20.005", "currency": "PLN"}, "in PLN has at most 2 decimals"),
    "half a yen": ({"amount": "20.5", "currency": "JPY"}, "in JPY has at most 0 decimals"),
    "a percent in złoty": ({"percent": 10, "currency": "PLN"}, "a currency goes with an amount"),
    "a gift without a name": ({"product_id": "7"}, "both its product_id and its product_title"),
    "a name without a gift": (
        {"percent": 10, "product_title": "Kubek"},
        "both its product_id and its product_title",
    ),
    "a gift of no product": (
        {"product_id": " ", "product_title": "Kubek"},
        "must be text on one line",
    ),
    "a name of two lines": (
        {"product_id": "7", "product_title": "Kubek\nBcc: x"},
        "must be text on one line",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_no_code_can_give_is_refused(wrong: str) -> None:
    given_, said = WRONG[wrong]
    assert said in complaint(**given_)


@given(WORTHS, WORTHS)
def test_two_keys_are_the_same_just_where_the_codes_give_the_same(
    one: DiscountTerms, other: DiscountTerms
) -> None:
    assert (one.key == other.key) == (one == other)


@given(WORTHS, st.none() | st.decimals(min_value=1, max_value=1000, places=2))
def test_a_voucher_keeps_its_worth_through_the_table(
    worth: DiscountTerms, minimum: Decimal | None
) -> None:
    voucher = mint(worth, STARTS, ENDS, minimum, "PLN")
    stored = DiscountCode.model_validate_json(voucher.model_dump_json(exclude_defaults=True))
    assert (stored, stored.discount) == (voucher, worth)


@given(WORTHS)
def test_a_minimum_is_in_the_currency_of_the_amount(worth: DiscountTerms) -> None:
    voucher = mint(worth, STARTS, ENDS, Decimal(100), "CZK")
    expected = {
        "amount": (Decimal(100), worth.currency),
        "percent": (Decimal(100), "CZK"),
        "product_id": (None, None),
        "free_shipping": (Decimal(100), "CZK"),
    }
    kind = next(name for name in expected if getattr(worth, name))
    assert (voucher.minimum_total, voucher.currency) == expected[kind]


def test_without_a_minimum_a_percent_has_no_currency() -> None:
    assert mint(DiscountTerms(percent=10), STARTS, ENDS, None, "PLN").currency is None


def test_a_gift_has_no_minimum() -> None:
    with pytest.raises(ValidationError, match="a gift has no minimum_total"):
        DiscountCode(
            code="A", starts_at=STARTS, expires_at=ENDS, minimum_total=Decimal(100), **GIFT
        )


OLD = {
    "code": "K7DM-4XRA-PL9C",
    "percent": 10,
    "starts_at": "2026-11-22T13:00:00Z",
    "expires_at": "2026-11-25T13:00:00Z",
}


@pytest.mark.parametrize(
    "more", [{}, {"minimum_total": "150", "currency": "PLN"}, {"minimum_total": "150"}]
)
def test_vouchers_of_the_time_when_all_were_percents_are_read(more: dict[str, Any]) -> None:
    voucher = DiscountCode.model_validate_json(json.dumps(OLD | more))
    assert voucher.discount == DiscountTerms(percent=10)
    # and what is written, older code reads
    assert json.loads(voucher.model_dump_json(exclude_defaults=True)) == OLD | more
