"""Reading the providers' delivery events: what each means, and what is not an event."""

import json
from datetime import timedelta
from typing import Any

import pytest

from delivery_events.app import read
from delivery_events.event import DeliveryStatus
from delivery_events.sms import FATES as SMS_FATES
from support.builders import NOON
from support.provider_events import DETAIL_TYPES, iso, ses_event, sms_event
from wracaj.consent.channel import Channel
from wracaj.errors import PayloadError

TAGS = {
    "shop": "kubek",
    "timeline": "abandoned_cart",
    "step": "first_email",
    "message": "00112233445566778899",
}


def fate(event: dict[str, Any]) -> DeliveryStatus:
    return read(json.dumps(event)).fate


@pytest.mark.parametrize(
    ("event_type", "told", "meant"),
    [
        ("Send", {}, DeliveryStatus.TAKEN),
        ("DeliveryDelay", {}, DeliveryStatus.TAKEN),
        ("Subscription", {}, DeliveryStatus.TAKEN),
        ("Delivery", {}, DeliveryStatus.DELIVERED),
        ("Open", {}, DeliveryStatus.OPENED),
        ("Click", {}, DeliveryStatus.LINK_OPENED),
        ("Reject", {}, DeliveryStatus.FAILED),
        ("Rendering Failure", {}, DeliveryStatus.FAILED),
        ("Bounce", {}, DeliveryStatus.GONE),
        ("Bounce", {"bounceSubType": "OnAccountSuppressionList"}, DeliveryStatus.GONE),
        (
            "Bounce",
            {"bounceType": "Transient", "bounceSubType": "MailboxFull"},
            DeliveryStatus.SOFT_BOUNCE,
        ),
        (
            "Bounce",
            {"bounceType": "Undetermined", "bounceSubType": "Undetermined"},
            DeliveryStatus.SOFT_BOUNCE,
        ),
        ("Complaint", {}, DeliveryStatus.COMPLAINED),
        ("Complaint", {"complaintFeedbackType": None}, DeliveryStatus.COMPLAINED),
        ("Complaint", {"complaintFeedbackType": "other"}, DeliveryStatus.COMPLAINED),
        ("Complaint", {"complaintFeedbackType": "not-spam"}, DeliveryStatus.TAKEN),
        ("Complaint", {"complaintFeedbackType": "auth-failure"}, DeliveryStatus.TAKEN),
    ],
)
def test_what_ses_says(event_type: str, told: dict[str, Any], meant: DeliveryStatus) -> None:
    assert fate(ses_event(event_type, TAGS, **told)) is meant


def test_every_type_of_ses_is_understood() -> None:
    for event_type in DETAIL_TYPES:
        receipt = read(json.dumps(ses_event(event_type, TAGS)))
        assert receipt.channel is Channel.EMAIL
        assert receipt.tags is not None and receipt.tags.message == TAGS["message"]


def test_every_type_of_sms_that_the_service_knows_is_understood() -> None:
    """botocore's model is the list: a new one is to be decided here."""
    from botocore.loaders import Loader

    model = Loader().load_service_model("pinpoint-sms-voice-v2", "service-2")
    known = {name for name in model["shapes"]["EventType"]["enum"] if name.startswith("TEXT_")} - {
        "TEXT_ALL"
    }
    assert known == set(SMS_FATES)


@pytest.mark.parametrize(
    ("event_type", "told", "meant"),
    [
        ("TEXT_DELIVERED", {}, DeliveryStatus.DELIVERED),
        ("TEXT_SUCCESSFUL", {}, DeliveryStatus.DELIVERED),
        ("TEXT_SUCCESSFUL", {"isFinal": False}, DeliveryStatus.TAKEN),
        ("TEXT_QUEUED", {"isFinal": False}, DeliveryStatus.TAKEN),
        ("TEXT_UNKNOWN", {}, DeliveryStatus.TAKEN),
        ("TEXT_INVALID", {}, DeliveryStatus.GONE),
        ("TEXT_BLOCKED", {}, DeliveryStatus.OPTED_OUT),
        ("TEXT_UNREACHABLE", {}, DeliveryStatus.SOFT_BOUNCE),
        ("TEXT_CARRIER_BLOCKED", {}, DeliveryStatus.FAILED),
        ("TEXT_SPAM", {}, DeliveryStatus.FAILED),
    ],
)
def test_what_end_user_messaging_says(
    event_type: str, told: dict[str, Any], meant: DeliveryStatus
) -> None:
    assert fate(sms_event(event_type, TAGS, **told)) is meant


def test_times_are_those_of_the_provider() -> None:
    later = NOON + timedelta(minutes=7)
    for event in (ses_event("Bounce", TAGS, at=later), sms_event("TEXT_INVALID", TAGS, at=later)):
        receipt = read(json.dumps(event))
        assert (receipt.at, receipt.sent_at) == (later, NOON)


@pytest.mark.parametrize(
    "tags",
    [{}, {"message": TAGS["message"]}, TAGS | {"message": "x"}, TAGS | {"message": "A" * 20}],
)
def test_a_message_of_somebody_else_has_no_tags_of_ours(tags: dict[str, str]) -> None:
    assert read(json.dumps(ses_event("Delivery", tags))).tags is None
    assert read(json.dumps(sms_event("TEXT_DELIVERED", tags))).tags is None


def changed(event: dict[str, Any], *path: str, to: Any = None) -> dict[str, Any]:
    inner = event
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return event


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"source": "aws.ses"},
        {"source": "aws.ses", "detail": "anna@example.com"},
        changed(ses_event("Bounce", TAGS), "detail", "bounce"),
        changed(ses_event("Bounce", TAGS), "detail", "bounce", "bounceType", to="anna@example.com"),
        changed(ses_event("Bounce", TAGS), "detail", "eventType", to="anna@example.com"),
        changed(
            ses_event("Delivery", TAGS),
            "detail",
            "mail",
            "timestamp",
            to="yesterday, anna@example.com",
        ),
        changed(ses_event("Delivery", TAGS), "detail", "mail", "timestamp", to=iso(NOON)[:-1]),
        changed(ses_event("Delivery", TAGS), "detail", "mail", "tags", to=["anna@example.com"]),
        changed(sms_event("TEXT_DELIVERED", TAGS), "eventTimestamp", to="anna@example.com"),
        changed(sms_event("TEXT_DELIVERED", TAGS), "eventTimestamp", to=10**20),
        changed(sms_event("TEXT_DELIVERED", TAGS), "context", to="anna@example.com"),
        sms_event("TEXT_ANNA@EXAMPLE.COM", TAGS),
    ],
    ids=str,
)
def test_what_is_no_event_is_an_error_that_shows_nothing_of_it(event: dict[str, Any]) -> None:
    with pytest.raises(PayloadError) as refused:
        read(json.dumps(event))
    assert "anna" not in str(refused.value).lower() and "ANNA" not in str(refused.value.problems)


@pytest.mark.parametrize("body", ["", "anna@example.com", "[]", '"anna"', "null", "{"])
def test_a_body_that_is_no_json_object_is_an_error(body: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(body)
    assert "anna" not in str(refused.value)
