"""Erases a shopper. A process may die after any step: the next try continues from there.

An identifier is buried first, so that no late event adds anything to it. What stays for a while are
keyed hashes, opt-outs and suppressions. An address of an account is erased only if no other
account's record contains it.
"""

from collections.abc import Iterable
from datetime import datetime

from wracaj.archive.events import cart_identifier
from wracaj.clock import now
from wracaj.customers.identity import (
    IdentifierKind,
    address_identifiers,
    identifiers_of,
    is_account,
    strongest,
)
from wracaj.events import Contact
from wracaj.store.accounts import Accounts
from wracaj.store.archive_keys import ArchiveKeys
from wracaj.store.carts import Carts
from wracaj.store.customer_keys import customer_partition
from wracaj.store.customers import Customers
from wracaj.store.date_index import Days
from wracaj.store.pointers import Pointers
from wracaj.store.table import Table
from wracaj.timelines.date_triggers import days_of_account


class Erasure:
    def __init__(self, table: Table, archive_keys: ArchiveKeys | None) -> None:
        """`archive_keys`: None where there is no archive."""
        self.table = table
        self.archive_keys = archive_keys
        self.customers = Customers(table)
        self.pointers = Pointers(table)
        self.carts = Carts(table)
        self.accounts = Accounts(table)
        self.days = Days(table)

    def erase(
        self,
        shop: str,
        contact: Contact,
        at: datetime,
        orders: Iterable[str] = (),
        *,
        by_shops_clock: bool = False,
    ) -> None:
        """Erase a shopper on request of the shop, or of a reader who proved the address.

        `orders`: orders that are theirs too, as the shop reports. `by_shops_clock`: `at` is a time
        of the shop's clock, so what was reported to a cart later stays.
        """
        told = identifiers_of(shop, contact)
        accounts = (
            [told[IdentifierKind.ACCOUNT]]
            if IdentifierKind.ACCOUNT in told
            else self._only_account(shop, told.values())
        )
        accounts += self._owners(shop, orders, but=accounts)
        for name in dict.fromkeys(accounts):
            self._erase_account(shop, name, at, by_shops_clock)
        for name in told.values():
            if not is_account(name) and not self._is_anothers(shop, name, accounts):
                self.erase_name(shop, name, at, by_shops_clock)
        for name in told.values():
            self.customers.address_use.forget(shop, name, accounts)
        # the orders of a guest whom the shop identifies by the orders alone
        for order_id in orders:
            self.accounts.forget(shop, order_id)

    def _only_account(self, shop: str, names: Iterable[str]) -> list[str]:
        """Return the account of a request that contains none. Of the addresses, the strongest that
        is in any account's record decides. If it is in exactly one, that is the account."""
        for name in names:  # the strongest first
            if naming := self.customers.address_use.recorded_by(shop, name):
                return naming if len(naming) == 1 else []
        return []

    def _owners(self, shop: str, orders: Iterable[str], but: list[str]) -> list[str]:
        """Return the other accounts that these orders were posted to. For the shop they are one
        customer."""
        entries = (self.accounts.order(shop, order_id) for order_id in orders)
        owners = (entry.customer_id for entry in entries if entry and entry.customer_id)
        return [owner for owner in owners if is_account(owner) and owner not in but]

    def _erase_account(self, shop: str, name: str, at: datetime, by_shops_clock: bool) -> None:
        """Erase an account with its addresses. The account itself is erased last, because only it
        knows what else belongs to it."""
        known = self.customers.read(shop, [name])[name]
        addresses = address_identifiers(shop, known.contact)
        ids = [*({name} - {known.id, *known.absorbed}), *sorted(known.absorbed), known.id]
        for address in addresses.values():
            if not self._is_anothers(shop, address, ids):
                self.erase_name(shop, address, at, by_shops_clock)
        for id_ in ids:
            self.erase_name(shop, id_, at, by_shops_clock)

    def _is_anothers(self, shop: str, name: str, ids: Iterable[str]) -> bool:
        return bool(set(self.customers.address_use.recorded_by(shop, name)) - set(ids))

    def erase_name(self, shop: str, name: str, at: datetime, by_shops_clock: bool = False) -> None:
        """Erase what this identifier owns, and what was logged and sent under it."""
        self.customers.bury(shop, name, at)
        heard_at = max(at, now()) if by_shops_clock else at
        self._seal_for_ever(shop, name, heard_at)
        others = set()
        for cart in self.carts.get_many(shop, self.pointers.all_of(shop, name)):
            is_theirs = (cart.customer_id or strongest(identifiers_of(shop, cart.contact))) in {
                name,
                None,
            }
            is_erased = is_theirs and self.carts.erase(shop, cart.cart_id, at, by_shops_clock)
            if not is_erased:
                others.add(cart.cart_id)
            else:
                self._seal_for_ever(shop, cart_identifier(shop, cart.cart_id), heard_at)
        for item in self.table.query({"PK": customer_partition(shop, name)}, begins="ORDER#"):
            self.accounts.forget(shop, item["order_id"])
        self.days.strike(shop, days_of_account(self.accounts.books(shop, name).own), name)
        for item in self.table.query({"PK": customer_partition(shop, name)}):
            if not (
                item["SK"] == "WHO"
                or item.get("cart_id") in others
                or is_account_of_another(name, item["SK"])
            ):
                self.table.delete({"PK": item["PK"], "SK": item["SK"]})

    def _seal_for_ever(self, shop: str, name: str, at: datetime) -> None:
        """Delete the key of what the archive keeps of this identifier."""
        if self.archive_keys:
            self.archive_keys.forget(shop, name, at)


def is_account_of_another(name: str, key: str) -> bool:
    """Return whether the key links this address to somebody else's account."""
    return not is_account(name) and key.startswith(("RECORD#", "USED_BY#"))
