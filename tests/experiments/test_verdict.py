"""What an experiment shows, from its daily sums."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.builders import a_holdout, a_test, some_settings
from wracaj.experiments.intervals import Sums
from wracaj.experiments.outcomes import freezes_at
from wracaj.experiments.verdict import (
    DayCount,
    Finding,
    Verdict,
    alpha_of,
    people_until,
    verdict,
)
from wracaj.settings.experiments import Experiment

BEGINS = datetime(2026, 11, 2, tzinfo=UTC)
LATER = BEGINS + timedelta(days=60)


def an_experiment(told: dict[str, Any] | None = None, **changes: Any) -> Experiment:
    told = told or a_holdout(50, begins=BEGINS, ends=BEGINS + timedelta(days=200))
    return some_settings(experiments={"one": told | changes}).experiments["one"]


def day(arm: str, people: int, ordered: int, number: int = 0) -> DayCount:
    sums = Sums(people, ordered, ordered)
    metrics = dict.fromkeys(("ordered", "paid", "contribution"), sums)
    return DayCount((BEGINS + timedelta(days=number)).date(), arm, people, metrics)


def found(held_out: tuple[int, int], treated: tuple[int, int], **changes: Any) -> Verdict:
    days = [day("held_out", *held_out), day("treated", *treated)]
    return verdict(an_experiment(**changes), days, LATER)


@pytest.mark.parametrize(
    ("held_out", "treated", "changes", "finding"),
    [
        ((100, 24), (100, 40), {}, Finding.TOO_EARLY),
        ((5000, 500), (5000, 650), {}, Finding.PAYS),
        ((5000, 650), (5000, 500), {}, Finding.COSTS),
        ((5000, 500), (5000, 520), {}, Finding.NOT_ENOUGH),
        ((50_000, 5000), (50_000, 5010), {}, Finding.TOO_SMALL),
        ((30_000, 3000), (30_000, 3120), {}, Finding.WOULD_HAVE_SHOWN),
    ],
)
def test_the_finding(
    held_out: tuple[int, int], treated: tuple[int, int], changes: Any, finding: Finding
) -> None:
    (compared,) = found(held_out, treated, **changes).comparisons
    assert compared.finding is finding
    assert (compared.interval is None) == (finding is Finding.TOO_EARLY)
    assert (compared.more_people is not None) == (finding is Finding.NOT_ENOUGH)


def test_only_days_that_are_frozen_count() -> None:
    days = [day("held_out", 100, 30), day("treated", 100, 40), day("treated", 900, 0, 50)]
    result = verdict(an_experiment(), days, LATER - timedelta(days=3))
    assert result.people == {"held_out": 100, "treated": 100}
    assert result.entered == {"held_out": 100, "treated": 1000}
    assert result.frozen_until == BEGINS.date()
    frozen = freezes_at(BEGINS.date(), 7)
    assert verdict(an_experiment(), days, frozen - timedelta(seconds=1)).frozen_until is None
    assert verdict(an_experiment(), days, frozen).frozen_until == BEGINS.date()


def test_how_many_more_is_the_known_answer() -> None:
    """Orders 10 to 12 percent, a tenth held out: published with the intervals."""
    assert people_until(1.075174, 0.02, 0.05, 43_435) == pytest.approx(43_435, abs=1)


def test_weeks_are_those_of_the_last_four_and_the_days_that_everybody_waits() -> None:
    days = [day(arm, 50, 5, number) for arm in ("held_out", "treated") for number in range(60)]
    (compared,) = verdict(an_experiment(), days, LATER).comparisons
    assert compared.finding is Finding.NOT_ENOUGH and compared.more_people is not None
    assert compared.weeks == pytest.approx(compared.more_people / 700 + 1, abs=1.01)


def test_weeks_go_by_the_people_of_the_two_arms_that_are_compared() -> None:
    """Of four arms, half of the people are in two."""
    sooner = {"timings": {"first_email_after_hours": 2}}
    arms = a_test({"now": {}, "b": sooner, "c": sooner, "d": sooner})
    four = an_experiment(arms | {"begins": BEGINS, "ends": LATER})
    days = [day(arm, 50, 5, number) for arm in four.shares for number in range(60)]
    for compared in verdict(four, days, LATER).comparisons:
        assert compared.more_people is not None
        assert compared.weeks == pytest.approx(compared.more_people / 700 + 1, abs=1.01)


def test_several_arms_share_the_chance_of_a_wrong_finding() -> None:
    sooner = {"timings": {"first_email_after_hours": 2}}
    arms = a_test({"now": {}, "b": sooner, "c": sooner, "d": sooner})
    four = an_experiment(arms | {"begins": BEGINS, "ends": LATER})
    assert alpha_of(four) == pytest.approx(0.05 / 3)
    days = [day(arm, 1000, 100) for arm in four.shares]
    result = verdict(four, days, LATER)
    assert [one.arm for one in result.comparisons] == ["b", "c", "d"]
    two = an_experiment(a_test({"now": {}, "b": sooner}) | {"begins": BEGINS, "ends": LATER})
    alone = verdict(two, days[:2], LATER).comparisons[0].interval
    together = result.comparisons[0].interval
    assert alone and together and together.high - together.low > alone.high - alone.low


def test_shares_other_than_designed_are_told() -> None:
    assert not found((5000, 500), (5000, 500)).shares_are_wrong
    assert found((4500, 500), (5500, 500)).shares_are_wrong


def test_nobody_yet_is_too_early() -> None:
    result = verdict(an_experiment(), [], LATER)
    assert result.comparisons[0].finding is Finding.TOO_EARLY
    assert not result.shares_are_wrong


def test_nobody_who_ordered_anything_else_is_no_error() -> None:
    """All ordered: the variance is nothing."""
    (compared,) = found((100, 100), (100, 100)).comparisons
    assert compared.finding is Finding.ALL_ALIKE and compared.interval is None


@pytest.mark.parametrize("paid", [59.1, 0.1, 1234.57])
def test_all_who_paid_the_same_is_no_spread_that_a_float_shows(paid: float) -> None:
    for people in range(30, 300):
        total, squares = round(people * paid, 2), round(people * paid * paid, 4)
        assert Sums(people, total, squares).variance == 0


def test_what_messages_cost_is_taken_off_contribution_only() -> None:
    days = [day("held_out", 5000, 500), day("treated", 5000, 650)]
    costs = {"treated": 0.02}

    def estimate(metric: str) -> float:
        (compared,) = verdict(an_experiment(metric=metric), days, LATER, costs).comparisons
        assert compared.interval
        return compared.interval.estimate

    assert estimate("orders") == estimate("paid") == pytest.approx(0.03)
    assert estimate("contribution") == pytest.approx(0.01)
