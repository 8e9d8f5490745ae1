from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wracaj.loyalty.earning import celebrated, exchange, grant_of, reached, years_together
from wracaj.loyalty.grants import About, GrantKind, GrantState, Reached, no_longer_true, told_at
from wracaj.loyalty.ledger import Account, Posting, Terms, posting_of
from wracaj.loyalty.periods import anniversary_of, full_years, period_of
from wracaj.loyalty.points import expiring, oldest_first
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.progress import close_to, is_close, nudge_of, reached_with
from wracaj.money import minor_units
from wracaj.orders.order import OrderState, Refund

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EVERYTHING: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 60,
    "points": {
        "per_unit": 1,
        "value": "0.01",
        "exchange": {"points": 1000, "discount": {"amount": "10"}},
    },
    "tiers": [
        {"name": "Silver", "threshold": 500},
        {
            "name": "Gold",
            "threshold": 1000,
            "perks": ["darmowa dostawa"],
            "discount": {"percent": 10},
        },
    ],
    "rewards": [
        {
            "name": "300 zł w kwartale",
            "threshold": 300,
            "per": "quarter",
            "discount": {"amount": "20"},
        }
    ],
    "cashback": {"percent": 5},
    "order_gift": {
        "order_from": 400,
        "discount": {"product_id": "7", "product_title": "Kubek", "product_cost": "15"},
    },
    "first_purchase": {"percent": 10},
    "birthday": {"percent": 15},
    "achievements": [
        {
            "name": "Trzy w 90 dni",
            "action": "orders",
            "orders": 3,
            "within_days": 90,
            "points": 100,
            "spent_from": 25,
        },
        {"name": "Opinia", "action": "review", "per": "month", "points": 50, "spent_from": 25},
        {"name": "Rok razem", "action": "year_together", "points": 200, "spent_from": 25},
    ],
}


def a_programme(**changes: Any) -> Programme:
    return Programme.model_validate(EVERYTHING | changes)


def bought(*orders: tuple[str, datetime], currency: str = "PLN") -> Account:
    account = Account()
    for number, (total, at) in enumerate(orders):
        state = OrderState(
            order_id=f"o{number}", placed_at=at, currency=currency, total=Decimal(total)
        )
        account = account.post(Posting(), posting_of(state, Terms(points_per_unit=Decimal(1))))
    return account


def keys(
    account: Account, now: datetime = NOW, programme: Programme | None = None, **known: Any
) -> set[str]:
    return {one.key for one in reached(programme or a_programme(), account, now, **known)}


def test_a_reward_is_reached_by_what_was_spent_in_its_own_quarter() -> None:
    september = NOW.replace(month=9, day=1)
    assert "reward#300 zł w kwartale#2026-Q4" in keys(bought(("150", NOW - 50 * DAY), ("150", NOW)))
    assert not any(
        key.startswith("reward#")
        for key in keys(bought(("299.99", NOW), ("300", september)), now=NOW + 20 * DAY)
    )
    assert "reward#300 zł w kwartale#2026-Q3" in keys(bought(("300", september)))


def test_a_quarter_that_has_just_ended_is_still_looked_at() -> None:
    """The check comes two weeks after the order, and the order was on New Year's Eve."""
    account = bought(("300", datetime(2026, 12, 31, 12, tzinfo=UTC)))
    assert "reward#300 zł w kwartale#2026-Q4" in keys(
        account, now=datetime(2027, 1, 15, tzinfo=UTC)
    )


def test_nothing_that_happened_before_the_shop_was_switched_on_is_rewarded() -> None:
    account = bought(("900", NOW - 10 * DAY))
    assert keys(account, since=NOW - 5 * DAY) == {"tier#Silver"}


def test_spending_in_another_currency_reaches_nothing() -> None:
    account = bought(("5000", NOW), currency="EUR")
    assert keys(account) == {"first_purchase"}
    assert keys(account, about=About(order_id="o0", spend=Decimal(5000), currency="EUR")) == {
        "first_purchase"
    }


def test_only_the_highest_tier_is_told_and_falling_is_no_news() -> None:
    account = bought(("1200", NOW))
    assert {key for key in keys(account) if key.startswith("tier")} == {"tier#Gold"}
    fallen = bought(("600", NOW))
    assert {key for key in keys(fallen, granted={"tier#Gold"}) if key.startswith("tier")} == set()


