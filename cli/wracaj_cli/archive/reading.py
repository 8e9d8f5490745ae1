"""Reads a shop's archive, in the order in which everything was done, each row once."""

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from wracaj.clock import timestamp
from wracaj_cli.archive.source import Source, place_of
from wracaj_cli.shops.target import Target

Line = dict[str, Any]
SECONDS_TO_SETTLE = 30.0


def lines(source: Source, shop: str, since: datetime, until: datetime) -> Iterator[Line]:
    """The rows from `since` to just before `until`, in order. One day is in memory at a time."""
    day, begins, ends = since.astimezone(UTC).date(), timestamp(since), timestamp(until)
    while day.isoformat() <= ends[:10]:
        for line in _lines_of_day(source, shop, day):
            if begins <= line["at"] < ends:
                yield line
        day += timedelta(days=1)


def _lines_of_day(source: Source, shop: str, day: date) -> list[Line]:
    """The rows of a UTC day in order. A row that was written twice comes once."""
    names = [one.name for one in source.objects(shop, day)]
    texts = (gzip.decompress(body).splitlines() for body in source.bodies(names))
    found = {line["id"]: line for some in texts for line in map(orjson.loads, some)}
    return sorted(found.values(), key=lambda line: (line["at"], line["id"]))


def settle(target: Target, seconds: float = SECONDS_TO_SETTLE) -> int:
    """Wait until what was queued is written. Return how many messages are still on their way."""
    url, deadline = place_of(target).queue_url, time.monotonic() + seconds
    while (left := _queued(target, url)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return left


def _queued(target: Target, url: str) -> int:
    kinds = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    answer = target.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(kinds))
    return sum(int(answer["Attributes"][kind]) for kind in kinds)
