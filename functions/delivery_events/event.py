"""A provider's report about one message, in the same form for every provider."""

import re
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from wracaj.consent.channel import Channel
from wracaj.events import Frozen
from wracaj.store.delivery_events import Mark

MESSAGE_ID = re.compile(r"[0-9a-f]{20}")


class DeliveryStatus(StrEnum):
    TAKEN = "taken"  # only known: the provider has it
    DELIVERED = "delivered"
    OPENED = "opened"
    LINK_OPENED = "link_opened"  # a link was followed, as the provider counts it
    FAILED = "failed"  # did not arrive, for a reason that is not the address's
    SOFT_BOUNCE = "soft_bounce"  # did not arrive this time; a later message may
    GONE = "gone"  # did not arrive, and no later message will
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
    """Tags sent with each message. The provider repeats them in its reports."""

    shop: str
    step: str
    message: str

    @classmethod
    def of(cls, told: dict[str, str]) -> Self | None:
        """None: not a message of Wracaj."""
        if not MESSAGE_ID.fullmatch(told.get("message", "")) or not {"shop", "step"} <= told.keys():
            return None
        return cls(shop=told["shop"], step=told["step"], message=told["message"])


class DeliveryEvent(Frozen):
    channel: Channel
    tags: Tags | None
    fate: DeliveryStatus
    at: AwareDatetime
    sent_at: AwareDatetime  # the arrival of one message says nothing about later ones
    # the shopper opted out, and the address is not merely on a list
    refusal: bool = False

    @property
    def as_old_as(self) -> AwareDatetime:
        """The time from which the report counts. A shopper's own action counts from its time, a
        failed delivery from the time when its message was sent."""
        return (
            self.at
            if self.fate in {DeliveryStatus.COMPLAINED, DeliveryStatus.OPTED_OUT}
            else self.sent_at
        )
