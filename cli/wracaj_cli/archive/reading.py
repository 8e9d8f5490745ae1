"""Reads a shop's archive, in the order in which everything was done, each row once."""

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from wracaj.archive.objects import day_prefix, settings_name
from wracaj.aws.shop_config import stored_settings
from wracaj.clock import timestamp
from wracaj.errors import WracajError
from wracaj.settings.shop import ShopSettings
from wracaj_cli.shops.target import ArchivePlace, Target

Line = dict[str, Any]
SECONDS_TO_SETTLE = 30.0


class ArchiveError(WracajError):
    """The archive cannot be read. The text says what to do."""


def place_of(target: Target) -> ArchivePlace:
    """Raises ArchiveError."""
    if target.archive is None:
        raise ArchiveError("this deployment has no archive; deploy a newer version")
    return target.archive


def object_names(target: Target, shop: str, day: date) -> list[str]:
    pages = (
        target.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=place_of(target).bucket, Prefix=day_prefix(shop, day.isoformat()))
    )
    return [found["Key"] for page in pages for found in page.get("Contents", [])]


def lines_of(target: Target, name: str) -> list[Line]:
    body = target.client("s3").get_object(Bucket=place_of(target).bucket, Key=name)["Body"].read()
    return [orjson.loads(line) for line in gzip.decompress(body).splitlines()]


def lines_of_day(target: Target, shop: str, day: date) -> list[Line]:
    """The rows of a UTC day in order. A row that was written twice comes once."""
    found = {
        line["id"]: line
        for name in object_names(target, shop, day)
        for line in lines_of(target, name)
    }
    return sorted(found.values(), key=lambda line: (line["at"], line["id"]))


def settings_of(target: Target, shop: str, version: str) -> ShopSettings | None:
    """The settings that a version stands for. None: they were put before there was an archive."""
    s3 = target.client("s3")
    try:
        found = s3.get_object(Bucket=place_of(target).bucket, Key=settings_name(shop, version))
    except s3.exceptions.NoSuchKey:
        return None
    return stored_settings(found["Body"].read().decode())


def lines(target: Target, shop: str, since: datetime, until: datetime) -> Iterator[Line]:
    """The rows from `since` to just before `until`, in order."""
    day, begins, ends = since.astimezone(UTC).date(), timestamp(since), timestamp(until)
    while day.isoformat() <= ends[:10]:
        for line in lines_of_day(target, shop, day):
            if begins <= line["at"] < ends:
                yield line
        day += timedelta(days=1)


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
