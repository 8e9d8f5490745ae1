"""What a provider told of one message, whichever provider it was."""

import re
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from wracaj.consent.consent import Channel
from wracaj.events import Frozen
from wracaj.store.delivery_events import Mark

MESSAGE_ID = re.compile(r"[0-9a-f]{20}")


class DeliveryStatus(StrEnum):
    TAKEN = "taken"  # nothing is known but that the provider has it
    DELIVERED = "delivered"
    OPENED = "opened"
    LINK_OPENED = "link_opened"  # a link, by the provider's own count
    FAILED = "failed"  # did not arrive, and it is not the address's fault
    SOFT_BOUNCE = "soft_bounce"  # did not arrive for now
    GONE = "gone"  # did not arrive, and nothing ever will
    OPTED_OUT = "opted_out"  # the shopper blocks us
    COMPLAINED = "complained"

    @property
    def mark(self) -> Mark | None:
        return MARKS.get(self)


MARKS: dict[DeliveryStatus, Mark] = {
    DeliveryStatus.DELIVERED: "delivered",
    DeliveryStatus.OPENED: "opened",
    DeliveryStatus.LINK_OPENED: "followed",
    DeliveryStatus.FAILED: "bounced",
    DeliveryStatus.SOFT_BOUNCE: "bounced",
    DeliveryStatus.GONE: "bounced",
    DeliveryStatus.OPTED_OUT: "bounced",
    DeliveryStatus.COMPLAINED: "complained",
}


class Tags(Frozen):
    """What each message carries along, and comes back with what is told of it."""

    shop: str
    step: str
    message: str

    @classmethod
    def of(cls, told: dict[str, str]) -> Self | None:
        """None: a message of somebody else."""
        if not MESSAGE_ID.fullmatch(told.get("message", "")) or not {"shop", "step"} <= told.keys():
            return None
        return cls(shop=told["shop"], step=told["step"], message=told["message"])


class DeliveryEvent(Frozen):
    channel: Channel
    tags: Tags | None
    fate: DeliveryStatus
    at: AwareDatetime
    sent_at: AwareDatetime  # a message that arrived says nothing of those sent later
    # the shopper's own word against us, and not only a list that the address is on
    refusal: bool = False

    @property
    def as_old_as(self) -> AwareDatetime:
        """A word of the shopper counts from when it was said; that nothing arrives, from when the
        message was sent."""
        return (
            self.at
            if self.fate in {DeliveryStatus.COMPLAINED, DeliveryStatus.OPTED_OUT}
            else self.sent_at
        )
