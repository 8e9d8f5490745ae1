from typing import Any

import pytest

from builders import some_settings
from wracaj.errors import SettingsError
from wracaj.settings import ShopSettings

GOOD: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": "35",
    "points": {"per_unit": "1", "worth": "0.03"},
    "tiers": [
        {"name": "Silver", "reach": "1000", "points_factor": "1.5"},
        {"name": "Gold", "reach": "3000", "points_factor": "2"},
    ],
}


def settings_with(**changes: Any) -> ShopSettings:
    return some_settings(loyalty={**GOOD, **changes})


def test_a_programme_that_gives_no_more_than_the_margin_is_taken() -> None:
    assert settings_with(margin_percent="6").loyalty is not None


def test_a_programme_that_cannot_pay_is_refused_with_the_sum_for_its_best_customer() -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(margin_percent="5.9")
    assert "1 points × 0.03 × factor 2 × 100 = 6.00 PLN, more than the margin of 5.9 %" in str(refused.value)
    assert refused.value.problems[0][0] == "loyalty"


@pytest.mark.parametrize(
    "changes",
    [
        {"tiers": [{"name": "a", "reach": "1"}, {"name": "a", "reach": "2"}]},
        {"tiers": [{"name": "a", "reach": "0"}]},
        {"currency": "zł"},
        {"margin_percent": None},
        {"rewards": []},
    ],
)
def test_settings_that_mean_nothing_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="loyalty"):
        settings_with(**changes)
