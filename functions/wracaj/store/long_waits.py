"""Long waits that were moved out of Step Functions (timelines/long_waits.py).

The wait itself is an attribute of its cart or occasion. Beside it, an entry by the hour in which it
ends, so that the sweep finds it (long_wait_entries.py). Both are written in one transaction. An
entry may be out of date; then the cart has another wait, or none.

How far the hours were swept: `LONG_WAITS` / `SWEPT`. From when on there are any: `LONG_WAITS` /
`BEGUN`, from which the sweep begins where the other is missing.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from wracaj.clock import hour_of, now
from wracaj.store.carts import cart_key
from wracaj.store.long_wait_entries import KEPT_DAYS, Entry, entry_item, hour_partition
from wracaj.store.table import Change, ConditionFailedError, Item, PreconditionError, Table
from wracaj.timelines.long_waits import LongWait

SWEPT = {"PK": "LONG_WAITS", "SK": "SWEPT"}
BEGUN = {"PK": "LONG_WAITS", "SK": "BEGUN"}


@dataclass(frozen=True, order=True)
class Swept:
    """All shards of all hours before `hour`, and of `hour` those before `shard`."""

    hour: datetime
    shard: int = 0

    @classmethod
    def read(cls, item: Item) -> Self:
        hour, _, shard = str(item["place"]).partition("#")
        return cls(datetime.fromisoformat(hour).replace(tzinfo=UTC), int(shard))

    @property
    def place(self) -> str:
        """Sorts by time."""
        return f"{self.hour:%Y-%m-%dT%H}#{self.shard:02d}"


class LongWaits:
    def __init__(self, table: Table) -> None:
        self.table = table
        self._has_begun = False

    def _begin(self) -> None:
        """Note from when on hours are to be swept, before the first wait is kept. Until then a
        sweep costs one read. Each process does it once."""
        if not self._has_begun:
            self.table.put_once(BEGUN | {"place": Swept(hour_of(now())).place})
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
        try:
            self.table.transact(
                [
                    {"Update": self.table.updating(cart_key(shop, cart_id), change)},
                    {"Put": self.table.putting(entry_item(shop, cart_id, wait))},
                ]
            )
        except PreconditionError:
            return False
        return True

    def restore(self, shop: str, cart_id: str, wait: LongWait) -> bool:
        """Keep a wait of which a backup of the table knows nothing, or another date. If its hour
        was swept meanwhile, it is swept again. Return False if the cart is gone, or the timeline
        went on since."""
        self._begin()
        change = Change().set(long_wait=wait.model_dump_json(), long_wait_number=wait.number)
        change.only_if_below(long_wait_number=wait.number + 1)
        is_kept = self._write(shop, cart_id, wait, change)
        if is_kept:
            self.sweep_again(Swept(hour_of(wait.at)))
        return is_kept

    def _kept(self, shop: str, cart_id: str, wait: LongWait) -> LongWait | None:
        """Return the wait that a try before this one kept, or a later one."""
        item = self.table.get(cart_key(shop, cart_id)) or {}
        if "erased" in item or int(item.get("long_wait_number", 0)) < wait.number:
            return None
        return LongWait.model_validate_json(item["long_wait"])

    def entries(self, hour: datetime, shard: int) -> Iterator[list[Entry]]:
        """Yield the entries of an hour, in pages."""
        for page in self.table.pages(hour_partition(hour, shard)):
            yield [Entry.of(item) for item in page]

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
        """Return from where on hours are to be swept. None: no wait was ever moved out. If that was
        lost, it is as far back as there are entries."""
        items = self.table.get_many([SWEPT, BEGUN])
        marks = {item["SK"]: Swept.read(item) for item in items}
        begun = marks.get("BEGUN")
        return marks.get("SWEPT") or (max(begun, _first_kept()) if begun else None)

    def sweep_on(self, done: Swept, following: Swept) -> Swept | None:
        """Note that one more shard was swept, and return where to go on. This is another place than
        `following` if another sweep was quicker, or an hour must be swept again."""
        mark = SWEPT | {"place": following.place}
        try:
            self.table.put(mark, "attribute_not_exists(PK) OR place = :done", done=done.place)
        except ConditionFailedError:
            return self.swept()
        return following

    def sweep_again(self, since: Swept) -> None:
        """Go back to the hour before, if the sweep has come this far: a sweep that is at this place
        right now must notice. A timeline that is queued once more starts nothing."""
        since = max(since, _first_kept())
        earlier = {"place": Swept(since.hour - timedelta(hours=1)).place}
        for mark in (BEGUN, SWEPT):
            with suppress(ConditionFailedError):
                self.table.put(mark | earlier, "place >= :since", since=since.place)


def _first_kept() -> Swept:
    """The first hour whose entries have not expired."""
    return Swept(hour_of(now() - timedelta(days=KEPT_DAYS)))


def _cart_keys(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Return each cart once: an out-of-date entry may name one again."""
    return [cart_key(*one) for one in dict.fromkeys((one.shop, one.cart_id) for one in entries)]


def _wait_of(item: Item, entry: Entry) -> LongWait | None:
    if "erased" in item or int(item.get("long_wait_number", 0)) != entry.number:
        return None
    wait = LongWait.model_validate_json(item["long_wait"])
    is_over = "episode_ended_at" in item and int(item.get("episode", 0)) == wait.episode
    return None if is_over else wait
