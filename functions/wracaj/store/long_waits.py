"""Long waits that were moved out of Step Functions (timelines/long_waits.py).

The wait itself is an attribute of its cart or occasion. Beside it, an entry by the hour in which it
ends, so that the sweep finds it: `LONG_WAITS#{hour}#{00..15}` / `{shop}#{cart_id}#{number}`. Both
are written in one transaction. An entry may be out of date; then the cart has another wait, or
none. How far the hours were swept: `LONG_WAITS` / `SWEPT`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wracaj.clock import now
from wracaj.store.carts import cart_key
from wracaj.store.table import Change, Item, PreconditionError, Table, expiry
from wracaj.timelines.long_waits import LongWait
from wracaj.timelines.subject import Subject

SHARDS = 16  # of each hour: at a million waits a day, some 2,600 entries each
KEPT_DAYS = 30  # an entry, after its hour
SWEPT = {"PK": "LONG_WAITS", "SK": "SWEPT"}


@dataclass(frozen=True)
class Entry:
    shop: str
    cart_id: str
    number: int


@dataclass(frozen=True)
class Swept:
    """All shards of all hours before `hour`, and of `hour` those before `shard`."""

    hour: datetime
    shard: int = 0


def hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_partition(hour: datetime, shard: int) -> dict[str, str]:
    return {"PK": f"LONG_WAITS#{hour:%Y-%m-%dT%H}#{shard:02d}"}


def entry_key(shop: str, cart_id: str, wait: LongWait) -> dict[str, str]:
    shard = hashlib.sha256(f"{shop}#{cart_id}".encode()).digest()[0] % SHARDS
    name = f"{shop}#{cart_id}#{wait.number}"
    return hour_partition(hour_of(wait.at), shard) | {"SK": name}


class LongWaits:
    def __init__(self, table: Table) -> None:
        self.table = table
        self._has_begun = False

    def _begin(self) -> None:
        """Note from when on hours are to be swept, before the first wait is kept. Until then a
        sweep costs one read. Each process does it once."""
        if not self._has_begun:
            self.table.put_once(_swept_item(Swept(hour_of(now()))))
            self._has_begun = True

    def put(self, shop: str, cart_id: str, wait: LongWait) -> LongWait | None:
        """Keep a wait as a date, and return it. If the same wait is kept already, or the timeline
        went on since, return what is kept. None: the cart is gone."""
        self._begin()
        change = Change().set(long_wait=wait.model_dump_json(), long_wait_number=wait.number)
        change.only_if_below(long_wait_number=wait.number)
        return wait if self._write(shop, cart_id, wait, change) else self._kept(shop, cart_id, wait)

    def _write(self, shop: str, cart_id: str, wait: LongWait, change: Change) -> bool:
        """Write the wait and its entry, or neither. Return False if the change is refused, or the
        cart is gone."""
        change.only_if_present("cart_id").only_if_absent("erased")
        entry = entry_key(shop, cart_id, wait) | {
            "shop": shop,
            "cart_id": cart_id,
            "number": wait.number,
            "expires_at": expiry(wait.at, KEPT_DAYS),
        }
        try:
            self.table.transact(
                [
                    {"Update": self.table.updating(cart_key(shop, cart_id), change)},
                    {"Put": self.table.putting(entry)},
                ]
            )
        except PreconditionError:
            return False
        return True

    def restore(self, shop: str, cart_id: str, wait: LongWait) -> bool:
        """Keep a wait of which a backup of the table knows nothing, or another date. Return False
        if the cart is gone, or the timeline went on since."""
        self._begin()
        change = Change().set(long_wait=wait.model_dump_json(), long_wait_number=wait.number)
        change.only_if_below(long_wait_number=wait.number + 1)
        return self._write(shop, cart_id, wait, change)

    def _kept(self, shop: str, cart_id: str, wait: LongWait) -> LongWait | None:
        """Return the wait that a try before this one kept, or a later one."""
        item = self.table.get(cart_key(shop, cart_id)) or {}
        if "erased" in item or int(item.get("long_wait_number", 0)) < wait.number:
            return None
        return LongWait.model_validate_json(item["long_wait"])

    def forget(self, subject: Subject) -> None:
        """Remove the entry of the wait that the cart or occasion has, if any."""
        if subject.long_wait:
            wait = LongWait.model_validate_json(subject.long_wait)
            self.table.delete(entry_key(subject.shop, subject.cart_id, wait))

    def entries(self, hour: datetime, shard: int) -> Iterator[list[Entry]]:
        """Yield the entries of an hour, in pages."""
        for page in self.table.pages(hour_partition(hour, shard)):
            yield [Entry(one["shop"], one["cart_id"], int(one["number"])) for one in page]

    def waits(self, entries: Sequence[Entry]) -> list[tuple[Entry, LongWait]]:
        """Return the waits of these entries that still hold: the cart is not erased, its timeline
        has not ended, and it has no later wait."""
        carts = {
            (item["shop"], item["cart_id"]): item
            for item in self.table.get_many(_cart_keys(entries))
            if "cart_id" in item
        }
        found = ((one, _wait_of(carts.get((one.shop, one.cart_id), {}), one)) for one in entries)
        return [(one, wait) for one, wait in found if wait]

    def swept(self) -> Swept | None:
        item = self.table.get(SWEPT)
        return Swept(datetime.fromisoformat(item["hour"]), int(item["shard"])) if item else None

    def put_swept(self, swept: Swept) -> None:
        self.table.put(_swept_item(swept))


def _swept_item(swept: Swept) -> Item:
    return SWEPT | {"hour": swept.hour.isoformat(), "shard": swept.shard}


def _cart_keys(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Return each cart once: an out-of-date entry may name one again."""
    return [cart_key(*one) for one in dict.fromkeys((one.shop, one.cart_id) for one in entries)]


def _wait_of(item: Item, entry: Entry) -> LongWait | None:
    if "erased" in item or int(item.get("long_wait_number", 0)) != entry.number:
        return None
    wait = LongWait.model_validate_json(item["long_wait"])
    is_over = "episode_ended_at" in item and int(item.get("episode", 0)) == wait.episode
    return None if is_over else wait