def test_three_orders_in_ninety_days_are_an_achievement_and_in_ninety_one_are_not() -> None:
    third = NOW - 5 * DAY
    assert "achievement#Trzy w 90 dni#2026" in keys(
        bought(("25", third - 89 * DAY), ("25", third - DAY), ("25", third))
    )
    assert not {
        key
        for key in keys(bought(("25", third - 90 * DAY), ("25", third - DAY), ("25", third)))
        if "Trzy" in key
    }


def test_a_review_counts_once_a_month() -> None:
    account = bought(("25", NOW - 60 * DAY))
    found = keys(
        account,
        reviews=[date(2026, 11, 2), date(2026, 11, 20), date(2026, 10, 31), date(2025, 1, 1)],
    )
    assert {key for key in found if "Opinia" in key} == {
        "achievement#Opinia#2026-11",
        "achievement#Opinia#2026-10",
    }


def test_a_year_together_needs_an_order_in_it() -> None:
    first = NOW.replace(year=2025) - 20 * DAY
    assert "achievement#Rok razem#1" in keys(bought(("25", first), ("25", NOW - 30 * DAY)))
    assert not {
        key
        for key in keys(bought(("25", first - 400 * DAY), ("25", first - 399 * DAY)))
        if "Rok" in key
    }
    # one of the third year
    assert not {key for key in keys(bought(("25", first - 400 * DAY), ("25", NOW))) if "Rok" in key}


def test_a_year_together_waits_for_the_next_order_but_not_from_before_the_shop_began() -> None:
    first = NOW.replace(year=2025) - 200 * DAY
    account = bought(("25", first), ("25", NOW))
    assert "achievement#Rok razem#1" in keys(account, since=NOW - 201 * DAY)
    assert "achievement#Rok razem#1" not in keys(account, since=NOW - 199 * DAY)


MUG = {"product_id": "7", "product_title": "Kubek", "product_cost": "10", "spent_from": 200}
REVIEW = {"name": "Opinia", "action": "review", "per": "month", "points": 50, "spent_from": 200}
TWELVE_MONTHS_AGO, ELEVEN_MONTHS_AGO = (
    datetime(2025, 11, 30, 12, tzinfo=UTC),
    datetime(2025, 12, 1, 12, tzinfo=UTC),
)


def gifts(account: Account) -> list[Reached]:
    """What a programme gives that must be paid for by the sales of twelve months."""
    programme = a_programme(birthday=MUG, first_purchase=MUG, achievements=[REVIEW], cashback=None)
    day = celebrated(programme, "birthday", NOW.date(), account)
    found = reached(programme, account, NOW, reviews=[NOW.date()])
    return [
        *([day] if day else []),
        *(one for one in found if one.kind in {GrantKind.FIRST_PURCHASE, GrantKind.ACHIEVEMENT}),
    ]


@pytest.mark.parametrize(
    ("orders", "kinds"),
    [
        ([("200", NOW)], ["birthday", "achievement", "first_purchase"]),
        ([("199.99", NOW)], []),
        (
            [("199.99", NOW - 20 * DAY), ("0.01", NOW)],
            ["birthday", "achievement", "first_purchase"],
        ),
        # the first purchase is too long ago to be looked at
        ([("200", ELEVEN_MONTHS_AGO)], ["birthday", "achievement"]),
        ([("200", TWELVE_MONTHS_AGO)], []),
    ],
)
def test_what_sales_must_pay_for_goes_to_those_who_spent_enough_in_twelve_months(
    orders: Any, kinds: list[str]
) -> None:
    assert [one.kind for one in gifts(bought(*orders))] == kinds


def test_an_anniversary_is_paid_by_the_months_from_the_day_that_it_keeps() -> None:
    together = {"name": "Rok razem", "action": "year_together", "points": 200, "spent_from": 200}
    programme, first = a_programme(anniversary=MUG, achievements=[together]), NOW.replace(year=2025)
    for account, is_given in (
        (bought(("200", first)), True),
        (bought(("199.99", first), ("0.01", NOW)), False),
    ):
        assert (celebrated(programme, "anniversary", NOW.date(), account) is not None) is is_given
        assert bool(years_together(programme, account, NOW)) is is_given
    late = years_together(
        programme, bought(("200", first), ("1", NOW + 150 * DAY)), NOW + 150 * DAY
    )
    assert [one.key for one in late] == ["achievement#Rok razem#1"]  # where nobody asked on its day
    grant = grant_of(late[0], programme, Account(), NOW + 150 * DAY)
    assert no_longer_true([grant], bought(("200", first)), NOW + 150 * DAY) == []


