"""What people and AWS do to a running stack: redrives after failures, expired items that vanish."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.world.world import World

BETWEEN_SWEEPS = timedelta(hours=20)
BETWEEN_LOOKS = timedelta(hours=6)
MOST_ROUNDS = 20


class Operators:
    def __init__(self, world: "World") -> None:
        self.world = world
        world.in_background(BETWEEN_SWEEPS, self._sweep)
        if world.faults.plan.rate or world.faults.plan.away or world.faults.plan.planned:
            world.in_background(BETWEEN_LOOKS, self._look)

    def _sweep(self) -> None:
        """DynamoDB deletes what has expired, some time after."""
        now = self.world.seconds
        for table in (self.world.table, self.world.archive_keys):
            for key, expires_at in list(table.expiring.items()):
                if expires_at < now and self.world.dice.random() < 0.7:
                    table.delete(key)
        self.world.in_background(BETWEEN_SWEEPS, self._sweep)

    def _look(self) -> None:
        """Somebody sees the alarms."""
        self.redrive()
        self.world.in_background(BETWEEN_LOOKS, self._look)

    def redrive(self) -> int:
        """Redrive dead letters and failed executions. Return how many."""
        return self.world.queues.redrive() + self.world.machines.redrive_all()

    def recover(self) -> bool:
        """End all trouble, and let everything that waits or failed be done. Return whether nothing
        is left."""
        self.world.faults.plan = self.world.faults.plan.calm()
        for _ in range(MOST_ROUNDS):
            self.world.run()
            if not self.redrive():
                return True
        return False
