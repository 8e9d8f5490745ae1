"""The entries of long waits, by the hour in which they end: `LONG_WAITS#{hour}#{00..15}` /
`{shop}#{cart_id}#{number}`. What they are for: long_waits.py."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from wracaj.clock import hour_of
from wracaj.store.table import Item, Key, Table, expiry
from wracaj.timelines.long_waits import LongWait
from wracaj.timelines.subject import Subject

SHARDS = 16  # of each hour: at a million waits a day, some 2,600 entries each
KEPT_DAYS = 30  # an entry, after its hour


@dataclass(frozen=True)
class Entry:
    shop: str
    cart_id: str
    number: int

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(item["shop"], item["cart_id"], int(item["number"]))


def hour_partition(hour: datetime, shard: int) -> dict[str, str]:
    return {"PK": f"LONG_WAITS#{hour:%Y-%m-%dT%H}#{shard:02d}"}


def entry_key(shop: str, cart_id: str, wait: LongWait) -> dict[str, str]:
    shard = hashlib.sha256(f"{shop}#{cart_id}".encode()).digest()[0] % SHARDS
    name = f"{shop}#{cart_id}#{wait.number}"
    return hour_partition(hour_of(wait.at), shard) | {"SK": name}


def entry_item(shop: str, cart_id: str, wait: LongWait) -> Item:
    told = {"shop": shop, "cart_id": cart_id, "number": wait.number}
    return entry_key(shop, cart_id, wait) | told | {"expires_at": expiry(wait.at, KEPT_DAYS)}


def is_entry(key: Key) -> bool:
    return key["PK"].startswith("LONG_WAITS#")


def forget_entry(table: Table, subject: Subject) -> None:
    """Remove the entry of the wait that the cart or occasion has."""
    wait = LongWait.model_validate_json(subject.long_wait)
    table.delete(entry_key(subject.shop, subject.cart_id, wait))
