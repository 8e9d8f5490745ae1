"""Delivery events in the providers' own formats, as in their documentation.

SES: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html, inside
EventBridge's envelope. SMS:
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from support.builders import NOON
from wracaj.channels import OutgoingMessage

DETAIL_TYPES = {
    "Send": "Email Sent",
    "Delivery": "Email Delivered",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
    "Reject": "Email Rejected",
    "Open": "Email Opened",
    "Click": "Email Clicked",
    "Rendering Failure": "Email Rendering Failed",
    "DeliveryDelay": "Email Delivery Delayed",
    "Subscription": "Email Subscribed",
}
Json = dict[str, Any]


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def ses_event(
    event_type: str,
    tags: Mapping[str, str],
    *,
    to: str = "anna@example.com",
    sent_at: datetime = NOON,
    at: datetime | None = None,
    **told: Any,
) -> Json:
    """Return an event of SES. `told` is added to the part of this type, such as
    bounceType="Transient"."""
    at = at or sent_at + timedelta(seconds=2)
    mail = {
        "timestamp": iso(sent_at),
        "source": "=?utf-8?q?Kubek?= <sklep@kubek.example>",
        "sourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/kubek.example",
        "sendingAccountId": "123456789012",
        "messageId": "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
        "destination": [to],
        "headersTruncated": False,
        "headers": [{"name": "To", "value": to}, {"name": "Subject", "value": "Twój koszyk czeka"}],
        "commonHeaders": {
            "from": ["sklep@kubek.example"],
            "to": [to],
            "subject": "Twój koszyk czeka",
        },
        "tags": {
            "ses:operation": ["SendEmail"],
            "ses:configuration-set": ["wracaj-prod"],
            "ses:source-ip": ["192.0.2.0"],
            "ses:from-domain": ["kubek.example"],
            "ses:caller-identity": ["wracaj-ReminderStepFunction"],
            **{name: [value] for name, value in tags.items()},
        },
    }
    parts: dict[str, tuple[str, Json]] = {
        "Send": ("send", {}),
        "Delivery": (
            "delivery",
            {
                "timestamp": iso(at),
                "processingTimeMillis": 1234,
                "recipients": [to],
                "smtpResponse": f"250 2.0.0 OK {to}",
                "reportingMTA": "a8-21.smtp-out.amazonses.com",
            },
        ),
        "Bounce": (
            "bounce",
            {
                "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {
                        "emailAddress": to,
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": f"smtp; 550 {to} unknown",
                    }
                ],
                "timestamp": iso(at),
                "reportingMTA": "dsn; mta.example.com",
            },
        ),
        "Complaint": (
            "complaint",
            {
                "arrivalDate": iso(at),
                "complainedRecipients": [{"emailAddress": to}],
                "timestamp": iso(at),
                "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
                "complaintSubType": None,
                "userAgent": "Amazon SES Mailbox Simulator",
                "complaintFeedbackType": "abuse",
            },
        ),
        "Reject": ("reject", {"reason": "Bad content"}),
        "Open": (
            "open",
            {"ipAddress": "192.0.2.1", "timestamp": iso(at), "userAgent": "Mozilla/5.0"},
        ),
        "Click": (
            "click",
            {
                "ipAddress": "192.0.2.1",
                "link": "https://wracaj.example/c/t0ken",
                "linkTags": None,
                "timestamp": iso(at),
                "userAgent": "Mozilla/5.0",
            },
        ),
        "Rendering Failure": (
            "failure",
            {"errorMessage": f"Attribute '{to}' is not present", "templateName": "t"},
        ),
        "DeliveryDelay": (
            "deliveryDelay",
            {
                "timestamp": iso(at),
                "delayType": "TransientCommunicationFailure",
                "expirationTime": iso(at + timedelta(hours=14)),
                "delayedRecipients": [
                    {"emailAddress": to, "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1"}
                ],
            },
        ),
        "Subscription": (
            "subscription",
            {"contactList": "c", "timestamp": iso(at), "source": "UnsubscribeHeader"},
        ),
    }
    name, part = parts[event_type]
    return {
        "version": "0",
        "id": "12345678-1234-1234-1234-123456789012",
        "detail-type": DETAIL_TYPES[event_type],
        "source": "aws.ses",
        "account": "123456789012",
        "time": iso(at)[:19] + "Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:ses:eu-west-1:123456789012:configuration-set/wracaj-prod"],
        "detail": {"eventType": event_type, "mail": mail, name: {**part, **told}},
    }


def sms_event(
    event_type: str,
    tags: Mapping[str, str],
    *,
    to: str = "+48600100200",
    sent_at: datetime = NOON,
    at: datetime | None = None,
    **told: Any,
) -> Json:
    at = at or sent_at + timedelta(seconds=2)
    return {
        "eventType": event_type,
        "eventVersion": "1.0",
        "eventTimestamp": round(at.timestamp() * 1000),
        "isFinal": True,
        "originationPhoneNumber": "KUBEK",
        "destinationPhoneNumber": to,
        "isoCountryCode": "PL",
        "mcc": "260",
        "mnc": "06",
        "messageId": "862a8790-60c0-4430-9b2b-658bdexample",
        "messageRequestTimestamp": round(sent_at.timestamp() * 1000),
        "messageEncoding": "GSM",
        "messageType": "PROMOTIONAL",
        "messageStatus": event_type.removeprefix("TEXT_"),
        "messageStatusDescription": f"about {to}",
        "context": dict(tags),
        "totalMessageParts": 1,
        "totalMessagePrice": 0.09582,
        "totalCarrierFee": 0.0,
        **told,
    }


def about(message: OutgoingMessage, event_type: str, **how: Any) -> Json:
    """Return the event of SES or End User Messaging about a message."""
    make = sms_event if event_type.startswith("TEXT_") else ses_event
    return make(event_type, message.tags, **({"to": message.to} | how))


def queued(*events: Json) -> Json:
    """Return the events as Lambda reads them from the queue."""
    return {
        "Records": [
            {"messageId": str(number), "body": json.dumps(event)}
            for number, event in enumerate(events)
        ]
    }
