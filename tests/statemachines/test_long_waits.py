"""Long waits that are moved out, on the real state machines: where an execution ends early, and
where a fresh one goes on."""

from datetime import UTC, datetime
from typing import Any

import pytest

from support.frozen_timelines import frozen
from support.machine import Machine, Run, numbers
from support.plans import ASKING, END, PLANS, Asking, Message, Plan
from wracaj.timelines.long_waits import LongWait
from wracaj.timelines.steps import CHECK, CLOSE, StepRequest
from wracaj_cli.timelines.going_on import course_of
from wracaj_cli.timelines.reading import read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.short_file import ShortFile

WHERE, LATER = "Where does it go on?", "Goes on later"


def course(plan: Plan | Asking) -> dict[str, str]:
    short = read_short(read(frozen(plan.timeline)))
    assert isinstance(short, ShortFile)
    return course_of(short)


GOING_ON = [plan for plan in PLANS if course(plan)]
EACH = [(plan, message) for plan in GOING_ON for message in plan.messages]
each_message = pytest.mark.parametrize(
    ("plan", "message"), EACH, ids=[f"{plan.timeline}-{message.step}" for plan, message in EACH]
)


def resume(plan: Plan | Asking, step: str) -> dict[str, Any]:
    """Return the input of a fresh execution, with all numbers as a date keeps them."""
    told = {"part": 2, "step": step, "wait_seconds": 7200, "timings": {}}
    return {"timings": numbers(plan), "resume": told}


@pytest.fixture(scope="module")
def played(machines: dict[str, Machine]) -> dict[tuple[str, str], Run]:
    """Each timeline, ended at each message and gone on with each step."""
    runs = {}
    for plan, message in EACH:
        machine, name = machines[plan.timeline], plan.timeline
        script = {message.step: ["sent later"]}
        runs[name, f"ends after {message.step}"] = machine, machine.start(script)
        runs[name, message.step] = machine, machine.start({}, **resume(plan, message.step))
    others: list[Plan | Asking] = [*GOING_ON, *ASKING]
    for one in others:
        machine = machines[one.timeline]
        for step in {CLOSE, CHECK, "gone"} & {*course(one), "gone"}:
            script = {"question": ["nothing"]}
            runs[one.timeline, step] = machine, machine.start(script, **resume(one, step))
    return {key: machine.finish(execution) for key, (machine, execution) in runs.items()}


@each_message
def test_an_execution_ends_where_the_wait_was_moved_out(
    played: dict[tuple[str, str], Run], plan: Plan, message: Message
) -> None:
    run = played[plan.timeline, f"ends after {message.step}"]
    until = plan.everything[: plan.everything.index(message.task) + 2]
    assert run.states == [*until, LATER]
    assert run.ended == "ExecutionSucceeded"
    assert "close" not in run.asked


@each_message
def test_a_fresh_execution_goes_on_with_the_message_that_is_due(
    played: dict[tuple[str, str], Run], plan: Plan, message: Message
) -> None:
    run = played[plan.timeline, message.step]
    rest = plan.everything[plan.everything.index(message.task) :]
    assert run.states == ["Timings", WHERE, message.hold, *rest]
    assert run.seconds_in(message.hold) == [7200]
    left = plan.steps[plan.messages.index(message) :]
    assert [step for step in plan.steps if step in run.asked] == left


@each_message
def test_a_step_is_told_what_a_date_keeps(
    played: dict[tuple[str, str], Run], plan: Plan, message: Message
) -> None:
    begun = played[plan.timeline, f"ends after {message.step}"].asked[message.step][0]
    gone_on = played[plan.timeline, message.step].asked[message.step][0]
    assert (begun["part"], gone_on["part"]) == (1, 2)
    assert begun["version"] == gone_on["version"] != ""
    request = StepRequest.model_validate({k: v for k, v in begun.items() if k != "at"})
    assert request.own_timings == {}


@pytest.mark.parametrize("plan", [plan for plan in GOING_ON if CLOSE in course(plan)])
def test_a_wait_before_the_close_goes_on_with_the_close(
    played: dict[tuple[str, str], Run], plan: Plan
) -> None:
    run = played[plan.timeline, CLOSE]
    assert run.states == ["Timings", WHERE, "Hold the close", *END]
    assert run.seconds_in("Hold the close") == [7200]


@pytest.mark.parametrize("plan", ASKING, ids=[plan.timeline for plan in ASKING])
def test_a_wait_before_a_question_goes_on_with_the_question(
    played: dict[tuple[str, str], Run], plan: Asking
) -> None:
    run = played[plan.timeline, CHECK]
    assert run.states == ["Timings", WHERE, "Hold the check", plan.question, plan.branch, *END]


@pytest.mark.parametrize("plan", [*GOING_ON, *ASKING], ids=lambda plan: str(plan.timeline))
def test_a_step_that_is_gone_closes_the_timeline(
    played: dict[tuple[str, str], Run], plan: Plan | Asking
) -> None:
    assert played[plan.timeline, "gone"].states == ["Timings", WHERE, *END]


def test_it_goes_on_with_the_numbers_and_the_arm_that_it_started_with(
    machines: dict[str, Machine],
) -> None:
    machine = machines["abandoned_cart"]
    wait = LongWait(
        episode=1,
        part=2,
        at=datetime(2026, 12, 1, tzinfo=UTC),
        timeline="abandoned_cart",
        version="",
        coming=("sms", "discount_email"),
        timings={"sms_after_hours": 7, "discount_percent": 33, "discount_email_after_hours": 9},
        of_arm={"discount_email_after_hours": 11},
    )
    told = {name: value for name, value in wait.resume.items() if name != "at"}
    arms = {"sms": ['sent {"discount_email_after_hours": 11}']}
    again = {"timings": wait.timings, "resume": told | {"wait_seconds": 60, "step": "sms"}}
    run = machine.finish(machine.start(arms, **again))
    assert run.asked["sms"][0]["step"]["after_seconds"] == 7 * 3600
    assert run.asked["sms"][0]["timings"] == {"discount_email_after_hours": 11}
    assert run.asked["sms"][0]["own_timings"] == wait.timings
    assert run.seconds_in("Wait for discount e-mail") == [11 * 3600]
    assert run.asked["discount_email"][0]["step"]["discount"]["percent"] == 33


def test_a_timeline_that_begins_takes_no_state_more_for_it(
    machines: dict[str, Machine],
) -> None:
    run = machines["abandoned_cart"].finish(machines["abandoned_cart"].start())
    assert WHERE not in run.states and run.states[:2] == ["Timings", "Wait for first e-mail"]
