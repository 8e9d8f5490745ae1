"""Receipts of AWS End User Messaging: `{"eventType": "TEXT_DELIVERED", "context": {…}, …}`, raw
from an SNS topic.

https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html says what
each type means.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from delivery_events.event import DeliveryEvent, DeliveryStatus, Tags
from wracaj.consent.channel import Channel
from wracaj.errors import PayloadError

FATES = {
    "TEXT_QUEUED": DeliveryStatus.TAKEN,
    "TEXT_PENDING": DeliveryStatus.TAKEN,
    "TEXT_SENT": DeliveryStatus.TAKEN,
    # taken by the carrier; in some countries the last report, and then isFinal is true
    "TEXT_SUCCESSFUL": DeliveryStatus.DELIVERED,
    "TEXT_DELIVERED": DeliveryStatus.DELIVERED,
    "TEXT_INVALID": DeliveryStatus.GONE,  # no such number
    "TEXT_BLOCKED": DeliveryStatus.OPTED_OUT,  # blocked by the phone, or by its carrier
    "TEXT_UNREACHABLE": DeliveryStatus.SOFT_BOUNCE,
    "TEXT_CARRIER_UNREACHABLE": DeliveryStatus.SOFT_BOUNCE,
    "TEXT_TTL_EXPIRED": DeliveryStatus.SOFT_BOUNCE,
    # Reasons of the message, the carrier or this account. The number itself may work.
    "TEXT_INVALID_MESSAGE": DeliveryStatus.FAILED,
    "TEXT_CARRIER_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_SPAM": DeliveryStatus.FAILED,
    "TEXT_PROTECT_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_UNKNOWN": DeliveryStatus.TAKEN,  # the carrier sent no report for 72 hours
}


class Told(BaseModel):
    event_type: str = Field(alias="eventType")
    at_ms: int = Field(alias="eventTimestamp", ge=0, le=10**13)
    asked_at_ms: int = Field(alias="messageRequestTimestamp", ge=0, le=10**13)
    final: bool = Field(alias="isFinal")
    context: dict[str, str] = {}


def read(event: dict[str, Any]) -> DeliveryEvent:
    """Raises PayloadError, whose text has the fields' names and no values."""
    try:
        told = Told.model_validate(event)
    except ValidationError as error:
        raise PayloadError(
            [(".".join(map(str, one["loc"])), one["type"]) for one in error.errors()]
        ) from None
    fate = FATES.get(told.event_type)
    if fate is None:
        raise PayloadError([("eventType", "unknown")])
    return DeliveryEvent(
        channel=Channel.SMS,
        tags=Tags.of(told.context),
        fate=DeliveryStatus.TAKEN
        if told.event_type == "TEXT_SUCCESSFUL" and not told.final
        else fate,
        at=moment(told.at_ms),
        sent_at=moment(told.asked_at_ms),
    )


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
