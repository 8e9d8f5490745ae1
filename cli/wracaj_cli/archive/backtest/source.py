"""Where an archive is read from: a deployment's bucket, or a folder with the same names."""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from wracaj.archive.objects import day_prefix
from wracaj_cli.archive.reading import place_of
from wracaj_cli.shops.target import Target


class Stored(NamedTuple):
    name: str
    size: int  # compressed, in bytes


class Source(Protocol):
    def objects(self, shop: str, day: date) -> list[Stored]:
        """The objects with rows of a UTC day."""

    def body(self, name: str) -> bytes:
        """An object's content as it lies there."""

    def settings(self, shop: str) -> dict[str, bytes]:
        """Version → the shop's settings of that version, as JSON."""


@dataclass(frozen=True)
class Bucket:
    target: Target
    _clients: dict[int, Any] = field(default_factory=dict)  # process → its own client

    def objects(self, shop: str, day: date) -> list[Stored]:
        return self._listed(day_prefix(shop, day.isoformat()))

    def body(self, name: str) -> bytes:
        found = self._s3.get_object(Bucket=place_of(self.target).bucket, Key=name)
        content: bytes = found["Body"].read()
        return content

    def settings(self, shop: str) -> dict[str, bytes]:
        found = self._listed(settings_prefix(shop))
        return {version_in(one.name): self.body(one.name) for one in found}

    @property
    def _s3(self) -> Any:
        process = os.getpid()
        if process not in self._clients:
            self._clients[process] = self.target.client("s3")
        return self._clients[process]

    def _listed(self, prefix: str) -> list[Stored]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=place_of(self.target).bucket, Prefix=prefix
        )
        return [
            Stored(found["Key"], found["Size"])
            for page in pages
            for found in page.get("Contents", [])
        ]


@dataclass(frozen=True)
class Folder:
    root: Path

    def objects(self, shop: str, day: date) -> list[Stored]:
        return self._listed(day_prefix(shop, day.isoformat()))

    def body(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def settings(self, shop: str) -> dict[str, bytes]:
        found = self._listed(settings_prefix(shop))
        return {version_in(one.name): self.body(one.name) for one in found}

    def _listed(self, prefix: str) -> list[Stored]:
        folder = self.root / prefix
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        return [Stored(prefix + file.name, file.stat().st_size) for file in files]


def settings_prefix(shop: str) -> str:
    return f"settings/{shop}/"


def version_in(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".json")
