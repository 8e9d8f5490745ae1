"""The real definitions, run through each of their branches. Every number is read from Timings."""

from collections.abc import Callable
from functools import cache

import pytest

from support.machine import Machine, Run, Script, numbers
from support.plans import ABANDONED_CART, END, PLANS, Message, Plan
from wracaj.timelines.contract import CURRENT
from wracaj.timelines.steps import StepRequest

FOR_GOOD, FOR_NOW = "RefusedError", "NotTakenError"
Played = Callable[[Plan], dict[str, Run]]

each_plan = pytest.mark.parametrize("plan", PLANS, ids=[plan.timeline for plan in PLANS])
each_message = pytest.mark.parametrize(
    ("plan", "message"),
    [(plan, message) for plan in PLANS for message in plan.messages],
    ids=[f"{plan.timeline}-{message.step}" for plan in PLANS for message in plan.messages],
)


def scripts_of(plan: Plan) -> dict[str, Script]:
    first, last = plan.steps[0], plan.steps[-1]
    return {
        "all sent": {},
        "all skipped": {step: ["skipped"] for step in plan.steps},
        **{f"ordered before {step}": {step: ["ordered"]} for step in plan.steps},
        **{f"stopped at {step}": {step: ["stopped"]} for step in plan.steps},
        **{f"held at {step}": {step: ["wait 7200", "sent"]} for step in plan.steps},
        **{f"{step} fails for now": {step: [FOR_NOW, FOR_NOW, "sent"]} for step in plan.steps},
        **{f"{step} fails for good": {step: [FOR_GOOD]} for step in plan.steps},
        "all fail for good": {step: [FOR_GOOD] for step in plan.steps},
        "held twice, for no time at all": {last: ["wait 0", "wait 1", "sent"]},
        "ordered while held": {first: ["wait 3600", "ordered"]},
        "never taken": {first: [FOR_NOW]},
        "first dies twice": {first: ["Runtime.ExitError", "Runtime.OutOfMemory", "sent"]},
        "rolled back": {step: ["ContractError"] * 30 + ["sent"] for step in (first, "close")},
        "close fails for now": {"close": [FOR_NOW, "sent"]},
        "close fails for good": {"close": [FOR_GOOD]},
    }


@pytest.fixture(scope="module")
def played(machines: dict[str, Machine]) -> Played:
    """All scripts of a timeline at once, because they mostly wait."""

    @cache
    def play(plan: Plan) -> dict[str, Run]:
        machine = machines[plan.timeline]
        executions = {name: machine.start(script) for name, script in scripts_of(plan).items()}
        return {name: machine.finish(execution) for name, execution in executions.items()}

    return play


def until(plan: Plan, message: Message) -> list[str]:
    """What is passed on the way to a message's Choice."""
    return plan.everything[: plan.everything.index(message.task) + 2]


@each_plan
def test_a_shopper_who_never_orders_gets_every_message_in_order(played: Played, plan: Plan) -> None:
    run = played(plan)["all sent"]
    assert run.states == plan.everything
    assert run.ended == "ExecutionSucceeded"
    assert {step: len(asked) for step, asked in run.asked.items()} == dict.fromkeys(
        [*plan.steps, "close"], 1
    )


@each_plan
def test_a_skipped_message_costs_no_other(played: Played, plan: Plan) -> None:
    assert played(plan)["all skipped"].states == plan.everything


@each_message
@pytest.mark.parametrize(
    ("answer", "end"), [("ordered before", "Order completed"), ("stopped at", "No longer wanted")]
)
def test_an_order_or_a_no_ends_the_timeline_there(
    played: Played, plan: Plan, message: Message, answer: str, end: str
) -> None:
    run = played(plan)[f"{answer} {message.step}"]
    assert run.states == [*until(plan, message), end]
    assert run.ended == "ExecutionSucceeded"
    assert set(run.asked) == set(plan.steps[: plan.messages.index(message) + 1])


