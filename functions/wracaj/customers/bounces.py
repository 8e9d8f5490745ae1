"""Bounces of the messages to one address, which decide whether it is suppressed.

Providers report deliveries twice, late and in any order. The result is the same each time.
"""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime

from wracaj.events import Frozen

# after this many soft bounces in a row, each of a different message, the address is suppressed
SOFT_BOUNCES = 3


class SoftBounce(Frozen):
    at: AwareDatetime
    message_id: str


class Deliveries(Frozen):
    arrived_at: AwareDatetime | None = None  # time of the newest message that arrived
    soft: tuple[SoftBounce, ...] = ()  # soft bounces since `arrived_at`

    @property
    def is_suppressed_by_bounces(self) -> bool:
        return len(self.soft) >= SOFT_BOUNCES

    def arrived(self, at: datetime) -> Self:
        newest = max(filter(None, (self.arrived_at, at)))
        return self.model_copy(
            update={
                "arrived_at": newest,
                "soft": tuple(one for one in self.soft if one.at > newest),
            }
        )

    def bounced(self, bounce: SoftBounce) -> Self:
        """Add a soft bounce. A message counts once, and not at all if a later message arrived."""
        known = any(one.message_id == bounce.message_id for one in self.soft)
        if known or (self.arrived_at and self.arrived_at >= bounce.at):
            return self
        return self.model_copy(update={"soft": (*self.soft, bounce)})
