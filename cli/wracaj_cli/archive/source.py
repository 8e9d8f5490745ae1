"""Where an archive is read from: a deployment's bucket, or a folder with the same names."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from wracaj.archive.objects import day_prefix, settings_prefix
from wracaj.errors import WracajError
from wracaj_cli.shops.target import ArchivePlace, Target

MOST_DELETES = 1000  # in one request of S3
AHEAD = 16  # objects that are fetched at once


class ArchiveError(WracajError):
    """The archive cannot be read. The text says what to do."""


def place_of(target: Target) -> ArchivePlace:
    """Raises ArchiveError."""
    if target.archive is None:
        raise ArchiveError("this deployment has no archive; deploy a newer version")
    return target.archive


class Stored(NamedTuple):
    name: str
    size: int  # compressed, in bytes


class Source(Protocol):
    def objects(self, shop: str, day: date) -> list[Stored]:
        """The objects with rows of a UTC day."""

    def bodies(self, names: Sequence[str]) -> Iterable[bytes]:
        """The content of objects, as it lies there."""

    def settings(self, shop: str) -> dict[str, bytes]:
        """Version → the shop's settings of that version, as JSON."""


@dataclass(frozen=True)
class Bucket:
    target: Target
    _clients: dict[int, Any] = field(default_factory=dict)  # process → its own client

    def objects(self, shop: str, day: date) -> list[Stored]:
        return self.under(day_prefix(shop, day.isoformat()))

    def bodies(self, names: Sequence[str]) -> Iterator[bytes]:
        """Several are fetched at once: each takes its time to come."""
        with ThreadPoolExecutor(AHEAD) as fetching:
            for start in range(0, len(names), AHEAD):
                yield from fetching.map(self._body, names[start : start + AHEAD])

    def _body(self, name: str) -> bytes:
        found = self._s3.get_object(Bucket=place_of(self.target).bucket, Key=name)
        content: bytes = found["Body"].read()
        return content

    def settings(self, shop: str) -> dict[str, bytes]:
        return _settings(self, [one.name for one in self.under(settings_prefix(shop))])

    @property
    def _s3(self) -> Any:
        process = os.getpid()
        if process not in self._clients:
            self._clients[process] = self.target.client("s3")
        return self._clients[process]

    def under(self, prefix: str) -> list[Stored]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=place_of(self.target).bucket, Prefix=prefix
        )
        return [
            Stored(found["Key"], found["Size"])
            for page in pages
            for found in page.get("Contents", [])
        ]

    def delete(self, stored: Sequence[Stored]) -> None:
        for start in range(0, len(stored), MOST_DELETES):
            some = [{"Key": one.name} for one in stored[start : start + MOST_DELETES]]
            self._s3.delete_objects(
                Bucket=place_of(self.target).bucket, Delete={"Objects": some, "Quiet": True}
            )


@dataclass(frozen=True)
class Folder:
    root: Path

    def objects(self, shop: str, day: date) -> list[Stored]:
        return self.under(day_prefix(shop, day.isoformat()))

    def bodies(self, names: Sequence[str]) -> Iterator[bytes]:
        for name in names:
            with open(f"{self.root}/{name}", "rb") as file:  # noqa: PTH123
                yield file.read()

    def settings(self, shop: str) -> dict[str, bytes]:
        return _settings(self, [one.name for one in self.under(settings_prefix(shop))])

    def under(self, prefix: str) -> list[Stored]:
        folder = self.root / prefix
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        return [Stored(prefix + file.name, file.stat().st_size) for file in files]


def _settings(source: Source, names: Sequence[str]) -> dict[str, bytes]:
    return dict(zip(map(version_in, names), source.bodies(names), strict=True))


def version_in(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".json")
