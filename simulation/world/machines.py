"""Step Functions' API: starting executions, and what is known of them."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulation.world.errors import FailedError, RefusedError
from simulation.world.execution import Execution
from simulation.world.machine import Walker
from simulation.world.services import Service

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]
NAME_TAKEN_FOR = timedelta(days=90)
MOST_INPUT_BYTES = 256 * 1024
REDRIVEN_WITHIN = timedelta(days=14)


class Machines(Service):
    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.walker = Walker(world)
        self.executions: list[Execution] = []
        self.failed: list[Execution] = []
        self._named: dict[tuple[str, str], Execution] = {}

    def _start_execution(self, *, stateMachineArn: str, name: str, input: str) -> Json:  # noqa: A002, N803
        assert 0 < len(name) <= 80 and len(input.encode()) <= MOST_INPUT_BYTES
        timeline = self.world.timeline_of(stateMachineArn)
        if timeline not in self.world.definitions:
            raise RefusedError("StateMachineDoesNotExist", timeline)
        return self._start(timeline, name, json.loads(input))

    def _start(self, timeline: str, name: str, told: Json) -> Json:
        """A second start with the same name and input succeeds while the first one runs."""
        known = self._named.get((timeline, name))
        if known is not None and not self._is_free_again(known):
            if known.status != "RUNNING" or known.input != told:
                raise RefusedError("ExecutionAlreadyExists", name)
            return {"executionArn": known.arn}
        definition = self.world.definitions[timeline]
        execution = Execution(timeline, name, told, definition, self.world.now)
        self.executions.append(execution)
        self._named[timeline, name] = execution
        self.world.note("start", timeline, cart=told.get("cart_id", ""))
        self.world.after(timedelta(milliseconds=20), lambda: self.walker.begin(execution))
        return {"executionArn": execution.arn}

    def _is_free_again(self, known: Execution) -> bool:
        return known.ended_at is not None and self.world.now - known.ended_at >= NAME_TAKEN_FOR

    def start(self, timeline: str, name: str, told: Json) -> Json:
        """A Task starts an execution. Raises FailedError as Step Functions names it."""
        try:
            return self._start(timeline, name, told)
        except RefusedError as refusal:
            raise FailedError(f"StepFunctions.{refusal.code}Exception", name) from None

    def _describe_execution(self, *, executionArn: str) -> Json:  # noqa: N803
        machine, _, name = executionArn.rpartition(":")
        timeline = self.world.timeline_of(machine.replace(":execution:", ":stateMachine:"))
        known = self._named.get((timeline, name))
        if known is None:
            raise RefusedError("ExecutionDoesNotExist", name)
        return {"executionArn": executionArn, "name": name, "status": known.status}

    def redrive_all(self) -> int:
        """Return how many could be redriven."""
        failed, self.failed = self.failed, []
        return sum(map(self.redrive, failed))

    def redrive(self, execution: Execution) -> bool:
        """Return whether it could be redriven."""
        if execution.status != "FAILED" or execution.ended_at is None:
            return False
        if self.world.now - execution.ended_at > REDRIVEN_WITHIN:
            return False
        self.walker.redrive(execution)
        return True
