"""What statemachines/jobs/nightly_rfm.asl.yaml holds, without running it; tests/e2e runs it."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from nightly_rfm.tasks import TASK
from sam_template import resources
from wracaj_cli.house import STATE_MACHINES

MACHINE: dict[str, Any] = yaml.safe_load((STATE_MACHINES / "jobs" / "nightly_rfm.asl.yaml").read_text())
NUMBERS: dict[str, int] = MACHINE["States"]["Numbers"]["Assign"]
TONIGHT = {"shop": "kubek", "at": "2026-11-18T02:00:00Z", "currency": "PLN"}
VALUES = {  # of the expressions in payloads
    "$tonight": TONIGHT,
    "$states.context.Execution.Input.shop": "kubek",
    "$states.input": {"first": 12, "last": 15, "number": 3, "shard": 14, "after": "a1b2", "more": True},
    "$states.input.first": 12,
    "[$pages.first]": [0, 4, 8, 12],
    "$cuts": {"recency": [1, 2, 3, 4], "frequency": [1, 2, 3, 4], "monetary": [1, 2, 3, 4]},
    **{f"${name}": number for name, number in NUMBERS.items()},
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
    return VALUES[value.removeprefix("{% ").removesuffix(" %}")] if isinstance(value, str) and value.startswith("{%") else value


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_a_task_is_asked_for_as_the_function_takes_it(name: str) -> None:
    payload = LAMBDA_TASKS[name]["Arguments"]["Payload"]
    assert TASK.validate_python(evaluated(payload)).task == payload["task"]


def test_every_task_of_the_function_is_asked_for_once() -> None:
    asked = [state["Arguments"]["Payload"]["task"] for state in LAMBDA_TASKS.values()]
    assert sorted(asked) == ["begin", "count", "cut", "gather", "score", "shops", "sum_up"]


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_tried_again_and_ends_in_time(name: str) -> None:
    state = TASKS[name]
    assert state["TimeoutSeconds"] > (
        resources("AWS::Serverless::Function")["NightlyRfmFunction"]["Timeout"] if name in LAMBDA_TASKS else 0
    )
    assert state["Retry"]
    for retry in state["Retry"]:
        assert retry["MaxAttempts"] == 0 or (retry["BackoffRate"] > 1 and retry["JitterStrategy"] == "FULL")


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_a_task_of_a_shop_that_fails_for_good_fails_its_execution(name: str) -> None:
    """So that the alarm rings and the execution can be redriven."""
    assert "Catch" not in LAMBDA_TASKS[name]
    assert {"UnavailableError", "ConflictError"} <= {
        error for retry in LAMBDA_TASKS[name]["Retry"] for error in retry["ErrorEquals"]
    }


def test_a_shop_that_cannot_be_started_holds_up_no_other() -> None:
    last = TASKS["Start a shop"]["Catch"][-1]
    assert (last["ErrorEquals"], last["Next"]) == (["States.ALL"], "Started")


@pytest.mark.parametrize("name", ["Count each stretch", "Score each stretch"])
def test_every_stretch_is_walked_as_it_was_shared_out(name: str) -> None:
    assert (STATES[name]["Items"], "ItemSelector" in STATES[name]) == ("{% $pages %}", False)


def test_nothing_but_numbers_and_ids_is_kept_in_the_machine() -> None:
    """What a page finds is in the table: here it would meet the 256 KB that a state may hold."""
    kept = [text for state in STATES.values() for text in (state.get("Output"), *state.get("Assign", {}).values())]
    read = {text for text in kept if isinstance(text, str) and text.startswith("{%")}
    whole, night = "{% $states.result.Payload %}", "{% $states.result.Payload.night %}"
    assert read == {whole, night, "{% $states.result.Payload.shops %}", "{% [$states.result.Payload.pages] %}"}