def test_a_refund_takes_back_what_nobody_pays_for_any_more() -> None:
    programme, account = a_programme(), bought(("150", NOW - 300 * DAY), ("50", NOW - 20 * DAY))
    grants = [grant_of(one, programme, account, NOW) for one in gifts(account)]
    assert [grant.kind for grant in grants] == [GrantKind.BIRTHDAY, GrantKind.ACHIEVEMENT]
    # what was spent then stays spent, though it is long ago
    assert no_longer_true(grants, account, NOW + 90 * DAY) == []
    assert (
        no_longer_true(grants, bought(("150", NOW - 300 * DAY), ("49.99", NOW - 20 * DAY)), NOW)
        == grants
    )


def test_a_review_is_paid_by_sales_up_to_it_and_not_by_later_ones() -> None:
    january = ("200", datetime(2026, 1, 15, 12, tzinfo=UTC))
    now = datetime(2027, 1, 4, tzinfo=UTC)
    for account, reviewed in ((bought(january), True), (bought(("200", now)), False)):
        found = reached(
            a_programme(achievements=[REVIEW]), account, now, reviews=[date(2026, 12, 20)]
        )
        assert any(one.kind is GrantKind.ACHIEVEMENT for one in found) is reviewed


@pytest.mark.parametrize(
    ("day", "is_given"),
    [(date(2026, 12, 20), False), (date(2027, 10, 31), False), (date(2027, 11, 1), True)],
)
def test_a_birthday_that_is_told_anew_brings_no_second_gift_within_the_year(
    day: date, is_given: bool
) -> None:
    programme, account = a_programme(), Account()
    first = celebrated(programme, "birthday", NOW.date(), account)
    assert first is not None
    grant = grant_of(first, programme, account, NOW)
    moved = celebrated(programme, "birthday", day, account, [grant])
    assert (moved is not None and moved.key != grant.key) is is_given
    assert celebrated(programme, "birthday", day, account, [grant.reversed()]) is not None


@pytest.mark.parametrize("by", ["spend", "points"])
def test_a_tier_that_a_refund_undoes_before_it_was_told_is_not_told(by: str) -> None:
    programme = a_programme(
        tiers=[{"name": "Gold", "by": by, "threshold": 1000, "discount": {"percent": 10}}],
        rewards=[],
    )
    account = bought(("1000", NOW))
    (tier,) = (one for one in reached(programme, account, NOW) if one.kind is GrantKind.TIER)
    grant = grant_of(tier, programme, account, NOW)
    assert no_longer_true([grant], account, NOW + 90 * DAY) == []
    assert no_longer_true([grant], bought(("999", NOW)), NOW) == [grant]
    assert no_longer_true([grant.changed(announced_by="m")], Account(), NOW) == []


def test_cashback_is_of_what_is_left_of_the_order_and_small_change_is_kept() -> None:
    about = About(order_id="o1", spend=Decimal("199.99"), currency="PLN")
    (back,) = (
        one
        for one in reached(a_programme(), Account(), NOW, about=about)
        if one.kind is GrantKind.CASHBACK
    )
    assert back.discount is not None and back.discount.amount == Decimal("9.99")
    small = About(order_id="o1", spend=Decimal("99.80"), currency="PLN")
    assert keys(Account(), about=small) == set()
    gift = keys(Account(), about=About(order_id="o1", spend=Decimal(400), currency="PLN"))
    assert gift == {"order_gift#o1", "cashback#o1"}


