"""The state machines of the release before, which may still run for half a year after a deploy,
against the functions of this one. They are in previous/, kept by `make keep-release`."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from statemachines.conftest import REGION, ROLE, create_function
from support.jobs import DAILY, NIGHTLY
from support.machine import Machine, Run
from wracaj.timelines.contract import require_known_contract
from wracaj.timelines.steps import StepRequest, StepResult

PREVIOUS = Path(__file__).with_name("previous")
TIMELINES = sorted(file.name.removesuffix(".asl.json") for file in PREVIOUS.glob("*.asl.json"))
OF_A_CHECK = {"reward", "nudge", "expiring"}
JOBS = [replace(job, folder=PREVIOUS / "jobs") for job in (DAILY, NIGHTLY)]


@cache
def definition(timeline: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((PREVIOUS / f"{timeline}.asl.json").read_text())
    return body


def hurried(timeline: str, function: str) -> dict[str, Any]:
    """As it was deployed, with a day in place of weeks."""
    text = json.dumps(definition(timeline))
    for name in ("ReminderStepFunctionArn", "LoyaltyCheckFunctionArn"):
        text = text.replace(f"${{{name}}}", function)
    body: dict[str, Any] = json.loads(text)
    numbers = body["States"]["Timings"]["Assign"]
    numbers |= {name: 1 for name in numbers if name.endswith("_after_days")}
    return body


def script(timeline: str) -> dict[str, list[str]]:
    """Each message is held once. A check finds what the first of its messages is for."""
    answers = [
        choice["Condition"]
        for state in definition(timeline)["States"].values()
        for choice in state.get("Choices", [])
    ]
    found = [kind for kind in sorted(OF_A_CHECK) if any(f"'{kind}'" in one for one in answers)]
    steps = [
        state["Arguments"]["Payload"]["step"]["name"]
        for state in definition(timeline)["States"].values()
        if "step" in state.get("Arguments", {}).get("Payload", {})
    ]
    named = [step if not step.startswith("{%") else "winter_2026" for step in steps]
    return {step: ["wait 60", "sent"] for step in named} | {"question": found[:1] or ["nothing"]}


@pytest.fixture(scope="module")
def runs(endpoint: str, scripts: Path, waits: Path) -> Iterator[dict[str, Run]]:
    """One execution of each timeline, all at once."""
    session = boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION
    )
    states = session.client("stepfunctions", endpoint_url=endpoint)
    functions = session.client("lambda", endpoint_url=endpoint)
    function = create_function(functions, scripts, name="step-of-the-previous")
    started: dict[str, tuple[Machine, str]] = {}
    for timeline in TIMELINES:
        body = hurried(timeline, function)
        arn = states.create_state_machine(
            name=f"previous-{timeline.replace('_', '-')}", definition=json.dumps(body), roleArn=ROLE
        )["stateMachineArn"]
        machine = Machine(states, arn, body, scripts, waits)
        started[timeline] = machine, machine.start(script(timeline))
    yield {name: machine.finish(execution) for name, (machine, execution) in started.items()}


@pytest.mark.parametrize("timeline", TIMELINES)
def test_a_timeline_of_the_release_before_comes_to_its_end(
    runs: dict[str, Run], timeline: str
) -> None:
    run = runs[timeline]
    assert (run.ended, run.states[-1]) == ("ExecutionSucceeded", "Timeline ended")
    assert run.messages
    held = [state for state in run.states if state.startswith("Hold ")]
    assert held and len(held) == len(set(held))


@pytest.mark.parametrize("timeline", TIMELINES)
def test_whatever_it_asks_is_understood(runs: dict[str, Run], timeline: str) -> None:
    for asked in (one for calls in runs[timeline].asked.values() for one in calls):
        payload = {key: value for key, value in asked.items() if key != "at"}
        require_known_contract(payload)
        assert StepRequest.model_validate(payload).timeline == timeline


@pytest.mark.parametrize("timeline", TIMELINES)
def test_whatever_it_reads_of_an_answer_is_answered(timeline: str) -> None:
    text = json.dumps(definition(timeline))
    read = {field for field in ("outcome", "wait_seconds", "timings") if f"$answer.{field}" in text}
    assert read and read <= set(StepResult.model_fields)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_task_of_a_job_of_the_release_before_is_understood(job: Any) -> None:
    assert job.lambda_tasks
    for state in job.lambda_tasks.values():
        payload = state["Arguments"]["Payload"]
        assert job.task.validate_python(job.evaluated(payload)).task == payload["task"]


def test_a_machine_of_the_release_before_is_kept_for_each_that_may_run() -> None:
    kept = {file.name for file in PREVIOUS.glob("jobs/*.asl.yaml")}
    assert len(TIMELINES) >= 15
    assert kept == {
        "campaign_dispatch.asl.yaml",
        "daily_occasions.asl.yaml",
        "nightly_rfm.asl.yaml",
    }
