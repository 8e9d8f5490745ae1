"""Customers by day: `SHOP#{shop}#DAY#{kind}#{day}#{00..07}` / customer id. How far each list was
searched: `SHOP#{shop}#DAY` / `SEARCHED`.

An entry is written in the transaction that makes it true, and only if it was not true before. So
other writes need no read or write for it, and no entry is ever missing. An entry may be out of
date: the search checks each customer again.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from wracaj.store.table import Change, Item, Table, expiry
from wracaj.timelines.date_triggers import Listed
from wracaj.timelines.occasion import OccasionKind

SHARDS = 8  # of each list, whose customers are all read on one morning


def list_partition(shop: str, listed: Listed, shard: int) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#DAY#{listed.kind}#{listed.day}#{shard:02d}"}


def entry_key(shop: str, listed: Listed, customer_id: str) -> dict[str, str]:
    shard = hashlib.sha256(customer_id.encode()).digest()[0] % SHARDS
    return list_partition(shop, listed, shard) | {"SK": customer_id}


def listing(
    table: Table, shop: str, customer_id: str, before: Collection[Listed], after: Collection[Listed]
) -> list[Item]:
    """Return the actions that add a customer to the lists of new days and remove them from those of
    old days; mostly none."""
    puts = [
        {"Put": table.putting(_entry(shop, listed, customer_id))}
        for listed in after
        if listed not in before
    ]
    old = [entry_key(shop, listed, customer_id) for listed in before if listed not in after]
    return puts + [{"Delete": table.deleting(key)} for key in old]


def _entry(shop: str, listed: Listed, customer_id: str) -> Item:
    """Return the item of an entry. An entry for a single date expires after it."""
    is_date = listed.kind is OccasionKind.POINTS_EXPIRING
    until = expiry(datetime.fromisoformat(listed.day).replace(tzinfo=UTC), 2) if is_date else None
    return entry_key(shop, listed, customer_id) | {"expires_at": until}


class Days:
    def __init__(self, table: Table) -> None:
        self.table = table

    def shards(self, shop: str, listed: Listed) -> list[int]:
        """Return the shards that contain any customer."""
        return [
            shard
            for shard in range(SHARDS)
            if self.table.first(list_partition(shop, listed, shard), 1)
        ]

    def page(self, shop: str, listed: Listed, shard: int, limit: int, after: str = "") -> list[str]:
        """Return the ids of the next customers."""
        return [
            item["SK"]
            for item in self.table.first(list_partition(shop, listed, shard), limit, after or " ")
        ]

    def strike(self, shop: str, listed: Collection[Listed], customer_id: str) -> None:
        for one in listed:
            self.table.delete(entry_key(shop, one, customer_id))

    def searched(self, shop: str) -> dict[OccasionKind, date]:
        item = self.table.get(_searched_key(shop)) or {}
        return {kind: date.fromisoformat(item[kind]) for kind in OccasionKind if kind in item}

    def put_searched(self, shop: str, searched: Mapping[OccasionKind, date]) -> None:
        if searched:
            days = {str(kind): day.isoformat() for kind, day in searched.items()}
            self.table.update(_searched_key(shop), Change().set(**days))


def _searched_key(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#DAY", "SK": "SEARCHED"}
