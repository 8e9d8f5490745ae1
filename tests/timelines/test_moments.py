"""The exact moment at which a message may leave: after the caps, at the opening, and spread over
the morning."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart, a_shopper, a_step, some_settings
from support.decisions import result_of, sent
from wracaj.consent.channel import Channel
from wracaj.experiments.arms import ArmsGiven
from wracaj.timelines.decision import cap_free_at, next_opening, spread, with_arms
from wracaj.timelines.facts import Facts, Sent
from wracaj.timelines.steps import Outcome, Reason

DAY = timedelta(days=1)
OPENS = datetime(2026, 11, 19, 8, tzinfo=UTC)  # 9:00 in Warsaw


def free_at(*sent_days_ago: float, channel: Channel = Channel.SMS, **facts: Any) -> Any:
    """Return when an e-mail is free of the caps, in days from NOON."""
    messages = tuple(Sent(channel, NOON - days * DAY) for days in sorted(sent_days_ago)[::-1])
    at = cap_free_at(Facts(sent=messages, **facts), a_step(), some_settings())
    return None if at is None else (at - NOON) / DAY


def test_nothing_was_sent_so_nothing_caps() -> None:
    assert free_at() is None


def test_the_weekly_cap_frees_a_message_seven_days_after_the_fifth_last() -> None:
    assert free_at(1, 2, 3, 4) is None
    assert free_at(1, 2, 3, 4, 5) == 2
    assert free_at(1, 2, 3, 4, 5, 6) == 2


def test_one_channel_rests_for_twelve_hours_after_its_newest_message() -> None:
    assert free_at(1, 0.25, channel=Channel.EMAIL) == 0.25


def test_a_chosen_pace_counts_from_the_newest_message_of_any_channel() -> None:
    assert free_at(1, 6, pace_days=14) == 13
    assert free_at(pace_days=14) is None


def test_the_latest_of_all_caps_holds() -> None:
    assert free_at(1, 2, 3, 4, 5, pace_days=2) == 2
    assert free_at(1, 2, 3, 4, 5, pace_days=30) == 29


def test_joining_an_audience_counts_for_no_cap() -> None:
    assert free_at(1, 2, 3, 4, 5, channel=Channel.AUDIENCE) is None


def test_a_message_leaves_at_the_very_moment_that_a_cap_ends() -> None:
    result = result_of(shopper=a_shopper(sent=(sent(12),)))
    assert (result.outcome, result.wait_seconds) == (Outcome.SENT, 0)
    soon = result_of(shopper=a_shopper(sent=(sent(12),)), now=NOON - timedelta(microseconds=1))
    assert (soon.reason, soon.wait_seconds) == (Reason.FREQUENCY_CAP, 1)


def test_a_step_is_stale_a_moment_after_its_last_hour_and_not_at_it() -> None:
    cart = a_cart(touched=NOON - 27 * HOUR)  # three hours of waiting, and a day
    assert result_of(cart=cart).outcome is Outcome.SENT
    late = result_of(cart=cart, now=NOON + timedelta(microseconds=1))
    assert (late.outcome, late.reason) == (Outcome.SKIPPED, Reason.STALE)


def test_a_delay_to_the_last_moment_is_waited_for_and_a_longer_one_is_not() -> None:
    cart = a_cart(touched=NOON - 20 * HOUR)  # stale in seven hours
    in_time = result_of(cart=cart, shopper=a_shopper(sent=(sent(5),)))
    assert (in_time.outcome, in_time.wait_seconds) == (Outcome.WAIT, 7 * 3600)
    late = result_of(cart=cart, shopper=a_shopper(sent=(sent(4.99),)))
    assert (late.outcome, late.reason) == (Outcome.SKIPPED, Reason.FREQUENCY_CAP)


def test_of_two_delays_to_the_same_moment_the_shoppers_activity_is_the_reason() -> None:
    cart = a_cart(touched=NOON - HOUR)  # two hours are left, as of the cap
    result = result_of(cart=cart, shopper=a_shopper(sent=(sent(10),)))
    assert (result.reason, result.wait_seconds) == (Reason.SHOPPER_ACTIVE, 2 * 3600)


AUTUMN = {"opens": "2:30", "closes": "5:00"}  # an opening in the hour that is repeated


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-10-25T00:10:00+00:00", "2026-10-25T00:30:00+00:00"),  # 2:10, for the first time
        ("2026-10-25T01:10:00+00:00", "2026-10-25T01:30:00+00:00"),  # 2:10, for the second time
    ],
)
def test_in_the_repeated_hour_the_window_opens_twice(moment: str, opening: str) -> None:
    shop = some_settings(send_window=AUTUMN)
    assert next_opening(datetime.fromisoformat(moment), shop) == datetime.fromisoformat(opening)


def minutes_of_a_morning(**window: str) -> list[float]:
    shop = some_settings(send_window={"opens": "9:00", "closes": "20:00"} | window)
    carts = [f"cart-{number}" for number in range(2000)]
    return [
        (spread(OPENS, OPENS - HOUR, cart, shop) - OPENS) / timedelta(minutes=1) for cart in carts
    ]


def test_a_morning_is_spread_over_its_first_half_hour_and_all_of_it() -> None:
    minutes = minutes_of_a_morning()
    assert 0 <= min(minutes) < 0.5
    assert 29.5 < max(minutes) < 30


def test_in_a_short_window_half_of_it() -> None:
    assert 19.5 < max(minutes_of_a_morning(closes="9:40")) < 20
    assert 29.5 < max(minutes_of_a_morning(closes="10:20")) < 30
    assert 22 < max(minutes_of_a_morning(opens="8:50", closes="9:35")) < 22.5


def test_what_did_not_wait_for_the_opening_is_not_spread() -> None:
    assert spread(OPENS, OPENS, "cart-1", some_settings()) == OPENS


NUMBERS = {"first_email_hours": 2}


def arms(*, is_held_out: bool = False, timings: dict[str, int] | None = None) -> ArmsGiven:
    return ArmsGiven({}, is_held_out, timings or {}, {})


def test_whoever_is_held_out_gets_nothing_and_is_asked_for_no_other_timings() -> None:
    result = with_arms(arms(is_held_out=True, timings=NUMBERS), {})
    assert result and (result.outcome, result.reason) == (Outcome.SKIPPED, Reason.IN_HOLDOUT)


def test_the_machine_is_told_the_numbers_of_an_arm_once_and_asks_again_at_once() -> None:
    told = with_arms(arms(timings=NUMBERS), {})
    assert told and (told.outcome, told.reason) == (Outcome.WAIT, Reason.OTHER_TIMINGS)
    assert (told.wait_seconds, told.timings) == (1, NUMBERS)
    assert with_arms(arms(timings=NUMBERS), NUMBERS) is None


def test_a_machine_that_takes_no_numbers_is_told_none() -> None:
    assert with_arms(arms(timings=NUMBERS), None) is None
    assert with_arms(arms(), {}) is None
