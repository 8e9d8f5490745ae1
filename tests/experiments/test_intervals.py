"""Known answers for the statistics of experiments. Each was computed by other software: gbstats,
avinf, savvi, statsmodels, or published."""

from datetime import UTC, datetime, timedelta

import pytest

from wracaj.experiments import intervals
from wracaj.experiments.arms import Entry, merged
from wracaj.experiments.draw import drawn_arm
from wracaj.experiments.intervals import Interval, Sums
from wracaj.experiments.outcomes import counts
from wracaj.experiments.plan import Design
from wracaj.experiments.shares import e_value


def near(number: float) -> object:
    return pytest.approx(number, abs=2e-6)


def close(estimate: float, low: float, high: float) -> object:
    return pytest.approx((estimate, low, high), abs=2e-6)


def orders(n: int, ordered: int) -> Sums:
    return Sums(n, ordered, ordered)


def test_the_boundary_is_narrowest_where_it_is_to_be() -> None:
    """scipy's lambertw and avinf give these."""
    assert intervals.rho_squared(0.05, 10_000) * 10_000 == near(8.211968)
    widths = [intervals.half_width(n, 0.05, 10_000) for n in (100, 1000, 10_000, 100_000)]
    assert widths == pytest.approx([0.89438, 0.120901, 0.030351, 0.010266], abs=2e-6)


def test_weighted_intervals_of_orders_and_revenue() -> None:
    treated, control = Sums.of([1, 0, 0, 1, 0, 1, 0]), Sums.of([0, 0, 1, 0, 0])
    found = intervals.weighted(treated, control, 0.5, 0.05, 100)
    assert found == close(0.333333, -0.889291, 1.555958)
    treated = Sums.of([0, 0, 129.9, 0, 0, 0, 54.5, 0, 0, 310, 0, 0, 0, 0, 79.99, 0, 0])
    found = intervals.weighted(treated, Sums.of([0, 89, 0]), 0.9, 0.05, 1000)
    assert found == close(-12.589444, -340.803288, 315.624399)


def test_orders_with_a_tenth_held_out() -> None:
    treated, control = orders(10_800, 1296), orders(1200, 120)
    assert intervals.sequential(treated, control, 0.05, 20_000) == close(0.02, -0.010012, 0.050012)
    assert intervals.anytime_p(treated, control, 0.05, 20_000) == near(0.433532)
    assert intervals.welch(treated, control, 0.05) == close(0.02, 0.001933, 0.038067)
    assert intervals.newcombe(treated, control, 0.05) == close(0.02, 0.000771, 0.036921)


def test_revenue_with_a_fifth_held_out() -> None:
    treated, control = Sums(8000, 172_800, 60_480_000), Sums(2000, 36_000, 9_900_000)
    found = intervals.sequential(treated, control, 0.05, 40_000)
    assert found == close(3.6, -3.003651, 10.203651)
    assert intervals.anytime_p(treated, control, 0.05, 40_000) == near(0.607686)
    assert intervals.welch(treated, control, 0.05) == close(3.6, 0.09224, 7.10776)


def test_a_real_randomised_e_mail_test() -> None:
    """Hillstrom's: 64,000 customers, two mails against none, so alpha / 2 each."""
    none = orders(21_306, 122)
    mens = intervals.sequential(orders(21_307, 267), none, 0.025, 40_000)
    assert mens == close(0.006805, 0.003785, 0.009825)
    womens = intervals.sequential(orders(21_387, 189), none, 0.025, 40_000)
    assert womens == close(0.003111, 0.000412, 0.00581)
    once = intervals.newcombe(orders(21_307, 267), none, 0.05)
    assert once == close(0.006805, 0.005014, 0.008641)


def test_the_spend_of_that_test() -> None:
    """Published: the means, and Student's t, which give the pooled standard error."""
    estimate = 1.422616511 - 0.652789355
    error = estimate / 5.300090294465472
    reach = error * 42_613**0.5 * intervals.half_width(42_613, 0.05, 40_000)
    assert error == near(0.145248)
    found = Interval(estimate, estimate - reach, estimate + reach)
    assert found == close(0.769827, 0.32894, 1.210714)


