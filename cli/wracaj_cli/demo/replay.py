"""Sends every webhook of the shops once more. This must change no balance, no sum of an experiment
and no credit of a message, start no timeline and send no message."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wracaj_cli import local
from wracaj_cli.demo.promises import REPLAYED, Broken
from wracaj_cli.demo.stage import Stage
from wracaj_cli.demo.transport import Answer, Posted, call
from wracaj_cli.shops.post import webhook_url

THREADS = 4
# beginnings of the sort keys of all items that make up a balance
BALANCES = ("ACCOUNT", "POINTS#", "GRANT#")
CREDITS = "CREDITS"
# beginnings of the counters of a message that orders change; the others are of its delivery
CREDITED = ("attributed", "codes_used")
SHOWN = 5


@dataclass(frozen=True)
class Snapshot:
    balances: frozenset[str]
    sums: frozenset[str]  # who is in an experiment, its sums, and what is credited to messages
    timelines: frozenset[str]
    sent: frozenset[str]

    def changes_to(self, after: "Snapshot") -> Iterator[str]:
        """Return the differences between two snapshots, a few of each kind."""
        for name, words in (
            ("balances", "a balance changed"),
            ("sums", "a sum changed"),
            ("timelines", "a timeline started"),
            ("sent", "was sent"),
        ):
            changed = getattr(self, name) ^ getattr(after, name)
            yield from (f"{words}: {one[:300]}" for one in sorted(changed)[:SHOWN])


def replay(stage: Stage) -> list[Broken]:
    before = snapshot(stage)
    answered = post_again(stage.scene.api_url, each_once(stage.scene.posted))
    # by then, everything that the webhooks caused has begun
    local.skip_to(stage.scene.now() + timedelta(minutes=1), stage.home)
    found = [
        f"{one.topic}: {answer.status} instead of {one.status}"
        for one, answer in answered
        if answer.status != one.status
    ]
    return [
        Broken(REPLAYED, "everybody", what)
        for what in (*found, *before.changes_to(snapshot(stage)))
    ]


def each_once(posted: Iterable[Posted]) -> list[Posted]:
    """Return each webhook once, with its last answer. A forged webhook differs from a real one by
    its secret."""
    return list({(one.shop.id, one.topic, one.body, one.secret): one for one in posted}.values())


def post_again(api_url: str, posted: Iterable[Posted]) -> list[tuple[Posted, Answer]]:
    """Send the webhooks again, some at once, in their first order."""

    def post(one: Posted) -> tuple[Posted, Answer]:
        return one, call(
            "POST", webhook_url(api_url, one.shop), one.body, one.signed_anew(datetime.now(UTC))
        )

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(post, posted))


def snapshot(stage: Stage) -> Snapshot:
    sent = (
        f"to {message.to}: {message.subject or message.text} ({message.message_id})"
        for message in stage.outbox.read()
    )
    items = list(_items(stage))
    return Snapshot(
        frozenset(_as_text(item) for item in items if item["SK"]["S"].startswith(BALANCES)),
        frozenset(_as_text(one) for item in items if (one := _sums_of(item))),
        frozenset(_timelines(stage)),
        frozenset(sent),
    )


def _items(stage: Stage) -> Iterator[dict[str, Any]]:
    pages = (
        stage.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=stage.info.table, ConsistentRead=True)
    )
    return (item for page in pages for item in page["Items"])


def _sums_of(item: dict[str, Any]) -> dict[str, Any] | None:
    """Return what must stay of an item: all of an experiment and of an order's credits, and of the
    counters of a message what is credited to it."""
    if "#EXPERIMENT#" in item["PK"]["S"] or item["SK"]["S"] == CREDITS:
        return item
    credited = {name: value for name, value in item.items() if name.startswith(CREDITED)}
    return {"PK": item["PK"], "SK": item["SK"], **credited} if credited else None


def _as_text(item: dict[str, Any]) -> str:
    return json.dumps(item, sort_keys=True)


def _timelines(stage: Stage) -> Iterator[str]:
    pages = stage.client("stepfunctions").get_paginator("list_executions")
    for timeline, machine in stage.info.state_machines.items():
        for page in pages.paginate(stateMachineArn=machine):
            yield from (f"{timeline} {execution['name']}" for execution in page["executions"])
