"""The keys that seal what is personal in the archive: one for each identifier of a shopper.

They lie in a table of their own, which has no backup: no restore brings back a key that an erasure
deleted. Without its key, a sealed text can never be read again.

| item | PK | SK |
| --- | --- | --- |
| key, or when it was deleted | `SHOP#{shop}#KEY#{identifier}` | `KEY` |
| an erasure, for replays | `SHOP#{shop}#ERASED` | `{at}#{identifier}` |
"""

import secrets
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from wracaj.archive.keys import SealingKey
from wracaj.clock import timestamp
from wracaj.store.table import Change, ConditionFailedError, Item, Table, expiry

KEY_BYTES = 32
MAKERS = 8  # at the same time
# longer than a backup of the main table and any queue; shorter than the main table's mark of an
# erasure, without which a replay would take whoever came back since for not erased yet
ERASURE_KEPT_DAYS = 45


class ArchiveKeys:
    def __init__(self, table: Table) -> None:
        self.table = table

    def of(self, shop: str, names: Collection[str]) -> dict[str, SealingKey]:
        """Return the keys that there are, and what is known of erased ones. One request for each
        hundred."""
        items = self.table.get_many([_key(shop, name) for name in names])
        return {item["PK"].rpartition("#")[2]: _sealing_key(item) for item in items}

    def make(self, shop: str, names: Collection[str]) -> dict[str, SealingKey]:
        with ThreadPoolExecutor(MAKERS) as pool:
            return dict(pool.map(lambda name: (name, self._make(shop, name)), names))

    def _make(self, shop: str, name: str) -> SealingKey:
        """Another process may make it at the same time: then its key counts."""
        change = Change().set(id=secrets.token_hex(4), secret=secrets.token_bytes(KEY_BYTES))
        try:
            change = change.set(expires_at=None).only_if_absent("secret")
            return _sealing_key(self.table.update(_key(shop, name), change))
        except ConditionFailedError as error:
            return _sealing_key(error.item)

    def forget(self, shop: str, name: str, at: datetime) -> None:
        """Delete the key of this identifier, for ever. An erasure that dies half-way is begun
        again, and comes here again."""
        until = expiry(at, ERASURE_KEPT_DAYS)
        erasure = _erasures(shop) | {"SK": f"{timestamp(at)}#{name}", "expires_at": until}
        self.table.put(erasure)
        change = Change().set(secret=None, id=None, erased_at=timestamp(at), expires_at=until)
        self.table.update(_key(shop, name), change)

    def erased_since(self, shop: str, moment: datetime) -> Iterator[tuple[datetime, str]]:
        """Yield when each identifier was erased, the earliest first."""
        for item in self.table.query(_erasures(shop)):
            at, _, name = item["SK"].partition("#")
            if at >= timestamp(moment):
                yield datetime.fromisoformat(at), name


def _key(shop: str, name: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#KEY#{name}", "SK": "KEY"}


def _erasures(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#ERASED"}


def _sealing_key(item: Item) -> SealingKey:
    return SealingKey(item.get("id", ""), bytes(item.get("secret", b"")), item.get("erased_at", ""))
