"""Starts timelines in Step Functions. A throttled start goes through the retry queue."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.archive.rows import start_row
from wracaj.aws.archive_queue import note
from wracaj.aws.clients import client
from wracaj.aws.observability import logger
from wracaj.clock import now
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
    """Step Functions accepts no more starts for now."""


def machine_arn(timeline: str) -> str:
    """Return the ARN of a timeline's state machine, which is named after the timeline."""
    return f"{os.environ['WRACAJ_STATE_MACHINE_PREFIX']}{timeline.replace('_', '-')}"


def execution_name(shop: str, cart_id: str, episode: int) -> str:
    """Return the execution's name: 64 hex digits, the same for the same cart and episode. Step
    Functions refuses a second execution of the same name until 90 days after the first one ended. A
    cart whose record was deleted and which is reported again gets other episode numbers: see
    cart.first_episode()."""
    return hashlib.sha256("\0".join((shop, cart_id, str(episode))).encode()).hexdigest()[:64]


# the message of a timeline whose file contains none, such as a campaign; no personal data
Message = Mapping[str, Any] | None
Timings = Mapping[str, int | float | str]  # a shop's own timings for one timeline


def start_for(shop: "ShopSettings") -> Callable[..., None]:
    """Return a function that starts timelines with this shop's own timings. A running timeline
    keeps the timings it started with."""
    from wracaj.experiments.arms import timings_to_start_with  # whoever drains starts has no shop

    return partial(start, own=timings_to_start_with(shop, now()))


def start(
    shop: str,
    cart_id: str,
    episode: int,
    timeline: str = ABANDONED_CART,
    message: Message = None,
    own: Mapping[str, Timings] = MappingProxyType({}),
) -> None:
    """Start a timeline, or queue the start when throttled. `own`: the shop's own timings by
    timeline."""
    timings = _known(shop, timeline, own.get(timeline, {}))
    note(start_row(shop, cart_id, episode, timeline, timings, now()))
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
    """Start a timeline. One that runs or has run is not started again. Raises ThrottledError."""
    told = {"shop": shop, "cart_id": cart_id, "episode": episode}
    try:
        # once: a throttled start is queued, which is quicker than to wait for a token here
        client("stepfunctions", once=True).start_execution(
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
    # no answer: it may have started; a second start is safe, as the same name is refused
    except BotoCoreError as error:
        raise ThrottledError(type(error).__name__) from None


def _more(message: Message, timings: Timings | None) -> dict[str, Any]:
    more = {"message": message, "timings": timings}
    return {name: dict(value) for name, value in more.items() if value}


def _known(shop: str, timeline: str, own: Timings) -> dict[str, int | float | str]:
    """Drop timings that the timeline no longer has, such as those of an earlier release."""
    names = TIMINGS.get(timeline, ())
    gone = sorted(set(own) - set(names))
    if gone:
        logger.warning(
            "timings that the timeline does not have",
            extra={"shop": shop, "timeline": timeline, "timings": gone},
        )
    return {name: own[name] for name in own if name in names}


def state_of_run(shop: str, cart_id: str, episode: int, timeline: str) -> str | None:
    """Return the state of an execution, such as "RUNNING". None: there is none of this name."""
    executions = machine_arn(timeline).replace(":stateMachine:", ":execution:")
    machines = client("stepfunctions")
    try:
        found = machines.describe_execution(
            executionArn=f"{executions}:{execution_name(shop, cart_id, episode)}"
        )
    except machines.exceptions.ExecutionDoesNotExist:
        return None
    return str(found["status"])
