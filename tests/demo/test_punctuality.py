"""Every message has its minute. A message that comes earlier or later is found, whatever it had to
wait for."""

from datetime import datetime, timedelta

import pytest

from support.demo_evidence import (
    FIRST,
    MONDAY_10,
    SECOND,
    SHOPS,
    THIRD,
    a_message,
    a_persona,
    good_evidence,
    noted,
)
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.promises import TIMES, Evidence
from wracaj_cli.demo.punctuality import late_ones
from wracaj_cli.demo.timetable import GIVE_OR_TAKE, MORNING, in_window, steps_of
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, SMS, StepName

HOUR, MINUTE, TOO_MUCH = (
    timedelta(hours=1),
    timedelta(minutes=1),
    GIVE_OR_TAKE + timedelta(minutes=1),
)
NINE = FIRST + 20 * HOUR  # on the next morning: the shop's window opens


def sent(*messages: Delivered, touched: datetime = MONDAY_10) -> Evidence:
    cast = (a_persona(expects=tuple(message.step for message in messages)),)
    return good_evidence(
        noted(What.TOUCHED, touched, basket="1"), messages=list(messages), cast=cast
    )


def whole(**late: timedelta) -> Evidence:
    """The three messages, each at its time but for those named."""
    steps: dict[StepName, datetime] = {MAIL: FIRST, SMS: SECOND, CODE: THIRD}
    return sent(*(a_message(step, at + late.get(step, timedelta())) for step, at in steps.items()))


def test_messages_at_their_minute_are_in_time() -> None:
    assert late_ones(whole()) == []
    assert late_ones(whole(discount_email=GIVE_OR_TAKE)) == []


@pytest.mark.parametrize("step", [MAIL, SMS, CODE])
@pytest.mark.parametrize("by", [TOO_MUCH, -TOO_MUCH])
def test_a_message_some_minutes_off_is_found(step: StepName, by: timedelta) -> None:
    """And with it the next, which counts from this one."""
    found = late_ones(whole(**{step: by}))
    assert found and all(one.promise == TIMES for one in found)
    assert found[0].what.endswith(
        f"promised at {'Mon 23 Nov 13:00' if step == MAIL else found[0].what[-16:]}"
    )


def test_what_a_shopper_touches_again_is_counted_from_then() -> None:
    assert late_ones(sent(a_message(at=FIRST + HOUR), touched=MONDAY_10 + HOUR)) == []
    assert late_ones(sent(a_message(), touched=MONDAY_10 + HOUR))


@pytest.mark.parametrize(
    ("at", "in_time"),
    [(NINE, True), (NINE + MORNING, True), (NINE - TOO_MUCH, False), (NINE + HOUR, False)],
)
def test_what_is_due_at_night_leaves_in_the_first_half_hour_of_the_morning(
    at: datetime, in_time: bool
) -> None:
    evening = MONDAY_10 + 9 * HOUR
    assert (late_ones(sent(a_message(at=at), touched=evening)) == []) is in_time


def test_a_step_that_sent_nothing_has_its_time_for_the_next() -> None:
    assert late_ones(sent(a_message(), a_message(CODE, THIRD))) == []
    assert late_ones(sent(a_message(), a_message(CODE, THIRD - 24 * HOUR)))


def test_a_mail_waits_for_the_frequency_cap() -> None:
    """Of a second cart: twelve hours after the first mail it is night."""
    second = a_message(at=NINE + 5 * MINUTE, basket="2")
    evidence = good_evidence(
        noted(What.TOUCHED, MONDAY_10, basket="1"),
        noted(What.TOUCHED, FIRST + HOUR, basket="2"),
        messages=[a_message(), second],
        begun={("Ania", "1"): MONDAY_10, ("Ania", "2"): FIRST + HOUR},
    )
    assert late_ones(evidence) == []


def test_a_mail_without_its_code_may_have_waited_for_it() -> None:
    messages = (
        a_message(),
        a_message(SMS, SECOND),
        a_message(CODE, THIRD + HOUR, text="Twój koszyk, Kubek"),
    )
    assert late_ones(sent(*messages))
    touched = noted(What.TOUCHED, MONDAY_10, basket="1")
    assert (
        late_ones(good_evidence(touched, messages=list(messages), turned_away=((KUBEK, THIRD),)))
        == []
    )


def test_times_are_those_of_the_timeline_with_the_shops_own_numbers() -> None:
    steps = steps_of("abandoned_cart", SHOPS[KUBEK])[:3]
    assert [(step.name, step.total / 3600) for step in steps] == [
        (MAIL, 3),
        (SMS, 27),
        (CODE, 51),
    ]


def test_the_window_goes_by_the_shops_wall_clock_across_its_changes() -> None:
    night = datetime.fromisoformat("2027-03-27T21:00:00+01:00")  # summer time begins
    promised = in_window(night, SHOPS[KUBEK])
    assert promised.first.isoformat() == "2027-03-28T09:00:00+02:00"
