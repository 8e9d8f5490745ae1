"""A customer's loyalty account, worked out anew from their orders and rewards."""

from collections.abc import Collection, Iterable

from wracaj.clock import now
from wracaj.errors import ConflictError
from wracaj.loyalty.grants import Grant
from wracaj.loyalty.ledger import Account
from wracaj.loyalty.restored import account_of
from wracaj.store.accounts import Accounts, entry_from, order_key
from wracaj.store.customer_keys import account_key, customer_partition
from wracaj.store.restoring.kinds import Kind, kind_of, shop_of
from wracaj.store.table import Item, Table

ATTEMPTS = 10
Owner = tuple[str, str]  # shop and identifier


class Balances:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.accounts = Accounts(table)

    def settle(self, shop: str, owner: str, order_ids: Iterable[str]) -> bool:
        """Write the account as its orders and rewards add up. False: it did so already. Raises
        ConflictError. `order_ids`: of all orders that are posted to this owner."""
        ids = sorted(set(order_ids))
        for _ in range(ATTEMPTS):
            books = self.accounts.books(shop, owner)
            account = self._account(shop, owner, books.own, ids)
            if account == books.own:
                return False
            try:
                self.table.transact(self.accounts.changing(shop, books, account))
                return True
            except ConflictError:
                continue
        raise ConflictError("this account is being changed by others all the time; try again")

    def _account(self, shop: str, owner: str, known: Account, ids: list[str]) -> Account:
        states = self.table.get_many([order_key(shop, order_id) for order_id in ids])
        entries = [entry for entry in map(entry_from, states) if entry]
        items = self.table.query({"PK": customer_partition(shop, owner)}, begins="GRANT#")
        grants = [Grant.model_validate_json(item["grant"]) for item in items]
        own = [entry for entry in entries if entry.customer_id == owner]
        return account_of(known, own, grants, now().date())


class Postings:
    """Which orders are posted to whom, as the live table has them. Each page of it is taken once.

    An owner counts if `asked_for`, or if orders are posted to them and their account is lost.
    """

    def __init__(self, table: Table, asked_for: Collection[Owner]) -> None:
        self.table = table
        self.orders: dict[Owner, set[str]] = {owner: set() for owner in asked_for}

    def take(self, items: Iterable[Item]) -> None:
        posted = [
            (shop_of(item), entry.customer_id, entry.state.order_id)
            for item in items
            if kind_of(item) is Kind.STATE and (entry := entry_from(item)) and entry.customer_id
        ]
        self._note_lost({(shop, owner) for shop, owner, _ in posted} - self.orders.keys())
        for shop, owner, order_id in posted:
            if (shop, owner) in self.orders:
                self.orders[shop, owner].add(order_id)

    def _note_lost(self, owners: Collection[Owner]) -> None:
        keys = {account_key(shop, owner)["PK"]: (shop, owner) for shop, owner in owners}
        found = self.table.get_many([{"PK": pk, "SK": "ACCOUNT"} for pk in keys])
        for pk in keys.keys() - {item["PK"] for item in found}:
            self.orders[keys[pk]] = set()
