"""What an account says of itself, in figures that can be checked by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from wracaj.loyalty.ledger import (
    Account,
    Posting,
    Sums,
    Terms,
    counted,
    last_day,
    month_of,
    months_before,
    posting_of,
    terms_for,
)
from wracaj.loyalty.programme import Programme
from wracaj.orders.order import OrderState

MAY = datetime(2026, 5, 31, 12, tzinfo=UTC)
NOTHING = Posting()
BY_POINTS = {"name": "Stali", "threshold": 100, "by": "points", "points_factor": 3}
BY_SPEND = {"name": "Hojni", "threshold": 100}


def a_programme(**changes: Any) -> Programme:
    told = {"currency": "PLN", "margin_percent": 30, "points": {"per_unit": 2, "value": "0.01"}}
    return Programme.model_validate(told | changes)


def a_posting(day: str = "2026-05-31", **changes: Any) -> Posting:
    told = {"day": day, "month": day[:7], "currency": "PLN", "good_until": "2027-05-31"}
    sums: dict[str, Any] = {"spend": Decimal("50.50"), "orders": 1, "points": 50}
    return Posting.model_validate(told | sums | changes)


def posted(*postings: Posting) -> Account:
    account = Account()
    for posting in postings:
        account = account.post(NOTHING, posting)
    return account


def test_an_empty_posting_and_empty_sums_are_nothing() -> None:
    assert (NOTHING.spend, NOTHING.orders, NOTHING.points) == (Decimal(0), 0, 0)
    assert (Sums().spend, Sums().orders, Sums().points) == (Decimal(0), 0, 0)


def test_who_bought_nothing_has_no_first_and_no_last_day() -> None:
    assert (Account().first_bought, Account().last_bought) == (None, None)


def test_the_first_and_the_last_day_are_those_of_orders() -> None:
    account = posted(a_posting("2026-04-02"), a_posting("2026-05-31"), a_posting("2026-03-01"))
    assert (account.first_bought, account.last_bought) == (date(2026, 3, 1), date(2026, 5, 31))


def test_an_account_is_the_sums_of_what_was_posted() -> None:
    account = posted(a_posting(), a_posting(spend=Decimal(10), points=10))
    assert account.months == {"2026-05": {"PLN": Sums(spend=Decimal("60.50"), orders=2, points=60)}}
    assert (account.days, account.expiring) == ({"2026-05-31": 2}, {"2027-05-31": 60})


def test_what_is_taken_back_leaves_no_empty_month() -> None:
    first, other = a_posting("2026-04-02"), a_posting()
    account = posted(first, other).post(first, NOTHING)
    assert account == posted(other)
    assert account.post(other, NOTHING) == Account()


def test_a_grant_posts_points_and_no_day() -> None:
    account = posted(a_posting(day="", month="2026-05", spend=Decimal(0), orders=0))
    assert (account.days, account.points(MAY.date())) == ({}, 50)


def test_the_average_order_is_of_whole_groszy() -> None:
    assert Sums(spend=Decimal(100), orders=3).average_order == Decimal("33.33")
    assert Sums().average_order is None


def test_of_two_accounts_debts_of_a_day_are_added_and_others_kept() -> None:
    one = Account(owed={"2026-02-20": 100, "2026-03-01": 7})
    other = Account(owed={"2026-02-20": 20, "2026-01-05": 3})
    assert one.plus(other).owed == {"2026-01-05": 3, "2026-02-20": 120, "2026-03-01": 7}


def test_of_two_accounts_everything_else_is_added_too() -> None:
    one, other = posted(a_posting()), posted(a_posting("2026-04-02", good_until="2027-04-30"))
    both = one.plus(other)
    assert both == posted(a_posting(), a_posting("2026-04-02", good_until="2027-04-30"))


def test_points_count_to_the_end_of_their_last_day_less_what_is_owed() -> None:
    account = Account(expiring={"2026-05-31": 30, "2026-06-30": 40}, owed={"2026-06-15": 25})
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1)]
    spent = account.model_copy(update={"expiring": {**account.expiring, "2027-01-31": -25}})
    assert [spent.points(day) for day in days] == [45, 15, 15, 0]


def test_a_debt_is_paid_with_what_expires_first_after_it_arose() -> None:
    account = Account(
        expiring={"2026-05-31": 30, "2026-06-30": 40, "2026-07-31": 50, "2027-01-31": -60},
        owed={"2026-06-15": 60},
    )
    assert account.left(MAY.date()) == {"2026-05-31": 30, "2026-07-31": 30}


def test_points_on_their_last_day_still_pay_the_debt_of_that_day() -> None:
    account = Account(expiring={"2026-05-31": 30, "2027-01-31": -20}, owed={"2026-05-31": 20})
    assert account.left(MAY.date()) == {"2026-05-31": 10}
    late = account.model_copy(update={"owed": {"2026-06-01": 20}})
    assert late.left(MAY.date()) == {"2026-05-31": 30}


def test_debts_are_noted_on_the_day_that_finds_them_and_never_twice() -> None:
    spent = Account(expiring={"2027-01-31": -60}, owed={"2026-05-01": 20})
    assert spent.owing(MAY.date()).owed == {"2026-05-01": 20, "2026-05-31": 40}
    assert spent.owing(MAY.date()).owing(date(2026, 9, 1)).owed == spent.owing(MAY.date()).owed


def test_a_single_point_is_a_balance_a_debt_and_a_settlement() -> None:
    day = MAY.date()
    assert Account(expiring={"2027-01-31": 1}).points(day) == 1
    owing = Account(expiring={"2027-01-31": -1}).owing(day)
    assert (owing.owed, owing.points(day)) == ({"2026-05-31": 1}, -1)
    back = owing.model_copy(update={"expiring": {}}).owing(day)
    assert (back.owed, back.points(day)) == ({}, 0)


def test_points_that_come_back_settle_a_debt_in_part() -> None:
    account = Account(expiring={"2027-01-31": -60}, owed={"2026-05-01": 50, "2026-05-20": 40})
    assert account.owing(MAY.date()).owed == {"2026-05-01": 50, "2026-05-20": 10}


@pytest.mark.parametrize(
    ("tier", "expected"), [(BY_POINTS, Decimal(50)), (BY_SPEND, Decimal("50.50"))]
)
def test_a_tier_counts_points_or_money(tier: dict[str, Any], expected: Decimal) -> None:
    programme = a_programme(tiers=[tier])
    assert counted(programme.tiers[0], programme, posted(a_posting()), MAY) == expected


def an_order(total: str = "99.99", **changes: Any) -> OrderState:
    told = {"order_id": "o1", "placed_at": MAY, "currency": "PLN", "total": Decimal(total)}
    return OrderState.model_validate(told | changes)


def test_an_order_earns_by_the_programme_and_the_tier_that_the_customer_has() -> None:
    programme = a_programme(tiers=[BY_SPEND | {"points_factor": 3}])
    rich, poor = posted(a_posting(spend=Decimal(100))), posted(a_posting(spend=Decimal(99)))
    assert terms_for(an_order(), programme, rich).points_per_unit == 6
    assert terms_for(an_order(), programme, poor).points_per_unit == 2
    assert terms_for(an_order(), programme, poor).good_for_months == 12


def test_points_last_as_long_as_the_programme_says() -> None:
    programme = a_programme(points={"per_unit": 1, "value": "0.01", "expire_after_months": 3})
    terms = terms_for(an_order(), programme, Account())
    assert (terms.good_for_months, posting_of(an_order(), terms).good_until) == (3, "2026-08-31")


@pytest.mark.parametrize(
    ("order", "programme"),
    [
        (an_order(), None),
        (an_order(), a_programme(points=None)),
        (an_order(currency="EUR"), a_programme()),
        (an_order(placed_at=None), a_programme()),
    ],
)
def test_an_order_that_the_programme_does_not_know_earns_nothing(
    order: OrderState, programme: Programme | None
) -> None:
    assert terms_for(order, programme, Account()) == Terms()
    assert (Terms().points_per_unit, Terms().good_for_months) == (Decimal(0), 12)


@pytest.mark.parametrize("order", [an_order(placed_at=None), an_order(currency=None)])
def test_an_order_without_a_day_or_a_currency_posts_nothing(order: OrderState) -> None:
    assert posting_of(order, Terms(points_per_unit=Decimal(1))) == NOTHING


def test_months_are_those_of_the_calendar() -> None:
    assert month_of(date(2026, 1, 31)) == "2026-01"
    assert [months_before(date(2026, 1, 31), months) for months in (0, 1, 12, 13)] == [
        "2026-01",
        "2025-12",
        "2025-01",
        "2024-12",
    ]
    assert [last_day(MAY.replace(month=12), months) for months in (0, 1, 12)] == [
        "2026-12-31",
        "2027-01-31",
        "2027-12-31",
    ]
