"""Sends the joins and leaves of shops' audiences to Meta, many at once, from the queue of
announcements."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from audience_sync.sync import Sync
from wracaj.aws.observability import count, count_unexpected, logger, metrics, place_of
from wracaj.aws.shop_config import load_shop
from wracaj.errors import UnknownShopError
from wracaj.outgoing.meta_audiences import tell
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Announcements of shops that are not finished go back to the queue."""
    announced: dict[str, list[str]] = {}
    for record in event["Records"]:
        announced.setdefault(_shop_of(record), []).append(record["messageId"])
    sync = Sync(open_store().audiences, tell, _seconds_left(context))
    failed = [
        message_id
        for shop, ids in announced.items()
        if not _is_through(sync, shop)
        for message_id in ids
    ]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _shop_of(record: dict[str, Any]) -> str:
    try:
        return str(json.loads(record["body"])["shop"])
    # the message goes to the dead letters, where a person reads it
    except (ValueError, KeyError, TypeError):
        count("QueuedWorkFailed")
        return ""


def _is_through(sync: Sync, shop: str) -> bool:
    try:
        return sync.run(load_shop(shop))
    except Exception as error:
        logger.error(
            "audience syncs failed",
            extra={"shop": shop, "error": type(error).__name__, "where": place_of(error)},
        )
        count_unexpected("QueuedWorkFailed", error, UnknownShopError)
        return False


def _seconds_left(context: "LambdaContext") -> Callable[[], float]:
    return lambda: context.get_remaining_time_in_millis() / 1000
