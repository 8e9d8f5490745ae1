"""Which arm a shopper is in, and what it changes for a timeline."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import HOUR, NOON, a_customer, a_holdout, a_shopper, a_test, some_settings
from wracaj.errors import SettingsError
from wracaj.events import Contact
from wracaj.experiments.arms import (
    Entry,
    arms_given,
    merged,
    own_first_wait,
    seconds_of,
    timings_to_start_with,
    to_enter,
)
from wracaj.experiments.draw import drawn_arm
from wracaj.settings.experiments import Experiment

DAY = timedelta(days=1)
SOONER = {"now": {}, "sooner": {"timings": {"first_email_after_hours": 2}}}
ENDED = {"at": NOON - HOUR, "what": "keep three hours", "why": "two hours brought no more"}


def entry(arm: str, at: datetime = NOON, person: str = "e-1", **changes: Any) -> Entry:
    told = {"arm": arm, "person": person, "at": at, "needed_until": at + 30 * DAY}
    return Entry.model_validate(told | changes)


def an_experiment(told: dict[str, Any]) -> Experiment:
    return some_settings(experiments={"one": told}).experiments["one"]


def test_an_experiment_for_ever_is_refused() -> None:
    """Its last word would be after the last day of the calendar."""
    for_ever = datetime(9999, 12, 31, tzinfo=UTC)
    with pytest.raises(SettingsError, match="ends after the year 2100"):
        an_experiment(a_holdout(ends=for_ever))


def test_holdouts_are_entered_before_tests_wherever_they_stand_in_the_file() -> None:
    """Else whoever is held out would count in an arm of the test, without any message of it."""
    told = {"a_test": a_test(SOONER), "pays": a_holdout()}
    found = to_enter(some_settings(experiments=told), "abandoned_cart", {}, NOON)
    assert list(found) == ["pays", "a_test"]


# The draw


@pytest.mark.parametrize(
    "told",
    [a_holdout(5), a_holdout(50), a_test({"a": {}, "b": SOONER["sooner"]})],
    ids=["5 %", "50 %", "two halves"],
)
def test_arms_have_their_shares(told: dict[str, Any]) -> None:
    one, people = an_experiment(told), 20_000
    found = Counter(drawn_arm("one", "kubek", f"e-{n}", one.shares) for n in range(people))
    for arm, share in one.shares.items():  # five standard deviations
        assert abs(found[arm] / people - share) < 5 * (share * (1 - share) / people) ** 0.5


def test_two_experiments_are_independent() -> None:
    shares = an_experiment(a_holdout(50)).shares
    both = Counter(
        (drawn_arm("one", "kubek", f"e-{n}", shares), drawn_arm("two", "kubek", f"e-{n}", shares))
        for n in range(20_000)
    )
    assert all(4_700 < number < 5_300 for number in both.values()) and len(both) == 4


# Who takes part


def test_a_person_is_the_email_else_the_account_else_the_phone() -> None:
    def kind(**contact: str) -> str:
        return a_shopper(contact=Contact(**contact), consent={}).person[0]

    assert kind(platform_id="7", email="anna@example.com", phone="+48600100200") == "e"
    assert kind(platform_id="7", phone="+48600100200") == "a"
    assert kind(phone="+48600100200", messenger="100") == "p"
    assert kind(web_push="browser") == "b"


def test_nobody_enters_before_it_begins_or_once_it_ended_or_twice() -> None:
    shop = some_settings(experiments={"one": a_holdout()})
    begins, ends = shop.experiments["one"].begins, shop.experiments["one"].ends

    def may_enter(now: datetime, **entries: Entry) -> bool:
        return bool(to_enter(shop, "abandoned_cart", entries, now))

    second = timedelta(seconds=1)
    assert not may_enter(begins - second) and may_enter(begins)
    assert may_enter(ends - second) and not may_enter(ends)
    assert not may_enter(NOON, one=entry("treated", begins))
    ended = some_settings(experiments={"one": a_holdout(decided=ENDED)})
    assert not to_enter(ended, "abandoned_cart", {}, NOON)


def test_an_experiment_is_about_its_own_timeline() -> None:
    shop = some_settings(
        experiments={
            "all": a_holdout(),
            "welcome": a_holdout(timeline="welcome"),
            "two_hours": a_test(SOONER),
        }
    )
    assert set(to_enter(shop, "abandoned_cart", {}, NOON)) == {"all", "two_hours"}
    assert set(to_enter(shop, "welcome", {}, NOON)) == {"all", "welcome"}


# What an arm changes


def test_who_is_held_out_stays_so_until_their_days_are_over() -> None:
    shop = some_settings(experiments={"one": a_holdout(days=7)})
    ends = shop.experiments["one"].ends
    entered = {"one": entry("held_out", ends - DAY)}

    def is_held_out(now: datetime) -> bool:
        return arms_given(shop, "abandoned_cart", entered, now).is_held_out

    assert is_held_out(ends) and is_held_out(ends + 5 * DAY)
    assert not is_held_out(ends + 6 * DAY)


def test_an_ended_experiment_holds_nobody_out() -> None:
    shop = some_settings(experiments={"one": a_holdout(decided=ENDED)})
    entered = {"one": entry("held_out", NOON - DAY)}
    assert not arms_given(shop, "abandoned_cart", entered, NOON).is_held_out


def test_an_arm_holds_for_the_rest_of_a_timeline_that_it_was_in() -> None:
    shop = some_settings(experiments={"one": a_test(SOONER, decided=ENDED)})
    entered = {"one": entry("sooner", NOON - DAY)}
    assert arms_given(shop, "abandoned_cart", entered, NOON, ["one"]).timings == {
        "first_email_after_hours": 2
    }
    assert arms_given(shop, "abandoned_cart", entered, NOON).timings == {}


def test_the_arm_that_changes_nothing_changes_nothing() -> None:
    later = {"now": {}, "later": {"timings": {"first_email_after_hours": 5}}}
    shop = some_settings(experiments={"one": a_test(later)})
    given_ = arms_given(shop, "abandoned_cart", {"one": entry("now")}, NOON)
    assert (dict(given_.names), given_.timings, given_.templates) == ({"one": "now"}, {}, {})


def test_the_first_arm_keeps_its_wait_where_the_timeline_started_with_a_shorter_one() -> None:
    shop = some_settings(experiments={"one": a_test(SOONER)})
    given_ = arms_given(shop, "abandoned_cart", {"one": entry("now")}, NOON)
    assert given_.timings == {"first_email_after_hours": 3}
    own = some_settings(
        timings={"abandoned_cart": {"first_email_after_hours": 4}},
        experiments={"one": a_test(SOONER)},
    )
    given_ = arms_given(own, "abandoned_cart", {"one": entry("now")}, NOON)
    assert given_.timings == {"first_email_after_hours": 4}


def test_the_arms_of_another_timeline_change_nothing() -> None:
    shop = some_settings(experiments={"one": a_test(SOONER)})
    assert arms_given(shop, "welcome", {"one": entry("sooner")}, NOON).names == {}


# A timeline starts with the shortest first wait of its arms


@pytest.mark.parametrize(
    ("own", "arms", "expected"),
    [
        ({}, SOONER, {"first_email_after_hours": 2}),
        ({}, {"now": {}, "later": {"timings": {"first_email_after_hours": 5}}}, {}),
        ({"first_email_after_hours": 1}, SOONER, {"first_email_after_hours": 1}),
        ({"sms_after_hours": 9}, SOONER, {"sms_after_hours": 9, "first_email_after_hours": 2}),
        ({}, {"now": {}, "sms": {"timings": {"sms_after_hours": 1}}}, {}),
    ],
    ids=["an earlier arm", "a later arm", "the shop is earlier", "others stay", "a later message"],
)
def test_a_timeline_starts_with_the_shortest_first_wait(
    own: dict[str, Any], arms: dict[str, Any], expected: dict[str, Any]
) -> None:
    timings = {"abandoned_cart": own} if own else {}
    shop = some_settings(timings=timings, experiments={"one": a_test(arms)})
    assert timings_to_start_with(shop, NOON).get("abandoned_cart", {}) == expected


def test_an_experiment_that_has_not_begun_starts_nothing_earlier() -> None:
    later = a_test(SOONER, begins=NOON + DAY)
    assert timings_to_start_with(some_settings(experiments={"one": later}), NOON) == {}


# Two records of one person

ENTRIES = st.builds(
    entry,
    st.sampled_from(["held_out", "treated"]),
    st.integers(0, 5).map(lambda days: NOON + days * DAY),
)


@given(st.lists(ENTRIES, min_size=1, max_size=5), st.randoms())
def test_of_several_entries_the_earliest_stays_and_differing_arms_are_marked(
    entries: list[Entry], random: Any
) -> None:
    known = [{"one": one} for one in entries]
    random.shuffle(known)
    kept = merged(known)["one"]
    assert kept.at == min(one.at for one in entries)
    assert kept.mixed == (len({one.arm for one in entries}) > 1)


def test_a_merge_by_the_shop_keeps_the_earlier_arm() -> None:
    stays = a_customer(id="a-1", arms={"one": entry("treated", NOON, "a-1")})
    goes = a_customer(id="a-2", arms={"one": entry("held_out", NOON - DAY, "a-2")})
    kept = stays.absorb(goes).arms["one"]
    assert (kept.arm, kept.person, kept.mixed) == ("held_out", "a-2", True)


def test_an_erasure_forgets_the_arms() -> None:
    known = a_customer(arms={"one": entry("treated")})
    assert known.buried(NOON).arms == {}


# Settings


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (a_holdout() | {"hold_out_percent": None}, "either"),
        (a_test(SOONER) | {"hold_out_percent": 20}, "either"),
        (a_test(SOONER) | {"timeline": None}, "timeline"),
        (a_test({"now": {}, **dict.fromkeys("bcde", SOONER["sooner"])}), "two to four"),
        (a_test({"now": {}, "same": {}}), "changes nothing"),
        (a_test({"sooner": SOONER["sooner"], "now": {}}), "must change nothing"),
        (a_test({"now": {}, "b": SOONER["sooner"] | {"share_percent": 60}}), "110 percent"),
        (a_holdout() | {"ends": NOON - 48 * HOUR}, "ends before it begins"),
        (a_holdout() | {"timeline": "abandoned"}, "abandoned_cart"),
        (a_holdout() | {"smallest_lift": 0}, "above 0"),
        (a_holdout() | {"begins": "jutro"}, "begins"),
    ],
)
def test_an_experiment_that_cannot_work_is_refused(told: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        an_experiment(told)
    assert problem in str(refused.value)


def test_times_without_an_offset_are_in_the_shops_time_zone() -> None:
    one = an_experiment(a_holdout(begins="2026-12-01", ends="2027-01-01 10:30"))
    assert one.begins == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert one.ends == datetime(2027, 1, 1, 9, 30, tzinfo=UTC)
    here = an_experiment(a_holdout(begins="2026-12-01T00:00:00+02:00", ends="2027-01-01"))
    assert here.begins == datetime(2026, 11, 30, 22, tzinfo=UTC)


def test_two_tests_of_one_timeline_at_the_same_time_are_refused() -> None:
    later = a_test(SOONER, begins=NOON + 2400 * HOUR, ends=NOON + 4800 * HOUR)
    some_settings(experiments={"one": a_test(SOONER), "two": later})
    some_settings(experiments={"one": a_test(SOONER, decided=ENDED), "two": a_test(SOONER)})
    with pytest.raises(SettingsError, match="one and two"):
        some_settings(experiments={"one": a_test(SOONER), "two": a_test(SOONER)})


# The first wait of a timeline that started for an arm


@given(
    st.sampled_from(["running", "over"]),
    st.sampled_from([1.0, 2.0, 3.0, 4.0]),
    st.booleans(),
    st.sampled_from([None, 1, 2, 3, 4]),
)
def test_asking_for_the_own_first_wait_comes_to_an_end(
    state: str, started_with: float, holds: bool, usual: int | None
) -> None:
    """The state machine asks again with what it was told, and is told the same."""
    ends: dict[str, Any] = {"ends": NOON - HOUR} if state == "over" else {}
    timings = {"abandoned_cart": {"first_email_after_hours": usual}} if usual else {}
    shop = some_settings(experiments={"one": a_test(SOONER, **ends)}, timings=timings)
    names = {"one"} if holds else set()
    first = "first_email_after_hours"

    def told(hours: float, before: dict[str, Any]) -> dict[str, Any]:
        waited = seconds_of(first, hours)
        return dict(own_first_wait(shop, "abandoned_cart", names, waited, before))

    answer = told(started_with, {})
    assert told(answer.get(first, started_with), answer) == answer
    is_too_early = started_with == 2 < (usual or 3)
    assert answer == ({first: usual or 3} if is_too_early and not holds else {})