@each_message
def test_a_held_message_is_asked_again_after_the_time_it_named(
    played: Played, plan: Plan, message: Message
) -> None:
    run = played(plan)[f"held at {message.step}"]
    rest = plan.everything[plan.everything.index(message.task) :]
    assert run.states == [*until(plan, message), message.hold, *rest]
    assert run.seconds_in(message.hold) == [7200]
    assert len(run.asked[message.step]) == 2


@each_plan
def test_a_hold_of_no_time_is_still_a_hold(played: Played, plan: Plan) -> None:
    run = played(plan)["held twice, for no time at all"]
    assert run.states.count(plan.messages[-1].hold) == 2
    assert run.ended == "ExecutionSucceeded"


@each_plan
def test_an_order_while_a_message_is_held_ends_the_timeline(played: Played, plan: Plan) -> None:
    first = plan.messages[0]
    assert played(plan)["ordered while held"].states[-4:] == [
        first.hold,
        first.task,
        plan.choice(first),
        "Order completed",
    ]


@each_message
def test_a_passing_fault_is_tried_again_within_the_same_state(
    played: Played, plan: Plan, message: Message
) -> None:
    run = played(plan)[f"{message.step} fails for now"]
    assert run.states == plan.everything
    assert len(run.asked[message.step]) == 3


@each_plan
def test_a_step_whose_process_died_is_done_again(played: Played, plan: Plan) -> None:
    run = played(plan)["first dies twice"]
    assert run.states == plan.everything
    assert len(run.asked[plan.steps[0]]) == 3


@each_plan
def test_a_newer_machine_waits_until_code_that_knows_it_is_back(played: Played, plan: Plan) -> None:
    """After a deploy was rolled back; see wracaj/timelines/contract.py."""
    run = played(plan)["rolled back"]
    assert run.states == plan.everything
    assert (len(run.asked[plan.steps[0]]), len(run.asked["close"])) == (31, 31)
    assert run.asked[plan.steps[-1]][0]["contract"] == CURRENT


@each_message
def test_a_message_that_fails_for_good_never_costs_the_next(
    played: Played, plan: Plan, message: Message
) -> None:
    run = played(plan)[f"{message.step} fails for good"]
    assert run.states == [state for state in plan.everything if state != plan.choice(message)]
    assert len(run.asked[message.step]) == 1
    assert run.ended == "ExecutionSucceeded"


@each_plan
def test_each_call_is_told_of_all_messages_that_were_missed_before_it(
    played: Played, plan: Plan
) -> None:
    run = played(plan)["all fail for good"]
    missed: list[dict[str, str]] = []
    for step in plan.steps:
        told = run.asked[step][-1]
        assert told["missed"] == missed
        known = ("name", "channel", "template")
        missed.append({key: told["step"][key] for key in known if key in told["step"]})
    assert run.asked["close"][-1]["missed"] == missed


def test_every_message_of_every_timeline_is_tried_again_as_long_as_any_other(
    machines: dict[str, Machine],
) -> None:
    states = [
        machines[plan.timeline].body["States"][message.task]
        for plan in PLANS
        for message in plan.messages
    ]
    assert all(state["Retry"] == states[0]["Retry"] for state in states)
    closes = [machine.body["States"]["Close the timeline"] for machine in machines.values()]
    assert all(close["Retry"] == closes[0]["Retry"] for close in closes)


@each_plan
def test_a_message_never_taken_is_given_up_in_the_end(
    played: Played, machines: dict[str, Machine], plan: Plan
) -> None:
    run = played(plan)["never taken"]
    retry = machines[plan.timeline].body["States"][plan.messages[0].task]["Retry"][0]
    assert len(run.asked[plan.steps[0]]) == 1 + retry["MaxAttempts"]
    assert run.messages == set(plan.steps)
    assert run.states[-2:] == list(END)


