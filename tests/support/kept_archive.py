"""An archive of what a test's functions noted, a table that lost some of it, and the replay that
brings it back, all in this process."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from archive_replay.replay import Line, Replay, Results
from archive_writer.writing import place_of_row
from support.scenes import items_of
from wracaj.archive.rows import Row, RowKind, queued, unqueued
from wracaj.archive.sealing import names_in, names_without_key, sealed
from wracaj.aws import archive_queue
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.wire import from_wire

Item = dict[str, Any]
Items = dict[tuple[str, str], Item]
# count changes, tell when an item was written or goes, or how often somebody was read
NO_MATTER = {"revision", "expires_at", "recorded_at", "at"}
OF_THE_ARCHIVE = ("#KEY#", "#ERASED")


@dataclass
class KeptArchive:
    store: Store
    shop: ShopSettings
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store, shop: ShopSettings, monkeypatch: pytest.MonkeyPatch) -> "KeptArchive":
        """Keep what is noted from now on, also what is flushed by handlers."""
        kept = cls(Store(store.table, store.table), shop)
        monkeypatch.setenv("WRACAJ_ARCHIVE_QUEUE_URL", "https://queue.example")
        monkeypatch.setattr(archive_queue, "_waiting", [])
        monkeypatch.setattr(archive_queue, "_send", lambda rows: kept.keep(rows))
        return kept

    def keep(self, rows: list[Row]) -> None:
        self.rows += unqueued(queued(rows))

    def lines(self) -> list[Line]:
        """Return all lines in their order, sealed as the writer seals them."""
        archive_queue.flush()
        rows = sorted(self.rows, key=place_of_row)
        keys = self.store.archive_keys
        assert keys
        known = keys.of(self.shop.shop, sorted(names_in(rows)))
        known |= keys.make(self.shop.shop, sorted(names_without_key(rows, known)))
        return [json.loads(json.dumps(sealed(row, known), default=str)) for row in rows]

    def items(self) -> Items:
        """Return what the table knows of the shop."""
        found = [from_wire(item) for item in items_of(self.store, self.shop.shop)]
        return {
            (item["PK"], item["SK"]): item
            for item in found
            if not any(part in item["PK"] for part in OF_THE_ARCHIVE)
        }

    def go_back_to(self, backup: Items) -> None:
        """As a restore of the table. The keys of the archive are in no backup."""
        for pk, sk in self.items():
            self.store.table.delete({"PK": pk, "SK": sk})
        for item in backup.values():
            self.store.table.put(item)

    def replay(self, lines: list[Line] | None = None) -> Results:
        lines = self.lines() if lines is None else lines
        replay = Replay(self.store, self.shop)
        starts = [line for line in lines if line["kind"] == RowKind.START]
        replay.note_starts(starts)
        found = replay.run_again(lines)
        replay.go_on(starts)
        return found


def compared(items: Items, *begins: str) -> Items:
    """Return the items whose sort key begins so, without what a replay may write differently."""
    return {
        key: {name: _content(name, value) for name, value in item.items() if name not in NO_MATTER}
        for key, item in items.items()
        if key[1].startswith(begins)
    }


def _content(name: str, value: Any) -> Any:
    """Return what is known under an identifier without the number of its writes."""
    return {**json.loads(value), "revision": None} if name == "known" else value
