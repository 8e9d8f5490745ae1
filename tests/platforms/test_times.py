"""Times that a shop's clock shows without an offset, in an hour that comes twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wracaj.platforms.times import earliest_shown_since, first_shown, last_shown

WARSAW = ZoneInfo("Europe/Warsaw")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-10-25 {text}").replace(tzinfo=UTC)


def shown(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-10-25 {text}")


@pytest.mark.parametrize(
    ("clock", "heard", "at"),
    [
        ("01:59", "00:00", "23:59 the day before"),
        ("02:50", "00:51", "00:50"),  # the second time is yet to come
        ("02:10", "01:11", "01:10"),
        ("02:10", "01:08", "01:10"),  # by a clock that is a little ahead
        ("02:50", "06:00", "01:50"),  # nobody knows
        ("03:00", "06:00", "02:00"),
    ],
)
def test_a_time_that_was_shown_twice_is_the_second_unless_that_is_yet_to_come(
    clock: str, heard: str, at: str
) -> None:
    moment = last_shown(shown(clock), WARSAW, utc(heard))
    is_before = at.endswith("before")
    assert moment == utc(at.partition(" ")[0]) - timedelta(days=is_before)
    assert moment.tzinfo is UTC


def test_an_hour_that_is_left_out_in_spring_is_read_as_the_one_after() -> None:
    local = datetime(2026, 3, 29, 2, 30)
    heard = datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    assert last_shown(local, WARSAW, heard) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "clock"),
    [
        ("00:00", "01:00"),  # 2:00, which comes again
        ("00:29", "01:29"),
        ("01:00", "02:00"),
        ("01:10", "02:10"),
        ("02:10", "03:10"),
    ],
)
def test_whatever_happens_since_is_shown_later_than_this(since: str, clock: str) -> None:
    earliest = earliest_shown_since(utc(since), WARSAW)
    assert earliest == shown(clock)
    for minutes in range(240):
        at = utc(since) + timedelta(minutes=minutes)
        assert at.astimezone(WARSAW).replace(tzinfo=None) >= earliest


@pytest.mark.parametrize(
    ("at", "first"), [("01:10", "00:10"), ("00:10", "00:10"), ("02:10", "02:10")]
)
def test_the_first_of_two(at: str, first: str) -> None:
    assert first_shown(utc(at), WARSAW) == utc(first)
