"""What a process of Lambda keeps in memory between two invocations, and forgets when it dies.

Each function has processes of its own. One is taken for each invocation; while it works, another
invocation gets another one.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulation.world import sources
from simulation.world.deployment import Function
from simulation.world.errors import Killed
from simulation.world.memory import MEMORY, remembered


@dataclass
class Process:
    """`memory`: the values of MEMORY while another process works. `kept`: results of cached
    functions."""

    function: Function
    number: int
    memory: list[Any] = field(default_factory=lambda: [begin() for _, _, begin in MEMORY])
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass
class Invocation:
    """One call of a function. It is also the context that Lambda passes to the handler."""

    process: Process
    number: int
    event: dict[str, Any]
    began_at: datetime
    spent: float = 0.0  # seconds
    committed: int = 0  # the number of its last call that wrote to the table
    dies_at: int = 0  # so many calls later; 0: it does not
    is_dead: bool = False
    why_dead: str = ""
    function_name: str = ""
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:000000000000:function:f"

    @property
    def aws_request_id(self) -> str:
        return f"request-{self.number}"

    @property
    def seconds_left(self) -> float:
        return self.process.function.timeout - self.spent

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(self.seconds_left * 1000))

    def die(self, why: str) -> None:
        """Raises Killed, now and at each later call."""
        self.is_dead, self.why_dead = True, self.why_dead or why
        raise Killed(why)


class Processes:
    """All processes of one world."""

    def __init__(self) -> None:
        self._idle: defaultdict[str, list[Process]] = defaultdict(list)
        self._begun = 0
        self._places = remembered()

    def take(self, function: Function, *, is_new: bool) -> Process:
        idle = self._idle[function.name]
        if idle and not is_new:
            return idle.pop()
        self._begun += 1
        return Process(function, self._begun)

    def give_back(self, process: Process) -> None:
        self._idle[process.function.name].append(process)

    def forget_all(self) -> None:
        """As after a deploy: each invocation begins in a new process."""
        self._idle.clear()

    def wake(self, process: Process) -> None:
        """Put a process's memory where the product looks for it."""
        for (module, name), value in zip(self._places, process.memory, strict=True):
            module[name] = value
        sources.OS.environ = process.function.environment

    def freeze(self, process: Process) -> None:
        process.memory = [module[name] for module, name in self._places]
