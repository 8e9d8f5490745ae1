"""Seals rows and puts them into S3: an object for each shop and day of a batch."""

import gzip
import json
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

from wracaj.activity.hours import counted
from wracaj.archive.objects import object_name
from wracaj.archive.rows import Row
from wracaj.archive.sealing import names_in, names_without_key, sealed
from wracaj.aws.clients import client
from wracaj.aws.observability import count, count_unexpected, logger, place_of
from wracaj.clock import timestamp
from wracaj.store import open_archive_keys, open_store
from wracaj.store.activity import Activities
from wracaj.store.archive_keys import ArchiveKeys


@dataclass(frozen=True)
class Writer:
    keys: ArchiveKeys
    s3: Any
    bucket: str
    activities: Activities

    @classmethod
    def of_this_stack(cls) -> Self:
        return cls(
            open_archive_keys(),
            client("s3"),
            os.environ["WRACAJ_ARCHIVE_BUCKET"],
            Activities(open_store().table),
        )

    def write(self, rows: Iterable[Row]) -> set[str]:
        """Write the rows, and return the ids of those that could not be written."""
        unwritten: set[str] = set()
        for _, same in groupby(sorted(rows, key=place_of_row), key=lambda row: (row.shop, row.day)):
            some = list(same)
            try:
                self._put(some)
            except Exception as error:
                logger.warning(
                    "archive rows not written",
                    extra={"error": type(error).__name__, "where": place_of(error)},
                )
                count_unexpected("QueuedWorkFailed", error)
                unwritten |= {row.id for row in some}
            else:
                self._count(some)
        return unwritten

    def _count(self, rows: Sequence[Row]) -> None:
        """Count what happens in the shop. Best effort: the rows are written."""
        try:
            self.activities.add(rows[0].shop, counted(rows))
        except Exception as error:
            logger.warning(
                "activity not counted",
                extra={"error": type(error).__name__, "where": place_of(error)},
            )
            count_unexpected("QueuedWorkFailed", error)

    def _put(self, rows: Sequence[Row]) -> None:
        """Write rows of one shop and day."""
        shop = rows[0].shop
        known = self.keys.of(shop, sorted(names_in(rows)))
        keys = known | self.keys.make(shop, sorted(names_without_key(rows, known)))
        lines = [
            json.dumps(sealed(row, keys), ensure_ascii=False, separators=(",", ":"), default=str)
            for row in rows
        ]
        self.s3.put_object(
            Bucket=self.bucket,
            Key=object_name(shop, rows[0].at, uuid.uuid4().hex),
            Body=gzip.compress("\n".join([*lines, ""]).encode(), mtime=0),
            ContentType="application/x-ndjson",
            ContentEncoding="gzip",
        )
        count("ArchiveRows", len(rows))


def place_of_row(row: Row) -> tuple[str, str, str]:
    return (row.shop, row.day, timestamp(row.at))
