"""The real definition, run through each of its branches; every number is read from its Timings."""

from collections.abc import Iterator

import pytest

from statemachines.machine import SCALE, Machine, Run, Script, numbers, tries
from wracaj.steps import StepRequest

WAITS = ("Wait for first e-mail", "Wait for SMS", "Wait for discount e-mail")
TASKS = ("First e-mail, unless ordered", "SMS, unless ordered", "Discount e-mail, unless ordered")
CHOICES = ("Ordered before the SMS?", "Ordered before the discount e-mail?", "Ordered before the end?")
HOLDS = ("Hold first e-mail", "Hold SMS", "Hold discount e-mail")
STEPS = ("first_email", "sms", "discount_email")
END = ["Close the timeline", "Timeline ended"]
EVERYTHING = ["Timings", *(state for each in zip(WAITS, TASKS, CHOICES, strict=True) for state in each), *END]
SLACK = 0.4 / SCALE  # what 0.4 s of a busy machine come to in the timeline's own seconds
FOR_GOOD, FOR_NOW = "RefusedError", "NotTakenError"

SCRIPTS: dict[str, Script] = {
    "all sent": {},
    "all skipped": {step: ["skipped"] for step in STEPS},
    **{f"ordered before {step}": {step: ["ordered"]} for step in STEPS},
    **{f"stopped at {step}": {step: ["stopped"]} for step in STEPS},
    **{f"held at {step}": {step: ["wait 7200", "sent"]} for step in STEPS},
    **{f"{step} fails for now": {step: [FOR_NOW, FOR_NOW, "sent"]} for step in STEPS},
    **{f"{step} fails for good": {step: [FOR_GOOD]} for step in STEPS},
    "held twice, for no time at all": {"sms": ["wait 0", "wait 1", "sent"]},
    "ordered while held": {"first_email": ["wait 3600", "ordered"]},
    "never taken": {"sms": [FOR_NOW]},
    "close fails for now": {"close": [FOR_NOW, "sent"]},
    "close fails for good": {"close": [FOR_GOOD]},
}


@pytest.fixture(scope="module")
def executions(machine: Machine) -> dict[str, str]:
    """All at once, because they mostly wait."""
    return {name: machine.start(script) for name, script in SCRIPTS.items()}


@pytest.fixture(scope="module")
def runs(machine: Machine, executions: dict[str, str]) -> dict[str, Run]:
    return {name: machine.finish(execution) for name, execution in executions.items()}


def until(task: str) -> list[str]:
    """What is passed on the way to a task's Choice."""
    return EVERYTHING[: EVERYTHING.index(task) + 2]


def test_a_shopper_who_never_orders_gets_every_message_in_order(runs: dict[str, Run]) -> None:
    run = runs["all sent"]
    assert run.states == EVERYTHING
    assert run.ended == "ExecutionSucceeded"
    assert [len(run.asked[step]) for step in (*STEPS, "close")] == [1, 1, 1, 1]


def test_a_skipped_message_costs_no_other(runs: dict[str, Run]) -> None:
    assert runs["all skipped"].states == EVERYTHING


@pytest.mark.parametrize(("step", "task"), list(zip(STEPS, TASKS, strict=True)))
@pytest.mark.parametrize(("answer", "end"), [("ordered before", "Order completed"), ("stopped at", "No longer wanted")])
def test_an_order_or_a_no_ends_the_timeline_there(runs: dict[str, Run], step: str, task: str, answer: str, end: str) -> None:
    run = runs[f"{answer} {step}"]
    assert run.states == [*until(task), end]
    assert run.ended == "ExecutionSucceeded"
    assert run.messages == list(STEPS[: STEPS.index(step) + 1])
    assert "close" not in run.asked


@pytest.mark.parametrize(("step", "task", "hold"), list(zip(STEPS, TASKS, HOLDS, strict=True)))
def test_a_held_message_is_asked_again_after_the_time_it_named(runs: dict[str, Run], step: str, task: str, hold: str) -> None:
    run = runs[f"held at {step}"]
    rest = EVERYTHING[EVERYTHING.index(task) :]
    assert run.states == [*until(task), hold, *rest]
    assert run.seconds_in(hold) == [pytest.approx(7200, abs=SLACK)]
    assert len(run.asked[step]) == 2


def test_a_hold_of_no_time_is_still_a_hold(runs: dict[str, Run]) -> None:
    run = runs["held twice, for no time at all"]
    assert run.states.count("Hold SMS") == 2
    assert run.ended == "ExecutionSucceeded"


def test_an_order_while_a_message_is_held_ends_the_timeline(runs: dict[str, Run]) -> None:
    run = runs["ordered while held"]
    assert run.states[-4:] == ["Hold first e-mail", "First e-mail, unless ordered", "Ordered before the SMS?", "Order completed"]


