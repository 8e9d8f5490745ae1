"""The lists in which a day is looked up. No day is missed and none is searched twice, in any time
zone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_occasions.due import (
    LATE_DAYS,
    Search,
    begins_at,
    day_served,
    last_searched,
    once,
    searches,
    still_so,
)
from support.builders import a_customer, some_settings
from wracaj.loyalty.ledger import Account, last_day
from wracaj.timelines.date_triggers import Listed, days_of_customer
from wracaj.timelines.occasion import OccasionKind

BIRTHDAY, ANNIVERSARY, POINTS = (
    OccasionKind.BIRTHDAY,
    OccasionKind.ANNIVERSARY,
    OccasionKind.POINTS_EXPIRING,
)
PROGRAMME: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 50,
    "points": {"value": "0.05", "warn_days": 30},
}
ZONES = [
    "Europe/Warsaw",
    "America/New_York",
    "Asia/Tokyo",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "America/Lima",
]
some_day = st.dates(date(2023, 1, 1), date(2029, 12, 31))
DAY = timedelta(days=1)


def a_shop(warn_days: int = 30, **changes: Any) -> Any:
    points = {**PROGRAMME["points"], "warn_days": warn_days}
    return some_settings(
        loyalty={**PROGRAMME, "points": points}, timelines=["points_expiring"], **changes
    )


def lists(
    kind: OccasionKind, searched: date, today: date, **changes: Any
) -> list[tuple[date, str]]:
    return [(on, listed.day) for on, listed in searches(kind, searched, today, a_shop(**changes))]


# Which days


@given(start=some_day, gaps=st.lists(st.integers(1, LATE_DAYS + 1), min_size=1, max_size=12))
def test_whatever_days_the_search_fails_no_day_is_missed_or_searched_twice(
    start: date, gaps: list[int]
) -> None:
    searched, today, found = start, start, []
    for gap in gaps:
        today += gap * DAY
        found += [
            on for on, key in lists(BIRTHDAY, searched, today) if key != "02-29" or on.day == 29
        ]
        searched = last_searched(BIRTHDAY, today, a_shop())
    assert found == [start + number * DAY for number in range(1, sum(gaps) + 1)]


@given(today=some_day, gap=st.integers(LATE_DAYS + 2, 800))
def test_after_a_long_pause_only_the_last_days_are_caught_up_with(today: date, gap: int) -> None:
    found = {on for on, _ in lists(BIRTHDAY, today - gap * DAY, today)}
    assert found == {today - number * DAY for number in range(LATE_DAYS + 1)}


@pytest.mark.parametrize(
    ("today", "keys"),
    [
        (date(2027, 2, 28), ["02-28", "02-29"]),
        (date(2028, 2, 28), ["02-28"]),
        (date(2028, 2, 29), ["02-29"]),
        (date(2100, 2, 28), ["02-28", "02-29"]),
        (date(2027, 3, 1), ["03-01"]),
    ],
)
def test_the_29th_of_february_is_kept_each_year(today: date, keys: list[str]) -> None:
    assert [key for _, key in lists(BIRTHDAY, today - DAY, today)] == keys
    assert [key for _, key in lists(ANNIVERSARY, today - DAY, today)] == keys


@given(bought=some_day, months=st.integers(1, 24), warn=st.integers(3, 90))
def test_every_last_day_of_points_is_searched_just_once_and_in_time(
    bought: date, months: int, warn: int
) -> None:
    ends = date.fromisoformat(
        last_day(datetime(bought.year, bought.month, bought.day, tzinfo=UTC), months)
    )
    first = ends - (warn + 40) * DAY
    searched, found = first, []
    for number in range(1, warn + 45):
        today = first + number * DAY
        if any(on == ends for on, _ in lists(POINTS, searched, today, warn_days=warn)):
            found.append(today)
        searched = max(searched, last_searched(POINTS, today, a_shop(warn)))
    assert found == [ends - warn * DAY]


@given(today=some_day, before=st.integers(3, 90), after=st.integers(3, 90))
def test_a_warning_that_is_moved_neither_repeats_nor_forgets(
    today: date, before: int, after: int
) -> None:
    searched = last_searched(POINTS, today, a_shop(before))
    first = {on for on, _ in lists(POINTS, today - DAY, today, warn_days=before)}
    second = {on for on, _ in lists(POINTS, searched, today + DAY, warn_days=after)}
    assert not first & second
    needed = {today + number * DAY for number in range(1, after + 2)}
    ends = {day for day in needed if (day + DAY).day == 1}
    assert ends - first <= second or before > after


def test_points_that_are_gone_already_are_not_searched() -> None:
    assert lists(POINTS, date(2026, 1, 1), date(2026, 12, 15)) == [
        (date(2026, 12, 31), "2026-12-31")
    ]


# The shop's own day


@given(
    start=some_day, days=st.integers(1, 400), zone=st.sampled_from(ZONES), hour=st.integers(1, 4)
)
def test_from_one_morning_to_the_next_a_shops_day_moves_on_and_none_is_left_out(
    start: date, days: int, zone: str, hour: int
) -> None:
    shop = a_shop(time_zone=zone)
    served = [
        day_served(
            datetime(start.year, start.month, start.day, hour, tzinfo=UTC) + number * DAY, shop
        )
        for number in (0, days)
    ]
    # one, where the clocks are changed at the edge of the window
    assert abs((served[1] - served[0]).days - days) <= 1


@given(now=st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)), zone=st.sampled_from(ZONES))
def test_a_timeline_of_a_day_begins_neither_before_it_nor_in_the_past(
    now: datetime, zone: str
) -> None:
    moment, shop = now.replace(tzinfo=UTC), a_shop(time_zone=zone)
    begins = begins_at(moment, shop)
    assert begins >= moment
    assert begins.astimezone(ZoneInfo(zone)).date() <= day_served(moment, shop)
    assert (begins + timedelta(hours=15)).astimezone(ZoneInfo(zone)).date() >= day_served(
        moment, shop
    )


def test_a_search_before_dawn_in_warsaw_is_about_that_day_all_year() -> None:
    shop = a_shop()
    for month in range(1, 13):
        for hour in (0, 1, 2, 3, 6):
            at = datetime(2026, month, 10, hour, tzinfo=UTC)
            assert day_served(at, shop) == date(2026, month, 10)
            assert begins_at(at, shop) == at


# Who is rightly on a list


def an_account(first: date | None = None, *, expiring: dict[str, int] | None = None) -> Account:
    return Account(days={first.isoformat(): 1} if first else {}, expiring=expiring or {})


def search(kind: OccasionKind, on: date, day: str = "") -> Search:
    return Search(on, Listed(kind, day or f"{on:%m-%d}"))


def so(found: Search, account: Account | None = None, **customer: Any) -> bool:
    return still_so(found, a_customer(**customer), account or Account(), found.on, a_shop())


def test_a_birthday_counts_as_the_profile_has_it() -> None:
    on = date(2026, 11, 21)
    assert so(search(BIRTHDAY, on), birthday="11-21")
    assert not so(search(BIRTHDAY, on), birthday="11-22")
    assert not so(search(BIRTHDAY, on))
    assert so(search(BIRTHDAY, date(2027, 2, 28), "02-29"), birthday="02-29")


def test_an_anniversary_counts_from_the_year_after_for_those_who_kept_something() -> None:
    first = date(2025, 11, 22)
    assert so(search(ANNIVERSARY, date(2026, 11, 22)), an_account(first))
    assert not so(search(ANNIVERSARY, date(2026, 11, 21)), an_account(first))
    assert not so(search(ANNIVERSARY, date(2025, 11, 22)), an_account(first))
    assert not so(search(ANNIVERSARY, date(2026, 11, 22)), an_account(None))


def test_points_count_while_there_are_any_of_that_day() -> None:
    on = date(2026, 12, 31)
    found = search(POINTS, on, "2026-12-31")
    assert so(found, an_account(expiring={"2026-12-31": 5}))
    assert not so(found, an_account(expiring={"2027-01-31": 5}))
    assert not so(found, an_account(expiring={"2026-12-31": 5, "2027-01-31": -5}))


def test_there_is_one_greeting_a_year_and_one_reminder_for_a_last_day() -> None:
    assert (
        once(search(BIRTHDAY, date(2026, 11, 21)), "c")
        == once(search(BIRTHDAY, date(2026, 12, 1)), "c")
        == "c#2026"
    )
    assert once(search(POINTS, date(2026, 12, 31), "2026-12-31"), "c") == "c#2026-12-31"


# What is listed


def test_who_is_forgotten_or_merged_is_on_no_list() -> None:
    assert days_of_customer(a_customer(birthday="03-14")) == {Listed(BIRTHDAY, "03-14")}
    assert not days_of_customer(a_customer(birthday="03-14", merged_into="other"))
    assert not days_of_customer(
        a_customer(birthday="03-14").buried(datetime(2026, 1, 1, tzinfo=UTC))
    )


def test_who_was_forgotten_and_came_back_is_listed() -> None:
    assert days_of_customer(
        a_customer(birthday="03-14", erased_at=datetime(2026, 1, 1, tzinfo=UTC))
    )
