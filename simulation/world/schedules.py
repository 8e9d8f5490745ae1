"""EventBridge Scheduler: what runs at its hour, as template.yaml says."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from simulation.world.deployment import Schedule, deployed
from simulation.world.errors import FailedError

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]


class Schedules:
    """Off until they are switched on: most stories are about one shopper."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.on: set[str] = set()

    def switch_on(self, *names: str) -> None:
        """Such as "DailyOccasions", "NightlyRfm" and "Reconcile"."""
        for name in sorted(set(names) - self.on):
            schedule = deployed().schedules[f"{name}Schedule"]
            self.on.add(name)
            self._wait(schedule)

    def _wait(self, schedule: Schedule) -> None:
        at = next_time(schedule, self.world.now)
        self.world.in_background(at - self.world.now, lambda: self._fire(schedule))

    def _fire(self, schedule: Schedule) -> None:
        if schedule.name not in self.on:
            return
        self._wait(schedule)
        for _ in range(2 if self.world.fault_at_queue() == "twice" else 1):
            self._run(schedule)

    def _run(self, schedule: Schedule) -> None:
        self.world.note("schedule", schedule.name)
        if schedule.target in deployed().functions:
            try:
                self.world.invoke(schedule.target, {})
            except FailedError as error:
                self.world.note("schedule failed", schedule.name, error=error.name)
            return
        name = self.world.next_id("schedule")
        self.world.machines.start(schedule.machine, name, {})


def next_time(schedule: Schedule, now: datetime) -> datetime:
    """Return when it fires next, after now."""
    kind, _, told = schedule.expression.rstrip(")").partition("(")
    if kind == "rate":
        many, unit = told.split()
        every = timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(many)})
        return now + every
    minute, hour, *others = told.split()
    if others != ["*", "*", "?", "*"]:
        raise ValueError(f"a schedule that nothing here understands: {schedule.expression}")
    here = now.astimezone(ZoneInfo(schedule.zone))
    at = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return at if at > here else at + timedelta(days=1)
