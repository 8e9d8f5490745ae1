"""Lambda: runs the product's handlers, in processes that remember, die and are out of time."""

import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from simulation.world.deployment import deployed
from simulation.world.errors import BrokenSimulationError, FailedError, Killed
from simulation.world.processes import Invocation, Processes

if TYPE_CHECKING:
    from simulation.world.ground import Ground

Json = dict[str, Any]
DEATHS = {"out of time": "Sandbox.Timedout", "out of memory": "Runtime.OutOfMemory"}
MOST_NESTED = 6  # invocations that are inside calls of others


class Lambdas:
    def __init__(self, world: "Ground") -> None:
        self.world = world
        self.processes = Processes()
        self.stack: list[Invocation] = []
        self.begun = 0

    @property
    def current(self) -> Invocation | None:
        return self.stack[-1] if self.stack else None

    def invoke(self, name: str, event: Json, *, dies_at: int = 0) -> Any:
        """Return the handler's answer. Raises FailedError. `dies_at`: the call before which it
        runs out of memory."""
        function = deployed().functions[name]
        process = self.processes.take(function, is_new=self.world.faults.is_cold())
        self.begun += 1
        now = self.world.now
        invocation = Invocation(
            process, self.begun, event, now, function_name=name, dies_at=dies_at
        )
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
            name_of_death = DEATHS.get(invocation.why_dead, "Runtime.ExitError")
            raise FailedError(name_of_death, str(death)) from None
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
