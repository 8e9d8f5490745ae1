"""The real dispatch of a campaign: page after page, the waits between them, its ends, and a new
execution before the history is full."""

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from statemachines.conftest import REGION, ROLE
from support.machine import PATIENCE, Machine, waits_in
from support.sam_template import resources
from wracaj_cli.campaigns.status import execution_name
from wracaj_cli.house import STATE_MACHINES
from wracaj_cli.timelines.reading import read

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

FILE = STATE_MACHINES / "jobs" / "campaign_dispatch.asl.yaml"
MACHINE: dict[str, Any] = read(FILE).body
MOST_EVENTS = 25_000  # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
EVENTS_PER_PAGE = 9  # on AWS: five of a Task, two of a Choice, two of a Wait
LONGEST_NAME = 80
ENDS = {
    "through": "Every customer was gone through",
    "stopped": "Campaign stopped",
    "over": "Campaign over",
}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Dispatch:
    client: "SFNClient"
    arn: str
    scripts: Path
    waits: Path

    def play(self, *pages: str) -> dict[str, tuple["HistoryEventTypeDef", ...]]:
        """What happened in each execution, by name, once the last has ended."""
        campaign = f"campaign_{next(_numbers)}"
        (self.scripts / campaign).mkdir()
        (self.scripts / campaign / "script.json").write_text(json.dumps({"page": pages}))
        told = json.dumps({"shop": "kubek", "campaign": campaign, "leg": 1})
        self.client.start_execution(
            stateMachineArn=self.arn, name=execution_name("kubek", campaign), input=told
        )
        deadline = time.monotonic() + PATIENCE
        while any(found["status"] == "RUNNING" for found in self._executions(campaign)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return {
            found["name"]: self._history(found["executionArn"])
            for found in self._executions(campaign)
        }

    def _executions(self, campaign: str) -> list[Any]:
        listed = self.client.list_executions(stateMachineArn=self.arn, maxResults=1000)[
            "executions"
        ]
        return sorted(
            (one for one in listed if one["name"].startswith(f"{campaign}-")),
            key=lambda one: one["startDate"],
        )

    def _history(self, execution: str) -> tuple["HistoryEventTypeDef", ...]:
        return tuple(
            self.client.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        )


@pytest.fixture(scope="module")
def dispatch(endpoint: str, machines: dict[str, Machine], scripts: Path, waits: Path) -> Dispatch:
    """Goes on in a new execution after three pages."""
    session = boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION
    )
    function = machines["campaign"].body["States"]["Close the timeline"]["Arguments"][
        "FunctionName"
    ]
    body = json.loads(json.dumps(MACHINE).replace("${CampaignPageFunctionArn}", function))
    body["States"]["Numbers"]["Assign"]["pages_per_execution"] = 3
    states = session.client("stepfunctions", endpoint_url=endpoint)
    created = states.create_state_machine(
        name="campaign-dispatch", definition=json.dumps(body), roleArn=ROLE
    )
    return Dispatch(states, created["stateMachineArn"], scripts, waits)


def states_of(events: tuple["HistoryEventTypeDef", ...]) -> list[str]:
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in events
        if "stateEnteredEventDetails" in event
    ]


Play = Callable[..., dict[str, tuple["HistoryEventTypeDef", ...]]]


@pytest.mark.parametrize("answer", ENDS)
def test_it_ends_where_a_page_says_so(dispatch: Dispatch, answer: str) -> None:
    (events,) = dispatch.play("more 60", answer).values()
    page = ["Take the next page", "Is there more?"]
    assert states_of(events) == ["Numbers", *page, "Wait for the rate", *page, ENDS[answer]]
    assert events[-1]["type"] == "ExecutionSucceeded"


def test_it_waits_as_long_as_the_page_says(dispatch: Dispatch) -> None:
    (execution,) = dispatch.play("more 7200", "more 0", "through")
    assert [seconds for _, seconds in waits_in(dispatch.waits / execution)] == [7200, 1]


def test_a_passing_fault_is_tried_again_within_the_same_page(dispatch: Dispatch) -> None:
    (events,) = dispatch.play("UnavailableError", "UnavailableError", "through").values()
    assert states_of(events).count("Take the next page") == 1
    assert events[-1]["type"] == "ExecutionSucceeded"


def test_a_page_that_fails_for_good_fails_the_execution_so_that_it_can_be_redriven(
    dispatch: Dispatch,
) -> None:
    (events,) = dispatch.play("more 1", "RefusedError").values()
    assert events[-1]["type"] == "ExecutionFailed"


def test_before_a_history_is_full_it_goes_on_in_a_new_execution(dispatch: Dispatch) -> None:
    played = dispatch.play(*["more 60"] * 7, "through")
    assert [name.split("-")[1:] for name in played] == [
        ["1", "kubek"],
        ["2", "kubek"],
        ["3", "kubek"],
    ]
    assert [states_of(events).count("Take the next page") for events in played.values()] == [
        3,
        3,
        2,
    ]
    assert [states_of(events)[-1] for events in played.values()] == [
        *["Goes on in the next leg"] * 2,
        ENDS["through"],
    ]


def test_what_a_page_takes_of_a_history_leaves_room_for_every_retry_of_a_bad_day(
    dispatch: Dispatch,
) -> None:
    two, three = (
        len(*map(list, dispatch.play(*["more 60"] * pages, "through").values())) for pages in (1, 2)
    )
    per_page, pages = three - two, MACHINE["States"]["Numbers"]["Assign"]["pages_per_execution"]
    assert per_page <= EVENTS_PER_PAGE
    assert pages * EVENTS_PER_PAGE <= MOST_EVENTS / 2


def test_no_name_of_an_execution_is_too_long() -> None:
    assert len(execution_name("s" * 40, "c" * 30, 99_999)) <= LONGEST_NAME


def test_a_page_is_given_longer_than_its_function_may_take() -> None:
    task = MACHINE["States"]["Take the next page"]
    assert (
        task["TimeoutSeconds"]
        > resources("AWS::Serverless::Function")["CampaignPageFunction"]["Timeout"]
    )
    assert {"UnavailableError", "ConflictError"} <= {
        error for retry in task["Retry"] for error in retry["ErrorEquals"]
    }
    assert "Catch" not in task
