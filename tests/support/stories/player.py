"""Plays the timelines of the tests, state by state, on a clock that jumps from Wait to Wait."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from jsonata import Jsonata  # type: ignore[import-untyped]

import loyalty_check.app
import reminder_step.app
from support.frozen_timelines import machine_of
from support.lambdas import CONTEXT
from support.stories.cloud import Cloud, Json, Start

LAMBDAS: Mapping[str, Callable[..., Any]] = {
    "${ReminderStepFunctionArn}": reminder_step.app.handler,
    "${LoyaltyCheckFunctionArn}": loyalty_check.app.handler,
}


@cache
def _expression(source: str) -> Any:
    return Jsonata.jsonata(source)


def filled(value: Any, variables: Json, states: Json) -> Any:
    """Evaluate each JSONata expression in the value."""
    if isinstance(value, dict):
        return {key: filled(inner, variables, states) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, variables, states) for inner in value]
    if not (isinstance(value, str) and value.startswith("{%")):
        return value
    return _expression(value.removeprefix("{%").removesuffix("%}")).evaluate(
        None, {**variables, "states": states}
    )


@dataclass
class Execution:
    start: Start
    due: datetime
    state: str
    variables: Json = field(default_factory=dict)
    # (state, answer of its Lambda)
    answers: list[tuple[str, Json]] = field(default_factory=list)
    ended: bool = False

    @property
    def cart(self) -> str:
        return str(self.start.told["cart_id"])


@dataclass
class Player:
    cloud: Cloud
    executions: list[Execution] = field(default_factory=list)

    def play_until(self, moment: datetime) -> None:
        while due := [one for one in self.all() if not one.ended and one.due <= moment]:
            following = min(due, key=lambda one: one.due)
            self.cloud.time = max(self.cloud.time, following.due)
            self._go_on(following)
        self.cloud.time = moment

    def all(self) -> list[Execution]:
        for start in self.cloud.started[len(self.executions) :]:
            self.executions.append(
                Execution(start, start.at, machine_of(start.timeline)["StartAt"])
            )
        return self.executions

    def _go_on(self, execution: Execution) -> None:
        """Continue to the next Wait, or to the end."""
        while not execution.ended and execution.due <= self.cloud.time:
            state = machine_of(execution.start.timeline)["States"][execution.state]
            told = execution.start.told
            states: Json = {"input": told, "context": {"Execution": {"Input": told}}}
            getattr(self, f"_{state['Type'].lower()}")(execution, state, states)

    def _pass(self, execution: Execution, state: Json, states: Json) -> None:
        execution.variables |= filled(state.get("Assign", {}), execution.variables, states)
        execution.state = state["Next"]

    def _wait(self, execution: Execution, state: Json, states: Json) -> None:
        execution.due += timedelta(seconds=filled(state["Seconds"], execution.variables, states))
        execution.state = state["Next"]

    def _task(self, execution: Execution, state: Json, states: Json) -> None:
        """Call the Lambda. There is no Retry and no Catch, because nothing fails in these
        stories."""
        asked = filled(state["Arguments"]["Payload"], execution.variables, states)
        answer = LAMBDAS[state["Arguments"]["FunctionName"]](json.loads(json.dumps(asked)), CONTEXT)
        execution.answers.append((execution.state, answer))
        execution.variables |= filled(
            state.get("Assign", {}), execution.variables, states | {"result": {"Payload": answer}}
        )
        execution.state = state["Next"]

    def _choice(self, execution: Execution, state: Json, states: Json) -> None:
        """The first choice whose condition holds, with its own `Assign`; else the default, with
        that of the state."""
        holds = (
            one for one in state["Choices"] if filled(one["Condition"], execution.variables, states)
        )
        chosen = next(holds, {"Next": state["Default"], "Assign": state.get("Assign", {})})
        execution.variables |= filled(chosen.get("Assign", {}), execution.variables, states)
        execution.state = chosen["Next"]

    def _succeed(self, execution: Execution, state: Json, states: Json) -> None:
        execution.ended = True
