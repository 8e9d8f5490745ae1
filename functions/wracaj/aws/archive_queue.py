"""Queues rows for the archive: what one invocation noted, as one message.

A webhook is answered 2xx only after its rows are queued. If that fails, the shop sends it again. A
step has perhaps sent its message by then, so a failure never fails the step: its rows wait in this
process for the next invocation.
"""

import base64
import os
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any

from wracaj.archive.rows import Row, queued
from wracaj.aws.clients import client
from wracaj.aws.observability import count, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# SQS takes 1 MiB; a smaller message lets Lambda batch more of them
MOST_BYTES = 200_000
MOST_WAITING = 500
PACKED = "zlib:"
_waiting: list[Row] = []

Handler = Callable[[dict[str, Any], "LambdaContext"], Any]


def note(row: Row) -> None:
    """Keep a row until `flush`. Nothing is kept where there is no archive."""
    if "WRACAJ_ARCHIVE_QUEUE_URL" in os.environ:
        _waiting.append(row)


def flush() -> None:
    """Queue all rows noted since the last time. Raises an error of AWS: then the rows wait for the
    next invocation. Too many are given up."""
    try:
        if _waiting:
            _send(list(_waiting))
    except Exception as error:
        logger.error("archive rows not queued", extra={"error": type(error).__name__})
        count("ArchiveRowsNotQueued", len(_waiting))
        del _waiting[:-MOST_WAITING]
        raise
    _waiting.clear()


def archived(handler: Handler) -> Handler:
    """Queue what an invocation noted, after it. What the invocation came to does not depend on
    it."""

    @wraps(handler)
    def queueing(event: dict[str, Any], context: "LambdaContext") -> Any:
        try:
            return handler(event, context)
        finally:
            with suppress(Exception):  # logged, and tried again after the next one
                flush()

    return queueing


def _send(rows: Sequence[Row]) -> None:
    text = packed(queued(rows))
    if len(text) > MOST_BYTES and len(rows) > 1:
        _send(rows[: len(rows) // 2])
        _send(rows[len(rows) // 2 :])
        return
    client("sqs").send_message(QueueUrl=os.environ["WRACAJ_ARCHIVE_QUEUE_URL"], MessageBody=text)


def packed(text: str) -> str:
    """A long message is compressed: a cart may hold 200 lines."""
    if len(text.encode()) <= MOST_BYTES:
        return text
    return PACKED + base64.b85encode(zlib.compress(text.encode())).decode()


def unpacked(message: str) -> str:
    if not message.startswith(PACKED):
        return message
    return zlib.decompress(base64.b85decode(message.removeprefix(PACKED))).decode()
