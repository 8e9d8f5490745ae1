"""The missing amount in a message: by the ledger's own rule, an order of exactly this amount
reaches the threshold."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wracaj.loyalty.ledger import Account, Posting, Sums, posting_of, terms_for, tier_of
from wracaj.loyalty.programme import STORED, Programme
from wracaj.loyalty.progress import Near, close_to, nudge_of, reached_with
from wracaj.messages.loyalty_facts import LoyaltyFacts, loyalty_view
from wracaj.money import minor_units
from wracaj.orders.order import OrderState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FACTORS = st.decimals(1, 10, places=2)


def a_programme(**changes: Any) -> Programme:
    return Programme.model_validate(
        {"currency": "PLN", "margin_percent": 100, "points": {"value": 0}} | changes
    )


def an_account(points: int, spend: str = "0", currency: str = "PLN") -> Account:
    return Account(
        months={"2026-11": {currency: Sums(spend=Decimal(spend), orders=1, points=points)}}
    )


def with_order(account: Account, programme: Programme, total: Decimal) -> Account:
    order = OrderState(order_id="next", placed_at=NOW, currency=programme.currency, total=total)
    return account.post(Posting(), posting_of(order, terms_for(order, programme, account)))


GOLD = [{"name": "Gold", "by": "points", "threshold": 1000}]


@pytest.mark.parametrize(
    ("per_unit", "points", "missing"),
    [("2", 963, "19"), ("3", 990, "4"), ("0.3", 999, "4"), ("0.5", 999, "2"), ("1", 999, "1")],
)
def test_an_order_of_what_a_tier_by_points_misses_reaches_it(
    per_unit: str, points: int, missing: str
) -> None:
    programme = a_programme(points={"per_unit": per_unit, "value": 0}, tiers=GOLD)
    near = nudge_of(programme, an_account(points), NOW, set(), set())
    assert near is not None and near.missing == Decimal(missing)
    tier = tier_of(with_order(an_account(points), programme, near.missing), programme, NOW)
    assert tier is not None and tier.name == "Gold"


def test_a_tier_by_points_where_there_are_none_is_never_near() -> None:
    """Settings that were stored before that was refused."""
    told = {"currency": "PLN", "margin_percent": 50, "tiers": GOLD}
    programme = Programme.model_validate(told, context={STORED: True})
    assert (
        close_to(programme, an_account(0), NOW) == []
        and reached_with(programme, an_account(0), NOW, Decimal(5000)) is None
    )


def test_the_present_tier_makes_the_next_one_nearer() -> None:
    tiers = [{"name": "Silver", "by": "points", "threshold": 100, "points_factor": "1.5"}, *GOLD]
    (near,) = close_to(a_programme(tiers=tiers), an_account(970), NOW)
    assert near.missing == 20


def test_a_cart_is_told_to_reach_what_its_order_would() -> None:
    programme = a_programme(points={"per_unit": 2, "value": 0}, tiers=GOLD)
    assert reached_with(programme, an_account(963), NOW, Decimal("18.50")) is None
    assert reached_with(programme, an_account(963), NOW, Decimal("18.99")) is None
    reached = reached_with(programme, an_account(963), NOW, Decimal(19))
    assert reached is not None and reached.name == "Gold"


def test_a_part_of_a_minor_unit_is_missing_whole() -> None:
    programme = a_programme(rewards=[{"name": "r", "threshold": 100, "discount": {"percent": 5}}])
    (near,) = close_to(programme, an_account(0, "50.006"), NOW)
    assert near.missing == 50
    in_yen = programme.model_copy(update={"currency": "JPY"})
    assert [one.missing for one in close_to(in_yen, an_account(0, "50.6", "JPY"), NOW)] == [50]


def told(near: Near, programme: Programme) -> Decimal:
    """The amount as the message shows it."""
    shown = loyalty_view(LoyaltyFacts(programme=programme, near=near), "en").near
    assert shown is not None
    return Decimal("".join(letter for letter in shown.missing if letter.isdigit() or letter == "."))


@settings(deadline=None)
@given(
    st.decimals("0.01", 20, places=2),
    FACTORS,
    st.integers(0, 3000),
    st.decimals(0, 900, places=3),
    st.sampled_from(["PLN", "JPY", "KWD"]),
)
@example(Decimal(2), Decimal(1), 963, Decimal(0), "PLN")
def test_an_order_of_exactly_the_told_amount_always_reaches_the_threshold(
    per_unit: Decimal, factor: Decimal, points: int, spend: Decimal, currency: str
) -> None:
    programme = a_programme(
        currency=currency,
        points={"per_unit": str(per_unit), "value": 0},
        tiers=[
            {"name": "Silver", "by": "points", "threshold": 500, "points_factor": str(factor)},
            {"name": "Gold", "by": "points", "threshold": 2500, "points_factor": 10},
            {"name": "Friend", "by": "spend", "threshold": 800},
        ],
        rewards=[{"name": "r", "threshold": 600, "per": "month", "discount": {"percent": 5}}],
    )
    account = an_account(points, str(spend), currency)
    for near in close_to(programme, account, NOW):
        amount, unit = told(near, programme), Decimal(1).scaleb(-minor_units(currency))
        assert near.key not in {
            left.key for left in close_to(programme, with_order(account, programme, amount), NOW)
        }
        assert near.key in {
            left.key
            for left in close_to(programme, with_order(account, programme, amount - unit), NOW)
        }
        assert reached_with(programme, account, NOW, amount) is not None
