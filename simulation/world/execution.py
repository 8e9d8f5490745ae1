"""An execution of a state machine: what it came through, and where it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulation.world import answers
from simulation.world.errors import FailedError

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]
# What States.ALL does not match.
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
NEVER_CAUGHT = {"States.DataLimitExceeded", "States.Runtime"}


@dataclass(frozen=True)
class TaskTaken:
    """One try of a Task. `error`: the name of the error that it ended with."""

    at: datetime
    state: str
    step: str
    outcome: str = ""
    reason: str = ""
    error: str = ""


@dataclass
class Execution:
    timeline: str
    name: str
    input: Json
    definition: Json
    started_at: datetime
    status: str = "RUNNING"
    ended_at: datetime | None = None
    error: str = ""
    states: list[str] = field(default_factory=list)  # every state entered, in order
    tasks: list[TaskTaken] = field(default_factory=list)
    transitions: int = 0
    redrives: int = 0
    failed_branches: "list[Branch]" = field(default_factory=list)

    @property
    def arn(self) -> str:
        return f"execution:{self.timeline}:{self.name}"


@dataclass
class Branch:
    """One walk through some states: the whole execution, or one item of a Map. `done` is called
    with its output, or with the error that it failed with."""

    execution: Execution
    states: Json
    variables: Json
    input: Any
    done: "Callable[[Any, FailedError | None], None]"
    at: str = ""
    tried: dict[int, int] = field(default_factory=dict)  # retrier → tries

    @property
    def state(self) -> Json:
        told: Json = self.states[self.at]
        return told

    def scope(self, world: "World", **states: Any) -> Json:
        context = {
            "Execution": {
                "Id": self.execution.arn,
                "Name": self.execution.name,
                "Input": self.execution.input,
                "StartTime": self.execution.started_at.isoformat(),
                "RedriveCount": self.execution.redrives,
            },
            "State": {"Name": self.at},
            "StateMachine": {"Id": world.machine_arn(self.execution.timeline)},
        }
        return self.variables | {"states": {"input": self.input, "context": context} | states}


def matches(names: Sequence[str], error: str) -> bool:
    if error in names:
        return True
    if "States.ALL" in names:
        return error not in NEVER_CAUGHT
    return "States.TaskFailed" in names and error != "States.Timeout"


_filled: dict[int, tuple[Any, answers.Template]] = {}


def filled(value: Any) -> answers.Template:
    """Return a part of a definition as a function, made once for each part."""
    if not isinstance(value, str | dict | list):
        return lambda _: value
    known = _filled.get(id(value))
    if known is None or known[0] is not value:
        known = _filled[id(value)] = (value, answers.template(value))
    return known[1]