def test_the_example_of_newcombes_paper() -> None:
    found = intervals.newcombe(orders(70, 56), orders(80, 48), 0.05)
    assert found == close(0.2, 0.052431, 0.333873)


def test_shares_other_than_designed() -> None:
    assert e_value([880, 9120], [0.1, 0.9]) == near(387.037361)
    assert e_value([1000, 9000], [0.1, 0.9]) < 1
    assert e_value([0, 10_000], [0.1, 0.9]) > 1e100


def test_how_many_people_a_lift_needs() -> None:
    design = Design(variance_treated=0.1056, variance_control=0.09, control_share=0.1, alpha=0.05)
    assert design.people_needed_for_one_look(0.02) == 19_963
    assert design.spread == near(1.075174)
    assert design.people_needed(0.02) == 43_435
    assert design.smallest_lift(43_435) == pytest.approx(0.02, rel=1e-4)


BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
ENTERED = [
    ("ann", 1, 0, [30]),
    ("bob", 0, 2, []),
    ("cid", 1, 5, [4]),
    ("dan", 0, 9, [177]),
    ("eve", 1, 11, [180]),
    ("ann", 1, 20, [40]),
    ("fay", 0, 30, [31]),
    ("gus", 1, 33, [100]),
    ("hal", 1, 40, []),
    ("ida", 0, 60, [61]),
    ("jan", 1, 90, [91]),
    ("kim", 1, 31, []),
]


def test_who_counts_and_with_what() -> None:
    """In hours, a week each, after 201 hours. By hand."""
    hour = timedelta(hours=1)
    entries = merged(
        {
            name: Entry(
                arm=str(arm), person=name, at=BEGIN + at * hour, needed_until=BEGIN + 999 * hour
            )
        }
        for name, arm, at, _ in ENTERED
    )
    placed = [(name, BEGIN + at * hour) for name, _, _, times in ENTERED for at in times]
    over = [one for one in entries.values() if one.at + timedelta(days=7) <= BEGIN + 201 * hour]
    arms = {
        arm: Sums.of(
            [
                any(counts(one, 7, at) for name, at in placed if name == one.person)
                for one in over
                if one.arm == arm
            ]
        )
        for arm in ("1", "0")
    }
    assert arms == {"1": Sums(5, 2, 2), "0": Sums(3, 2, 2)}
    found_interval = intervals.sequential(arms["1"], arms["0"], 0.05, 100)
    assert found_interval == close(-0.266667, -1.941086, 1.407752)


@pytest.mark.parametrize(
    ("p", "freedom", "quantile"),
    [
        (0.975, 30, 2.042272),
        (0.975, 60, 2.000298),
        (0.975, 120, 1.979930),
        (0.9, 30, 1.310415),
        (0.995, 100, 2.625891),
    ],
)
def test_student_t_is_that_of_printed_tables(p: float, freedom: int, quantile: float) -> None:
    assert intervals.student_t(p, freedom) == near(quantile)


def test_shares_come_out_as_designed_and_two_experiments_are_independent() -> None:
    shares = {"holdout": 0.1, "sent": 0.9}
    drawn = [
        [drawn_arm(name, "kubek", f"{person}", shares) for name in ("first", "second")]
        for person in range(40_000)
    ]
    held = [sum(arms[number] == "holdout" for arms in drawn) / len(drawn) for number in (0, 1)]
    both = sum(arms == ["holdout", "holdout"] for arms in drawn) / len(drawn)
    assert held == pytest.approx([0.1, 0.1], abs=0.006)
    assert both == pytest.approx(0.01, abs=0.002)


def test_the_draw_stays_what_it_is() -> None:
    """A record of an old deployment must mean the same today."""
    shares = {"a": 0.25, "b": 0.25, "c": 0.5}
    assert "".join(drawn_arm("x", "kubek", str(n), shares) for n in range(12)) == "cacaabbcaccb"
