"""A state machine under test, and one run of it."""

import copy
import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.frozen_timelines import frozen, machine_of
from support.plans import Asking, Plan
from wracaj.timelines.campaign import Campaign
from wracaj_cli.timelines.reading import read

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

SCALE = 2.5e-5  # a day passes in about two seconds
PATIENCE = 240.0
Script = Mapping[str, list[str]]
MESSAGE = Campaign(
    id="winter_2026",
    template="campaign_season",
    rate=1,
    begins_at=datetime(2026, 12, 1, tzinfo=UTC),
    until=datetime(2026, 12, 2, tzinfo=UTC),
).message
"""The message of a campaign for its timelines; other timelines do not read it."""
_numbers = itertools.count(1)


def definition(plan: Plan | Asking, function_arn: str) -> dict[str, Any]:
    """As one is deployed, the substitution filled in. Months of waiting are cut to days in Timings
    alone."""
    text = json.dumps(machine_of(plan.timeline))
    for name in ("ReminderStepFunctionArn", "LoyaltyCheckFunctionArn"):
        text = text.replace(f"${{{name}}}", function_arn)
    body: dict[str, Any] = json.loads(text)
    body["States"]["Timings"]["Assign"] |= numbers(plan)
    return body


def numbers(plan: Plan | Asking) -> dict[str, Any]:
    """What a marketer has put into Timings, days made shorter where a test would take too long."""
    told: dict[str, Any] = read(frozen(plan.timeline)).body["timings"]
    return {
        name: value / plan.hurry if name.endswith("_after_days") else value
        for name, value in told.items()
    }


@dataclass(frozen=True)
class Run:
    """One execution that has ended."""

    events: tuple["HistoryEventTypeDef", ...]
    asked: dict[str, list[dict[str, Any]]]
    """Step name → the requests to the function."""
    waits: tuple[tuple[str, int], ...]
    """(state, seconds) of each Wait, by the definition."""

    @property
    def states(self) -> list[str]:
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self.events
            if "stateEnteredEventDetails" in event
        ]

    @property
    def ended(self) -> str:
        return self.events[-1]["type"]

    @property
    def messages(self) -> set[str]:
        return set(self.asked) - {"close"}

    def seconds_in(self, state: str) -> list[int]:
        """Return the planned seconds of each visit to the Wait."""
        return [seconds for waited, seconds in self.waits if waited == state]


def waits_in(file: Path) -> tuple[tuple[str, int], ...]:
    told = (
        [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        if file.exists()
        else []
    )
    return tuple((one["state"], one["seconds"]) for one in told)


@dataclass(frozen=True)
class Machine:
    client: "SFNClient"
    arn: str
    body: dict[str, Any]
    scripts: Path
    waits: Path

    def start(self, script: Script | None = None, **more: Any) -> str:
        """Start a timeline for a new cart. Its steps answer as in the script; without an entry,
        `sent`. `more`: of the input."""
        cart = f"cart-{next(_numbers)}"
        (self.scripts / cart).mkdir()
        (self.scripts / cart / "script.json").write_text(json.dumps(script or {}), encoding="utf-8")
        told = {"shop": "kubek", "cart_id": cart, "episode": 1, "message": MESSAGE, **more}
        payload = json.dumps(told)
        return self.client.start_execution(stateMachineArn=self.arn, name=cart, input=payload)[
            "executionArn"
        ]

    def finish(self, execution: str) -> Run:
        deadline = time.monotonic() + PATIENCE
        while self.client.describe_execution(executionArn=execution)["status"] == "RUNNING":
            assert time.monotonic() < deadline, f"still running after {self.history(execution)[-1]}"
            time.sleep(0.1)
        return Run(
            self.history(execution),
            self.asked(execution),
            waits_in(self.waits / execution.rpartition(":")[2]),
        )

    def history(self, execution: str) -> tuple["HistoryEventTypeDef", ...]:
        return tuple(
            self.client.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        )

    def asked(self, execution: str) -> dict[str, list[dict[str, Any]]]:
        files = (self.scripts / execution.rpartition(":")[2]).glob("*.jsonl")
        return {
            file.stem: [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            for file in files
        }

    def wait_for_state(self, execution: str, state: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not any(
            event.get("stateEnteredEventDetails", {}).get("name") == state
            for event in self.history(execution)
        ):
            assert time.monotonic() < deadline, f"never came to {state!r}"
            time.sleep(0.02)

    def deploy(self, **changed: object) -> None:
        """Deploy the same machine with other numbers in Timings."""
        body = copy.deepcopy(self.body)
        body["States"]["Timings"]["Assign"] |= changed
        self.client.update_state_machine(stateMachineArn=self.arn, definition=json.dumps(body))
