"""The loyalty ledger: what is known of each order, what stands for it, and a customer's sums.

`SHOP#{shop}#ALIAS#order#{order_id}` / `STATE`   what is known of the order, and what it has been posted as
`SHOP#{shop}#CUSTOMER#{id}` / `ACCOUNT`          the sums
`SHOP#{shop}#CUSTOMER#{id}` / `POINTS#{order_id}#{revision}`   each posting, appended, never changed

An order's state, the account and the entry change in one transaction, each on condition that nobody wrote it since it
was read: a replay finds that what should stand does stand, and writes nothing.
"""

from collections.abc import Callable

from wracaj.clock import now, timestamp
from wracaj.customer import Customer
from wracaj.errors import ConflictError
from wracaj.events import Frozen
from wracaj.ledger import Account, OrderState, Posting, Terms, posting_of, terms_for
from wracaj.programme import Programme
from wracaj.store.customers import alias_key, customer_partition
from wracaj.store.table import Item, Table, dump

ATTEMPTS = 10


class OrderEntry(Frozen):
    state: OrderState
    customer_id: str | None = None
    terms: Terms | None = None  # None: not posted yet
    posted: Posting = Posting()


def order_key(shop: str, order_id: str) -> dict[str, str]:
    return alias_key(shop, f"order#{order_id}") | {"SK": "STATE"}


def account_key(shop: str, customer_id: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": "ACCOUNT"}


class Accounts:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, shop: str, customer: Customer) -> Account:
        """Everything this shopper earned, under whatever id: one request."""
        items = self.table.get_many([account_key(shop, id_) for id_ in (customer.id, *sorted(customer.absorbed))])
        total = Account()
        for item in items:
            total = total.plus(Account.model_validate_json(item["account"]))
        return total

    def order(self, shop: str, order_id: str) -> OrderEntry | None:
        item = self.table.get(order_key(shop, order_id))
        return OrderEntry.model_validate_json(item["entry"]) if item else None

    def record(
        self,
        shop: str,
        order_id: str,
        change: Callable[[OrderState], OrderState],
        *,
        customer_id: str | None = None,
        programme: Programme | None = None,
    ) -> OrderEntry:
        """Takes in what an event tells of an order, and posts the difference, once the customer is known."""
        for _ in range(ATTEMPTS):
            item = self.table.get(order_key(shop, order_id)) or {}
            known = OrderEntry.model_validate_json(item["entry"]) if item else OrderEntry(state=OrderState(order_id=order_id))
            entry = known.model_copy(update={"state": change(known.state), "customer_id": known.customer_id or customer_id})
            if item and entry == known:
                return known
            try:
                return self._write(shop, known, entry, int(item.get("revision", 0)), programme)
            except ConflictError:
                continue
        raise ConflictError("this order is being changed by others all the time; the event must come again")

    def _write(self, shop: str, known: OrderEntry, entry: OrderEntry, revision: int, programme: Programme | None) -> OrderEntry:
        actions: list[Item] = []
        owner, placed_at = entry.customer_id, entry.state.placed_at
        item = self.table.get(account_key(shop, owner)) or {} if owner else {}
        is_forgotten = known.terms is not None and not item  # posted before, and the account is gone
        if owner is not None and placed_at is not None and not is_forgotten:
            account = Account.model_validate_json(item["account"]) if item else Account()
            terms = entry.terms or terms_for(entry.state, programme, account)
            fixed = terms if entry.state.counts else entry.terms  # an order without a price yet has earned nothing to fix
            entry = entry.model_copy(update={"terms": fixed, "posted": posting_of(entry.state, terms)})
            changed = account.seen(placed_at).post(known.posted, entry.posted)
            if changed != account:
                actions.append({"Put": self._account_put(shop, owner, changed, item)})
            if known.posted != entry.posted:
                appended = _ledger_entry(shop, owner, known.posted, entry, revision)
                actions.append({"Put": self.table.putting(appended, "attribute_not_exists(PK)")})
        self.table.transact([{"Put": self._order_put(shop, entry, revision)}, *actions])
        return entry

    def _order_put(self, shop: str, entry: OrderEntry, revision: int) -> Item:
        item = order_key(shop, entry.state.order_id) | {"revision": revision + 1, "entry": dump(entry)}
        if revision == 0:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=revision)

    def _account_put(self, shop: str, customer_id: str, account: Account, old: Item) -> Item:
        item = account_key(shop, customer_id) | {"revision": int(old.get("revision", 0)) + 1, "account": dump(account)}
        if not old:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=int(old["revision"]))


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
