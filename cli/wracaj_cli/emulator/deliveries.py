"""Delivery events. MiniStack sends no message anywhere and reports no events.

The events of mails are those of SES's mailbox simulator. Every mail arrives, except those to the
simulator's addresses, such as bounce@simulator.amazonses.com.
https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from wracaj_cli.emulator.footing import module, wrap
from wracaj_cli.emulator.timekeeper import Timekeeper

SIMULATOR = "simulator.amazonses.com"
# eventType, detail-type, name of the part, content of the part
Told = tuple[str, str, str, dict[str, Any]]
HARD = {"bounceType": "Permanent", "bounceSubType": "General"}
LISTED = {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}
AWAY = {"bounceType": "Transient", "bounceSubType": "General"}


def events_of_mails(keeper: Timekeeper) -> None:
    """Publish the events of mails. MiniStack keeps the event destinations of a configuration set,
    and publishes nothing to them."""
    ses, events = module("services.ses_v2"), module("services.eventbridge")

    def wrapper(handle: Callable[..., Any]) -> Callable[..., Any]:
        async def publishing(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            response = await handle(method, path, headers, body, query)
            if method == "POST" and path.endswith("/outbound-emails") and response[0] == 200:
                request, message_id = json.loads(body), json.loads(response[2])["MessageId"]
                entries = list(
                    told_of(
                        request,
                        message_id,
                        keeper.now(),
                        published(request.get("ConfigurationSetName")),
                    )
                )
                if entries:
                    events._put_events({"Entries": entries}, allow_aws_source=True)
            return response

        return publishing

    def published(configuration_set: str | None) -> set[str]:
        known = ses._config_sets.get(configuration_set) or {}
        wanted = [
            one
            for one in (known.get("EventDestinations") or {}).values()
            if one.get("EventBridgeDestination")
        ]
        return {name for one in wanted if one.get("Enabled") for name in one["MatchingEventTypes"]}

    wrap(ses, "handle_request", wrapper)


def told_of(
    request: dict[str, Any], message_id: str, now: datetime, published: set[str]
) -> Iterator[dict[str, Any]]:
    """Return entries for PutEvents, limited to the event types that the configuration set
    publishes."""
    to, *_ = request["Destination"]["ToAddresses"]
    at = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z"
    tags = {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])}
    mail = {
        "timestamp": at,
        "messageId": message_id,
        "source": request.get("FromEmailAddress", ""),
        "destination": [to],
        "tags": {"ses:configuration-set": [request.get("ConfigurationSetName")], **tags},
    }
    for event_type, detail_type, name, part in fate_of(to):
        if event_type.upper() in published:
            detail = {"eventType": event_type, "mail": mail, name: {"timestamp": at, **part}}
            yield {"Source": "aws.ses", "DetailType": detail_type, "Detail": json.dumps(detail)}


def fate_of(to: str) -> list[Told]:
    local, _, domain = to.lower().rpartition("@")
    addressee = local.partition("+")[0] if domain == SIMULATOR else ""
    match addressee:
        case "bounce":
            return [_bounce(to, HARD)]
        case "suppressionlist":
            return [_bounce(to, LISTED)]
        case "ooto":
            return [_delivery(to), _bounce(to, AWAY)]
        case "complaint":
            return [_delivery(to), _complaint(to)]
    return [_delivery(to)]


def _delivery(to: str) -> Told:
    return (
        "Delivery",
        "Email Delivered",
        "delivery",
        {"recipients": [to], "processingTimeMillis": 400},
    )


def _bounce(to: str, kind: dict[str, str]) -> Told:
    return (
        "Bounce",
        "Email Bounced",
        "bounce",
        {"bouncedRecipients": [{"emailAddress": to}], "feedbackId": "f", **kind},
    )


def _complaint(to: str) -> Told:
    part = {
        "complainedRecipients": [{"emailAddress": to}],
        "complaintFeedbackType": "abuse",
        "complaintSubType": None,
    }
    return "Complaint", "Email Complaint Received", "complaint", {"feedbackId": "f", **part}
