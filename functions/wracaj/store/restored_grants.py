"""Brings back rewards, and what was announced of them, where a backup of the table knows nothing of
it. A newer state is never replaced by an older one."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from wracaj.errors import ConflictError
from wracaj.loyalty.grants import Grant, GrantState
from wracaj.loyalty.ledger import Posting
from wracaj.store.grant_items import ledger_line, negative, nudge_key, points_of, written
from wracaj.store.grants import Grants, Held
from wracaj.store.table import Item, Table

ATTEMPTS = 10
Result = TypeVar("Result")


class RestoredGrants:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.grants = Grants(table)

    def restore(self, shop: str, owner: str, grant: Grant) -> bool:
        """Write a grant as it was, and post by how much its points differ from the older state that
        is known. Return False if this state or a newer one is there. Raises ConflictError."""

        def once() -> bool:
            known = self.grants.get(shop, owner, grant.key)
            if known and known.revision >= grant.revision:
                return False
            self.table.transact(self._actions(shop, owner, known, grant))
            return True

        return _unless_others_write(once)

    def _actions(self, shop: str, owner: str, known: Grant | None, grant: Grant) -> list[Item]:
        item = written(shop, owner, grant)
        put = (
            self.table.putting(item, "revision = :read", read=known.revision)
            if known
            else self.table.putting(item, "attribute_not_exists(PK)")
        )
        before, taken = (known.posted, known.taken) if known else (Posting(), {})
        books = self.grants.accounts.books(shop, owner)
        changed = books.own.post(before, grant.posted).taking(negative(taken)).taking(grant.taken)
        actions: list[Item] = [{"Put": put}]
        if changed != books.own or not known:
            actions += self.grants.accounts.changing(shop, books, changed)
        if points := points_of(grant) - (points_of(known) if known else 0):
            line = ledger_line(shop, owner, grant, points, grant.revision)
            actions.append({"Put": self.table.putting(line)})
        return actions

    def announced(self, shop: str, owner: str, key: str, message_id: str) -> Grant | None:
        """Mark a grant as announced by a message, and return it. None: it is marked already,
        reversed, or gone. Raises ConflictError."""

        def once() -> Grant | None:
            known = self.grants.get(shop, owner, key)
            if not known or known.announced_by or known.state is GrantState.REVERSED:
                return None
            return self.grants.change(shop, Held(known, owner), announced_by=message_id).grant

        return _unless_others_write(once)

    def nudged(self, shop: str, owner: str, key: str, message_id: str) -> None:
        """Mark a threshold as announced, unless it is."""
        self.table.put_once(nudge_key(shop, owner, key) | {"announced_by": message_id})


def _unless_others_write(once: Callable[[], Result]) -> Result:
    for _ in range(ATTEMPTS):
        with suppress(ConflictError):  # somebody else changed the account meanwhile
            return once()
    raise ConflictError("this customer's account is being changed all the time; try again")
