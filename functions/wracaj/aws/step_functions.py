"""All that talks to Step Functions: starts a cart's timeline, now or, when throttled, through the
retry queue."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.aws.clients import client
from wracaj.aws.observability import logger
from wracaj.errors import WracajError
from wracaj.timelines.table import TIMINGS

if TYPE_CHECKING:
    from wracaj.settings.shop import ShopSettings

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
Timings = Mapping[str, int | float | str]  # a shop's own numbers of one timeline


def start_for(shop: "ShopSettings") -> Callable[..., None]:
    """Starts timelines of this shop: with its own numbers, which a running timeline keeps."""
    return partial(start, own=shop.timings)


def start(
    shop: str,
    cart_id: str,
    episode: int,
    timeline: str = ABANDONED_CART,
    message: Message = None,
    own: Mapping[str, Timings] = MappingProxyType({}),
) -> None:
    """Started, or safely queued, when this returns. `own`: the shop's timings, by timeline."""
    timings = _known(shop, timeline, own.get(timeline, {}))
    try:
        start_now(shop, cart_id, episode, timeline, message, timings)
    except ThrottledError:
        told = {"shop": shop, "cart_id": cart_id, "episode": episode, "timeline": timeline}
        body = json.dumps(told | _more(message, timings))
        client("sqs").send_message(QueueUrl=os.environ["WRACAJ_START_QUEUE_URL"], MessageBody=body)


def start_now(
    shop: str,
    cart_id: str,
    episode: int,
    timeline: str = ABANDONED_CART,
    message: Message = None,
    timings: Timings | None = None,
) -> None:
    """Raises ThrottledError. A timeline that runs already, or ran, is not started again."""
    told = {"shop": shop, "cart_id": cart_id, "episode": episode}
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=machine_arn(timeline),
            name=execution_name(shop, cart_id, episode),
            input=json.dumps(told | _more(message, timings)),
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


def _more(message: Message, timings: Timings | None) -> dict[str, Any]:
    more = {"message": message, "timings": timings}
    return {name: dict(value) for name, value in more.items() if value}


def _known(shop: str, timeline: str, own: Timings) -> dict[str, int | float | str]:
    """Without what an earlier release had: that says nothing any more."""
    names = TIMINGS.get(timeline, ())
    gone = sorted(set(own) - set(names))
    if gone:
        logger.warning(
            "timings that the timeline does not have",
            extra={"shop": shop, "timeline": timeline, "timings": gone},
        )
    return {name: own[name] for name in own if name in names}
