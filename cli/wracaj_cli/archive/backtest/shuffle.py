"""Sorts the archive's rows by cart into shards, in several processes, and follows each shard.

A slice is some of the objects. Its process writes a file for each shard, by the hash of the cart,
and says which identifiers it saw in which carts. Carts of one shopper are set aside when their
shards are followed, and followed together afterwards: see places.py.
"""

import marshal
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from wracaj_cli.archive.backtest.chunks import Chunks, rows_in
from wracaj_cli.archive.backtest.places import Places, hash_of
from wracaj_cli.archive.backtest.rows import (
    CART,
    CLAIM,
    DECISION,
    OF_SHOPPERS,
    Row,
    rows_of,
)
from wracaj_cli.archive.source import Source

GZIP = 31  # zlib's number for it


class Slice(NamedTuple):
    """What one process found. `links`: hashes of an identifier and a cart with it, in turn."""

    rows: int
    steps: frozenset[bytes]
    links: "array[int]"


@dataclass(frozen=True)
class Shuffle:
    """`first`, `last`: times of the rows that count, as text."""

    source: Source
    timeline: str
    folder: Path
    shards: int
    first: str
    last: str

    # Sorting

    def sort(self, number: int, objects: Sequence[str]) -> Slice:
        shards = [Chunks() for _ in range(self.shards)]
        of_shoppers = Chunks()
        steps: set[bytes] = set()
        links: dict[str, int] = {}
        again = array("Q")
        rows = 0
        for row in rows_of(self._lines(objects), self.timeline, self.first, self.last):
            rows += 1
            if row[0] in OF_SHOPPERS:
                of_shoppers.add(row)
                continue
            cart = hash_of(row[1])
            shards[cart % self.shards].add(row)
            if row[0] == DECISION:
                steps.add(row[4])
            for name in _names(row):
                if links.setdefault(name, cart) != cart:
                    again.extend((hash_of(name), cart))
        of_shoppers.write(self.folder / f"shoppers-{number}")
        for shard, some in enumerate(shards):
            some.write(self.folder / f"shard-{shard}-{number}")
        return Slice(rows, frozenset(steps), array("Q", _flat(links)) + again)

    def _lines(self, objects: Sequence[str]) -> Iterator[bytes]:
        for body in self.source.bodies(objects):
            yield from zlib.decompress(body, GZIP).splitlines()

    # Reading what was sorted

    def share_out(self, places: Places) -> None:
        """Write what tells of shoppers for the shards that have their carts, and which carts belong
        together."""
        (self.folder / "joined").write_bytes(marshal.dumps(places.joined))
        rows: dict[str, Chunks] = defaultdict(Chunks)
        for file in self.folder.glob("shoppers-*"):
            for row in rows_in(file):
                for place in places.of(row):
                    rows[place].add(row)
        for place, some in rows.items():
            some.write(self.folder / f"of-{place}")

    def shard(self, number: int) -> dict[str, list[Row]]:
        """Return the carts of a shard, without those that are followed together with others. They
        are written for later."""
        carts = self._carts(f"shard-{number}-*")
        joined = marshal.loads((self.folder / "joined").read_bytes())  # noqa: S302
        aside: dict[int, Chunks] = defaultdict(Chunks)
        for cart in [one for one in carts if hash_of(one) in joined] if joined else ():
            for row in carts.pop(cart):
                aside[joined[hash_of(cart)] % self.shards].add(row)
        for shard, rows in aside.items():
            rows.write(self.folder / f"together-{shard}-{number}")
        return carts

    def together(self, number: int) -> dict[str, list[Row]]:
        return self._carts(f"together-{number}-*")

    def of_shoppers(self, place: str) -> list[Row]:
        """`place`: such as "shard-3" or "together-3"."""
        file = self.folder / f"of-{place}"
        return list(rows_in(file)) if file.exists() else []

    def _carts(self, pattern: str) -> dict[str, list[Row]]:
        carts: dict[str, list[Row]] = {}
        for file in self.folder.glob(pattern):
            for row in rows_in(file):
                carts.setdefault(row[1], []).append(row)
        return carts


def _names(row: Row) -> Iterable[str]:
    if row[0] == CART:
        names: Iterable[str] = row[7]
        return names
    if row[0] == DECISION:
        return [name for name in (row[11], row[12]) if name]
    return row[4] if row[0] == CLAIM else ()


def _flat(links: dict[str, int]) -> Iterator[int]:
    for name, cart in links.items():
        yield hash_of(name)
        yield cart


def slices_of(objects: Sequence[Any], bytes_each: int) -> list[list[str]]:
    """Divide the objects, in order, into slices of about so many bytes."""
    slices: list[list[str]] = []
    size = bytes_each
    for name, own in objects:
        if size >= bytes_each:
            slices.append([])
            size = 0
        slices[-1].append(name)
        size += own
    return slices