@given(
    st.sampled_from(["PLN", "JPY", "KWD"]),
    st.decimals("0.001", 100_000, places=3),
    st.decimals("0.1", 50, places=1),
)
def test_cashback_is_rounded_down_to_what_its_currency_can_pay(
    currency: str, spend: Decimal, percent: Decimal
) -> None:
    only = {
        "currency": currency,
        "margin_percent": 100,
        "cashback": {"percent": percent, "minimum": 1},
    }
    programme, about = (
        Programme.model_validate(only),
        About(order_id="o1", spend=spend, currency=currency),
    )
    for one in reached(programme, Account(), NOW, about=about):
        amount = one.discount.terms(currency).amount if one.discount else None
        assert amount is not None and 0 <= spend * percent / 100 - amount < Decimal(1).scaleb(
            -minor_units(currency)
        )


def test_points_about_to_expire_are_told_at_no_more_than_they_are_worth() -> None:
    programme = Programme.model_validate(
        {"currency": "JPY", "margin_percent": 100, "points": {"value": "0.01"}}
    )
    soon = expiring(
        programme, Account(expiring={"2026-11-30": 250}), NOW.date(), date(2026, 11, 30)
    )
    assert soon is not None and soon.worth == 2


def test_a_refund_undoes_what_it_made_untrue_and_nothing_else() -> None:
    programme, account = (
        a_programme(),
        bought(("200", NOW - 2 * DAY), ("200", NOW - DAY), ("1", NOW)),
    )
    grants = [grant_of(one, programme, account, NOW) for one in reached(programme, account, NOW)]
    assert {grant.kind for grant in grants} == {
        GrantKind.REWARD,
        GrantKind.ACHIEVEMENT,
        GrantKind.FIRST_PURCHASE,
    }
    after = bought(("200", NOW - 2 * DAY), ("1", NOW))
    undone = no_longer_true(grants, after, NOW)
    assert {grant.kind for grant in undone} == {GrantKind.REWARD, GrantKind.ACHIEVEMENT}
    assert no_longer_true([grant.reversed() for grant in grants], Account(), NOW) == []


def test_a_part_refund_before_cashback_is_told_makes_it_less_and_after_it_changes_nothing() -> None:
    programme, whole = a_programme(), About(order_id="o1", spend=Decimal(300), currency="PLN")
    part, nothing = (whole.model_copy(update={"spend": Decimal(left)}) for left in (200, 0))
    (first,) = (
        grant_of(one, programme, Account(), NOW)
        for one in reached(programme, Account(), NOW, about=whole)
    )
    told = first.model_copy(update={"announced_by": "m1"})
    assert no_longer_true([first], Account(), NOW, part) == [first]
    assert no_longer_true([told], Account(), NOW, part) == []
    assert no_longer_true([told], Account(), NOW, nothing) == [told]
    assert (
        no_longer_true(
            [first], Account(), NOW, About(order_id="o2", spend=Decimal(0), currency="PLN")
        )
        == []
    )
    (again,) = reached(programme, Account(), NOW, about=part)
    less = grant_of(again, programme, Account(), NOW, first.reversed())
    assert less.discount is not None and (less.discount.amount, less.voucher) == (
        Decimal("10.00"),
        None,
    )


def test_new_settings_take_nothing_from_anybody() -> None:
    programme, account = (
        a_programme(),
        bought(("150", NOW - 2 * DAY), ("150", NOW - DAY), ("1", NOW)),
    )
    grants = [grant_of(one, programme, account, NOW) for one in reached(programme, account, NOW)]
    assert len(grants) == 3 and no_longer_true(grants, account, NOW + DAY) == []


def test_what_was_given_long_ago_is_not_undone_by_time_or_by_buying_more() -> None:
    programme, account = a_programme(), bought(("400", NOW))
    grants = [grant_of(one, programme, account, NOW) for one in reached(programme, account, NOW)]
    for days in (50, 150, 299, 400, 800):
        later = account.plus(bought(("1", NOW + days * DAY)))
        assert no_longer_true(grants, later, NOW + days * DAY) == [], days


def test_orders_over_half_a_year_are_not_forgotten_once_the_last_is_a_year_old() -> None:
    rule = {
        "name": "Trzy w 180 dni",
        "action": "orders",
        "orders": 3,
        "within_days": 180,
        "points": 100,
        "spent_from": 25,
    }
    programme = a_programme(achievements=[rule])
    account = bought(*(("50", NOW + days * DAY) for days in (0, 90, 175)))
    (one,) = (
        one
        for one in reached(programme, account, NOW + 190 * DAY)
        if one.kind is GrantKind.ACHIEVEMENT
    )
    given = grant_of(one, programme, account, NOW + 190 * DAY)
    assert (
        no_longer_true([given], account.plus(bought(("50", NOW + 480 * DAY))), NOW + 480 * DAY)
        == []
    )


