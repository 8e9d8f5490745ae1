"""The loyalty ledger: the state of each order, what was posted for it, and a customer's sums.

`SHOP#{shop}#ALIAS#order#{order_id}` / `STATE`: the order's state, and what was posted for it
`SHOP#{shop}#WHO#{name}` / `ACCOUNT`: the sums, and last night's RFM scores
`SHOP#{shop}#WHO#{name}` / `POINTS#{order_id}#{revision}`: each posting; appended, never changed

The order's state, the account and the posting change in one transaction, on condition that nobody
wrote them since they were read. A repeated event finds nothing to change and writes nothing.
Attributes of the account that belong to other modules stay as they are: `rfm`, `absorbed`, its
place in the index `accounts`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, tzinfo
from functools import reduce
from typing import NamedTuple

from wracaj.clock import now, timestamp
from wracaj.customers.customer import Owner
from wracaj.errors import ConflictError
from wracaj.loyalty.ledger import Account, Posting, posting_of, terms_for
from wracaj.loyalty.order_entry import Buyer, OrderEntry
from wracaj.loyalty.programme import Programme
from wracaj.orders.credits import Credits
from wracaj.orders.order import OrderState
from wracaj.segments.rfm import Rfm
from wracaj.store.customer_keys import account_key, account_shard, alias_key, customer_partition
from wracaj.store.date_index import listing
from wracaj.store.order_credits import credits_from, credits_key
from wracaj.store.table import Change, Item, Table, dump
from wracaj.timelines.date_triggers import days_of_account

ATTEMPTS = 10
# A transaction takes 100 actions. If a customer has more merged accounts, the others are not
# checked.
MOST_HELD = 80


def order_key(shop: str, order_id: str) -> dict[str, str]:
    return alias_key(shop, f"order#{order_id}") | {"SK": "STATE"}


class Known(NamedTuple):
    account: Account
    rfm: Rfm | None  # None: not scored yet


class Books(NamedTuple):
    """What one customer has earned, as it was read. A write based on it fails if any of it has
    changed."""

    own: Account  # of the id asked for
    total: Account  # of all ids
    items: Mapping[str, Item]  # id → its item; empty if there is none

    def of(self, owner: str) -> "Books":
        """Return the same books with another of the ids as the own one."""
        return Books(
            account_from(self.items[owner]), self.total, {owner: self.items[owner], **self.items}
        )


class Accounts:
    def __init__(self, table: Table) -> None:
        self.table = table

    def books(self, shop: str, customer_id: str, absorbed: Iterable[str] = ()) -> Books:
        ids = (customer_id, *sorted(absorbed))
        found = {
            item["PK"]: item
            for item in self.table.get_many([account_key(shop, id_) for id_ in ids])
        }
        items = {id_: found.get(customer_partition(shop, id_), {}) for id_ in ids}
        total = Account()
        for item in items.values():
            total = total.plus(account_from(item))
        return Books(account_from(items[customer_id]), total, items)

    def changing(self, shop: str, books: Books, changed: Account) -> list[Item]:
        """Return the actions that write the own account and check that none of the books was
        written since."""
        (own_id, own_item), *others = books.items.items()
        return [
            {"Update": self._account_update(shop, own_id, changed, own_item)},
            *self._listing(shop, own_id, books.own, changed),
            *(
                {"ConditionCheck": self._unchanged(shop, id_, item)}
                for id_, item in others[:MOST_HELD]
            ),
        ]

    def _unchanged(self, shop: str, customer_id: str, item: Item) -> Item:
        key = {name: {"S": value} for name, value in account_key(shop, customer_id).items()}
        check: Item = {
            "TableName": self.table.name,
            "Key": key,
            "ConditionExpression": "attribute_not_exists(PK)",
        }
        if item:
            read = {":read": {"N": str(item["revision"])}}
            check |= {"ConditionExpression": "revision = :read", "ExpressionAttributeValues": read}
        return check

    def get(self, shop: str, customer: Owner) -> Account:
        return self.known(shop, customer).account

    def known(self, shop: str, customer: Owner) -> Known:
        """Return all that this shopper earned under any id, and their scores. One request."""
        return known_from(
            self.table.get_many(
                [account_key(shop, id_) for id_ in (customer.id, *sorted(customer.absorbed))]
            )
        )

    def order(self, shop: str, order_id: str) -> OrderEntry | None:
        return entry_from(self.order_item(shop, order_id))

    def order_item(self, shop: str, order_id: str) -> Item:
        """Return the item as it is stored, for the parameter `read` of `record`. Empty if the order
        is unknown."""
        return self.table.get(order_key(shop, order_id)) or {}

    def order_with_credits(self, shop: str, order_id: str) -> tuple[Item, Credits]:
        """Return the order's item, and what it is credited to. One request."""
        keys = [order_key(shop, order_id), credits_key(shop, order_id)]
        items = {item["SK"]: item for item in self.table.get_many(keys)}
        return items.get("STATE", {}), credits_from(items.get("CREDITS", {}))

    def record(
        self,
        shop: str,
        order_id: str,
        change: Callable[[OrderState], OrderState],
        *,
        buyer: Buyer | None = None,
        programme: Programme | None = None,
        zone: tzinfo = UTC,
        read: Item | None = None,
    ) -> OrderEntry:
        """Apply an event to an order, and post the difference once the owner is known. Raises
        ConflictError.

        `zone`: the shop's time zone, for the day and the month of the order. `read`: the order's
        item, if it was read just now.
        """
        for attempt in range(ATTEMPTS):
            item = read if read is not None and attempt == 0 else self.order_item(shop, order_id)
            known = entry_from(item) or OrderEntry(state=OrderState(order_id=order_id))
            entry = known.told(change(known.state), buyer)
            if item and entry == known:
                return known
            try:
                if known.customer_id and entry.customer_id != known.customer_id:
                    return self._move(shop, known, entry, int(item["revision"]), programme, zone)
                return self._write(
                    shop, known, entry, int(item.get("revision", 0)), programme, zone
                )
            except ConflictError:
                continue
        raise ConflictError(
            "this order is being changed by others all the time; the event must come again"
        )

    def _move(
        self,
        shop: str,
        known: OrderEntry,
        entry: OrderEntry,
        revision: int,
        programme: Programme | None,
        zone: tzinfo,
    ) -> OrderEntry:
        """Move an order and what it earned to another owner, mostly from a guest to an account, in
        one transaction. Its terms are worked out again, because the tier of the new owner may
        differ."""
        actions, nothing = self._leaving(shop, known, revision), known.unposted()
        return self._write(
            shop,
            nothing,
            entry.unposted(),
            revision,
            programme,
            zone,
            also=actions,
        )

    def _leaving(self, shop: str, known: OrderEntry, revision: int) -> list[Item]:
        """Return the actions that take an order from its owner: its history and what it earned."""
        owner = str(known.customer_id)
        item = self.table.get(account_key(shop, owner)) or {}
        account = account_from(item)
        left = account.post(known.posted, Posting())
        actions: list[Item] = [
            {"Delete": self.table.deleting(_history_key(shop, owner, known.state.order_id))}
        ]
        if left != account:
            actions.append({"Update": self._account_update(shop, owner, left, item)})
            actions += self._listing(shop, owner, account, left)
            gone = _ledger_entry(shop, owner, known.posted, known.unposted(), revision)
            actions.append({"Put": self.table.putting(gone, "attribute_not_exists(PK)")})
        return actions

    def forget(self, shop: str, order_id: str) -> None:
        """Remove the owner from an order. The order stays and earns nothing. Does nothing if it has
        no owner."""
        for _ in range(ATTEMPTS):
            item = self.order_item(shop, order_id)
            known = entry_from(item)
            if known is None or known.customer_id is None:
                return None
            revision, bare = int(item["revision"]), OrderEntry(state=known.state, forgotten=True)
            try:
                return self.table.transact(
                    [
                        {"Put": self._order_put(shop, bare, revision)},
                        *self._leaving(shop, known, revision),
                    ]
                )
            except ConflictError:
                continue
        raise ConflictError("this order is being changed by others all the time; try again")

    def _write(
        self,
        shop: str,
        known: OrderEntry,
        entry: OrderEntry,
        revision: int,
        programme: Programme | None,
        zone: tzinfo,
        also: Iterable[Item] = (),
    ) -> OrderEntry:
        actions: list[Item] = list(also)
        owner, placed_at = entry.customer_id, entry.state.placed_at
        if owner is not None and placed_at is not None:
            item = self.table.get(account_key(shop, owner)) or {}
            account = account_from(item)
            terms = entry.terms or terms_for(
                entry.state, programme, self._together(shop, programme, item, account), zone
            )
            # while an order does not count, its terms are not fixed
            fixed = terms if entry.state.counts else entry.terms
            entry = entry.model_copy(
                update={"terms": fixed, "posted": posting_of(entry.state, terms, zone)}
            )
            changed = account.post(known.posted, entry.posted)
            if changed != account:
                actions.append({"Update": self._account_update(shop, owner, changed, item)})
                actions += self._listing(shop, owner, account, changed)
            if known.posted != entry.posted:
                appended = _ledger_entry(shop, owner, known.posted, entry, revision)
                actions.append({"Put": self.table.putting(appended, "attribute_not_exists(PK)")})
        self.table.transact([{"Put": self._order_put(shop, entry, revision)}, *actions])
        return entry

    def _together(
        self, shop: str, programme: Programme | None, item: Item, own: Account
    ) -> Account:
        """Return all that the shopper earned under any id, which decides the tier. Makes no request
        if the programme has no tiers."""
        if programme is None or not programme.tiers:
            return own
        while "merged_into" in item:
            item = self.table.get(account_key(shop, item["merged_into"])) or {}
        others = self.table.get_many(
            [account_key(shop, id_) for id_ in sorted(item.get("absorbed", ()))]
        )
        return reduce(Account.plus, map(account_from, others), account_from(item)) if item else own

    def _listing(self, shop: str, owner: str, before: Account, after: Account) -> list[Item]:
        return listing(self.table, shop, owner, days_of_account(before), days_of_account(after))

    def _order_put(self, shop: str, entry: OrderEntry, revision: int) -> Item:
        item = order_key(shop, entry.state.order_id) | {
            "revision": revision + 1,
            "entry": dump(entry),
        }
        if revision == 0:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=revision)

    def _account_update(self, shop: str, customer_id: str, account: Account, old: Item) -> Item:
        """Return the update of an account. A merged account is still posted to, but stays out of
        the index."""
        change = Change().set(
            revision=int(old.get("revision", 0)) + 1, account=dump(account.owing(now().date()))
        )
        if "merged_into" not in old:
            change.set(account_shard=account_shard(shop, customer_id))
        change = (
            change.only_if(revision=int(old["revision"])) if old else change.only_if_absent("PK")
        )
        return self.table.updating(account_key(shop, customer_id), change)


