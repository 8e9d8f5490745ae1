import json
import re
from typing import Any

import pytest

from support.builders import some_settings
from wracaj.aws.shop_config import stored_settings
from wracaj.discounts.code import DiscountTerms
from wracaj.errors import SettingsError
from wracaj.loyalty.grants import LOOKS_BACK
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.programme_cost import gives_free_shipping
from wracaj.loyalty.programme_terms import FirstGift, Gift, ProgrammeDiscount
from wracaj.settings.reading import parse_settings
from wracaj.settings.sections import EconomicsSettings
from wracaj.settings.shop import ShopSettings

GOOD: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": "35",
    "points": {"per_unit": "1", "value": "0.03"},
    "tiers": [
        {"name": "Silver", "threshold": "1000", "points_factor": "1.5"},
        {"name": "Gold", "threshold": "3000", "points_factor": "2"},
    ],
}


def settings_with(**changes: Any) -> ShopSettings:
    return some_settings(loyalty={**GOOD, **changes}, timelines=["abandoned_cart", "loyalty"])


def test_a_programme_that_gives_no_more_than_the_margin_is_taken() -> None:
    assert settings_with(margin_percent="6").loyalty is not None


def test_a_programme_that_cannot_pay_is_refused_with_the_sum_for_its_best_customer() -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(margin_percent="5.9")
    assert "1 points × 0.03 × factor 2 × 100 = 6.00 PLN, more than the margin of 5.9 %" in str(
        refused.value
    )
    assert refused.value.problems[0][0] == "loyalty"


TELEVISION = {"product_id": "1", "product_title": "Telewizor", "product_cost": "5000"}
MUG = {"product_id": "7", "product_title": "Kubek", "product_cost": "20"}
A_REVIEW = {"name": "Opinia", "action": "review", "per": "month", "points": 50}
AN_ORDER = {"name": "Seria", "action": "orders", "per": "quarter", "points": 300}


@pytest.mark.parametrize(
    "changes",
    [
        {"tiers": [{"name": "a", "threshold": "1"}, {"name": "a", "threshold": "2"}]},
        {"tiers": [{"name": "a", "threshold": "0"}]},
        {"currency": "zł"},
        {"margin_percent": None},
        {"rewards": [{"name": "a", "threshold": "100", "discount": {}}]},
        {"rewards": [{"name": "a", "threshold": "100", "discount": {"percent": 5, "amount": "5"}}]},
        {
            "rewards": [
                {"name": "a", "threshold": "100", "discount": {"percent": 5, "free_shipping": True}}
            ]
        },
        {"rewards": [{"name": "a", "threshold": "9", "discount": {"free_shipping": False}}]},
        {"rewards": [{"name": "a#b", "threshold": "100", "discount": {"percent": 5}}]},
        {"birthday": {"product_id": "7", "minimum_total": "100"}},
        {"points": None, "achievements": [{"name": "a", "action": "review", "points": 5}]},
    ],
)
def test_settings_that_mean_nothing_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="loyalty"):
        settings_with(**changes)


