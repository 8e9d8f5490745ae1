"""Times by a shop's clock are accepted only up to the time of receipt, with a tolerance of some
minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, a_cart_event, an_order, yes
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact, OrderPlaced, ShopEvent
from wracaj.webhooks.shop_clock import FURTHEST_ZONE, GRACE, as_received, clock_problem, lag_problem

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATEST = NOON + GRACE


def told_at(moment: datetime) -> list[ShopEvent]:
    """One of each kind that tells more times than its own."""
    return [
        a_cart_event(at=moment, created_at=moment, consent={Channel.EMAIL: yes(moment)}),
        ConsentChanged(
            at=moment,
            contact=Contact(email="ala@example.com"),
            channel=Channel.EMAIL,
            consent=yes(moment),
        ),
        an_order(at=moment, placed_at=moment),
    ]


def times_of(event: ShopEvent) -> set[datetime]:
    told = event.model_dump(exclude={"heard_at"})
    words = (
        [*told.get("consent", {}).values()]
        if "cart_id" in told
        else [told["consent"]]
        if "consent" in told
        else []
    )
    return {told[name] for name in ("at", "created_at", "placed_at") if told.get(name)} | {
        word["at"] for word in words
    }


@pytest.mark.parametrize("ahead", [6 * MINUTE, 2 * HOUR, 400 * DAY])
@pytest.mark.parametrize("kind", range(3))
def test_what_lies_ahead_of_its_receipt_is_taken_as_received(kind: int, ahead: timedelta) -> None:
    event = told_at(NOON + ahead)[kind]
    assert times_of(as_received(event, NOON)) == {LATEST}


@pytest.mark.parametrize("moment", [NOON - 30 * DAY, NOON - HOUR, NOON, NOON + 5 * MINUTE])
@pytest.mark.parametrize("kind", range(3))
def test_any_other_time_is_left_as_it_is_and_so_is_its_version(kind: int, moment: datetime) -> None:
    event = told_at(moment)[kind]
    taken = as_received(event, NOON)
    assert taken.version == event.version and times_of(taken) == {moment}


MOMENTS = st.integers(-10_000, 10_000).map(lambda seconds: NOON + timedelta(seconds=seconds))


@given(MOMENTS, MOMENTS, st.integers(0, 3600), st.integers(0, 3600))
def test_what_is_told_later_of_a_later_time_never_counts_as_older(
    one: datetime, other: datetime, first: int, after: int
) -> None:
    """Whatever the shop's clock does at the very edge of what is believed."""
    earlier, later = sorted((one, other))
    received = NOON + timedelta(seconds=first)
    older = as_received(a_cart_event(at=earlier), received)
    newer = as_received(a_cart_event(at=later), received + timedelta(seconds=after))
    assert older.at <= newer.at


@given(MOMENTS, st.integers(0, 3))
def test_taking_it_twice_changes_nothing_more(moment: datetime, kind: int) -> None:
    event = told_at(moment)[kind % 3]
    once = as_received(event, NOON)
    assert as_received(once, NOON) == once


def heard(**changes: datetime | str | None) -> datetime | None:
    order = as_received(an_order(**{"at": NOON, "placed_at": NOON, **changes}), NOON)
    assert isinstance(order, OrderPlaced)
    return order.heard_at


def test_an_order_of_the_last_hours_may_have_been_placed_just_now() -> None:
    assert (
        heard() == heard(placed_at=NOON - 5 * HOUR) == heard(placed_at=NOON - FURTHEST_ZONE) == NOON
    )
    assert heard(placed_at=NOON - FURTHEST_ZONE - MINUTE) is None


def test_an_order_without_id_is_heard_of_only_as_it_is_placed() -> None:
    """A checkout that is told once more, long after it was completed, is no new order."""
    assert heard(order_id=None, at=NOON - 5 * HOUR, placed_at=NOON - 5 * HOUR) == NOON
    assert heard(order_id=None, at=NOON, placed_at=NOON - 5 * HOUR) is None


def test_when_it_was_heard_of_is_no_part_of_what_was_told() -> None:
    order = an_order(at=NOON, placed_at=NOON)
    assert (
        as_received(order, NOON).version == as_received(order, NOON + HOUR).version == order.version
    )


@pytest.mark.parametrize("kind", range(3))
def test_a_time_ahead_is_told_with_what_to_do(kind: int) -> None:
    problem = clock_problem(told_at(NOON + 2 * HOUR)[kind], NOON)
    words = (
        "lies 2 h 00 min after its receipt, and is taken as received now: set the clock or the time"
        " zone of the shop's server"
    )
    assert problem == ("updated_at", words)


def test_the_field_that_is_off_is_named() -> None:
    for event, field in (
        (a_cart_event(at=NOON, created_at=NOON + HOUR), "created_at"),
        (a_cart_event(at=NOON, consent={Channel.EMAIL: yes(NOON + 400 * DAY)}), "consent"),
        (an_order(at=NOON, placed_at=NOON + HOUR), "created_at"),
    ):
        problem = clock_problem(event, NOON)
        assert problem is not None and problem[0] == field
    assert "400 days" in (clock_problem(a_cart_event(at=NOON + 400 * DAY), NOON) or ("", ""))[1]


def test_the_same_hours_behind_in_one_webhook_after_the_other_are_a_wrong_clock() -> None:
    lags = [5 * HOUR + timedelta(seconds=seconds) for seconds in (1, 3, 0, 40, 2)]
    words = (
        "lies 5 h 00 min before its receipt, as in every webhook of late: set the clock or the time"
        " zone of the shop's server"
    )
    assert lag_problem(lags) == ("updated_at", words)


@pytest.mark.parametrize(
    "lags",
    [
        [5 * HOUR] * 4,
        [5 * HOUR] * 4 + [timedelta(seconds=1)],
        [3 * HOUR, 4 * HOUR, 5 * HOUR, 5 * HOUR, 5 * HOUR],
        [timedelta(seconds=2)] * 5,
        [-2 * HOUR] * 5,
        [400 * DAY] * 5,
    ],
)
def test_what_comes_late_now_and_then_is_no_wrong_clock(lags: list[timedelta]) -> None:
    assert lag_problem(lags) is None


@pytest.mark.parametrize("moment", [NOON + 5 * MINUTE, NOON, NOON - 5 * HOUR, NOON - 400 * DAY])
def test_a_clock_that_is_a_little_off_and_what_comes_late_are_no_problem(moment: datetime) -> None:
    assert [clock_problem(event, NOON) for event in told_at(moment)] == [None, None, None]


def test_an_order_of_last_year_that_changes_today_is_no_problem() -> None:
    assert (
        clock_problem(an_order(at=NOON, placed_at=datetime(2025, 1, 1, tzinfo=UTC)), NOON) is None
    )
