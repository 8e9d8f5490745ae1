"""What mail and SMS providers report about a message, through the queue of delivery events."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulation.world.queues import Message
from simulation.world.services import Left
from support.provider_events import ses_event, sms_event

if TYPE_CHECKING:
    from simulation.world.world import World

QUEUE = "DeliveryQueue"


class Providers:
    """`delivers`: whether mails are reported as delivered by themselves."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.delivers = True

    def taken(self, left: Left) -> None:
        """A provider took a message."""
        if self.delivers and left.channel in {"email", "sms"} and left.tags:
            delay = timedelta(seconds=self.world.dice.uniform(0.5, 60))
            self.world.after(delay, lambda: self.delivered(left))

    def delivered(self, left: Left) -> Message:
        return self._tell(left, "Delivery" if left.channel == "email" else "TEXT_DELIVERED")

    def bounced(self, left: Left, *, permanent: bool = True) -> Message:
        if left.channel == "sms":
            return self._tell(left, "TEXT_INVALID" if permanent else "TEXT_UNREACHABLE")
        kind = "Permanent" if permanent else "Transient"
        return self._tell(left, "Bounce", bounceType=kind)

    def complained(self, left: Left) -> Message:
        return self._tell(left, "Complaint")

    def _tell(self, left: Left, event_type: str, **more: Any) -> Message:
        make = ses_event if left.channel == "email" else sms_event
        event = make(event_type, left.tags, to=left.to, sent_at=left.at, at=self.world.now, **more)
        self.world.note("provider", event_type, to=left.to)
        return self.world.queues.put(QUEUE, json.dumps(event))
