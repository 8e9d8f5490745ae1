"""Goes through the long waits hour by hour, and queues the timelines that go on.

It may die anywhere. The next run goes on with the shard that was not done; a timeline that is
queued twice starts once, because its execution's name is taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from wracaj.clock import hour_of, now
from wracaj.store import Store
from wracaj.store.long_wait_entries import SHARDS
from wracaj.store.long_waits import Swept
from wracaj.timelines.long_waits import LongWait

HOUR = timedelta(hours=1)
Resume = Callable[[Sequence[tuple[str, str, LongWait]]], None]  # shop, cart and wait of each


@dataclass(frozen=True)
class Sweep:
    """`has_time`: whether another shard may be begun."""

    store: Store
    resume: Resume
    has_time: Callable[[], bool]

    def run(self, hours_ahead: float) -> int:
        """Return how many timelines go on. Sweeps the hours up to the one in `hours_ahead`."""
        resumed, swept = 0, self.store.long_waits.swept()
        until = hour_of(now() + timedelta(hours=hours_ahead))
        while swept and swept.hour <= until and self.has_time():
            resumed += self._shard(swept)
            swept = self.store.long_waits.sweep_on(swept, _after(swept))
        return resumed

    def _shard(self, swept: Swept) -> int:
        resumed = 0
        for page in self.store.long_waits.entries(swept.hour, swept.shard):
            waits = self.store.long_waits.waits(page)
            self.resume([(one.shop, one.cart_id, wait) for one, wait in waits])
            resumed += len(waits)
        return resumed

    def hours_late(self) -> int:
        """Return how many hours have begun that are not swept. 0 where none was ever moved out."""
        swept = self.store.long_waits.swept()
        late = (hour_of(now()) - swept.hour) // HOUR + 1 if swept else 0
        return max(0, late)


def _after(swept: Swept) -> Swept:
    if swept.shard + 1 < SHARDS:
        return Swept(swept.hour, swept.shard + 1)
    return Swept(swept.hour + HOUR)
