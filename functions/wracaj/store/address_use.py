"""Which accounts an address leads to, in its own partition, `SHOP#{shop}#WHO#{name}`:

`RECORD#{account}`: an account whose record contains this address
`USED_BY#{account}`: an account that ordered with this address, which its record does not contain;
    for support only

Neither proves anything about the person who types the address.
"""

from collections.abc import Iterable
from typing import Any

from wracaj.clock import now
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind, address_identifiers
from wracaj.customers.shopper import Shopper
from wracaj.store.customer_keys import customer_partition
from wracaj.store.table import Table, expiry

MOST_ACCOUNTS = 25  # looked up for one address
POINTER_DAYS = 800  # longer than any cart is kept
RECORDED = (IdentifierKind.EMAIL, IdentifierKind.PHONE)


class AddressUse:
    def __init__(self, table: Table) -> None:
        self.table = table

    def recording(self, shop: str, old: Customer, new: Customer) -> list[dict[str, Any]]:
        """Return the actions that link each address of a record to its account."""
        before, after = recorded_names(shop, old), recorded_names(shop, new)
        gone, come = before - after, after - before
        puts = [
            {"Put": self.table.putting(_record_key(shop, name, new.id))} for name in sorted(come)
        ]
        return puts + [
            {"Delete": self.table.deleting(_record_key(shop, name, new.id))}
            for name in sorted(gone)
        ]

    def remember(self, shop: str, shopper: Shopper) -> None:
        """Store which address an account ordered with, so that support finds the account by it."""
        owner = shopper.owner
        used = {name for kind, name in shopper.names.items() if kind in RECORDED}
        names = used - recorded_names(shop, owner)
        if owner.is_account and names:
            key = {"SK": f"USED_BY#{owner.id}", "expires_at": expiry(now(), POINTER_DAYS)}
            self.table.put_many(
                [{"PK": customer_partition(shop, name), **key} for name in sorted(names)]
            )

    def forget(self, shop: str, name: str, accounts: Iterable[str]) -> None:
        """Delete that these accounts ordered with this address."""
        for account in accounts:
            self.table.delete({"PK": customer_partition(shop, name), "SK": f"USED_BY#{account}"})

    def recorded_by(self, shop: str, name: str) -> list[str]:
        """Return the accounts whose record contains this address, at most `MOST_ACCOUNTS`."""
        return self._accounts(shop, name, "RECORD#")

    def accounts(self, shop: str, name: str) -> list[str]:
        """Return the accounts whose record contains this address, then those that ordered with
        it."""
        return self._accounts(shop, name, "RECORD#") + self._accounts(shop, name, "USED_BY#")

    def _accounts(self, shop: str, name: str, begins: str) -> list[str]:
        page = next(
            self.table.pages(
                {"PK": customer_partition(shop, name)}, begins=begins, limit=MOST_ACCOUNTS
            ),
            [],
        )
        return [item["SK"].removeprefix(begins) for item in page]


def recorded_names(shop: str, customer: Customer) -> set[str]:
    """Return the identifiers of the addresses in an account's record."""
    if not customer.is_account or customer.merged_into or customer.is_buried:
        return set()
    return set(address_identifiers(shop, customer.contact).values())


def _record_key(shop: str, name: str, account: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, name), "SK": f"RECORD#{account}"}
