"""Figures, checked against pandas on the same orders."""

from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wracaj.loyalty.ledger import Account, Posting, Sums, Terms, posting_of
from wracaj.money import format_money
from wracaj.orders.order import OrderState
from wracaj_cli.report.figures import (
    Customers,
    bought_in,
    earlier,
    expected_lifetime_value,
    last_months,
    retention_rate,
)

MONTHS = last_months("2026-11", 24)
# customer, month, cents
ORDER = st.tuples(st.integers(0, 5), st.integers(0, 23), st.integers(1, 50_000))


def accounts_of(orders: list[tuple[int, int, int]]) -> list[Account]:
    accounts: dict[int, Account] = {}
    for number, (customer, month, cents) in enumerate(orders):
        placed = datetime.fromisoformat(f"{MONTHS[month]}-15T12:00:00+00:00")
        order = OrderState(
            order_id=str(number), placed_at=placed, currency="PLN", total=Decimal(cents) / 100
        )
        account = accounts.get(customer, Account())
        accounts[customer] = account.post(Posting(), posting_of(order, Terms()))
    return list(accounts.values())


def customers_of(orders: list[tuple[int, int, int]]) -> Customers:
    customers = Customers(MONTHS)
    for account in accounts_of(orders):
        customers.add(bought_in(account, "PLN", MONTHS[-1]))
    return customers


def test_the_example_of_the_formula() -> None:
    assert retention_rate(at_start=100, at_end=180, new=150) == 30


def figures_of(*customers: dict[str, int], last: str = "2026-11") -> Customers:
    """Each with how many orders of 100 in which month."""
    figures = Customers([earlier(last, back) for back in (1, 0)])
    for orders in customers:
        figures.add(
            {
                month: Sums(spend=Decimal(100 * number), orders=number)
                for month, number in orders.items()
            }
        )
    return figures


def test_who_comes_back_after_a_year_is_none_of_those_who_stayed() -> None:
    """Two who are customers all the time, and three who were none any more when the month began."""
    customers = figures_of(*[{"2026-09": 1}] * 2, *[{"2025-01": 1, "2026-11": 1}] * 3)
    last = customers.by_month[-1]
    assert (last.at_start, last.at_end, last.new) == (2, 5, 3)
    assert (last.retention, last.churn) == (Decimal(100), Decimal(0))


def test_who_leaves_is_not_made_up_for_by_those_who_come_back() -> None:
    customers = figures_of({"2026-09": 1}, {"2025-11": 1}, *[{"2025-01": 1, "2026-11": 1}] * 3)
    last = customers.by_month[-1]
    assert (last.at_start, last.at_end, last.new) == (2, 4, 3)
    assert (last.retention, last.churn) == (Decimal(50), Decimal(50))
    assert customers.lifetime.churn == 25  # one of two in November, none of two in October
    assert customers.lifetime.expected_value == expected_lifetime_value(
        Decimal(100), Decimal(3) / 6, Decimal(25)
    )


def test_amounts_are_not_rounded_before_the_currency_is_known() -> None:
    customers = Customers(["2026-11"])
    for dinars in ("1.000", "1.000", "1.001"):
        customers.add({"2026-11": Sums(spend=Decimal(dinars), orders=1)})
    assert (
        format_money(customers.lifetime.historic_value or Decimal(0), "KWD", "en")
        == "KWD\u00a01.000"
    )
    customers.add({"2026-11": Sums(spend=Decimal("1.011"), orders=1)})
    assert (
        format_money(customers.lifetime.historic_value or Decimal(0), "KWD", "en")
        == "KWD\u00a01.003"
    )


def test_nobody_at_the_start_means_no_rate() -> None:
    assert retention_rate(0, 5, 5) is None


