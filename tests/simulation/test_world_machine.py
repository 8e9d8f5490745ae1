"""Step Functions in the world: waits, retries, errors, redrives, and definitions that stay."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from simulation.world import answers, running
from simulation.world.deployment import deployed
from simulation.world.errors import FailedError, RefusedError
from simulation.world.execution import Execution, matches
from simulation.world.faults import Planned
from simulation.world.template import function_arn, machine_arn
from simulation.world.world import World

from support.worlds import a_world, mails, only, put_cart, records

Json = dict[str, Any]


def step(**more: Any) -> Json:
    payload = {"shop": "kubek", "step": {"name": "first"}}
    arguments = {"FunctionName": function_arn("ReminderStepFunction"), "Payload": payload}
    task: Json = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": arguments,
        "TimeoutSeconds": 90,
        "Next": "Done",
    }
    return task | more


def definition(**states: Json) -> Json:
    return {"StartAt": next(iter(states)), "States": states | {"Done": {"Type": "Succeed"}}}


def walked(
    world: World, monkeypatch: pytest.MonkeyPatch, body: Json, *said: object, seconds: float = 0
) -> Execution:
    """Run a machine whose function answers so, one answer after the other; errors are raised."""
    left = list(said)

    def handler(_: object, __: object) -> object:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(running, "handler_of", lambda _: handler)
    world.definitions["tested"] = body
    start(world, "one")
    world.run(world.now + timedelta(seconds=seconds) if seconds else None)
    return world.executions[0]


def start(world: World, name: str, told: str = "{}") -> None:
    world.machines.do(
        "start_execution", {"stateMachineArn": machine_arn("tested"), "name": name, "input": told}
    )


class NotTakenError(Exception):
    """Named as ours, because Step Functions knows errors by their names."""


RETRY = {
    "ErrorEquals": ["NotTakenError"],
    "IntervalSeconds": 10,
    "BackoffRate": 2,
    "MaxDelaySeconds": 30,
    "MaxAttempts": 3,
}
CATCH = {
    "ErrorEquals": ["States.ALL"],
    "Assign": {"missed": "{% $states.errorOutput.Error %}"},
    "Next": "Done",
}


def test_a_retry_waits_longer_each_time_and_then_the_error_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_world() as world:
        begun = world.now
        body = definition(First=step(Retry=[RETRY], Catch=[CATCH]))
        execution = walked(world, monkeypatch, body, NotTakenError())
        waited = [round((one.at - begun).total_seconds()) for one in execution.tasks]
        assert waited == [0, 10, 30, 60]
        assert execution.status == "SUCCEEDED"


def test_the_jitter_of_a_retry_comes_from_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def gaps(seed: int) -> list[float]:
        with a_world(seed=seed) as world:
            body = definition(First=step(Retry=[RETRY | {"JitterStrategy": "FULL"}]))
            return [
                one.at.timestamp()
                for one in walked(world, monkeypatch, body, NotTakenError()).tasks
            ]

    assert gaps(1) == gaps(1) != gaps(2)


def test_what_no_retry_and_no_catch_names_fails_the_execution_until_it_is_redriven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_world() as world:
        body = definition(First=step(Retry=[RETRY]))
        execution = walked(world, monkeypatch, body, ValueError(), {"outcome": "sent"})
        assert (execution.status, execution.error) == ("FAILED", "ValueError")
        assert world.machines.redrive(execution)
        world.run()
        assert execution.status == "SUCCEEDED"
        assert execution.states == ["First", "First", "Done"]
        assert not world.machines.redrive(execution)


def test_an_execution_is_not_redriven_after_a_fortnight(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world() as world:
        execution = walked(world, monkeypatch, definition(First=step()), ValueError())
        world.run(world.now + timedelta(days=15))
        assert not world.machines.redrive(execution)


@pytest.mark.parametrize(
    ("names", "error", "fits"),
    [
        (["NotTakenError"], "NotTakenError", True),
        (["NotTakenError"], "ConflictError", False),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.DataLimitExceeded", False),
        (["States.TaskFailed"], "ConflictError", True),
        (["States.TaskFailed"], "States.Timeout", False),
    ],
)
def test_errors_are_matched_as_step_functions_does(
    names: list[str], error: str, fits: bool
) -> None:
    assert matches(names, error) == fits


def test_a_second_start_with_the_same_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world() as world:
        wait = {"Type": "Wait", "Seconds": 3600, "Next": "Done"}
        walked(world, monkeypatch, definition(Rest=wait), {}, seconds=60)
        start(world, "one")  # it runs, and its input is the same
        with pytest.raises(RefusedError, match="ExecutionAlreadyExists"):
            start(world, "one", '{"other": 1}')
        world.run()
        with pytest.raises(RefusedError, match="ExecutionAlreadyExists"):
            start(world, "one")
        assert len(world.executions) == 1
        world.run(world.now + timedelta(days=91))
        start(world, "one")
        assert len(world.executions) == 2


def test_what_runs_keeps_its_definition_across_a_deploy() -> None:
    changed = json.loads(json.dumps(deployed().machines["abandoned_cart"]))
    changed["States"]["Timings"]["Assign"]["first_email_after_hours"] = 1
    with a_world() as world:
        put_cart(world)
        world.run(world.now + timedelta(minutes=5))
        begun = world.now
        world.deploy({"abandoned_cart": changed})
        world.run(begun + timedelta(hours=2))
        assert mails(world) == []
        world.run(begun + timedelta(hours=4))
        assert len(mails(world)) == 1


def test_a_late_wake_up_makes_a_message_late_or_stale() -> None:
    with a_world() as world:
        only(world, at_machine=lambda: "woken late")
        put_cart(world)
        world.run()
        assert world.faults_counted["machine: woken late"] == 3
        first = world.executions[0].tasks[0]
        assert first.at > world.executions[0].started_at + timedelta(hours=3, seconds=50)


@pytest.mark.parametrize(
    "kind", ["invoked twice", "answer lost", "Lambda.ServiceException", "Runtime.OutOfMemory"]
)
def test_whatever_step_functions_is_told_the_message_leaves_once(kind: str) -> None:
    kinds = [kind]
    with a_world() as world:
        only(world, at_machine=lambda: kinds.pop() if kinds and world.steps else "")
        put_cart(world)
        world.run()
        assert len(mails(world)) == 2
        assert {one["state"]["S"] for one in records(world).values()} == {"sent", "skipped"}
        assert world.faults_counted[f"machine: {kind}"] == 1


def test_a_start_that_is_throttled_goes_through_the_queue() -> None:
    planned = [Planned("throttled", "stepfunctions", "start_execution", 1) for _ in range(4)]
    with a_world(*planned) as world:
        assert put_cart(world)["statusCode"] == 200
        assert world.executions == []
        world.run()
        assert len(world.executions) == 1
        assert len(mails(world)) == 2


# --- expressions ----------------------------------------------------------------------------------


def expressions_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(expressions_in(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(expressions_in(one) for one in value))
    if isinstance(value, str) and value.startswith("{%"):
        return {value[2:-2].strip()}
    return set()


SCOPES: list[Json] = [
    {
        "answer": {"outcome": "wait", "wait_seconds": 12.5, "timings": {"sms_after_hours": 2}},
        "missed": [],
        "sms_after_hours": 24,
        "states": {
            "input": {"timings": {}},
            "result": {"Payload": {"outcome": "sent"}},
            "context": {"Execution": {"Input": {"shop": "kubek", "episode": 3}}},
        },
    },
    {
        "answer": {"outcome": "sent"},
        "missed": [{"name": "sms"}],
        "states": {"input": [1, {"a": None}], "context": {"Execution": {"Input": {"shop": ""}}}},
    },
]


@pytest.mark.parametrize("scope", range(len(SCOPES)))
def test_a_short_cut_and_a_kept_result_are_what_the_interpreter_says(scope: int) -> None:
    for text in sorted(set().union(*map(expressions_in, deployed().machines.values()))):
        for _ in range(2):  # the second time it is kept
            says = told(partial(answers._by_interpreter, text), SCOPES[scope])
            assert told(answers.expression(text), SCOPES[scope]) == says, text


def told(evaluate: answers.Template, scope: Json) -> Any:
    try:
        return evaluate(scope)
    except FailedError as error:
        return error.name
