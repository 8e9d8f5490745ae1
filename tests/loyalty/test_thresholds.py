"""What is reached at the exact threshold, on the exact day, and not a grosz or a day before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from wracaj.discounts.code import DiscountCode
from wracaj.loyalty.earning import celebrated, exchange, grant_of, paid_by, reached
from wracaj.loyalty.grants import (
    LOOKS_BACK,
    About,
    Grant,
    GrantKind,
    GrantState,
    Needs,
    Reached,
)
from wracaj.loyalty.ledger import Account, Posting
from wracaj.loyalty.programme import Programme

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
AMOUNT = {"amount": "10"}


def a_programme(**rules: Any) -> Programme:
    points = {"per_unit": 1, "value": "0.01", "exchange": {"points": 1000, "discount": AMOUNT}}
    return Programme.model_validate(
        {"currency": "PLN", "margin_percent": 60, "points": points} | rules
    )


def spent(*amounts: str, on: datetime = NOW, points: int = 0) -> Account:
    account = Account()
    for amount in amounts:
        posting = Posting(
            day=f"{on:%Y-%m-%d}",
            month=f"{on:%Y-%m}",
            currency="PLN",
            good_until="2027-11-30",
            spend=Decimal(amount),
            orders=1,
            points=points,
        )
        account = account.post(Posting(), posting)
    return account


def found(programme: Programme, account: Account, **known: Any) -> list[Reached]:
    return reached(programme, account, NOW, **known)


REWARD = a_programme(
    rewards=[{"name": "100 zł", "threshold": 100, "per": "month", "discount": AMOUNT}]
)


def test_a_reward_needs_its_whole_threshold() -> None:
    (reward,) = found(REWARD, spent("60", "40"))
    assert (reward.key, reward.kind) == ("reward#100 zł#2026-11", GrantKind.REWARD)
    assert (reward.needs.currency, reward.needs.spend) == ("PLN", Decimal(100))
    assert found(REWARD, spent("99.99")) == []


def test_days_are_looked_at_from_the_first_to_today() -> None:
    first = NOW - LOOKS_BACK
    assert found(REWARD, spent("100", on=first))
    assert found(REWARD, spent("100", on=first - DAY)) == []
    assert found(REWARD, spent("100", on=NOW + 20 * DAY)) == []
    assert found(REWARD, spent("100", on=NOW - 5 * DAY), since=NOW - 5 * DAY)
    assert found(REWARD, spent("100", on=NOW - 6 * DAY), since=NOW - 5 * DAY) == []
    assert found(REWARD, spent("100", on=first - DAY), since=first - 9 * DAY) == []


TIERS = a_programme(
    tiers=[{"name": "Srebrny", "threshold": 100}, {"name": "Złoty", "threshold": 200}]
)


def test_a_tier_is_reached_at_its_threshold() -> None:
    assert [one.key for one in found(TIERS, spent("100"))] == ["tier#Srebrny"]
    assert [one.key for one in found(TIERS, spent("200"))] == ["tier#Złoty"]
    assert found(TIERS, spent("99.99")) == []


def test_a_tier_that_was_granted_is_reached_still_and_a_lower_one_is_not() -> None:
    assert [one.key for one in found(TIERS, spent("200"), granted={"tier#Złoty"})] == ["tier#Złoty"]
    assert [one.key for one in found(TIERS, spent("200"), granted={"tier#Srebrny"})] == [
        "tier#Złoty"
    ]
    assert found(TIERS, spent("100"), granted={"tier#Złoty"}) == []


@pytest.mark.parametrize(
    ("by", "spend", "points"), [("spend", Decimal("99.5"), None), ("points", None, 100)]
)
def test_a_tier_needs_money_or_whole_points(by: str, spend: Any, points: Any) -> None:
    programme = a_programme(tiers=[{"name": "Srebrny", "threshold": "99.5", "by": by}])
    (tier,) = found(programme, spent("99.50", points=100))
    assert (tier.needs.spend, tier.needs.points, tier.needs.month) == (spend, points, "2026-11")


GIFT = a_programme(first_purchase={"percent": 10, "spent_from": 50})


def test_the_first_purchase_is_given_for_once_it_is_paid_and_not_for_one_of_long_ago() -> None:
    (first,) = found(GIFT, spent("50"))
    assert (first.key, first.needs.spend) == ("first_purchase", Decimal(50))
    assert found(GIFT, spent("49.99")) == []
    assert found(GIFT, spent("50", on=NOW - LOOKS_BACK))
    assert found(GIFT, spent("50", on=NOW - LOOKS_BACK - DAY)) == []
    assert found(a_programme(), spent("50")) == found(GIFT, Account()) == []


def test_a_gift_is_paid_by_the_twelve_months_that_end_with_its_own() -> None:
    (rule,) = a_programme(
        achievements=[{"name": "Opinia", "action": "review", "points": 5, "spent_from": 50}]
    ).achievements
    needs = paid_by(rule, GIFT, spent("50"), NOW.date())
    assert needs == Needs(currency="PLN", spend=Decimal(50), month="2026-11")
    assert paid_by(rule, GIFT, spent("49.99"), NOW.date()) is None
    free = rule.model_copy(update={"spent_from": None})
    assert paid_by(free, GIFT, Account(), NOW.date()) == Needs(currency="PLN", month="2026-11")


OF_ORDER = a_programme(
    cashback={"percent": 5, "minimum": 5},
    order_gift={"order_from": 400, "discount": {"amount": "10"}},
)


def of_order(spend: str, currency: str = "PLN") -> dict[str, Reached]:
    about = About(order_id="o1", spend=Decimal(spend), currency=currency)
    return {one.key: one for one in found(OF_ORDER, Account(), about=about)}


def test_cashback_is_given_from_its_minimum() -> None:
    (back,) = of_order("100").values()
    assert back.discount and (back.key, back.discount.amount) == ("cashback#o1", Decimal(5))
    assert (back.needs.currency, back.needs.spend) == ("PLN", Decimal(100))
    assert of_order("99.99") == {}


def test_an_order_brings_its_gift_from_its_value_on() -> None:
    assert set(of_order("400")) == {"order_gift#o1", "cashback#o1"}
    assert set(of_order("399.99")) == {"cashback#o1"}
    assert of_order("400")["order_gift#o1"].needs.spend == 400


def test_an_order_of_nothing_or_of_another_currency_brings_nothing() -> None:
    assert of_order("0") == of_order("-1") == of_order("500", "EUR") == {}
    tiny = a_programme(cashback={"percent": 50, "minimum": "0.01"})
    about = About(order_id="o1", spend=Decimal("0.5"), currency="PLN")
    assert [one.key for one in found(tiny, Account(), about=about)] == ["cashback#o1"]


def test_points_become_a_code_from_the_exact_number_and_once_a_day() -> None:
    programme = a_programme()
    one = exchange(programme, spent("1", points=1000), NOW, set())
    assert one and (one.key, one.takes_points) == ("exchange#2026-11-21", 1000)
    assert exchange(programme, spent("1", points=999), NOW, set()) is None
    assert exchange(programme, spent("1", points=1000), NOW, {one.key}) is None
    assert exchange(a_programme(points=None), spent("1", points=1000), NOW, set()) is None


TOGETHER = a_programme(
    points={"per_unit": 1, "value": "0"},  # so that nothing must pay for a year
    achievements=[{"name": "Rok razem", "action": "year_together", "points": 20}],
    birthday={"amount": "10", "minimum_total": "20"},
)


def years(*days: datetime, **known: Any) -> list[str]:
    account = Account(days={f"{day:%Y-%m-%d}": 1 for day in days})
    return [one.key for one in found(TOGETHER, account, **known)]


def test_a_year_together_is_full_on_its_day_and_needs_an_order_of_that_year() -> None:
    year = NOW.replace(year=2025)
    assert years(year) == ["achievement#Rok razem#1"]
    assert years(year + DAY) == years() == []
    two = NOW.replace(year=2024)
    assert years(two) == years(two, year - DAY) == years(two, NOW) == []
    assert years(two, year) == years(two, NOW - DAY) == ["achievement#Rok razem#2"]


def test_a_year_that_was_full_before_the_shop_began_is_not_told() -> None:
    full = NOW - 5 * DAY
    first = full.replace(year=2025)
    assert years(first, since=full) == ["achievement#Rok razem#1"]
    assert years(first, since=full + DAY) == []


def a_grant(key: str, month: str, state: GrantState = GrantState.ISSUED, **changes: Any) -> Grant:
    told = {"kind": GrantKind.BIRTHDAY, "at": NOW, "state": state, "needs": Needs(month=month)}
    return Grant.model_validate({"key": key} | told | changes)


def birthday(*granted: Grant) -> Reached | None:
    return celebrated(TOGETHER, "birthday", NOW.date(), Account(), granted)


def test_a_review_counts_from_the_first_day_that_is_looked_at() -> None:
    rule = {"name": "Opinia", "action": "review", "per": "month", "points": 20}
    programme = a_programme(points={"per_unit": 1, "value": "0"}, achievements=[rule])
    first = (NOW - LOOKS_BACK).date()
    (one,) = found(programme, Account(), reviews=[first, first - DAY])
    assert one.key == f"achievement#Opinia#{first:%Y-%m}"
    assert found(programme, Account(), reviews=[first - DAY]) == []


def test_twelve_months_pay_for_one_birthday() -> None:
    gift = birthday()
    assert gift and (gift.key, gift.needs.month) == ("birthday#2026", "2026-11")
    assert birthday(a_grant("birthday#2025", "2025-11")) == gift
    assert birthday(a_grant("birthday#2025", "2025-12")) is None


def test_a_birthday_that_was_taken_back_its_own_or_another_gift_does_not_count() -> None:
    gift = birthday()
    assert birthday(a_grant("birthday#2025", "2025-12", GrantState.REVERSED)) == gift
    assert birthday(a_grant("birthday#2026", "2026-11")) == gift
    assert birthday(a_grant("anniversary#2026", "2026-11", kind=GrantKind.ANNIVERSARY)) == gift


def test_a_programme_without_the_gift_celebrates_nothing() -> None:
    assert celebrated(TOGETHER, "anniversary", date(2026, 11, 21), spent("500")) is None


def test_a_grant_of_points_posts_them_and_one_of_a_code_waits_for_it() -> None:
    given = grant_of(
        Reached(key="k", kind=GrantKind.ACHIEVEMENT, points=20), TOGETHER, Account(), NOW
    )
    assert (given.state, given.revision) == (GrantState.ISSUED, 1)
    assert given.posted == Posting(
        month="2026-11", currency="PLN", good_until="2027-11-30", points=20
    )
    code = grant_of(of_order("100")["cashback#o1"], OF_ORDER, Account(), NOW)
    assert (code.state, code.posted) == (GrantState.EARNED, Posting())


def test_what_is_reached_again_is_a_later_revision_of_its_grant() -> None:
    earlier = a_grant("k", "2026-11", GrantState.REVERSED, revision=3)
    again = grant_of(Reached(key="k", kind=GrantKind.BIRTHDAY), TOGETHER, Account(), NOW, earlier)
    assert again.revision == 4


def test_a_code_that_was_told_is_the_code_of_the_grant_that_comes_again() -> None:
    code = DiscountCode(
        code="ABCD", starts_at=NOW, expires_at=NOW + DAY, amount=Decimal(10), currency="PLN"
    )
    told = a_grant("k", "2026-11", GrantState.REVERSED, voucher=code, announced_by="m1")
    one = Reached(key="k", kind=GrantKind.BIRTHDAY, discount=TOGETHER.birthday)
    again = grant_of(one, TOGETHER, Account(), NOW, told)
    assert (again.state, again.voucher, again.announced_by) == (GrantState.ISSUED, code, "m1")
    untold = grant_of(one, TOGETHER, Account(), NOW, told.model_copy(update={"announced_by": None}))
    assert (untold.state, untold.voucher) == (GrantState.EARNED, None)


def test_a_shop_without_points_posts_none() -> None:
    one = Reached(key="k", kind=GrantKind.ACHIEVEMENT, points=20)
    assert grant_of(one, a_programme(points=None), Account(), NOW).posted == Posting()
