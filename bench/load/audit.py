"""What must hold when a load test has ended, read from what is stored and what runs."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.load.carts import Cart
from wracaj_cli.shops.target import Target

Key = tuple[str, str]  # shop, cart
MESSAGES = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True)
class Audit:
    carts: int
    once: int
    stored: int
    dead_letters: int
    problems: list[str]  # each names a cart or a queue


def audit(
    target: Target, machines: Iterable[str], carts: Mapping[Key, Cart], untaken: set[Key]
) -> Audit:
    """`untaken`: the carts of which a webhook was never answered 2xx."""
    starts = _starts(target, machines)
    dead = dead_letters(target)
    stored = {key for key, cart in carts.items() if _is_stored(target, key, cart)}
    problems = {
        "a webhook was never answered 2xx": untaken,
        "answered 2xx, but not started": {key for key in carts if not starts[key]} - untaken,
        "started more than once": {key for key in starts if starts[key] > 1},
        "answered 2xx, but its newest content is not stored": carts.keys() - stored - untaken,
        "started, but never reported": starts.keys() - carts.keys(),
    }
    return Audit(
        carts=len(carts),
        once=sum(starts[key] == 1 for key in carts),
        stored=len(stored),
        dead_letters=sum(dead.values()),
        problems=[
            *(f"{cart} of {shop}: {what}" for what in problems for shop, cart in problems[what]),
            *(f"{name}: {count} dead letters" for name, count in dead.items() if count),
        ],
    )


def _is_stored(target: Target, key: Key, cart: Cart) -> bool:
    found = target.store().carts.get(*key)
    items = found.content.items if found else ()
    return any(cart.content in item.title for item in items)


def _starts(target: Target, machines: Iterable[str]) -> Counter[Key]:
    """Count the executions of each (shop, cart), whatever their names are."""
    client = target.client("stepfunctions")
    found: Counter[Key] = Counter()
    for machine in machines:
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=machine)
        for execution in (one for page in pages for one in page["executions"]):
            told = client.describe_execution(executionArn=execution["executionArn"])
            given = json.loads(told["input"])
            found[given["shop"], given["cart_id"]] += 1
    return found


def wait_until_drained(target: Target, patience: float, left: Callable[[int], object]) -> float:
    """Return the seconds until no queue that a function reads has a message. `left` is called with
    the number of messages that remain. Raises TimeoutError."""
    begun = time.monotonic()
    while waiting := {
        name: count for name, count in _messages(target, dead=False).items() if count
    }:
        left(sum(waiting.values()))
        if time.monotonic() > begun + patience:
            raise TimeoutError(f"after {patience:.0f} s there are still messages: {waiting}")
        time.sleep(0.5)
    return time.monotonic() - begun


def dead_letters(target: Target) -> dict[str, int]:
    """Queue → messages, of the queues that others move to what they gave up."""
    return _messages(target, dead=True)


def _messages(target: Target, *, dead: bool) -> dict[str, int]:
    """Count the messages of each queue, those in work included."""
    told = dict(_attributes(target))
    policies = [json.loads(one.get("RedrivePolicy", "{}")) for one in told.values()]
    ends = {policy.get("deadLetterTargetArn") for policy in policies}
    return {
        name: sum(int(one[count]) for count in MESSAGES)
        for name, one in told.items()
        if (one["QueueArn"] in ends) is dead
    }


def _attributes(target: Target) -> Iterator[tuple[str, dict[str, Any]]]:
    client = target.client("sqs")
    for url in client.list_queues()["QueueUrls"]:
        told = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        yield url.rpartition("/")[2], told
