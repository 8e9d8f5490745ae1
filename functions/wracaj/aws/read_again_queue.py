"""Queues what a webhook reported and the shop's API must confirm.

The webhook is answered 2xx once its message is queued. Whether the shop would send it again after
another answer is not known; the queue tries again for a day.
"""

import json
import os
from typing import NamedTuple

from wracaj.aws.clients import client

LONGEST_WAIT_SECONDS = 900
SHORTEST_WAIT_SECONDS = 15


class Queued(NamedTuple):
    shop: str
    kind: str
    id: str
    topic: str
    at: str  # when the webhook came, in virtual time
    meanwhile: str = ""  # JSON of the event that stops messages while the API gives no answer


def read_later(queued: Queued) -> None:
    body = queued._asdict()
    client("sqs").send_message(
        QueueUrl=os.environ["WRACAJ_READ_AGAIN_QUEUE_URL"], MessageBody=json.dumps(body)
    )


def wait_seconds(times: int, wished: int | None = None) -> int:
    """How long a message rests that was received so many times: as long as the shop asks, or longer
    each time."""
    grown = SHORTEST_WAIT_SECONDS << min(times - 1, 10)
    return min(LONGEST_WAIT_SECONDS, max(grown, wished or 0))


def try_again_later(receipt_handle: str, seconds: int) -> None:
    client("sqs").change_message_visibility(
        QueueUrl=os.environ["WRACAJ_READ_AGAIN_QUEUE_URL"],
        ReceiptHandle=receipt_handle,
        VisibilityTimeout=seconds,
    )
