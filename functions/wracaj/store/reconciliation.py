"""How far a shop's changes have been read by its API: `SHOP#{shop}#RECONCILED` / `CURSOR`."""

from collections.abc import Iterable

from wracaj.reconciliation.cursor import Reconciliation
from wracaj.store.table import Change, Item, Table, dump


class Reconciliations:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, shop: str) -> Reconciliation:
        return _read(self.table.get(_key(shop)))

    def of_all(self, shops: Iterable[str]) -> dict[str, Reconciliation]:
        """Return one for each shop. One request for a hundred shops."""
        keys = {_key(shop)["PK"]: shop for shop in shops}
        found = self.table.get_many([_key(shop) for shop in keys.values()])
        known = {keys[item["PK"]]: _read(item) for item in found}
        return {shop: known.get(shop, Reconciliation()) for shop in keys.values()}

    def put(self, shop: str, told: Reconciliation) -> Reconciliation:
        """Return it as it is stored. Raises ConflictError if another run stored its own since this
        one was read."""
        stored = told.model_copy(update={"revision": told.revision + 1})
        change = Change().set(cursor=dump(stored), revision=stored.revision)
        change = (
            change.only_if(revision=told.revision)
            if told.revision
            else change.only_if_absent("revision")
        )
        self.table.update(_key(shop), change)
        return stored


def _key(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#RECONCILED", "SK": "CURSOR"}


def _read(item: Item | None) -> Reconciliation:
    return Reconciliation.model_validate_json(item["cursor"]) if item else Reconciliation()