@pytest.mark.parametrize("step", STEPS)
def test_a_passing_fault_is_tried_again_within_the_same_state(runs: dict[str, Run], step: str) -> None:
    run = runs[f"{step} fails for now"]
    assert run.states == EVERYTHING
    assert len(run.asked[step]) == 3


@pytest.mark.parametrize(("step", "task"), list(zip(STEPS, TASKS, strict=True)))
def test_a_message_that_fails_for_good_never_costs_the_next(runs: dict[str, Run], step: str, task: str) -> None:
    run = runs[f"{step} fails for good"]
    without_its_choice = EVERYTHING.index(task) + 1
    assert run.states == EVERYTHING[:without_its_choice] + EVERYTHING[without_its_choice + 1 :]
    assert len(run.asked[step]) == 1
    assert run.ended == "ExecutionSucceeded"


def test_a_message_never_taken_is_given_up_in_the_end(runs: dict[str, Run]) -> None:
    run = runs["never taken"]
    assert len(run.asked["sms"]) == tries("SMS, unless ordered")
    assert run.messages == list(STEPS)
    assert run.states[-2:] == END


def test_the_close_is_tried_again(runs: dict[str, Run]) -> None:
    run = runs["close fails for now"]
    assert run.states == EVERYTHING
    assert len(run.asked["close"]) == 2


def test_a_close_that_fails_for_good_shows_as_a_failed_execution(runs: dict[str, Run]) -> None:
    """So that the alarm rings and the execution can be redriven: succeeding quietly would keep the cart closed."""
    run = runs["close fails for good"]
    assert run.ended == "ExecutionFailed"
    assert run.messages == list(STEPS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_timeline_takes_at_most_three_transitions_per_message_and_three_per_cart(runs: dict[str, Run], name: str) -> None:
    run = runs[name]
    holds = sum(run.states.count(hold) for hold in HOLDS)
    again = 3 * holds  # a hold, the task and the choice once more
    assert len(run.states) <= 3 * len(run.messages) + 3 + again


def waits(numbers: dict[str, float]) -> Iterator[int]:
    for name in ("first_email_after_hours", "sms_after_hours", "discount_email_after_hours"):
        yield round(numbers[name] * 3600)


def test_the_waits_are_those_of_timings(runs: dict[str, Run]) -> None:
    run = runs["all sent"]
    expected = list(waits(numbers()))
    assert [request["step"]["after_seconds"] for step in STEPS for request in run.asked[step]] == expected
    assert [run.seconds_in(wait)[0] for wait in WAITS] == [pytest.approx(seconds, abs=SLACK) for seconds in expected]


def test_each_step_is_asked_with_ids_only_and_as_the_function_takes_it(runs: dict[str, Run]) -> None:
    asked = [request for step in (*STEPS, "close") for request in runs["all sent"].asked[step]]
    requests = [StepRequest.model_validate({key: value for key, value in each.items() if key != "at"}) for each in asked]
    assert [(request.shop, request.episode, request.close) for request in requests] == [("kubek", 1, False)] * 3 + [
        ("kubek", 1, True)
    ]
    assert {request.cart_id for request in requests} == {asked[0]["cart_id"]}
    assert [(request.step.channel, request.step.template) for request in requests if request.step] == [
        ("email", "cart_reminder"),
        ("sms", "cart_sms"),
        ("email", "cart_discount"),
    ]


def test_the_discount_is_that_of_timings(runs: dict[str, Run]) -> None:
    given = numbers()
    (request,) = runs["all sent"].asked["discount_email"]
    assert request["step"]["discount"] == {
        "percent": given["discount_percent"],
        "valid_days": given["discount_valid_days"],
        "if_unavailable": given["discount_if_unavailable"],
    }


def test_a_running_timeline_keeps_its_numbers_and_the_next_cart_gets_the_new_ones(machine: Machine) -> None:
    before = numbers()["sms_after_hours"]
    running = machine.start()
    machine.wait_for_state(running, "Timings")
    machine.deploy(sms_after_hours=before / 4)
    try:
        new = machine.finish(machine.start())
        old = machine.finish(running)
    finally:
        machine.deploy()
    assert [old.asked["sms"][0]["step"]["after_seconds"], new.asked["sms"][0]["step"]["after_seconds"]] == [
        before * 3600,
        before * 900,
    ]
    assert old.seconds_in("Wait for SMS") == [pytest.approx(before * 3600, abs=SLACK)]
    assert new.seconds_in("Wait for SMS") == [pytest.approx(before * 900, abs=SLACK)]
