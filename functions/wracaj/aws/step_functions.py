"""All that talks to Step Functions: starts a cart's timeline, now or, when throttled, through the
retry queue."""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.aws.clients import client
from wracaj.errors import WracajError

THROTTLED = {
    "ThrottlingException",
    "TooManyRequestsException",
    "ExecutionLimitExceeded",
    "ServiceUnavailable",
    "RequestLimitExceeded",
}

ABANDONED_CART = "abandoned_cart"


class ThrottledError(WracajError):
    """Step Functions takes no more starts just now."""


def machine_arn(timeline: str) -> str:
    """The machines of the stack are named after their timelines."""
    return f"{os.environ['WRACAJ_STATE_MACHINE_PREFIX']}{timeline.replace('_', '-')}"


def execution_name(shop: str, cart_id: str, episode: int) -> str:
    """The same cart and episode always give the same name, so that a second start is refused by
    Step Functions, for 90 days after its end. A cart that was forgotten and comes back has other
    numbers: see cart.first_episode()."""
    return hashlib.sha256("\0".join((shop, cart_id, str(episode))).encode()).hexdigest()[:64]


# what a timeline sends, where its file does not say so: a campaign's; nothing personal
Message = Mapping[str, Any] | None


def start(
    shop: str, cart_id: str, episode: int, timeline: str = ABANDONED_CART, message: Message = None
) -> None:
    """Started, or safely queued, when this returns."""
    try:
        start_now(shop, cart_id, episode, timeline, message)
    except ThrottledError:
        told = {"shop": shop, "cart_id": cart_id, "episode": episode, "timeline": timeline}
        body = json.dumps(told | ({"message": message} if message else {}))
        client("sqs").send_message(QueueUrl=os.environ["WRACAJ_START_QUEUE_URL"], MessageBody=body)


def start_now(
    shop: str, cart_id: str, episode: int, timeline: str = ABANDONED_CART, message: Message = None
) -> None:
    """Raises ThrottledError. A timeline that runs already, or ran, is not started again."""
    told = {"shop": shop, "cart_id": cart_id, "episode": episode}
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=machine_arn(timeline),
            name=execution_name(shop, cart_id, episode),
            input=json.dumps(told | ({"message": message} if message else {})),
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in THROTTLED or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise ThrottledError(code) from None
        if code != "ExecutionAlreadyExists":
            raise
    # no answer: it may have started, and a second start of the same name is refused
    except BotoCoreError as error:
        raise ThrottledError(type(error).__name__) from None
