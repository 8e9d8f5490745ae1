"""Events of Amazon SES, delivered by EventBridge: `{"source": "aws.ses", "detail": {"eventType":
"Bounce", …}}`.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html describes
the `detail`. Only fields that decide something are read: recipients, headers and diagnostic texts
are personal data.
"""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from delivery_events.event import DeliveryEvent, DeliveryStatus, Tags
from wracaj.consent.channel import Channel
from wracaj.errors import PayloadError
from wracaj.pages.scanners import is_scanner

# a report that withdraws a complaint, and a report about the sender's signature
NO_COMPLAINT = {"not-spam", "auth-failure"}
FATES = {
    "Send": DeliveryStatus.TAKEN,
    "DeliveryDelay": DeliveryStatus.TAKEN,
    "Subscription": DeliveryStatus.TAKEN,
    "Delivery": DeliveryStatus.DELIVERED,
    "Open": DeliveryStatus.OPENED,
    "Click": DeliveryStatus.LINK_OPENED,
    "Reject": DeliveryStatus.FAILED,  # SES found a virus
    "Rendering Failure": DeliveryStatus.FAILED,
}


class Mail(BaseModel):
    timestamp: AwareDatetime
    tags: dict[str, list[str]] = {}


class Bounce(BaseModel):
    type: Literal["Permanent", "Transient", "Undetermined"] = Field(alias="bounceType")
    timestamp: AwareDatetime


class Complaint(BaseModel):
    feedback: str | None = Field(None, alias="complaintFeedbackType")
    # OnAccountSuppressionList: SES did not send the message
    sub_type: str | None = Field(None, alias="complaintSubType")
    timestamp: AwareDatetime


class Moment(BaseModel):
    timestamp: AwareDatetime


class Click(Moment):
    user_agent: str = Field("", alias="userAgent")


class Detail(BaseModel):
    event_type: str = Field(alias="eventType")
    mail: Mail
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    delivery: Moment | None = None
    open: Moment | None = None
    click: Click | None = None

    @property
    def at(self) -> AwareDatetime:
        told = self.bounce or self.complaint or self.delivery or self.open or self.click
        return told.timestamp if told else self.mail.timestamp


def read(event: dict[str, Any]) -> DeliveryEvent:
    """Raises PayloadError, whose text has the fields' names and no values."""
    try:
        detail = Detail.model_validate(event.get("detail"))
    except ValidationError as error:
        raise PayloadError(
            [(".".join(map(str, one["loc"])), one["type"]) for one in error.errors()]
        ) from None
    fate, complaint = _fate(detail), detail.complaint
    return DeliveryEvent(
        channel=Channel.EMAIL,
        tags=Tags.of({name: values[0] for name, values in detail.mail.tags.items() if values}),
        fate=fate,
        at=detail.at,
        sent_at=detail.mail.timestamp,
        refusal=fate is DeliveryStatus.COMPLAINED
        and complaint is not None
        and complaint.sub_type is None,
    )


def _fate(detail: Detail) -> DeliveryStatus:
    match detail.event_type:
        case "Bounce" if detail.bounce:
            return (
                DeliveryStatus.GONE
                if detail.bounce.type == "Permanent"
                else DeliveryStatus.SOFT_BOUNCE
            )
        case "Complaint" if detail.complaint:
            return (
                DeliveryStatus.TAKEN
                if detail.complaint.feedback in NO_COMPLAINT
                else DeliveryStatus.COMPLAINED
            )
        case "Click" if detail.click and is_scanner("GET", {"user-agent": detail.click.user_agent}):
            return DeliveryStatus.TAKEN
        case known if known in FATES:
            return FATES[known]
    raise PayloadError([("eventType", "unknown, or without what belongs to it")])
