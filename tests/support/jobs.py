"""The state machines in statemachines/jobs that have tasks, read from their files without running
them. tests/e2e runs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

import daily_occasions.tasks
import nightly_rfm.tasks
from wracaj_cli.house import STATE_MACHINES


@dataclass(frozen=True)
class Job:
    name: str  # name of its file
    function: str  # the function's name in template.yaml
    task: TypeAdapter[Any]  # the function's request
    asked: tuple[str, ...]  # every task of the function
    values: dict[str, Any]  # expression in payloads → value, except the machine's own numbers
    folder: Path = STATE_MACHINES / "jobs"

    @cached_property
    def machine(self) -> dict[str, Any]:
        machine: dict[str, Any] = yaml.safe_load(
            (self.folder / f"{self.name}.asl.yaml").read_text()
        )
        return machine

    @cached_property
    def states(self) -> dict[str, dict[str, Any]]:
        return dict(states(self.machine))

    @cached_property
    def tasks(self) -> dict[str, dict[str, Any]]:
        return {name: state for name, state in self.states.items() if state["Type"] == "Task"}

    @cached_property
    def numbers(self) -> dict[str, int]:
        numbers: dict[str, int] = self.machine["States"]["Numbers"]["Assign"]
        return {f"${name}": number for name, number in numbers.items()}

    @cached_property
    def lambda_tasks(self) -> dict[str, dict[str, Any]]:
        return {
            name: state
            for name, state in self.tasks.items()
            if state["Resource"].endswith("lambda:invoke")
        }

    def evaluated(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.evaluated(inner) for key, inner in value.items()}
        if isinstance(value, str) and value.startswith("{%"):
            return (self.values | self.numbers)[value.removeprefix("{% ").removesuffix(" %}")]
        return value


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        if state["Type"] == "Map":
            yield from states(state["ItemProcessor"])


DAILY = Job(
    name="daily_occasions",
    function="DailyOccasionsFunction",
    task=daily_occasions.tasks.TASK,
    asked=("begin", "done", "plan", "shops"),
    values={
        "$states.context.Execution.Input.shop": "kubek",
        "$states.input": {
            "kind": "birthday",
            "on": "2027-02-28",
            "day": "02-29",
            "shard": 7,
            "after": "",
        },
        "$searched": {"birthday": "2027-02-28", "points_expiring": "2027-03-30"},
    },
)
NIGHTLY = Job(
    name="nightly_rfm",
    function="NightlyRfmFunction",
    task=nightly_rfm.tasks.TASK,
    asked=("begin", "count", "cut", "gather", "score", "shops", "sum_up"),
    values={
        "$tonight": {"shop": "kubek", "at": "2026-11-18T02:00:00Z", "currency": "PLN"},
        "$states.context.Execution.Input.shop": "kubek",
        "$states.input": {
            "first": 12,
            "last": 15,
            "number": 3,
            "shard": 14,
            "after": "a1b2",
            "more": True,
        },
        "$states.input.first": 12,
        "[$pages.first]": [0, 4, 8, 12],
        "$cuts": {"recency": [1, 2, 3, 4], "frequency": [1, 2, 3, 4], "monetary": [1, 2, 3, 4]},
    },
)
