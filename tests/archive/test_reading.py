"""Reading the archive: by UTC day, whatever zone the period is told in, and each row once."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from wracaj.archive.objects import object_name
from wracaj.clock import timestamp
from wracaj_cli.archive.period import PeriodError, period
from wracaj_cli.archive.reading import lines
from wracaj_cli.shops.target import ArchivePlace, Target

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Bucket:
    """S3, as far as reading uses it."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, *moments: datetime) -> None:
        rows = [{"id": f"row-{at:%d-%H}", "at": timestamp(at)} for at in moments]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        name = object_name("kubek", moments[0], f"{len(self.objects)}")
        self.objects[name] = gzip.compress(text.encode())

    def get_object(self, **asked: str) -> dict[str, Any]:
        return {"Body": BytesIO(self.objects[asked["Key"]])}

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, **asked: str) -> Iterator[dict[str, Any]]:
        yield {
            "Contents": [{"Key": name} for name in self.objects if name.startswith(asked["Prefix"])]
        }


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


def ids(bucket: Bucket, since: datetime, until: datetime) -> list[str]:
    place = ArchivePlace("bucket", "keys", "queue", "replay")
    target = SimpleNamespace(client=lambda _: bucket, archive=place)
    return [line["id"] for line in lines(cast(Target, target), "kubek", since, until)]


def test_a_day_of_the_shop_begins_on_the_day_before_by_utc(bucket: Bucket) -> None:
    """The first hour of 24 November in Warsaw is 23 November by UTC."""
    bucket.put(datetime(2026, 11, 23, 22, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC))
    bucket.put(datetime(2026, 11, 24, 1, tzinfo=UTC))
    since, until = period("2026-11-24", "2026-11-24", WARSAW, NOW)
    assert ids(bucket, since, until) == ["row-23-23", "row-24-01"]


def test_a_row_that_was_written_twice_is_read_once_and_in_order(bucket: Bucket) -> None:
    at = datetime(2026, 11, 24, 1, tzinfo=UTC)
    bucket.put(at + timedelta(hours=1), at)
    bucket.put(at)
    assert ids(bucket, at, NOW) == ["row-24-01", "row-24-02"]


def test_a_moment_bounds_a_period_to_the_minute() -> None:
    since, until = period("2026-11-24T14:30", "2026-11-25", WARSAW, NOW)
    assert since == datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    assert until == datetime(2026, 11, 25, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("yesterday", None, "--from: 'yesterday' is no day"),
        ("2026-11-31", None, "--from: '2026-11-31' is no day"),
        ("2026-12-24", None, "is still to come"),
        ("2026-11-24", "2026-11-20", "--to: 2026-11-20 is before --from"),
        ("2026-11-24", "2,5", "--to: '2,5' is no day"),
    ],
)
def test_a_period_that_is_none_is_refused_with_what_to_write(
    begins: str, ends: str | None, said: str
) -> None:
    with pytest.raises(PeriodError, match=said):
        period(begins, ends, WARSAW, NOW)
