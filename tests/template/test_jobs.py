"""What the state machines of the daily search and the nightly scoring have in common."""

from typing import Any

import pytest

from support.jobs import DAILY, NIGHTLY, Job
from support.sam_template import resources

JOBS = (DAILY, NIGHTLY)
State = dict[str, Any]
every_job = pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
every_task = pytest.mark.parametrize(
    ("job", "name"),
    [pytest.param(job, name, id=f"{job.name}: {name}") for job in JOBS for name in job.tasks],
)
every_lambda_task = pytest.mark.parametrize(
    ("job", "state"),
    [
        pytest.param(job, state, id=f"{job.name}: {name}")
        for job in JOBS
        for name, state in job.lambda_tasks.items()
    ],
)


@every_lambda_task
def test_a_task_is_asked_for_as_the_function_takes_it(job: Job, state: State) -> None:
    payload = state["Arguments"]["Payload"]
    assert job.task.validate_python(job.evaluated(payload)).task == payload["task"]


@every_job
def test_every_task_of_the_function_is_asked_for_once(job: Job) -> None:
    asked = [state["Arguments"]["Payload"]["task"] for state in job.lambda_tasks.values()]
    assert sorted(asked) == sorted(job.asked)


@every_task
def test_a_task_is_tried_again_and_ends_in_time(job: Job, name: str) -> None:
    state, function = job.tasks[name], resources("AWS::Serverless::Function")[job.function]
    assert state["TimeoutSeconds"] > (function["Timeout"] if name in job.lambda_tasks else 0)
    assert state["Retry"]
    for retry in state["Retry"]:
        assert retry["MaxAttempts"] == 0 or (
            retry["BackoffRate"] > 1 and retry["JitterStrategy"] == "FULL"
        )


@every_lambda_task
def test_a_task_of_a_shop_that_fails_for_good_fails_its_execution(job: Job, state: State) -> None:
    """So that the alarm rings, the execution can be redriven, and the day does not count as
    searched."""
    assert "Catch" not in state
    assert {"UnavailableError", "ConflictError"} <= {
        error for retry in state["Retry"] for error in retry["ErrorEquals"]
    }


@every_job
def test_a_shop_that_cannot_be_started_holds_up_no_other(job: Job) -> None:
    start = job.tasks["Start a shop"]
    last = start["Catch"][-1]
    assert (last["ErrorEquals"], last["Next"]) == (["States.ALL"], start["Next"])
