"""Lambda: runs the product's handlers, in processes that remember, die and are out of time."""

import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from simulation.world.deployment import deployed
from simulation.world.processes import Invocation, Killed, Processes
from simulation.world.results import FailedError

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]
MOST_NESTED = 6  # invocations that are inside calls of others


class BrokenSimulationError(BaseException):
    """A fault of the simulation itself: nothing of the product may catch it."""


class Lambdas:
    def __init__(self, world: "World") -> None:
        self.world = world
        self.processes = Processes()
        self.stack: list[Invocation] = []
        self.begun = 0

    @property
    def current(self) -> Invocation | None:
        return self.stack[-1] if self.stack else None

    def invoke(self, name: str, event: Json) -> Any:
        """Return the handler's answer. Raises FailedError."""
        function = deployed().functions[name]
        process = self.processes.take(function, is_new=self.world.faults.is_cold())
        self.begun += 1
        now = self.world.now
        invocation = Invocation(process, self.begun, event, now, function_name=name)
        if self.stack:
            self.processes.freeze(self.stack[-1].process)
        self.processes.wake(process)
        self.stack.append(invocation)
        try:
            answer = self._handled(name, invocation)
        finally:
            self.stack.pop()
            self.processes.freeze(process)
            if self.stack:
                self.processes.wake(self.stack[-1].process)
            if not invocation.is_dead:
                self.processes.give_back(process)
        return answer

    def _handled(self, name: str, invocation: Invocation) -> Any:
        try:
            answer = handler_of(name)(invocation.event, invocation)
        except Killed as death:
            self.world.note("died", name, why=str(death))
            out_of_time = invocation.why_dead == "out of time"
            raise FailedError(
                "Sandbox.Timedout" if out_of_time else "Runtime.ExitError", str(death)
            ) from None
        except Exception as error:
            self.world.note("failed", name, error=type(error).__name__, why=str(error))
            raise FailedError(type(error).__name__, str(error)) from None
        if invocation.is_dead:
            raise BrokenSimulationError(f"{name} went on after it was killed")
        return json.loads(json.dumps(answer))


@cache
def handler_of(name: str) -> Callable[[Json, Any], Any]:
    handler: Callable[[Json, Any], Any] = deployed().functions[name].module().handler
    return handler