def _history_key(shop: str, owner: str, order_id: str) -> Item:
    return {"PK": customer_partition(shop, owner), "SK": f"ORDER#{order_id}"}


def entry_from(item: Item) -> OrderEntry | None:
    return OrderEntry.model_validate_json(item["entry"]) if item else None


def known_from(items: list[Item]) -> Known:
    """Add up the accounts of one shopper. The scores are those of the account that the others were
    merged into. If it has none, they are the newest ones."""
    accounts = [Account.model_validate_json(item["account"]) for item in items] or [Account()]
    scored = [("merged_into" not in item, rfm.at, rfm) for item in items if (rfm := rfm_from(item))]
    return Known(
        reduce(Account.plus, accounts), max(scored, key=lambda one: one[:2])[2] if scored else None
    )


def rfm_from(item: Item) -> Rfm | None:
    return Rfm.model_validate_json(item["rfm"]) if "rfm" in item else None


def _ledger_entry(shop: str, owner: str, before: Posting, entry: OrderEntry, revision: int) -> Item:
    return {
        "PK": customer_partition(shop, owner),
        "SK": f"POINTS#{entry.state.order_id}#{revision + 1:06d}",
        "at": timestamp(now()),
        "rule": "purchase",
        "points": entry.posted.points - before.points,
        "spend": str(entry.posted.spend - before.spend),
        "currency": entry.posted.currency or before.currency,
    }


def account_from(item: Item) -> Account:
    return Account.model_validate_json(item["account"]) if "account" in item else Account()
