"""Sorts the archive's lines by cart into shards, in several processes.

A slice is some of the objects. Its process writes a file for each shard, by the hash of the cart,
and says which identifiers it saw in which carts. Carts of one shopper are set aside when their
shards are followed, and followed together afterwards: see places.py.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from wracaj.archive.rows import RowKind
from wracaj_cli.archive.backtest.places import Places, hash_of
from wracaj_cli.archive.backtest.rows import (
    CART_EVENTS,
    SHOPPER_EVENTS,
    Head,
    Row,
    heads_in,
    rows_in,
)
from wracaj_cli.archive.backtest.shopper_rows import ShopperRow, shopper_row
from wracaj_cli.archive.source import Source

try:
    from isal.isal_zlib import decompress
except ImportError:  # there is no wheel of it for each machine
    from zlib import decompress

NUMBER = 8  # bytes that say how many lines a file has
GZIP = 31  # zlib's number for it
DECISION, EVENT, START, STOP = map(
    str, (RowKind.DECISION, RowKind.EVENT, RowKind.START, RowKind.STOP)
)
Carts = dict[str, dict[str, Row]]  # cart → id → row, so that one archived twice stands once


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

    def make_folders(self) -> None:
        for number in range(self.shards):
            for kind in ("shard", "together"):
                (self.folder / f"{kind}-{number}").mkdir()
                (self.folder / f"of-{kind}-{number}").mkdir()

    def sort(self, number: int, objects: Sequence[str]) -> Slice:
        shards = [Lines() for _ in range(self.shards)]
        of_shoppers: list[bytes] = []
        steps: set[bytes] = set()
        links = Links()
        for line, head in self._heads(objects):
            if head.kind == DECISION:
                cart = hash_of(head.cart_id)
                links.add(cart, head.person, None if head.owner == head.person else head.owner)
                if head.timeline == self.timeline:
                    steps.add(bytes(head.step))
            elif head.kind == EVENT and head.type in CART_EVENTS:
                cart, names = hash_of(head.event.cart_id), head.names
                links.add(cart, names.account, names.email, names.phone)
            elif head.kind == START:
                cart = hash_of(head.cart_id)
            else:
                if head.kind == STOP or head.type in SHOPPER_EVENTS:
                    of_shoppers.append(line)
                continue
            shards[cart % self.shards].add(line, cart)
        _write(self.folder / f"shoppers-{number}", of_shoppers)
        for shard, some in enumerate(shards):
            some.write(self.folder / f"shard-{shard}" / str(number))
        rows = len(of_shoppers) + sum(len(some.lines) for some in shards)
        return Slice(rows, frozenset(steps), links.hashed())

    def _heads(self, objects: Sequence[str]) -> Iterator[tuple[bytes, Head]]:
        first, last = self.first, self.last
        for body in self.source.bodies(objects):
            lines = decompress(body, GZIP)
            for line, head in zip(lines.splitlines(), heads_in(lines), strict=True):
                if first <= head.at <= last:
                    yield line, head

    # Reading what was sorted

    def share_out(self, number: int, places: Places) -> None:
        """Write what a slice tells of shoppers for the shards that have their carts."""
        lines: dict[str, list[bytes]] = defaultdict(list)
        file = self.folder / f"shoppers-{number}"
        for line in file.read_bytes().splitlines() if file.exists() else ():
            for place in places.of(shopper_row(line)):
                lines[place].append(line)
        for place, some in lines.items():
            _write(self.folder / f"of-{place}" / str(number), some)

    def shard(self, number: int, joined: Mapping[int, int]) -> Carts:
        """Return the carts of a shard, without those that are followed together with others. They
        are written for later. `joined`: see Places."""
        carts: Carts = {}
        aside: dict[int, list[bytes]] = defaultdict(list)
        for content in _taken(self.folder / f"shard-{number}"):
            lines, its = lines_in(content)
            if joined:
                lines = _part(joined, self.shards, lines, its, aside)
            _gather(rows_in(lines), carts)
        for shard, some in aside.items():
            _write(self.folder / f"together-{shard}" / str(number), some)
        return carts

    def together(self, number: int) -> Carts:
        carts: Carts = {}
        for lines in _taken(self.folder / f"together-{number}"):
            _gather(rows_in(lines), carts)
        return carts

    def of_shoppers(self, place: str) -> list[ShopperRow]:
        """`place`: such as "shard-3" or "together-3"."""
        contents = _taken(self.folder / f"of-{place}")
        rows = (shopper_row(line) for content in contents for line in content.splitlines())
        return [row for row in rows if row]


def _taken(folder: Path) -> Iterator[bytes]:
    """The files of a folder. They are needed once."""
    for file in list(folder.iterdir()):
        content = file.read_bytes()
        file.unlink()
        yield content


def _write(file: Path, lines: Sequence[bytes]) -> None:
    """Write the file, if there is any line."""
    if lines:
        file.write_bytes(b"\n".join(lines))


def _part(
    joined: Mapping[int, int],
    shards: int,
    content: bytes,
    carts: Iterable[int],
    aside: dict[int, list[bytes]],
) -> bytes:
    """Take the lines of joined carts out, and keep them for the shard of all of them."""
    kept = []
    for line, cart in zip(content.splitlines(), carts, strict=True):
        if cart in joined:
            aside[joined[cart] % shards].append(line)
        else:
            kept.append(line)
    return b"\n".join(kept)


def _gather(rows: Iterable[Row], carts: Carts) -> None:
    for row in rows:
        cart = row.cart
        its = carts.get(cart)
        if its is None:
            its = carts[cart] = {}
        its[row.id] = row


class Lines:
    """Lines on their way into one file, behind the hash of the cart of each."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.carts = array("q")

    def add(self, line: bytes, cart: int) -> None:
        self.lines.append(line)
        self.carts.append(cart)

    def write(self, file: Path) -> None:
        """Write the file, if there is any line."""
        if self.lines:
            number = len(self.carts).to_bytes(NUMBER, "big")
            file.write_bytes(number + self.carts.tobytes() + b"\n".join(self.lines))


def lines_in(content: bytes) -> tuple[bytes, "array[int]"]:
    """The lines of such a file, and the hashes."""
    carts = array("q")
    ends = NUMBER + int.from_bytes(content[:NUMBER], "big") * carts.itemsize
    carts.frombytes(content[NUMBER:ends])
    return content[ends:], carts


class Links:
    """Which identifiers were seen in which carts."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._more = array("q")

    def add(self, cart: int, *names: str | None) -> None:
        for name in names:
            if name and self._first.setdefault(name, cart) != cart:
                self._more.extend((hash_of(name), cart))

    def hashed(self) -> "array[int]":
        pairs = ((hash_of(name), cart) for name, cart in self._first.items())
        return array("q", [one for pair in pairs for one in pair]) + self._more


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
