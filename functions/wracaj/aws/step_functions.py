"""Starts timelines in Step Functions. A throttled start goes through the retry queue."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.archive.rows import start_row
from wracaj.aws.archive_queue import note
from wracaj.aws.clients import client
from wracaj.aws.observability import follow, logger
from wracaj.clock import now
from wracaj.errors import UnavailableError, WracajError
from wracaj.timelines.table import TIMINGS

if TYPE_CHECKING:
    from wracaj.settings.shop import ShopSettings
    from wracaj.timelines.long_waits import LongWait

THROTTLED = {
    "ThrottlingException",
    "TooManyRequestsException",
    "ExecutionLimitExceeded",
    "ServiceUnavailable",
    "RequestLimitExceeded",
}

ABANDONED_CART = "abandoned_cart"
MOST_MESSAGES = 10  # in one SendMessageBatch


class ThrottledError(WracajError):
    """Step Functions accepts no more starts for now."""


def machine_arn(timeline: str) -> str:
    """Return the ARN of a timeline's state machine, which is named after the timeline."""
    return f"{os.environ['WRACAJ_STATE_MACHINE_PREFIX']}{timeline.replace('_', '-')}"


def started_arn(timeline: str) -> str:
    """Return what a start names: the machine's alias, which a deploy moves to the new version. The
    start is authorised on the machine's own ARN, and the execution belongs to the machine all the
    same. The emulator knows no such alias."""
    alias = os.environ.get("WRACAJ_STATE_MACHINE_ALIAS")
    return ":".join(filter(None, (machine_arn(timeline), alias)))


def execution_name(shop: str, cart_id: str, episode: int, part: int = 1) -> str:
    """Return the execution's name: 64 hex digits, the same for the same cart, episode and part.
    Step Functions refuses a second execution of the same name until 90 days after the first one
    ended. A cart whose record was deleted and which is reported again gets other episode numbers:
    see cart.first_episode(). An episode has a second part after a long wait that was moved out."""
    parts = (shop, cart_id, str(episode), *([str(part)] if part > 1 else []))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:64]


# the message of a timeline whose file contains none, such as a campaign; no personal data
Message = Mapping[str, Any] | None
Timings = Mapping[str, int | float | str]  # a shop's own timings for one timeline
# how a timeline goes on after a long wait: see LongWait.resume
Resume = Mapping[str, Any] | None
Start = Callable[..., None]  # as `start`, with a shop's own timings given


def follow_step(shop: str, cart_id: str, episode: int, part: int) -> None:
    """Name the timeline in the further log lines, and the execution that this part of it is."""
    name = execution_name(shop, cart_id, episode, part) if part > 1 else None
    follow(execution_name(shop, cart_id, episode), name)


def start_for(shop: "ShopSettings") -> Start:
    """Return a function that starts timelines with this shop's own timings. A running timeline
    keeps the timings it started with."""

    def start_with_own(*what: Any, **more: Any) -> None:
        from wracaj.experiments.arms import timings_to_start_with  # most events start nothing

        own: Mapping[str, Timings] = timings_to_start_with(shop, now())
        start(*what, **{"own": own, **more})

    return start_with_own


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
    timings = known_timings(shop, timeline, own.get(timeline, {}))
    note(start_row(shop, cart_id, episode, timeline, timings, now()))
    try:
        start_now(shop, cart_id, episode, timeline, message, timings)
    except ThrottledError:
        told = {"shop": shop, "cart_id": cart_id, "episode": episode, "timeline": timeline}
        body = json.dumps(told | _more(message, timings))
        _log("timeline waits to be started", shop, timeline, execution_name(shop, cart_id, episode))
        client("sqs").send_message(QueueUrl=os.environ["WRACAJ_START_QUEUE_URL"], MessageBody=body)


def start_now(
    shop: str,
    cart_id: str,
    episode: int,
    timeline: str = ABANDONED_CART,
    message: Message = None,
    timings: Timings | None = None,
    resume: Resume = None,
) -> None:
    """Start a timeline, or let it go on after a long wait. One that runs or has run is not started
    again. Raises ThrottledError."""
    told = {"shop": shop, "cart_id": cart_id, "episode": episode}
    name = execution_name(shop, cart_id, episode, resume["part"] if resume else 1)
    goes_on = {"resume": _from_now(resume)} if resume else {}
    try:
        # once: a throttled start is queued, which is quicker than to wait for a token here
        client("stepfunctions", once=True).start_execution(
            stateMachineArn=started_arn(timeline),
            name=name,
            input=json.dumps(told | _more(message, timings) | goes_on),
        )
        first = execution_name(shop, cart_id, episode)
        part = {"part_execution": name} if name != first else {}
        _log("timeline started", shop, timeline, first, **part)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in THROTTLED or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise ThrottledError(code) from None
        if code != "ExecutionAlreadyExists":
            raise
    # no answer: it may have started; a second start is safe, as the same name is refused
    except BotoCoreError as error:
        raise ThrottledError(type(error).__name__) from None


def _from_now(resume: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to go on, with what is left of the wait: the start may have been queued."""
    left = datetime.fromisoformat(resume["at"]) - now()
    told = {name: value for name, value in resume.items() if name != "at"}
    return told | {"wait_seconds": max(1, round(left.total_seconds()))}


def _log(what: str, shop: str, timeline: str, execution: str, **more: str) -> None:
    logger.info(what, extra={"shop": shop, "timeline": timeline, "execution": execution} | more)


def _more(message: Message, timings: Timings | None) -> dict[str, Any]:
    more = {"message": message, "timings": timings}
    return {name: dict(value) for name, value in more.items() if value}


def known_timings(shop: str, timeline: str, own: Timings) -> dict[str, int | float | str]:
    """Drop timings that the timeline no longer has, such as those of an earlier release."""
    names = TIMINGS.get(timeline, ())
    gone = sorted(set(own) - set(names))
    if gone:
        logger.warning(
            "timings that the timeline does not have",
            extra={"shop": shop, "timeline": timeline, "timings": gone},
        )
    return {name: own[name] for name in own if name in names}


def resume_later(waits: "Sequence[tuple[str, str, LongWait]]") -> None:
    """Queue what goes on after its long wait: shop, cart and wait. The queue drains no faster than
    Step Functions takes it, and a start that comes twice is refused. Raises UnavailableError if a
    message was not queued."""
    for start in range(0, len(waits), MOST_MESSAGES):
        told = [_resuming(*one) for one in waits[start : start + MOST_MESSAGES]]
        entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(told)]
        answer = client("sqs").send_message_batch(
            QueueUrl=os.environ["WRACAJ_START_QUEUE_URL"], Entries=entries
        )
        if failed := answer.get("Failed"):
            raise UnavailableError(f"SendMessageBatch: {len(failed)} of {len(told)} not queued")


def _resuming(shop: str, cart_id: str, wait: "LongWait") -> str:
    told = {"shop": shop, "cart_id": cart_id, "episode": wait.episode, "timeline": wait.timeline}
    return json.dumps(told | {"timings": wait.timings, "resume": wait.resume})


def state_of_run(shop: str, cart_id: str, episode: int, timeline: str, part: int = 1) -> str | None:
    """Return the state of an execution, such as "RUNNING". None: there is none of this name."""
    executions = machine_arn(timeline).replace(":stateMachine:", ":execution:")
    machines = client("stepfunctions")
    try:
        found = machines.describe_execution(
            executionArn=f"{executions}:{execution_name(shop, cart_id, episode, part)}"
        )
    except machines.exceptions.ExecutionDoesNotExist:
        return None
    return str(found["status"])