FIVE = {"name": "500 zł", "threshold": "500", "discount": {"amount": "25", "valid_days": 30}}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"rewards": [{**FIVE, "discount": {"amount": "200"}}]},
            "rewards.500 zł 200 ÷ 500 × 100 = 46.00 PLN",
        ),
        ({"rewards": [{**FIVE, "discount": {"percent": 30}}]}, "rewards.500 zł: 30 % = 36.00 PLN"),
        ({"cashback": {"percent": "30"}}, "cashback of 30 % = 36.00 PLN"),
        (
            {"cashback": {"percent": "10"}, "birthday": {"percent": 20}},
            "cashback of 10 % + birthday: 20 % = 36.00 PLN",
        ),
        (
            {"birthday": {"amount": "20"}},
            (
                "birthday gives 1 × 20 = 20.00 PLN, however little is spent for it; set its"
                " minimum_total or spent_from, to 68.97 at least (20.00 ÷ 29.00 %, which is left of"
                " the margin)"
            ),
        ),
        (
            {"birthday": {"amount": "20", "minimum_total": "60"}},
            "birthday: 20 ÷ 60 × 100 = 39.34 PLN",
        ),
        (
            {
                "order_gift": {
                    "order_from": "100",
                    "discount": {"product_id": "7", "product_title": "Kubek", "product_cost": "30"},
                }
            },
            "order_gift 30 ÷ 100 × 100 = 36.00 PLN",
        ),
        (
            {"tiers": [{"name": "Złoty", "threshold": "100", "discount": TELEVISION}]},
            "1 points × 0.03 × factor 1 × 100 + tiers.Złoty 1 × 5000 ÷ 100 × 100 = 5003.00 PLN",
        ),
        (
            {
                "points": {"per_unit": 2},
                "tiers": [
                    {"name": "Złoty", "by": "points", "threshold": "30000", "discount": TELEVISION}
                ],
            },
            "tiers.Złoty 1 × 5000 ÷ 15000.00 × 100 = 35.34 PLN",
        ),
        (
            {
                "points": {"value": 0},
                "achievements": [A_REVIEW | {"points": 1200}],
                "tiers": [
                    {
                        "name": "Złoty",
                        "by": "points",
                        "threshold": "14400",
                        "within_months": 6,
                        "discount": TELEVISION,
                    }
                ],
            },
            (
                "tiers.Złoty is reached by points of achievements alone (14400 of 14400); raise its"
                " threshold"
            ),
        ),
        (
            {"birthday": TELEVISION},
            (
                "birthday gives 1 × 5000 = 5000.00 PLN, however little is spent for it; set its"
                " spent_from, to 17241.38 at least (5000.00 ÷ 29.00 %, which is left of the margin)"
            ),
        ),
        (
            {"anniversary": TELEVISION | {"spent_from": 17000}},
            "anniversary 1 × 5000 ÷ 17000 × 100 = 35.42 PLN",
        ),
        (
            {"birthday": MUG | {"spent_from": 100}, "first_purchase": MUG | {"spent_from": 100}},
            "first_purchase 1 × 20 ÷ 100 × 100 + birthday 1 × 20 ÷ 100 × 100 = 46.00 PLN",
        ),
        (
            {"achievements": [A_REVIEW | {"points": 1_000_000}]},
            (
                "achievements.Opinia gives 12 × 1000000 points × 0.03 = 360000.00 PLN, however"
                " little is spent for it; set its spent_from, to 1241379.32 at least"
            ),
        ),
        (
            {"achievements": [A_REVIEW | {"spent_from": 100}, AN_ORDER | {"spent_from": 100}]},
            (
                "achievements.Opinia 12 × 50 points × 0.03 ÷ 100 × 100 + achievements.Seria 5 × 300"
                " points × 0.03 ÷ 100 × 100 = 69"
            ),
        ),
        (
            {"cashback": {"percent": "29"}, "birthday": MUG},
            (
                "and what else is given leaves nothing of the margin for it; leave it out, or lower"
                " the rest"
            ),
        ),
        (
            {"points": {"exchange": {"points": 100, "discount": {"amount": "20"}}}},
            "1 points × 0.2 × factor 2 × 100 = 40.00 PLN",
        ),
    ],
)
def test_what_gives_more_than_the_margin_is_refused_with_its_sum(
    changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(**changes)
    assert told in str(refused.value)


FREE = {"free_shipping": True}
# with 100 for a delivery, tax included
DEAR_DELIVERY: list[tuple[dict[str, Any], str]] = [
    (
        {"rewards": [{**FIVE, "threshold": 100, "discount": FREE}]},
        "rewards.500 zł free delivery 100.00 ÷ 100 × 100 = 106.00 PLN",
    ),
    (
        {"order_gift": {"order_from": 200, "discount": FREE}},
        "order_gift free delivery 100.00 ÷ 200 × 100 = 56.00 PLN",
    ),
    (
        {"tiers": [{"name": "Złoty", "threshold": 200, "discount": FREE}]},
        "tiers.Złoty 1 × free delivery 100.00 ÷ 200 × 100 = 53.00 PLN",
    ),
    (
        {"tiers": [{"name": "a", "threshold": 9000, "discount": FREE | {"minimum_total": 200}}]},
        "tiers.a: free delivery 100.00 ÷ 200 × 100 = 53.00 PLN",
    ),
    (
        {"points": {"exchange": {"points": 200, "discount": FREE}}},
        "1 points × 0.50 × factor 2 × 100 = 100.00 PLN",
    ),
    *(
        (
            {part: FREE},
            (
                f"{part} gives 1 × free delivery 100.00 = 100.00 PLN, however little is spent for"
                " it; set its minimum_total or spent_from, to 344.83 at least"
            ),
        )
        for part in ("first_purchase", "birthday", "anniversary")
    ),
    (
        {"birthday": FREE | {"spent_from": 200}},
        "birthday 1 × free delivery 100.00 ÷ 200 × 100 = 56.00 PLN",
    ),
    (
        {"birthday": FREE | {"minimum_total": 200}},
        "birthday: free delivery 100.00 ÷ 200 × 100 = 56.00 PLN",
    ),
]


@pytest.mark.parametrize(("changes", "told"), DEAR_DELIVERY)
def test_free_delivery_is_held_against_the_margin_by_its_stated_cost(
    changes: dict[str, Any], told: str
) -> None:
    timelines = ["abandoned_cart", "loyalty", *({"birthday", "anniversary"} & changes.keys())]

    def settings(delivery_cost: int | None) -> ShopSettings:
        economics = {"delivery_cost": delivery_cost, "vat_percent": 25}
        return some_settings(loyalty={**GOOD, **changes}, timelines=timelines, economics=economics)

    with pytest.raises(SettingsError) as refused:
        settings(80)
    assert told in str(refused.value)
    assert refused.value.problems[0][0] == "loyalty"
    assert settings(None).loyalty is not None  # nothing can be checked
    stored = settings(None).model_copy(update={"economics": EconomicsSettings(delivery_cost=80)})
    assert stored_settings(stored.model_dump_json()).loyalty is not None


def test_free_delivery_that_the_margin_pays_for_is_taken() -> None:
    reward = {**FIVE, "discount": FREE}
    economics = {"delivery_cost": "12.50"}
    told = some_settings(
        loyalty={**GOOD, "rewards": [reward], "birthday": FREE | {"minimum_total": 60}},
        timelines=["loyalty", "birthday"],
        economics=economics,
    )
    assert told.loyalty is not None
    assert gives_free_shipping(told.loyalty) == ["rewards.500 zł", "birthday"]
    assert told.loyalty.rewards[0].discount.terms("PLN") == DiscountTerms(free_shipping=True)


def test_what_the_margin_allows_is_taken() -> None:
    told = {
        **GOOD,
        "rewards": [FIVE],
        "cashback": {"percent": "3"},
        "first_purchase": {"percent": 10},
    }
    told |= {
        "birthday": MUG | {"spent_from": 200},
        "achievements": [A_REVIEW | {"spent_from": 300}],
    }
    assert some_settings(loyalty=told, timelines=["loyalty", "birthday"]).loyalty is not None


A_GIFT = {"product_id": "7", "product_title": "Kubek", "spent_from": 9000}


@pytest.mark.parametrize(
    ("currency", "changes", "told"),
    [
        (
            "JPY",
            {"rewards": [{**FIVE, "discount": {"amount": "25.50"}}]},
            "rewards.500 zł.discount.amount is 25.50, and amounts in JPY have no decimals;"
            " write 26",
        ),
        (
            "KWD",
            {"rewards": [{**FIVE, "discount": {"amount": "1.2345"}}]},
            (
                "rewards.500 zł.discount.amount is 1.2345, and amounts in KWD have at most 3"
                " decimals; write 1.235"
            ),
        ),
        (
            "PLN",
            {"order_gift": {"order_from": "99.995", "discount": {"percent": 1}}},
            "order_gift.order_from is 99.995, and",
        ),
        ("JPY", {"tiers": [{"name": "a", "threshold": "0.5"}]}, "tiers.a.threshold is 0.5, and"),
        (
            "JPY",
            {"cashback": {"percent": "2.5", "minimum": "0.5"}},
            "cashback.minimum is 0.5, and",
        ),
        (
            "JPY",
            {"birthday": {"percent": 5, "minimum_total": "10.5"}},
            "birthday.minimum_total is 10.5, and",
        ),
        (
            "JPY",
            {"first_purchase": A_GIFT | {"product_cost": "20.5"}},
            "first_purchase.product_cost is 20.5, and",
        ),
        (
            "JPY",
            {"achievements": [A_REVIEW | {"spent_from": "1000.5"}]},
            "achievements.Opinia.spent_from is 1000.5, and",
        ),
        ("JPY", {"nudge": {"within_amount": "0.5"}}, "nudge.within_amount is 0.5, and"),
        (
            "JPY",
            {"points": {"value": 0, "exchange": {"points": 1000, "discount": {"amount": "0.5"}}}},
            "points.exchange.discount.amount is 0.5, and amounts in JPY have no decimals; write 1",
        ),
    ],
)
def test_an_amount_that_its_currency_cannot_pay_is_refused_by_its_name(
    currency: str, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(currency=currency, **changes)
    assert told in str(refused.value)


@pytest.mark.parametrize(("amount", "given"), [("25.50", 25), ("0.5", 1), ("25", 25)])
def test_an_amount_that_was_stored_before_that_was_refused_still_makes_a_code(
    amount: str, given: int
) -> None:
    assert ProgrammeDiscount.model_validate({"amount": amount}).terms("JPY").amount == given


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_the_least_that_pays_is_told_as_an_amount_that_is_taken(currency: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(currency=currency, first_purchase=MUG)
    (told,) = re.findall(r"set its spent_from, to ([\d.]+) at least", str(refused.value))
    assert (
        settings_with(currency=currency, first_purchase=MUG | {"spent_from": told}).loyalty
        is not None
    )


def test_what_a_first_purchase_must_be_paid_by_is_told_with_how_long_it_is_looked_at() -> None:
    told = {
        name: part.model_fields["spent_from"].description or ""
        for name, part in (("first", FirstGift), ("others", Gift))
    }
    assert (
        f"{LOOKS_BACK.days} days" in told["first"]
        and "twelve" not in told["first"]
        and "twelve" in told["others"]
    )
    assert Programme.model_fields["first_purchase"].annotation == FirstGift | None


def test_amounts_that_their_currency_can_pay_are_taken() -> None:
    for currency, amount in (("JPY", "25.00"), ("KWD", "1.235"), ("PLN", "25.5")):
        told = settings_with(
            currency=currency,
            rewards=[{**FIVE, "discount": {"amount": amount}}],
            points={"per_unit": "0.5"},
        )
        assert told.loyalty is not None


@pytest.mark.parametrize(
    ("tiers", "told"),
    [
        (
            [{"name": "Gold", "threshold": 3000}, {"name": "Silver", "threshold": 1000}],
            (
                "tiers stand from the lowest up, and tiers.Silver (from 1000) stands after"
                " tiers.Gold (from 3000); put Silver before Gold"
            ),
        ),
        (
            [{"name": "Silver", "threshold": 1000}, {"name": "Gold", "threshold": 1000}],
            "after tiers.Silver (from 1000); give it a higher",
        ),
        (
            [
                {"name": "Gold", "threshold": 3000},
                {"name": "Friend", "by": "points", "threshold": 10},
                {"name": "Silver", "threshold": 1000},
            ],
            "put Silver before Gold",
        ),
    ],
)
def test_tiers_that_count_the_same_and_do_not_ascend_are_refused(
    tiers: list[dict[str, Any]], told: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(tiers=tiers)
    assert told in str(refused.value)


def test_tiers_that_count_differently_are_not_compared() -> None:
    by_points, by_a_month = (
        {"name": "b", "by": "points", "threshold": "500.5"},
        {"name": "c", "threshold": 200, "within_months": 1},
    )
    assert (
        settings_with(tiers=[{"name": "a", "threshold": 1000}, by_points, by_a_month]).loyalty
        is not None
    )


def test_a_tier_by_points_needs_points() -> None:
    told = "tiers.Gold counts points, and there are none; add the section points, or count by spend"
    with pytest.raises(SettingsError, match=told):
        settings_with(points=None, tiers=[{"name": "Gold", "by": "points", "threshold": 1000}])


def test_what_is_stored_is_not_held_against_the_margin_again() -> None:
    """A shop whose sums were taken by an earlier version goes on; the next `wracaj shop put` tells
    of it."""
    told = json.loads(settings_with().model_dump_json())
    told["loyalty"]["margin_percent"] = "1"
    with pytest.raises(SettingsError, match="more than the margin of 1 %"):
        parse_settings(told)
    programme = stored_settings(json.dumps(told)).loyalty
    assert programme is not None and programme.left_of_margin(None) < 0


def test_points_that_are_worth_nothing_cost_nothing() -> None:
    told = settings_with(points={"value": 0}, achievements=[A_REVIEW | {"points": 1_000_000}])
    assert told.loyalty is not None


def test_what_the_timeline_loyalty_gives_needs_it_to_run() -> None:
    with pytest.raises(
        SettingsError, match=r"loyalty\.rewards is given by the timeline loyalty; add loyalty to"
    ):
        some_settings(loyalty={**GOOD, "rewards": [FIVE]})
    with pytest.raises(SettingsError, match="the timeline loyalty needs the section loyalty"):
        some_settings(timelines=["loyalty"])


@pytest.mark.parametrize("day", ["birthday", "anniversary"])
def test_a_gift_of_a_day_and_its_timeline_need_each_other(day: str) -> None:
    gift = {day: {"percent": 10}}
    assert some_settings(loyalty=GOOD | gift, timelines=[day]).loyalty is not None
    with pytest.raises(
        SettingsError,
        match=rf"loyalty\.{day} is given by the timeline {day}; add {day} to the list timelines",
    ):
        some_settings(loyalty=GOOD | gift, timelines=["abandoned_cart"])
    for loyalty in (GOOD, None):
        with pytest.raises(
            SettingsError,
            match=rf"gives loyalty\.{day}; add it, or take {day} from the list timelines",
        ):
            some_settings(loyalty=loyalty, timelines=[day])


def test_points_that_expire_are_told_of_only_where_there_are_points() -> None:
    assert some_settings(loyalty=GOOD, timelines=["points_expiring"]).loyalty is not None
    without = {key: value for key, value in GOOD.items() if key != "points"} | {"tiers": []}
    for loyalty in (without, None):
        with pytest.raises(
            SettingsError,
            match=r"add loyalty\.points, or take points_expiring from the list timelines",
        ):
            some_settings(loyalty=loyalty, timelines=["points_expiring"])
