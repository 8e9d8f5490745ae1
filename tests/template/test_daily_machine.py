"""What statemachines/jobs/daily_occasions.asl.yaml holds, without running it; tests/e2e runs it."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from daily_occasions.tasks import TASK
from sam_template import resources
from wracaj_cli.house import STATE_MACHINES

MACHINE: dict[str, Any] = yaml.safe_load((STATE_MACHINES / "jobs" / "daily_occasions.asl.yaml").read_text())
PART = {"kind": "birthday", "on": "2027-02-28", "day": "02-29", "shard": 7, "after": ""}
VALUES = {  # of the expressions in payloads
    "$states.context.Execution.Input.shop": "kubek",
    "$states.input": PART,
    "$searched": {"birthday": "2027-02-28", "points_expiring": "2027-03-30"},
}


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        if state["Type"] == "Map":
            yield from states(state["ItemProcessor"])


STATES = dict(states(MACHINE))
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
LAMBDA_TASKS = {name: state for name, state in TASKS.items() if state["Resource"].endswith("lambda:invoke")}


def evaluated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: evaluated(inner) for key, inner in value.items()}
    return VALUES[value.strip("{}% ")] if isinstance(value, str) and value.startswith("{%") else value


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_a_task_is_asked_for_as_the_function_takes_it(name: str) -> None:
    payload = LAMBDA_TASKS[name]["Arguments"]["Payload"]
    assert TASK.validate_python(evaluated(payload)).task == payload["task"]


def test_every_task_of_the_function_is_asked_for_once() -> None:
    asked = [state["Arguments"]["Payload"]["task"] for state in LAMBDA_TASKS.values()]
    assert sorted(asked) == ["begin", "done", "plan", "shops"]


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_tried_again_and_ends_in_time(name: str) -> None:
    state, function = TASKS[name], resources("AWS::Serverless::Function")["DailyOccasionsFunction"]
    assert state["TimeoutSeconds"] > (function["Timeout"] if name in LAMBDA_TASKS else 0)
    assert state["Retry"]
    for retry in state["Retry"]:
        assert retry["MaxAttempts"] == 0 or (retry["BackoffRate"] > 1 and retry["JitterStrategy"] == "FULL")


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_a_task_of_a_shop_that_fails_for_good_fails_its_execution(name: str) -> None:
    """So that the alarm rings, and the day does not count as searched."""
    assert "Catch" not in LAMBDA_TASKS[name]
    assert {"UnavailableError", "ConflictError"} <= {
        error for retry in LAMBDA_TASKS[name]["Retry"] for error in retry["ErrorEquals"]
    }


def test_a_shop_that_cannot_be_started_holds_up_no_other() -> None:
    last = TASKS["Start a shop"]["Catch"][-1]
    assert (last["ErrorEquals"], last["Next"]) == (["States.ALL"], TASKS["Start a shop"]["Next"])


def test_how_far_is_noted_only_after_every_list() -> None:
    assert STATES["Go through each list"]["Next"] == "Note how far"
    assert [name for name, state in STATES.items() if state.get("Next") == "Note how far"] == ["Go through each list"]


def test_shops_are_started_one_after_another() -> None:
    assert STATES["Start each shop"]["MaxConcurrency"] == 1
    assert STATES["Let it get ahead"]["Type"] == "Wait"
