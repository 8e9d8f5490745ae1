"""Delivery events of sent messages: mail events of SES and SMS receipts, from one queue."""

import json
from typing import TYPE_CHECKING, Any

from delivery_events import ses, sms
from delivery_events.event import DeliveryEvent
from delivery_events.processing import DeliveryEventProcessor, Processed
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import (
    count,
    count_unexpected,
    follow,
    logger,
    metrics,
    place_of,
)
from wracaj.errors import PayloadError
from wracaj.services.announce_audiences import announce
from wracaj.store import open_store
from wracaj.store.delivery_events import Mark

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Other events are in the report. A CloudWatch metric costs as much a month as 250,000 events.
COUNTED: dict[Mark | None, str] = {"bounced": "MessageBounced", "complained": "MessageComplained"}


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Return the messages that failed: they go back to the queue, and in the end to the dead
    letters."""
    failed = [record["messageId"] for record in event["Records"] if not _heard(record)]
    announce(open_store())
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _heard(record: dict[str, Any]) -> bool:
    follow(None)
    try:
        receipt = read(record["body"])
        heard = DeliveryEventProcessor(open_store()).process(receipt)
    except PayloadError as error:  # its text has the fields' names, never their values
        logger.error(
            "delivery event not understood",
            extra={"message_id": record["messageId"], "problems": error.problems},
        )
        count("QueuedWorkFailed")
        return False
    except Exception as error:
        told = {
            "message_id": record["messageId"],
            "error": type(error).__name__,
            "at": place_of(error),
        }
        logger.warning("delivery event not worked on", extra=told)
        count_unexpected("QueuedWorkFailed", error)
        return False
    if (
        metric := "DeliveryEventIgnored"
        if heard is Processed.IGNORED
        else COUNTED.get(receipt.fate.mark)
    ):
        count(metric)
    return True


def read(body: str) -> DeliveryEvent:
    """Raises PayloadError."""
    try:
        told = json.loads(body)
    except ValueError:
        raise PayloadError([("body", "is no JSON")]) from None
    if not isinstance(told, dict):
        raise PayloadError([("body", "is no object")])
    return ses.read(told) if told.get("source") == "aws.ses" else sms.read(told)
