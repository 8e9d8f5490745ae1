"""Tells audience_sync, through its queue, that somebody joined or left an audience. Nothing
personal: the shop alone."""

import json
import os

from wracaj.aws.clients import client
from wracaj.aws.observability import count, logger
from wracaj.store import Store


def announce(store: Store) -> None:
    """What this process has written to the audience outbox since the last time. Where it cannot be
    said, it stands written down, and goes with the shop's next one."""
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
