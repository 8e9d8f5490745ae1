"""Queues a shop for audience_sync after somebody joined or left an audience. The queue message
holds only the shop's id, no personal data."""

import json
import os

from wracaj.aws.clients import client
from wracaj.aws.observability import count, logger
from wracaj.store import Store


def announce(store: Store) -> None:
    """Queue every shop whose audience outbox this process wrote to since the last call. If that
    fails, the entries stay in the outbox and are handled with the shop's next message."""
    if not store.table.unannounced:
        return
    for shop in sorted(store.audiences.take_unannounced()):
        try:
            client("sqs").send_message(
                QueueUrl=os.environ["WRACAJ_AUDIENCE_QUEUE_URL"],
                MessageBody=json.dumps({"shop": shop}),
            )
        except Exception as error:
            logger.error(
                "audience sync not queued",
                extra={"shop": shop, "error": type(error).__name__},
            )
            count("AudienceSyncNotQueued")
