"""What every part of a world stands on: time, one source of chance, the function that runs, and
what happens to each call of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from simulation.world.calls import Client
from simulation.world.deployment import deployed
from simulation.world.errors import BrokenSimulationError, FailedError, Killed
from simulation.world.events import SECOND, Timetable, microseconds
from simulation.world.execution import Execution
from simulation.world.faults import FaultPlan, Faults
from simulation.world.processes import Process
from simulation.world.running import MOST_NESTED, Lambdas
from simulation.world.template import STACK, machine_arn

Json = dict[str, Any]
Action = Callable[[], object]
LATE = (60.0, 900.0, 3 * 3600.0, 26 * 3600.0)  # how late an execution may be woken


@dataclass
class Hook:
    """An action that waits for a call."""

    service: str
    operation: str
    left: int
    action: Action


class Ground:
    dice: Random

    def __init__(self, seed: int | str, faults: FaultPlan, starts_at: datetime) -> None:
        self.dice = Random(f"world {seed}")
        self.faults = Faults(faults, Random(f"faults {seed}"))
        self.timetable = Timetable(starts_at)
        self.lambdas = Lambdas(self)
        self.log: list[str] = []
        self.metrics: Counter[str] = Counter()
        self.faults_counted: Counter[str] = Counter()
        self.calls, self.webhooks, self.steps = 0, 0, 0
        self.definitions: dict[str, Json] = dict(deployed().machines)
        self.clients: dict[tuple[str, bool, bool], Client] = {}
        self._hooks: list[Hook] = []
        self._ids = 0

    # --- time -------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.timetable.now

    @property
    def seconds(self) -> float:
        return self.timetable.microseconds / SECOND

    def at(self, when: datetime, action: Action) -> None:
        """Do something at a time. What is due while a call of AWS lasts is done inside of it."""
        self.timetable.put(microseconds(when), action)

    def after(self, delay: timedelta, action: Action) -> None:
        self.at(self.now + delay, action)

    def at_second(self, seconds: float, action: Action) -> None:
        self.timetable.put(int(seconds * SECOND), action)

    def in_background(self, delay: timedelta, action: Action) -> None:
        """Do something later that no run waits for."""
        self.timetable.put(microseconds(self.now + delay), action, in_background=True)

    def run(self, until: datetime | None = None) -> None:
        """Let time pass. None: until nothing is left to be done."""
        if until is not None:
            self.timetable.run_until(microseconds(until))
            return
        while self.timetable.foreground:
            self.timetable.run_next()

    def spend(self, seconds: float) -> None:
        """The function that runs waits. What is due meanwhile is done."""
        current = self.lambdas.current
        if current is not None and current.is_dead:
            raise Killed(current.why_dead)
        until = self.timetable.microseconds + int(seconds * SECOND)
        if len(self.lambdas.stack) <= MOST_NESTED:
            self.timetable.run_until(until)
        else:
            self.timetable.microseconds = until
        if current is not None:
            current.spent += seconds
            if current.seconds_left <= 0:
                current.die("out of time")

    sleep = spend

    # --- calls ------------------------------------------------------------------------------------

    def client(self, service: str, *, sends: bool = False, once: bool = False) -> Client:
        return self.clients[service, sends, once]

    def before_call(self, service: str, operation: str, nth: int, action: Action) -> None:
        """Do something just before the nth such call from now on, of any function. "": of any
        service or operation."""
        self._hooks.append(Hook(service, operation, nth, action))

    def before(self, service: str, operation: str) -> str:
        """Each call comes here first. Return the kind of its fault; "": none."""
        self.calls += 1
        current = self.lambdas.current
        if current is None:
            return ""
        if current.is_dead:
            raise Killed(current.why_dead)
        if self._hooks:
            self._run_hooks(service, operation)
        self.spend(self.dice.uniform(0.002, 0.02))
        if current.dies_at and self._is_last(current):
            current.die("out of memory")
        kind = self.faults.at_call(service, operation, self.now)
        if kind:
            self.counted(f"{service}: {kind}")
        return kind

    def _run_hooks(self, service: str, operation: str) -> None:
        for hook in list(self._hooks):
            if hook.service in ("", service) and hook.operation in ("", operation):
                hook.left -= 1
                if not hook.left:
                    self._hooks.remove(hook)
                    hook.action()

    def _is_last(self, current: Any) -> bool:
        current.dies_at -= 1
        return bool(current.dies_at == 0)

    def kill(self, why: str) -> None:
        current = self.lambdas.current
        if current is not None:
            current.die(why)

    def committed(self) -> None:
        """The function that runs wrote to the table: the effect has a number of its own."""
        self.calls += 1
        current = self.lambdas.current
        if current is not None:
            current.committed = self.calls

    def broken(self, what: str) -> None:
        """Raises what no code of the product catches."""
        raise BrokenSimulationError(what)

    # --- functions --------------------------------------------------------------------------------

    def invoke(self, function: str, event: Json) -> Any:
        """Return a function's answer. Raises FailedError."""
        return self.lambdas.invoke(function, event)

    def invoke_for_machine(self, function: str, payload: Json, patience: float) -> Any:
        """As Step Functions invokes it: what it is told may differ from what happened."""
        self.steps += 1
        kind = self.faults.at_machine(self.now)
        if kind == "woken late":
            kind = ""
        if kind:
            self.counted(f"machine: {kind}")
        if kind.startswith("Lambda."):
            raise FailedError(kind)
        if kind == "invoked twice":
            self.at_second(
                self.seconds + self.dice.random() * 0.1, lambda: self._again(function, payload)
            )
        dies_at = self.dice.randrange(1, 25) if kind == "Runtime.OutOfMemory" else 0
        answer = self.lambdas.invoke(function, payload, dies_at=dies_at)
        if kind == "answer lost":
            raise FailedError("States.Timeout", after=patience)
        return answer

    def _again(self, function: str, payload: Json) -> None:
        try:
            self.invoke(function, payload)
        except FailedError:
            self.note("invoked twice", "the second one failed")

    @property
    def process(self) -> Process:
        current = self.lambdas.current
        if current is None:
            raise BrokenSimulationError("no function runs")
        return current.process

    def seconds_late(self) -> float:
        """How much later than its time an execution wakes."""
        if self.faults.at_machine(self.now) != "woken late":
            return 0.0
        self.counted("machine: woken late")
        return self.dice.choice(LATE)

    def fault_at_queue(self) -> str:
        return self.faults.at_queue(self.now)

    def timeline_of(self, arn: str) -> str:
        """Return a machine's timeline; an alias may stand after its name."""
        return arn.rpartition(f"{STACK}-")[2].partition(":")[0].replace("-", "_")

    def machine_arn(self, timeline: str) -> str:
        return machine_arn(timeline)

    def ended(self, execution: Execution) -> None:
        self.note("ended", execution.timeline, status=execution.status, error=execution.error)

    # --- what is noted ----------------------------------------------------------------------------

    def next_id(self, what: str) -> str:
        self._ids += 1
        return f"{what}-{self._ids}"

    def counted(self, kind: str) -> None:
        self.faults_counted[kind] += 1
        self.note("fault", kind)

    def count(self, name: str, value: int) -> None:
        self.metrics[name] += value

    def note(self, *what: str, **more: Any) -> None:
        told = "".join(f" {name}={value}" for name, value in more.items())
        self.log.append(f"{self.now.isoformat()} {' '.join(what)}{told}")
