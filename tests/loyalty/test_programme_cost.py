"""No customer gets more than the margin of what they spent, whatever they do, over all their years
as a customer."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from wracaj.loyalty.earning import celebrated, grant_of, reached
from wracaj.loyalty.grants import Grant, GrantState, given_for_good, no_longer_true
from wracaj.loyalty.ledger import Account, Posting, posting_of, terms_for
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.programme_cost import worth_of_point
from wracaj.orders.order import OrderState

BEGINS = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CHECKED = 15 * DAY  # after an order or a review
LIFE = 800
MUG = {"product_id": "7", "product_title": "Kubek"}


@dataclass
class Customer:
    """Checked as the timelines do it; every gift is taken at once, as soon as it is given."""

    programme: Programme
    account: Account = field(default_factory=Account)
    grants: dict[str, Grant] = field(default_factory=dict)
    reviews: list[date] = field(default_factory=list)
    spent: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)

    def buys(self, total: int, at: datetime) -> None:
        state = OrderState(order_id="o", placed_at=at, currency="PLN", total=Decimal(total))
        posted = posting_of(state, terms_for(state, self.programme, self.account))
        self.account = self.account.post(Posting(), posted)
        self.spent += total
        self._costs(posted.points)

    def is_checked(self, at: datetime) -> None:
        granted = given_for_good(self.grants.values())
        self._given(
            reached(self.programme, self.account, at, reviews=self.reviews, granted=granted), at
        )

    def has_a_day(self, occasion: str, at: datetime) -> None:
        gift = celebrated(self.programme, occasion, at.date(), self.account, self.grants.values())
        self._given([gift] if gift else [], at)

    def _given(self, found: list[Any], at: datetime) -> None:
        for one in found:
            if one.key not in self.grants:
                grant = grant_of(one, self.programme, self.account, at).changed(
                    state=GrantState.ISSUED
                )
                self.grants[one.key] = grant
                self.account = self.account.post(Posting(), grant.posted)
                self._costs(grant.posted.points)
                self.cost += (one.discount.cost(None) or 0) if one.discount else 0

    def _costs(self, points: int) -> None:
        self.cost += (
            points * worth_of_point(self.programme.points, None) if self.programme.points else 0
        )


AMOUNTS = st.integers(1, 9).map(lambda number: number * 10)
SPENT = st.sampled_from([100, 200, 300])
PERIODS = st.sampled_from(["month", "quarter", "half_year", "year", "ever"])


def gifts() -> st.SearchStrategy[Any]:
    return st.tuples(AMOUNTS, SPENT).map(
        lambda told: MUG | {"product_cost": told[0], "spent_from": told[1]}
    )


def prizes() -> st.SearchStrategy[Any]:
    return AMOUNTS.map(lambda cost: MUG | {"product_cost": cost})


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """With the least margin by which the settings take them."""
    achievements = st.fixed_dictionaries(
        {
            "action": st.sampled_from(["orders", "review", "review", "year_together"]),
            "orders": st.just(2),
            "per": PERIODS,
            "points": st.integers(10, 300),
            "spent_from": SPENT,
        }
    )
    parts: dict[str, st.SearchStrategy[Any]] = {
        "first_purchase": gifts(),
        "birthday": gifts(),
        "anniversary": gifts(),
        "achievements": st.lists(achievements, min_size=1, max_size=2).map(named("a")),
        "rewards": st.lists(
            st.fixed_dictionaries({"threshold": SPENT, "per": PERIODS, "discount": prizes()}),
            min_size=1,
            max_size=2,
        ).map(named("r")),
        "tiers": st.lists(
            st.fixed_dictionaries(
                {
                    "threshold": SPENT,
                    "within_months": st.sampled_from([1, 12, 30]),
                    "discount": prizes(),
                }
            ),
            min_size=1,
            max_size=2,
            unique_by=lambda tier: int(tier["threshold"]),
        ).map(lambda tiers: named("t")(sorted(tiers, key=lambda tier: int(tier["threshold"])))),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(parts)), min_size=1, max_size=2))
    told = {name: draw(parts[name]) for name in sorted(chosen)} | {
        "currency": "PLN",
        "points": {"value": "0.0001"},
    }
    if "achievements" in chosen:
        told["points"] = {"per_unit": "0.001", "value": "1"}  # next to nothing for orders
    for margin in range(1, 101):
        with suppress(ValidationError):
            return Programme.model_validate(told | {"margin_percent": margin})
    assume(False)
    raise AssertionError


def named(name: str) -> Callable[[list[Any]], list[Any]]:
    return lambda parts: [part | {"name": f"{name}{number}"} for number, part in enumerate(parts)]


def eager(every: int, bought: list[tuple[int, int]]) -> list[Any]:
    """Buys once or twice, and has something to be given for every few days."""
    asked = [
        (day, (what, None))
        for day in range(0, LIFE, every)
        for what in ("review", "birthday", "anniversary")
    ]
    return [*asked, *((day, ("buys", total)) for day, total in bought)]


BOUGHT = st.tuples(st.integers(0, LIFE), SPENT)
EVENTS = st.builds(eager, st.integers(7, 60), st.lists(BOUGHT, min_size=1, max_size=4))


def played(customer: Customer, events: list[Any]) -> Iterator[datetime]:
    """Each thing and each check at its time; gives the time of each."""
    due = [(BEGINS + days * DAY, 0, what) for days, what in events]
    due += [
        (at + CHECKED, 1, ("check", None)) for at, _, (what, _) in due if what in {"buys", "review"}
    ]
    for at, _, (what, total) in sorted(due, key=lambda one: one[:2]):
        match what:
            case "buys":
                customer.buys(total, at)
            case "review":
                customer.reviews.append(at.date())
            case "check":
                customer.is_checked(at)
            case _:
                customer.has_a_day(what, at)
        yield at


@settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(programmes(), EVENTS)
def test_nobody_is_given_more_than_the_margin_of_what_they_spent(
    programme: Programme, events: list[Any]
) -> None:
    customer = Customer(programme)
    for _ in played(customer, events):
        assert customer.cost * 100 <= customer.spent * programme.margin_percent, (
            customer.grants.keys()
        )


@settings(
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(programmes(), EVENTS)
def test_nothing_that_was_given_is_undone_by_time_or_by_buying_more(
    programme: Programme, events: list[Any]
) -> None:
    customer = Customer(programme)
    for at in played(customer, events):
        assert no_longer_true(customer.grants.values(), customer.account, at) == []


def a_programme(**told: Any) -> Programme:
    return Programme.model_validate({"currency": "PLN", "margin_percent": 29} | told)


def test_the_same_sales_pay_for_a_ladder_and_others_add_up() -> None:
    ladder = [
        {
            "name": str(spend),
            "threshold": spend,
            "per": "year",
            "discount": {"amount": spend * 15 // 100},
        }
        for spend in (200, 1000)
    ]
    assert a_programme(margin_percent=18, rewards=ladder).rewards  # 180 of 1000
    with pytest.raises(
        ValidationError, match=r"\(rewards.200 30 \+ rewards.1000 150\) ÷ 1000 × 100 = 18.00 PLN"
    ):
        a_programme(margin_percent=17, rewards=ladder)
    with pytest.raises(
        ValidationError,
        match=r"rewards.200 30 ÷ 200 × 100 \+ rewards.1000 150 ÷ 1000 × 100 = 30.00 PLN",
    ):
        a_programme(rewards=[ladder[0] | {"per": "month"}, ladder[1]])


def test_a_gift_of_each_year_and_one_for_ever_are_paid_by_different_sales() -> None:
    with pytest.raises(
        ValidationError,
        match=r"tiers.t 1 × 29 ÷ 200 × 100 \+ birthday 1 × 29 ÷ 100 × 100 = 43.50 PLN",
    ):
        a_programme(
            birthday=MUG | {"product_cost": 29, "spent_from": 100},
            tiers=[{"name": "t", "threshold": 200, "discount": MUG | {"product_cost": 29}}],
        )


def test_an_amount_may_be_paid_by_what_was_spent_before() -> None:
    tier = {"name": "t", "threshold": 5000, "discount": {"amount": 20}}
    assert a_programme(birthday={"amount": 20, "spent_from": 5000}, tiers=[tier]).birthday
    with pytest.raises(ValidationError, match=r"birthday 1 × 20 ÷ 60 × 100 = 33.34 PLN"):
        a_programme(birthday={"amount": 20, "spent_from": 60})


def test_a_sum_a_hair_above_the_margin_says_so() -> None:
    with pytest.raises(ValidationError, match=r"29\.01 PLN, more than the margin of 29 %"):
        a_programme(rewards=[{"name": "r", "threshold": "1000", "discount": {"amount": "290.01"}}])


@pytest.mark.parametrize(
    ("achievements", "least"),
    [
        # two of them bring the points, and take 100; the points for 200 zł are less
        ([("year", 400, 100)], "200"),
        ([("ever", 400, 100)], "600"),
        ([("ever", 400, 700)], "700"),
        ([("year", 800, 100)], "100"),
        ([], "1000"),
    ],
)
def test_what_it_takes_to_reach_a_tier_by_points(
    achievements: list[tuple[str, int, int]], least: str
) -> None:
    rules = [
        {
            "name": f"{per}{points}",
            "action": "review",
            "per": per,
            "points": points,
            "spent_from": spent,
        }
        for per, points, spent in achievements
    ]
    told = {"points": {"value": "0.001"}, "achievements": rules}
    with pytest.raises(ValidationError, match=rf"tiers.t 1 × 900 ÷ {least}(\.00)? × 100"):
        a_programme(
            tiers=[
                {
                    "name": "t",
                    "by": "points",
                    "threshold": 1000,
                    "discount": MUG | {"product_cost": 900},
                }
            ],
            **told,
        )
