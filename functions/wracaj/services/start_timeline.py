"""How a Lambda starts timelines: as executions, or with a date where long waits are moved out."""

import os
from typing import TYPE_CHECKING

from wracaj.aws import step_functions

if TYPE_CHECKING:
    from wracaj.services.start_occasion import StartTimeline
    from wracaj.settings.shop import ShopSettings
    from wracaj.store import Store


def long_wait_days() -> float:
    """Return the number of days from which a wait is moved out; 0: none is."""
    return float(os.environ.get("WRACAJ_LONG_WAIT_DAYS", "0"))


def start_for(store: "Store", shop: "ShopSettings") -> "StartTimeline":
    """Return a function that starts timelines with this shop's own timings. A running timeline
    keeps the timings it started with."""
    start = step_functions.start_for(shop)
    if not (days := long_wait_days()):
        return start
    from wracaj.services.start_or_wait import StartOrWait  # most stacks do without it

    return StartOrWait(store, shop, start, days)