@each_plan
def test_the_close_is_tried_again(played: Played, plan: Plan) -> None:
    run = played(plan)["close fails for now"]
    assert run.states == plan.everything
    assert len(run.asked["close"]) == 2


@each_plan
def test_a_close_that_fails_for_good_shows_as_a_failed_execution(
    played: Played, plan: Plan
) -> None:
    """So that the alarm rings and the execution can be redriven: succeeding quietly would keep the
    cart closed."""
    run = played(plan)["close fails for good"]
    assert run.ended == "ExecutionFailed"
    assert run.messages == set(plan.steps)


@each_plan
def test_a_timeline_takes_at_most_three_transitions_per_message_and_three_per_cart(
    played: Played, plan: Plan
) -> None:
    for name, run in played(plan).items():
        holds = sum(run.states.count(message.hold) for message in plan.messages)
        again = 3 * holds  # a hold, the task and the choice once more
        assert len(run.states) <= 3 * len(run.messages) + 3 + len(plan.before_the_end) + again, name


def seconds(plan: Plan, message: Message) -> int:
    unit = {"minutes": 60, "hours": 3_600, "days": 86_400}[message.after.rpartition("_")[2]]
    told: float = numbers(plan)[message.after]
    return round(told * unit)


@each_plan
def test_the_waits_are_those_of_timings(played: Played, plan: Plan) -> None:
    run = played(plan)["all sent"]
    expected = [seconds(plan, message) for message in plan.messages]
    assert [
        request["step"]["after_seconds"] for step in plan.steps for request in run.asked[step]
    ] == expected
    assert [run.seconds_in(message.wait) for message in plan.messages] == [
        [told] for told in expected
    ]


@each_plan
def test_each_step_is_asked_with_ids_only_and_as_the_function_takes_it(
    played: Played, plan: Plan
) -> None:
    run = played(plan)["all sent"]
    asked = [request for step in (*plan.steps, "close") for request in run.asked[step]]
    requests = [
        StepRequest.model_validate({key: value for key, value in each.items() if key != "at"})
        for each in asked
    ]
    ids = {
        (request.shop, request.cart_id, request.episode, request.timeline) for request in requests
    }
    assert ids == {("kubek", asked[0]["cart_id"], 1, plan.timeline)}
    assert [request.close for request in requests] == [False] * len(plan.messages) + [True]
    steps = [request.step for request in requests if request.step]
    assert [
        (step.name, step.channel, step.template, step.audience, step.content) for step in steps
    ] == [
        (message.step, message.channel, message.template, message.audience, message.content)
        for message in plan.messages
    ]


@each_message
def test_the_discount_is_that_of_timings_and_a_final_call_repeats_it(
    played: Played, plan: Plan, message: Message
) -> None:
    given = numbers(plan)
    (request,) = played(plan)["all sent"].asked[message.step]
    expected = message.percent and {
        "percent": given[message.percent],
        "valid_days": given["discount_valid_days"],
        "if_unavailable": given["discount_if_unavailable"],
    }
    assert request["step"].get("discount") == expected
    assert request["step"].get("repeats_code", False) == message.repeats_code


def test_a_running_timeline_keeps_its_numbers_and_the_next_cart_gets_the_new_ones(
    machines: dict[str, Machine],
) -> None:
    machine, before = machines["abandoned_cart"], numbers(ABANDONED_CART)["sms_after_hours"]
    running = machine.start()
    machine.wait_for_state(running, "Timings")
    machine.deploy(sms_after_hours=before / 4)
    try:
        new = machine.finish(machine.start())
        old = machine.finish(running)
    finally:
        machine.deploy()
    assert [
        old.asked["sms"][0]["step"]["after_seconds"],
        new.asked["sms"][0]["step"]["after_seconds"],
    ] == [
        before * 3600,
        before * 900,
    ]
    assert old.seconds_in("Wait for SMS") == [before * 3600]
    assert new.seconds_in("Wait for SMS") == [before * 900]
