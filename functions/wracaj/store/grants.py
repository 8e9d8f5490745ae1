"""Grants of customers: `SHOP#{shop}#WHO#{name}` / `GRANT#{key}`.

Beside them are the thresholds that customers were nudged about, `NUDGE#{key}`, and the reviews that
they wrote, `REVIEW#{review_id}`.

A grant is written on condition that the account it was worked out from is unchanged. If a refund
comes in between, the grant is worked out again.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from wracaj.clock import timestamp
from wracaj.customers.customer import Owner
from wracaj.errors import ConflictError
from wracaj.loyalty.grants import About, Grant, GrantKind, GrantState, goes_along, no_longer_true
from wracaj.loyalty.ledger import Account, Posting
from wracaj.store.accounts import Accounts, Books
from wracaj.store.customer_keys import customer_partition
from wracaj.store.grant_items import (
    grant_key,
    ledger_line,
    negative,
    nudge_key,
    owned_key,
    points_of,
    written,
)
from wracaj.store.table import Item, Table

ATTEMPTS = 40


class Held(NamedTuple):
    grant: Grant
    owner: str  # the one of the customer's ids that it was given to


class Grants:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.accounts = Accounts(table)

    def of(self, shop: str, customer: Owner) -> list[Held]:
        """Return the grants under all ids of the customer, each key once. One request for each
        id."""
        return _each_once(self._all(shop, customer))

    def named(self, shop: str, customer: Owner, keys: Iterable[str]) -> list[Held]:
        """Return the grants with these keys under all ids of the customer, each key once. One
        request."""
        owners = {
            customer_partition(shop, owner): owner
            for owner in (customer.id, *sorted(customer.absorbed))
        }
        wanted = [{"PK": partition, "SK": f"GRANT#{key}"} for key in keys for partition in owners]
        items = self.table.get_many(wanted)
        return _each_once(
            Held(Grant.model_validate_json(item["grant"]), owners[item["PK"]]) for item in items
        )

    def nudged(self, shop: str, customer: Owner, message_id: str = "") -> set[str]:
        """Return the thresholds that were announced before, except by this very message."""
        return {
            item["SK"].removeprefix("NUDGE#")
            for owner in (customer.id, *sorted(customer.absorbed))
            for item in self._items(shop, owner, "NUDGE#")
            if item["announced_by"] != message_id
        }

    def reviews(self, shop: str, customer: Owner, zone: tzinfo) -> list[date]:
        return [
            datetime.fromisoformat(item["at"]).astimezone(zone).date()
            for owner in (customer.id, *sorted(customer.absorbed))
            for item in self._items(shop, owner, "REVIEW#")
        ]

    def put_review(self, shop: str, customer_id: str, review_id: str, at: datetime) -> None:
        self.table.put(owned_key(shop, customer_id, f"REVIEW#{review_id}") | {"at": timestamp(at)})

    def give(self, shop: str, owner: str, grant: Grant, books: Books) -> None:
        """Write a grant, and post its points. `owner`: the id it is given to; if it was given
        before, the id that had it. Raises ConflictError if it was given meanwhile, or if the
        account has changed since `books` were read."""
        put, books = {"Put": self._putting(shop, owner, grant)}, books.of(owner)
        changed = books.own.post(Posting(), grant.posted).taking(grant.taken)
        self.table.transact(
            [
                put,
                *self.accounts.changing(shop, books, changed),
                *self._entry(shop, owner, grant, 1),
            ]
        )

    def take_back(self, shop: str, held: Held) -> None:
        """Reverse a grant. Its points are removed. If it was not announced yet, it never will be.
        Raises ConflictError."""
        books = self.accounts.books(shop, held.owner)
        changed = books.own.post(held.grant.posted, Posting()).taking(negative(held.grant.taken))
        put = {"Put": self._putting(shop, held.owner, held.grant.reversed())}
        self.table.transact(
            [
                put,
                *self.accounts.changing(shop, books, changed),
                *self._entry(shop, held.owner, held.grant, -1),
            ]
        )

    def undo(self, shop: str, customer: Owner, now: datetime, about: About | None) -> None:
        """Reverse grants that are no longer earned after an order was cancelled or refunded. Raises
        ConflictError."""
        for _ in range(ATTEMPTS):
            held = self.of(shop, customer)
            total = self.accounts.get(shop, customer) if held else Account()
            untrue = no_longer_true([one.grant for one in held], total, now, about)
            if not untrue:
                return
            with suppress(ConflictError):  # another check came first: look again
                self.take_back(shop, next(one for one in held if one.grant is untrue[0]))
        raise ConflictError(
            "this customer's grants are being changed by others all the time; the event must come"
            " again"
        )

    def hand_over(self, shop: str, before: str, owner: str, now: datetime, about: About) -> None:
        """Move the grants for an order to the order's new owner, announced or not, each key once.
        Raises ConflictError."""
        for _ in range(ATTEMPTS):
            held = [Held(grant, before) for grant in self._held_by(shop, before)]
            going = goes_along(
                [one.grant for one in held], self.accounts.books(shop, before).own, now, about
            )
            if not going:
                return
            with suppress(ConflictError):  # another check came first: look again
                self._hand_over(
                    shop, next(one for one in held if one.grant is going[0]), owner, about
                )
        raise ConflictError(
            "this customer's grants are being changed by others all the time; the event must come"
            " again"
        )

    def _hand_over(self, shop: str, held: Held, owner: str, about: About) -> None:
        key = held.grant.key
        if key in {grant.key for grant in self._held_by(shop, owner)}:
            if held.grant.kind is not GrantKind.EXCHANGE:
                return self.take_back(shop, held)
            key = f"{key}#{about.order_id}"  # both exchanged points on one day
        grant = held.grant.model_copy(update={"key": key, "revision": 1})
        gone, books = (
            held.grant.reversed().model_copy(update={"announced_by": None}),
            self.accounts.books(shop, owner),
        )
        old = self.accounts.books(shop, held.owner)
        left = old.own.post(held.grant.posted, Posting()).taking(negative(held.grant.taken))
        got = books.own.post(Posting(), grant.posted).taking(grant.taken)
        return self.table.transact(
            [
                {"Put": self._putting(shop, held.owner, gone)},
                {"Put": self._putting(shop, owner, grant)},
                *(self.accounts.changing(shop, old, left) if left != old.own else []),
                *(self.accounts.changing(shop, books, got) if got != books.own else []),
                *self._entry(shop, held.owner, held.grant, -1),
                *self._entry(shop, owner, grant, 1),
            ]
        )

    def _held_by(self, shop: str, owner: str) -> list[Grant]:
        return [
            Grant.model_validate_json(item["grant"]) for item in self._items(shop, owner, "GRANT#")
        ]

    def change(self, shop: str, held: Held, **changes: Any) -> Held:
        """Raises ConflictError if the grant was changed meanwhile."""
        newer = held.grant.changed(**changes)
        self.table.transact([{"Put": self._putting(shop, held.owner, newer)}])
        return Held(newer, held.owner)

    def marking_announced(self, shop: str, held: Held, message_id: str) -> Mapping[str, Any]:
        """Return the action that marks the grant as announced, for the transaction that claims the
        message."""
        return {"Put": self._putting(shop, held.owner, held.grant.changed(announced_by=message_id))}

    def marking_nudged(
        self, shop: str, customer_id: str, key: str, message_id: str
    ) -> Mapping[str, Any]:
        """Return the action that marks a threshold as announced. It succeeds for one message only.
        That message may be claimed again after a failure."""
        item = nudge_key(shop, customer_id, key) | {"announced_by": message_id}
        return {
            "Put": self.table.putting(
                item, "attribute_not_exists(PK) OR announced_by = :mine", mine=message_id
            )
        }

    def freeing(self, shop: str, customer: Owner, message_id: str) -> tuple[Mapping[str, Any], ...]:
        """Return the actions that remove the marks of a message that was certainly not sent."""
        told = (held for held in self._all(shop, customer) if held.grant.announced_by == message_id)
        untold = (Held(one.grant.changed(announced_by=None), one.owner) for one in told)
        return tuple({"Put": self._putting(shop, one.owner, one.grant)} for one in untold)

    def freeing_nudge(
        self, shop: str, customer_id: str, key: str, message_id: str
    ) -> Mapping[str, Any]:
        mark, free = (
            nudge_key(shop, customer_id, key),
            "attribute_not_exists(PK) OR announced_by = :mine",
        )
        return {"Delete": self.table.deleting(mark, free, mine=message_id)}

    def get(self, shop: str, owner: str, key: str) -> Grant | None:
        item = self.table.get(grant_key(shop, owner, key))
        return Grant.model_validate_json(item["grant"]) if item else None

    def _all(self, shop: str, customer: Owner) -> Iterator[Held]:
        for owner in (customer.id, *sorted(customer.absorbed)):
            for item in self._items(shop, owner, "GRANT#"):
                yield Held(Grant.model_validate_json(item["grant"]), owner)

    def _items(self, shop: str, owner: str, begins: str) -> list[Item]:
        return self.table.query({"PK": customer_partition(shop, owner)}, begins=begins)

    def _putting(self, shop: str, owner: str, grant: Grant) -> Item:
        item = written(shop, owner, grant)
        if grant.revision == 1:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=grant.revision - 1)

    def _entry(self, shop: str, owner: str, grant: Grant, sign: int) -> list[Mapping[str, Any]]:
        """Return the line of the ledger; none if no points move."""
        points = sign * points_of(grant)
        if not points:
            return []
        item = ledger_line(shop, owner, grant, points, grant.revision + (sign < 0))
        return [{"Put": self.table.putting(item, "attribute_not_exists(PK)")}]


def _each_once(held: Iterable[Held]) -> list[Held]:
    """Return one grant for each key, since two ids of one shopper may have the same grant. An
    issued grant counts before an earned one, an earned one before a reversed one, and an announced
    one before one that was not announced."""
    kept: dict[str, Held] = {}
    for one in held:
        other = kept.setdefault(one.grant.key, one)
        if _weight(one.grant) > _weight(other.grant):
            kept[one.grant.key] = one
    return list(kept.values())


def _weight(grant: Grant) -> tuple[int, bool]:
    states = (GrantState.REVERSED, GrantState.EARNED, GrantState.ISSUED)
    return states.index(grant.state), grant.announced_by is not None
