"""What became of the messages to one address, as far as it decides whether more are sent.

Providers tell of deliveries twice, late and in any order: all of them end in the same.
"""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime

from wracaj.events import Frozen

# so many different messages in a row that did not arrive for now: the address is given up
SOFT_BOUNCES = 3


class SoftBounce(Frozen):
    at: AwareDatetime
    message_id: str


class Deliveries(Frozen):
    arrived_at: AwareDatetime | None = None  # the newest message that did
    soft: tuple[SoftBounce, ...] = ()  # since then

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
        """A message counts once, and not at all where a later one arrived."""
        known = any(one.message_id == bounce.message_id for one in self.soft)
        if known or (self.arrived_at and self.arrived_at >= bounce.at):
            return self
        return self.model_copy(update={"soft": (*self.soft, bounce)})
