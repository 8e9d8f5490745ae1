from typing import Any

import pytest

from builders import some_settings
from wracaj.errors import SettingsError
from wracaj.programme import Programme
from wracaj.settings import ShopSettings

GOOD: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": "35",
    "points": {"per_unit": "1", "worth": "0.03"},
    "cashback_percent": "2",
    "rewards": [{"name": "autumn", "spend": "500", "gives": {"amount": "50"}}],
    "tiers": [
        {"name": "Silver", "reach": "1000", "points_factor": "1.5"},
        {"name": "Gold", "reach": "3000", "points_factor": "2"},
    ],
    "achievements": [{"name": "third in a quarter", "orders": 3, "within_days": 90, "points": 100}],
}


def settings_with(**changes: Any) -> ShopSettings:
    return some_settings(loyalty={**GOOD, **changes})


def test_what_a_programme_gives_away_is_the_sum_for_its_best_customer() -> None:
    given = Programme.model_validate(GOOD).given_away()
    assert {what: float(share) for what, share in given.items()} == {"points": 6, "cashback": 2, "reward autumn": 10}


@pytest.mark.parametrize(
    ("changes", "sum_shown"),
    [
        ({"margin_percent": "17.9"}, "6.00 % (points) + 2.00 % (cashback) + 10.00 % (reward autumn) = 18.00 %"),
        ({"rewards": [{"name": "autumn", "spend": "100", "gives": {"amount": "40"}}]}, "40.00 % (reward autumn) = 48.00 %"),
        ({"rewards": [{"name": "half", "spend": "100", "gives": {"percent": "50"}}]}, "50 % off, more than the margin of 35 %"),
    ],
)
def test_a_programme_that_cannot_pay_is_refused_with_the_sum(changes: dict[str, Any], sum_shown: str) -> None:
    with pytest.raises(SettingsError, match="loyalty") as refused:
        settings_with(**changes)
    assert sum_shown in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"rewards": [{"name": "a", "spend": "1", "gives": {}}]},
        {"rewards": [{"name": "a", "spend": "500", "gives": {"percent": "5", "amount": "5"}}]},
        {"tiers": [{"name": "a", "reach": "1"}, {"name": "a", "reach": "2"}]},
        {"currency": "zł"},
        {"margin_percent": None},
    ],
)
def test_settings_that_mean_nothing_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="loyalty"):
        settings_with(**changes)
