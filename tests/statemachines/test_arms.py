"""The timings of a shopper's arm, on the real state machine: a step answers them, and they hold for
the rest of the timeline."""

import json

import pytest

from support.machine import Machine, Run, Script, numbers
from support.plans import ABANDONED_CART

ARM = {"first_email_after_hours": 5, "sms_after_hours": 2, "discount_percent": 33}
ANSWERED = json.dumps(ARM)


@pytest.fixture(scope="module")
def played(machines: dict[str, Machine]) -> dict[str, Run]:
    machine = machines["abandoned_cart"]
    scripts: dict[str, Script] = {
        "in an arm": {
            "first_email": [f"wait 1 {ANSWERED}", f"wait 7200 {ANSWERED}", f"sent {ANSWERED}"],
            "sms": [f"sent {ANSWERED}"],
            "discount_email": [f"sent {ANSWERED}"],
        },
        "the SMS fails for good": {
            "first_email": [f"sent {ANSWERED}"],
            "sms": ["RefusedError"],
            "discount_email": [f"sent {ANSWERED}"],
        },
        "in none": {},
    }
    runs = {name: machine.start(script) for name, script in scripts.items()}
    return {name: machine.finish(execution) for name, execution in runs.items()}


def asked(run: Run, step: str, attempt: int = -1) -> tuple[dict[str, float], int]:
    request = run.asked[step][attempt]
    return request["timings"], request["step"]["after_seconds"]


def test_the_first_step_is_asked_again_with_the_timings_of_the_arm(played: dict[str, Run]) -> None:
    run, usual = played["in an arm"], numbers(ABANDONED_CART)["first_email_after_hours"]
    assert [asked(run, "first_email", attempt) for attempt in range(3)] == [
        ({}, usual * 3600),
        (ARM, 5 * 3600),
        (ARM, 5 * 3600),
    ]
    assert run.seconds_in("Hold first e-mail") == [1, 7200]


def test_they_hold_for_the_waits_and_the_discount_after_it(played: dict[str, Run]) -> None:
    run = played["in an arm"]
    assert run.seconds_in("Wait for SMS") == [2 * 3600]
    assert asked(run, "sms") == (ARM, 2 * 3600)
    assert run.asked["discount_email"][0]["step"]["discount"]["percent"] == 33
    assert run.ended == "ExecutionSucceeded"


def test_they_hold_after_a_step_that_gave_no_answer(played: dict[str, Run]) -> None:
    run = played["the SMS fails for good"]
    assert asked(run, "discount_email")[0] == ARM
    assert run.asked["discount_email"][0]["step"]["discount"]["percent"] == 33


def test_without_an_arm_the_timeline_keeps_its_own(played: dict[str, Run]) -> None:
    run, usual = played["in none"], numbers(ABANDONED_CART)
    assert asked(run, "sms") == ({}, usual["sms_after_hours"] * 3600)
    assert (
        run.asked["discount_email"][0]["step"]["discount"]["percent"] == usual["discount_percent"]
    )