def test_the_first_order_is_the_first_that_stands() -> None:
    cancelled = OrderState(
        order_id="x", placed_at=NOW - 120 * DAY, currency="PLN", total=Decimal(50), cancelled_at=NOW
    )
    sent_back = cancelled.model_copy(
        update={"cancelled": False, "refunds": {"r": Refund(amount=Decimal(50))}}
    )
    for undone in (cancelled, sent_back):
        account = Account().post(Posting(), posting_of(undone, Terms()))
        assert "first_purchase" not in keys(account)
        account = account.plus(bought(("50", NOW)))
        assert "first_purchase" in keys(account) and account.first_bought == NOW.date()


def test_a_code_that_was_told_is_not_given_a_second_time() -> None:
    programme, account = a_programme(), bought(("400", NOW))
    (one,) = (one for one in reached(programme, account, NOW) if one.kind is GrantKind.REWARD)
    first = grant_of(one, programme, account, NOW)
    untold = grant_of(one, programme, account, NOW, first.reversed())
    assert (untold.state, untold.revision) == (GrantState.EARNED, 3)


def test_points_become_a_code_the_oldest_first() -> None:
    programme, account = (
        a_programme(),
        Account(expiring={"2026-11-30": 400, "2026-10-31": 900, "2027-01-31": 700}),
    )
    bought_code = exchange(programme, account, NOW, set())
    assert bought_code is not None
    grant = grant_of(bought_code, programme, account, NOW)
    assert grant.taken == {"2026-11-30": 400, "2027-01-31": 600}
    assert account.taking(grant.taken).points(NOW.date()) == 100
    assert exchange(programme, account, NOW, {bought_code.key}) is None
    assert exchange(programme, Account(expiring={"2027-01-31": 999}), NOW, set()) is None


def test_what_expires_is_what_is_left_of_that_day() -> None:
    programme, last_day = a_programme(), date(2026, 11, 30)
    soon = expiring(
        programme, Account(expiring={"2026-11-30": 250, "2027-06-30": 10}), NOW.date(), last_day
    )
    assert soon is not None and (soon.points, soon.last_day, soon.worth) == (
        250,
        last_day,
        Decimal("2.50"),
    )
    assert expiring(programme, Account(expiring={"2027-06-30": 10}), NOW.date(), last_day) is None
    in_debt = Account(expiring={"2026-11-30": 250, "2027-06-30": -200})
    assert expiring(programme, in_debt, NOW.date(), last_day).points == 50  # type: ignore[union-attr]


def test_points_are_told_of_to_the_end_of_their_last_day_and_no_longer() -> None:
    account = Account(expiring={"2026-11-30": 250, "2026-12-31": 40})
    for today, points in ((date(2026, 11, 30), 250), (date(2026, 12, 1), None)):
        soon = expiring(a_programme(), account, today, date(2026, 11, 30))
        assert (soon.points if soon else None) == points


def test_a_nudge_is_about_the_nearest_threshold_that_is_close_and_not_told_yet() -> None:
    programme, account = a_programme(), bought(("262", NOW))
    near = nudge_of(programme, account, NOW, set(), set())
    assert near is not None and (near.key, near.missing) == (
        "reward#300 zł w kwartale#2026-Q4",
        Decimal(38),
    )
    assert nudge_of(programme, account, NOW, set(), {near.key}) is None
    assert nudge_of(programme, account, NOW, {near.key}, set()) is None
    assert nudge_of(programme, bought(("200", NOW)), NOW, set(), set()) is None
    assert nudge_of(programme, bought(("405", NOW)), NOW, set(), set()).name == "Silver"  # type: ignore[union-attr]


def test_the_cart_that_would_reach_a_threshold_says_which() -> None:
    programme, account = a_programme(), bought(("480", NOW))
    assert reached_with(programme, account, NOW, Decimal("19.99")) is None
    assert reached_with(programme, account, NOW, Decimal("20")).name == "Silver"  # type: ignore[union-attr]
    assert reached_with(programme, account, NOW, Decimal("600")).name == "Gold"  # type: ignore[union-attr]


