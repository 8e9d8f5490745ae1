"""Writes the archive: many rows at once, from the queue that every function notes them in."""

from typing import TYPE_CHECKING, Any

from archive_writer.writing import Writer
from wracaj.archive.rows import Row, unqueued
from wracaj.aws.archive_queue import unpacked
from wracaj.aws.observability import count, logger, metrics, place_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Return the messages that failed: they go back to the queue. A message whose rows were written
    in part is written again; who reads the archive takes each row once."""
    read = {record["messageId"]: _rows(record) for record in event["Records"]}
    unwritten = Writer.of_this_stack().write([row for rows in read.values() for row in rows or ()])
    failed = [
        message_id
        for message_id, rows in read.items()
        if rows is None or any(row.id in unwritten for row in rows)
    ]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _rows(record: dict[str, Any]) -> list[Row] | None:
    """None: not understood. The message ends in the dead letters, where a person reads it."""
    try:
        return unqueued(unpacked(record["body"]))
    except Exception as error:
        logger.error(
            "archive message not understood",
            extra={"message_id": record["messageId"], "where": place_of(error)},
        )
        count("QueuedWorkFailed")
        return None
