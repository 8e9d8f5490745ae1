"""Drains the queue of what webhooks reported: each is read again from the shop's API, and what the
API says is taken."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from read_again.batch import Batch
from wracaj.aws.observability import metrics
from wracaj.services.announce_audiences import announce
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """What could not be read goes back to the queue."""
    batch = Batch(open_store(), _seconds_left(context))
    try:
        failed = [record["messageId"] for record in event["Records"] if not batch.is_done(record)]
    finally:
        announce(batch.store)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _seconds_left(context: "LambdaContext") -> Callable[[], float]:
    return lambda: context.get_remaining_time_in_millis() / 1000