def test_a_tier_by_points_says_what_to_spend() -> None:
    tiers = [{"name": "Gold", "by": "points", "threshold": 1000}]
    programme = a_programme(tiers=tiers, points={"per_unit": 2, "value": "0.01"}, rewards=[])
    (near,) = close_to(programme, Account(), NOW)
    assert near.missing == Decimal("500.00") and not is_close(near, programme)


def test_gifts_of_days_are_told_on_their_day() -> None:
    gift = celebrated(a_programme(), "birthday", NOW.date(), Account())
    assert gift is not None and gift.key == "birthday#2026"
    assert celebrated(a_programme(), "anniversary", NOW.date(), Account()) is None
    grant = grant_of(gift, a_programme(), Account(), NOW)
    assert told_at(grant, "birthday", "2026-11-21")
    assert not told_at(grant, "birthday", "2027-11-21")
    assert not told_at(grant, "loyalty", "o1") and not told_at(grant, "anniversary", "2026-11-21")


@pytest.mark.parametrize(
    ("per", "name"),
    [
        ("month", "2026-11"),
        ("quarter", "2026-Q4"),
        ("half_year", "2026-H2"),
        ("year", "2026"),
        ("ever", "ever"),
    ],
)
def test_periods_have_names(per: Any, name: str) -> None:
    assert period_of(NOW.date(), per) == name


def test_years_are_full_on_the_day_itself_and_leap_days_move_to_the_28th() -> None:
    assert (
        full_years(date(2025, 11, 21), date(2026, 11, 21)),
        full_years(date(2025, 11, 22), date(2026, 11, 21)),
    ) == (1, 0)
    assert anniversary_of(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert full_years(date(2024, 2, 29), date(2025, 2, 28)) == 1


ORDERS = st.lists(
    st.tuples(
        st.integers(1, 70_000).map(lambda cents: str(Decimal(cents) / 100)),
        st.integers(0, 380).map(lambda n: NOW - n * DAY),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(ORDERS, st.randoms())
def test_what_is_reached_does_not_depend_on_the_order_in_which_orders_became_known(
    orders: list[Any], random: Any
) -> None:
    shuffled = list(orders)
    random.shuffle(shuffled)
    assert bought(*orders) == bought(*shuffled)
    assert keys(bought(*orders)) == keys(bought(*shuffled))


@settings(deadline=None)
@given(ORDERS, st.integers(0, 300))
def test_nothing_reached_is_ever_undone_without_a_refund(orders: list[Any], days: int) -> None:
    programme, account = a_programme(), bought(*orders)
    grants = [grant_of(one, programme, account, NOW) for one in reached(programme, account, NOW)]
    assert no_longer_true(grants, account, NOW + days * DAY) == []


@settings(deadline=None)
@given(ORDERS)
def test_buying_and_giving_everything_back_leaves_nothing_standing(orders: list[Any]) -> None:
    programme, account = a_programme(), bought(*orders)
    grants = [grant_of(one, programme, account, NOW) for one in reached(programme, account, NOW)]
    empty = account
    for number, (total, at) in enumerate(orders):
        state = OrderState(
            order_id=f"o{number}", placed_at=at, currency="PLN", total=Decimal(total)
        )
        empty = empty.post(posting_of(state, Terms(points_per_unit=Decimal(1))), Posting())
    assert (empty.months, empty.days, empty.expiring) == ({}, {}, {})
    assert no_longer_true(grants, empty, NOW) == grants


@settings(deadline=None)
@given(
    st.dictionaries(
        st.dates(date(2026, 10, 1), date(2027, 12, 31)).map(str), st.integers(-50, 500), max_size=6
    ),
    st.integers(1, 900),
)
def test_points_taken_are_as_many_as_wanted_or_all_there_are(
    expiring_on: dict[str, int], wanted: int
) -> None:
    account = Account(expiring=expiring_on)
    taken = oldest_first(account, wanted, NOW.date())
    there = sum(
        points for day, points in account.left(NOW.date()).items() if day >= NOW.date().isoformat()
    )
    assert sum(taken.values()) == min(wanted, there)
    assert all(0 < points <= expiring_on[day] for day, points in taken.items())
