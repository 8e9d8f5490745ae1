"""What the nightly scoring reads and stores.

index `accounts`, `SHOP#{shop}#ACCOUNTS#{shard}`: every shopper once, with their scores
`SHOP#{shop}#RFM#{at}` / `COUNT#{first}#{page}`: how many have each value, on one page
`SHOP#{shop}#RFM#{at}` / `RUN#{axis}#{first}#{chunk}`: the same for a stretch, in order of values
`SHOP#{shop}#RFM#{at}` / `SCORED#{first}#{page}`: the moves between segments, on one page
`SHOP#{shop}#RFM` / `NIGHT#{at}`: the result of a night

A stretch is a row of shards, identified by the first one. The results of a page have its number in
the key, so a repeated page overwrites its earlier results.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from wracaj.clock import timestamp
from wracaj.loyalty.ledger import Account
from wracaj.segments.quintiles import Tally
from wracaj.segments.rfm import AXES, Move, Night, Rfm
from wracaj.store.accounts import known_from
from wracaj.store.customer_keys import ACCOUNT_SHARDS, account_key, shard_name
from wracaj.store.table import Change, ConditionFailedError, Item, Table, dump, expiry

# per item; each has 22 bytes at most, which keeps the item under DynamoDB's limit of 400 KB
MOST_TALLIES = 15_000
PARTS_DAYS = 15  # a failed execution can be redriven for 14
NIGHT_DAYS = 400

Tallies = tuple[list[Tally], ...]  # by axis


class Scored(NamedTuple):
    shard: int
    customer_id: str  # of the account that the index lists
    account: Account  # the sum of it and the accounts merged into it
    rfm: Rfm | None
    stored: str | None  # the scores as stored on that account


class Scoring:
    def __init__(self, table: Table) -> None:
        self.table = table

    def shoppers(
        self, shop: str, shards: range, after: str = "", limit: int | None = None
    ) -> Iterator[Scored]:
        """Yield shoppers while they are read, so that not all are in memory at once. `after`: a
        customer id in the first of the shards."""
        left = limit
        for shard in shards:
            for items in self._listed(shop, shard, after, left):
                absorbed = [
                    account_key(shop, id_)
                    for item in items
                    for id_ in sorted(item.get("absorbed", ()))
                ]
                others = {item["PK"]: item for item in self.table.get_many(absorbed)}
                yield from (_shopper(shop, shard, item, others) for item in items)
                left = None if left is None else left - len(items)
            if left == 0:
                return
            after = ""

    def _listed(self, shop: str, shard: int, after: str, limit: int | None) -> Iterator[list[Item]]:
        name = {"account_shard": shard_name(shop, shard)}
        start = account_key(shop, after) | name if after else None
        return self.table.pages(name, index="accounts", after=start, limit=limit)

    def everybody(self, shop: str) -> Iterator[Scored]:
        return self.shoppers(shop, range(ACCOUNT_SHARDS))

    def put_scores(self, shop: str, shopper: Scored, rfm: Rfm | None) -> None:
        """Store the scores, unless the shopper was erased, merged into another, or scored by
        another process since they were read."""
        change = Change().set(rfm=dump(rfm) if rfm else None).only_if_present("account_shard")
        change = (
            change.only_if_absent("rfm")
            if shopper.stored is None
            else change.only_if(rfm=shopper.stored)
        )
        try:
            self.table.update(account_key(shop, shopper.customer_id), change)
        except ConditionFailedError:
            return

    def put_count(self, shop: str, at: datetime, first: int, page: int, tallies: Tallies) -> None:
        axes = {axis: _packed(counted) for axis, counted in zip(AXES, tallies, strict=True)}
        self.table.put(self._part(shop, at, f"COUNT#{first:02d}#{page:06d}") | axes)

    def counts(self, shop: str, at: datetime, first: int) -> Iterator[Tallies]:
        for item in self._parts(shop, at, f"COUNT#{first:02d}#"):
            yield tuple(list(_unpacked(item[axis])) for axis in AXES)

    def put_run(
        self, shop: str, at: datetime, first: int, axis: str, tallies: Iterable[Tally]
    ) -> None:
        """Store the tallies in items of bounded size."""
        left, chunk = iter(tallies), 0
        while some := list(islice(left, MOST_TALLIES)):
            item = self._part(shop, at, f"RUN#{axis}#{first:02d}#{chunk:06d}")
            self.table.put(item | {"tallies": _packed(some)})
            chunk += 1

    def run(self, shop: str, at: datetime, first: int, axis: str) -> Iterator[Tally]:
        for item in self._parts(shop, at, f"RUN#{axis}#{first:02d}#"):
            yield from _unpacked(item["tallies"])

    def put_scored(
        self, shop: str, at: datetime, first: int, page: int, moves: Iterable[Move]
    ) -> None:
        self.table.put(
            self._part(shop, at, f"SCORED#{first:02d}#{page:06d}")
            | {"moves": [dump(move) for move in moves]}
        )

    def scored(self, shop: str, at: datetime) -> Iterator[Move]:
        for item in self._parts(shop, at, "SCORED#"):
            yield from (Move.model_validate_json(move) for move in item["moves"])

    def put_night(self, shop: str, night: Night) -> None:
        key = {"PK": f"SHOP#{shop}#RFM", "SK": f"NIGHT#{timestamp(night.at)}"}
        self.table.put(key | {"night": dump(night), "expires_at": expiry(night.at, NIGHT_DAYS)})

    def last_nights(self, shop: str, limit: int) -> list[Night]:
        """Return the results of the last nights, the latest first."""
        return [
            Night.model_validate_json(item["night"])
            for item in self.table.last({"PK": f"SHOP#{shop}#RFM"}, "NIGHT#", limit)
        ]

    def _part(self, shop: str, at: datetime, name: str) -> Item:
        return {
            "PK": f"SHOP#{shop}#RFM#{timestamp(at)}",
            "SK": name,
            "expires_at": expiry(at, PARTS_DAYS),
        }

    def _parts(self, shop: str, at: datetime, begins: str) -> Iterator[Item]:
        for page in self.table.pages({"PK": f"SHOP#{shop}#RFM#{timestamp(at)}"}, begins=begins):
            yield from page


def _shopper(shop: str, shard: int, item: Item, others: dict[str, Item]) -> Scored:
    belonging = [
        others[pk]
        for id_ in item.get("absorbed", ())
        if (pk := account_key(shop, id_)["PK"]) in others
    ]
    known = known_from([item, *belonging])
    return Scored(shard, item["PK"].rpartition("#")[2], known.account, known.rfm, item.get("rfm"))


def _packed(tallies: Iterable[Tally]) -> str:
    return json.dumps(list(tallies), separators=(",", ":"))


def _unpacked(text: str) -> Iterator[Tally]:
    yield from map(tuple, json.loads(text))