@given(st.lists(ORDER, min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_each_month_is_as_pandas_counts_it(orders: list[tuple[int, int, int]]) -> None:
    frame = pd.DataFrame(orders, columns=["customer", "month", "cents"])
    for place, figures in enumerate(customers_of(orders).by_month):
        now = frame[frame["month"] == place]
        began = set(frame[frame["month"].between(place - 12, place - 1)]["customer"])
        ended = set(frame[frame["month"].between(place - 11, place)]["customer"])
        assert (figures.at_start, figures.at_end, figures.new) == (
            len(began),
            len(ended),
            len(ended - began),
        )
        stayed = 100 * len(began & ended) / len(began) if began else None
        assert (figures.retention is None) is (stayed is None)
        assert float(figures.retention or 0) == pytest.approx(stayed or 0, abs=0.006)
        assert figures.churn is None or 0 <= figures.churn <= 100
        assert (figures.orders, figures.buyers) == (len(now), now["customer"].nunique())
        assert figures.spend == Decimal(int(now["cents"].sum())) / 100
        so_far = (
            frame[frame["month"] <= place]
            .groupby("customer")
            .agg(orders=("cents", "size"), cents=("cents", "sum"))
        )
        assert figures.lifetime.customers == len(so_far)
        if len(so_far):
            assert float(figures.lifetime.repeat_rate or 0) == pytest.approx(
                100 * (so_far["orders"] >= 2).mean(), abs=0.006
            )
            assert float(figures.lifetime.historic_value or 0) == pytest.approx(
                so_far["cents"].mean() / 100, abs=0.006
            )


@given(st.lists(ORDER, min_size=1, max_size=40))
@example([(0, 0, 1), (0, 0, 2)])  # an average of one and a half cents
@settings(max_examples=50, deadline=None)
def test_lifetime_figures_are_as_pandas_counts_them(orders: list[tuple[int, int, int]]) -> None:
    customers = customers_of(orders)
    figures = customers.lifetime
    frame = pd.DataFrame(orders, columns=["customer", "month", "cents"])
    per_customer = frame.groupby("customer").agg(orders=("cents", "size"), cents=("cents", "sum"))
    assert figures.repeat_rate is not None and figures.historic_value is not None
    assert float(figures.repeat_rate) == pytest.approx(
        100 * (per_customer["orders"] >= 2).mean(), abs=0.006
    )
    assert float(figures.historic_value) == pytest.approx(
        per_customer["cents"].mean() / 100, abs=0.006
    )
    started, ended, new = by_pandas(frame)
    left = started - (ended - new)
    assert (figures.churn is None) is (started == 0)
    assert float(figures.churn or 0) == pytest.approx(100 * left / max(1, started), abs=0.006)
    assert figures.retention == (None if figures.churn is None else 100 - figures.churn)
    assert (figures.expected_value is None) is (left <= 0)
    if left > 0:
        expected = frame["cents"].mean() / 100 * (len(frame) / ended) / (left / started)
        assert float(figures.expected_value or 0) == pytest.approx(expected, abs=0.006)


@given(st.lists(ORDER, min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_the_last_month_ends_as_everything_does(orders: list[tuple[int, int, int]]) -> None:
    customers = customers_of(orders)
    assert customers.by_month[-1].lifetime == customers.lifetime


def by_pandas(frame: pd.DataFrame) -> tuple[int, int, int]:
    """S, E and N of all months together: who bought within the 12 months before each, in those it
    ends, and in these only."""
    bought = frame.assign(one=1).pivot_table(
        index="customer", columns="month", values="one", aggfunc="max", fill_value=0
    )
    customers = bought.reindex(columns=range(-12, 24), fill_value=0).T.rolling(12).max().T
    started, ended = customers[range(-1, 23)] > 0, customers[range(24)] > 0
    became = ended.to_numpy() & ~started.to_numpy()
    return int(started.to_numpy().sum()), int(ended.to_numpy().sum()), int(became.sum())


def test_the_expected_value_is_the_average_order_times_the_rate_over_the_churn() -> None:
    assert expected_lifetime_value(Decimal(100), Decimal("0.5"), Decimal(5)) == 1000
    assert expected_lifetime_value(Decimal(100), Decimal("0.5"), Decimal(0)) is None


def test_a_shop_without_customers_has_no_figures_and_no_error() -> None:
    figures = Customers(MONTHS).lifetime
    assert (figures.customers, figures.repeat_rate, figures.expected_value) == (0, None, None)


def test_a_month_in_which_only_points_were_given_is_no_month_of_a_purchase() -> None:
    (account,) = accounts_of([(0, 0, 100_00)])
    rewarded = account.post(
        Posting(), Posting(month=MONTHS[20], currency="PLN", good_until="2030-01-31", points=150)
    )
    customers = Customers(MONTHS)
    customers.add(bought_in(rewarded, "PLN", MONTHS[-1]))
    figures = customers.by_month
    assert [month.buyers for month in figures] == [1, *[0] * 23]
    assert [month.at_end for month in figures] == [*[1] * 12, *[0] * 12]
    assert [month.new for month in figures] == [1, *[0] * 23]
