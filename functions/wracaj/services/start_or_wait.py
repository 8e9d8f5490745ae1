"""Starts a timeline that begins with a long wait: with a date in the table, and no execution."""

from dataclasses import dataclass

from wracaj.archive.rows import long_wait_row, start_row
from wracaj.aws.archive_queue import note
from wracaj.aws.step_functions import ABANDONED_CART, Message, Start, known_timings
from wracaj.clock import now
from wracaj.experiments.arms import timings_to_start_with
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.long_waits import first_long_wait


@dataclass(frozen=True)
class StartOrWait:
    """`start`: starts an execution. `days`: a longer wait is moved out."""

    store: Store
    shop: ShopSettings
    start: Start
    days: float

    def __call__(
        self,
        shop: str,
        cart_id: str,
        episode: int,
        timeline: str = ABANDONED_CART,
        message: Message = None,
    ) -> None:
        """A start that is repeated keeps its first date. A timeline whose message comes with the
        start, and one whose cart is gone, start at once."""
        moment = now()
        own = timings_to_start_with(self.shop, moment).get(timeline, {})
        timings = known_timings(shop, timeline, own)
        wait = first_long_wait(timeline, episode, timings, moment, self.days)
        if message is not None or wait is None:
            return self.start(shop, cart_id, episode, timeline, message)
        if (kept := self.store.long_waits.put(shop, cart_id, wait)) is None:
            return self.start(shop, cart_id, episode, timeline)
        note(start_row(shop, cart_id, episode, timeline, timings, moment))
        note(long_wait_row(shop, cart_id, timeline, kept.model_dump(mode="json"), moment))
        return None
