"""Drains the queue of timelines whose start was throttled."""

import json
from typing import TYPE_CHECKING, Any

from wracaj.aws import step_functions
from wracaj.aws.observability import count_unexpected, logger, metrics
from wracaj.aws.step_functions import ThrottledError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """What could not be started goes back to the queue."""
    failed = [record["messageId"] for record in event["Records"] if not _started(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _started(record: dict[str, Any]) -> bool:
    try:
        step_functions.start_now(**json.loads(record["body"]))
    except Exception as error:
        logger.warning(
            "timeline not started",
            extra={"message_id": record["messageId"], "error": type(error).__name__},
        )
        count_unexpected("QueuedWorkFailed", error, ThrottledError)
        return False
    return True
