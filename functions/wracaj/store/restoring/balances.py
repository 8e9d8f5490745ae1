"""Whether customers' loyalty accounts are what their orders and rewards add up to, and how they
become so again, whichever of these items was lost.

An order or a reward whose own item is lost counts as not posted: the event that comes again posts
it. So its lines of the ledger go, which would stand in the way of new ones.
"""

from collections import Counter
from collections.abc import Iterable

from wracaj.clock import now
from wracaj.errors import ConflictError
from wracaj.loyalty.grants import Grant
from wracaj.loyalty.ledger import Account
from wracaj.loyalty.restored import account_of
from wracaj.store.accounts import Accounts, account_from, entry_from, order_key
from wracaj.store.customer_keys import customer_partition
from wracaj.store.grant_items import grant_key, points_of
from wracaj.store.restoring.kinds import Kind, holder_of, kind_of, shop_of
from wracaj.store.table import Item, Key, Table

ATTEMPTS = 10
PURCHASE = "purchase"
Owner = tuple[str, str]  # shop and identifier


class Audit:
    """Takes every item of the live table once. `odd()`: whose accounts do not add up. It holds two
    numbers for each customer."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.lines: list[Item] = []  # of the ledger, whose order or reward is lost
        self._orders: Counter[Owner] = Counter()
        self._points: Counter[Owner] = Counter()

    def take(self, items: Iterable[Item]) -> None:
        items = list(items)
        for item in items:
            self._add(item)
        self.lines += self._orphans([item for item in items if kind_of(item) is Kind.POSTING])

    def odd(self) -> set[Owner]:
        """Of whom more or less is posted than the account has, or lines are without a cause."""
        differing = {
            owner for sums in (self._orders, self._points) for owner, left in sums.items() if left
        }
        return differing | {(shop_of(line), holder_of(line)) for line in self.lines}

    def _add(self, item: Item) -> None:
        kind, shop = kind_of(item), shop_of(item)
        if kind is Kind.STATE and (entry := entry_from(item)) and entry.customer_id:
            self._count((shop, entry.customer_id), entry.posted.orders, entry.posted.points)
        elif kind is Kind.GRANT:
            points = points_of(Grant.model_validate_json(item["grant"]))
            self._count((shop, holder_of(item)), 0, points)
        elif kind is Kind.ACCOUNT:
            account = account_from(item)
            orders, points = sum(account.days.values()), sum(account.expiring.values())
            self._count((shop, holder_of(item)), -orders, -points)

    def _count(self, owner: Owner, orders: int, points: int) -> None:
        for sums, number in ((self._orders, orders), (self._points, points)):
            sums[owner] += number
            if not sums[owner]:
                del sums[owner]

    def _orphans(self, lines: list[Item]) -> list[Item]:
        causes = {_place(cause := _cause_of(line)): cause for line in lines}
        found = {_place(item) for item in self.table.get_many(list(causes.values()))}
        return [line for line in lines if _place(_cause_of(line)) not in found]


class Balances:
    """Works accounts out anew. Takes every item of the live table once, to know which orders are
    posted to `owners`."""

    def __init__(self, table: Table, owners: Iterable[Owner]) -> None:
        self.table = table
        self.accounts = Accounts(table)
        self.orders: dict[Owner, set[str]] = {owner: set() for owner in owners}

    def take(self, items: Iterable[Item]) -> None:
        for item in items:
            if kind_of(item) is Kind.STATE and (entry := entry_from(item)) and entry.customer_id:
                ids = self.orders.get((shop_of(item), entry.customer_id))
                if ids is not None:
                    ids.add(entry.state.order_id)

    def settle(self, owner: Owner) -> bool:
        """Write the account as its orders and rewards add up. False: it did so already. Raises
        ConflictError."""
        shop, name = owner
        for _ in range(ATTEMPTS):
            books = self.accounts.books(shop, name)
            account = self._account(owner, books.own)
            if account == books.own:
                return False
            try:
                self.table.transact(self.accounts.changing(shop, books, account))
                return True
            except ConflictError:
                continue
        raise ConflictError("this account is being changed by others all the time; try again")

    def _account(self, owner: Owner, known: Account) -> Account:
        shop, name = owner
        keys = [order_key(shop, order_id) for order_id in sorted(self.orders[owner])]
        entries = [entry for entry in map(entry_from, self.table.get_many(keys)) if entry]
        items = self.table.query({"PK": customer_partition(shop, name)}, begins="GRANT#")
        grants = [Grant.model_validate_json(item["grant"]) for item in items]
        own = [entry for entry in entries if entry.customer_id == name]
        return account_of(known, own, grants, now().date())


def _cause_of(line: Item) -> Key:
    """The key of the order or the reward that a line of the ledger was written for."""
    key, _, _ = str(line["SK"]).removeprefix("POINTS#").rpartition("#")
    if line["rule"] == PURCHASE:
        return order_key(shop_of(line), key)
    return grant_key(shop_of(line), holder_of(line), key)


def _place(item: Key) -> tuple[str, str]:
    return item["PK"], item["SK"]
