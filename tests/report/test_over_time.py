"""Weeks, and the intervals of experiments as they were on past days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from support.builders import a_holdout, some_settings
from support.rich_reports import BEGINS, EXPERIMENTS, NOW, day_counts
from wracaj.experiments.outcomes import freezes_at
from wracaj.experiments.verdict import Finding, verdict
from wracaj.settings.experiments import Experiment
from wracaj_cli.report.over_time import MOST_LOOKS, Look, evenly, looks
from wracaj_cli.report.weeks import MOST_WEEKS, Week, by_week

MONDAY = date(2026, 11, 16)


def experiment(name: str = "does_it_pay") -> Experiment:
    return some_settings(experiments=EXPERIMENTS).experiments[name]


def test_a_look_is_what_was_known_on_that_day() -> None:
    """It is worked out anew from the days that had frozen by then, and from no others."""
    one, days = experiment(), day_counts("does_it_pay")
    seen = looks(one, days, NOW)["treated"]
    assert len(seen) > 10
    for look in seen:
        known = [day for day in days if freezes_at(day.day, one.days) <= look.at]
        (compared,) = verdict(one, known, look.at).comparisons
        assert (look.finding, look.interval) == (compared.finding, compared.interval)
        assert look.people == sum(day.people for day in known)


@given(st.integers(9, 109))
def test_what_comes_later_changes_no_earlier_look(day: int) -> None:
    one, days, then = experiment(), day_counts("does_it_pay"), BEGINS + timedelta(days=day)
    entered = [count for count in days if count.day < then.date()]
    early = looks(one, entered, then).get("treated", [])
    for look in early:
        (compared,) = verdict(one, days, look.at).comparisons
        assert look.interval == compared.interval


def test_the_last_look_is_what_the_experiment_shows_now() -> None:
    one, days = experiment(), day_counts("does_it_pay")
    last = looks(one, days, NOW)["treated"][-1]
    (compared,) = verdict(one, days, NOW).comparisons
    assert (last.finding, last.interval) == (Finding.PAYS, compared.interval)


def test_looks_are_evenly_spaced_few_and_begin_with_the_first_interval() -> None:
    seen = looks(experiment(), day_counts("does_it_pay"), NOW)["treated"]
    gaps = {later.at - look.at for look, later in pairwise(seen)}
    assert len(gaps) == 1 and len(seen) <= MOST_LOOKS
    assert seen[0].interval is not None
    assert seen[-1].interval and seen[0].interval
    first, last = (one.high - one.low for one in (seen[0].interval, seen[-1].interval))
    assert last < first / 2


@given(st.integers(0, 60), st.integers(1, 10))
def test_a_terminal_shows_some_looks_evenly_and_the_last_one(number: int, most: int) -> None:
    all_ = [Look(NOW + timedelta(days=day), day, Finding.PAYS, None) for day in range(number)]
    shown = evenly(all_, most)
    assert len(shown) <= most and shown[-1:] == all_[-1:]
    assert len({later.people - look.people for look, later in pairwise(shown)}) <= 1


def test_an_experiment_that_is_too_early_has_no_looks() -> None:
    assert looks(experiment("rescue_pays"), day_counts("rescue_pays"), NOW) == {}
    assert looks(experiment(), [], NOW) == {}
    assert looks(experiment(), day_counts("does_it_pay"), BEGINS + timedelta(days=3)) == {}


def test_the_cost_of_messages_is_taken_off_contribution_on_each_day() -> None:
    told = a_holdout(50, metric="contribution", begins=BEGINS, ends=NOW)
    one = some_settings(experiments={"one": told}).experiments["one"]
    days = day_counts("does_it_pay")
    free, paid = (looks(one, days, NOW, costs)["treated"] for costs in ({}, {"treated": 1.5}))
    for before, after in zip(free, paid, strict=True):
        assert before.interval and after.interval
        assert abs(before.interval.low - after.interval.low - 1.5) < 1e-9


def test_a_message_counts_in_the_week_in_which_it_was_sent() -> None:
    mail = {"sent": 2, "delivered": 2, "clicked": 1, "attributed_orders": 1}
    money = {"attributed_cents": 12_345, "codes_used": 1, "unsubscribed": 1}
    weeks = by_week(
        {
            "2026-11-16": {"abandoned_cart#first_email": mail | money, "welcome#sms": {"sent": 3}},
            "2026-11-15": {"abandoned_cart#first_email": {"sent": 5}},
            "2026-11-18": {"no timeline#rule 1": {"carts": 4}},
        },
        date(2026, 11, 18),
    )
    assert weeks == [
        Week(date(2026, 11, 9), sent=5),
        Week(MONDAY, 5, 2, 1, 1, Decimal("123.45"), 1, 1),
    ]


def test_weeks_without_a_message_stand_between_others_and_not_before_them() -> None:
    days = {
        (MONDAY - timedelta(weeks=back)).isoformat(): {"abandoned_cart#sms": {"sent": 1}}
        for back in (0, 3, MOST_WEEKS)
    }
    weeks = by_week(days, MONDAY)
    assert [week.sent for week in weeks] == [1, 0, 0, 1]
    assert weeks[-1].begins == MONDAY
    assert by_week({}, MONDAY) == []


def test_at_most_a_quarter_of_weeks_is_shown() -> None:
    days = {
        (MONDAY - timedelta(days=back)).isoformat(): {"abandoned_cart#sms": {"sent": 1}}
        for back in range(300)
    }
    latest = datetime(2026, 11, 18, tzinfo=UTC).date()
    assert len(by_week(days, latest)) == MOST_WEEKS
