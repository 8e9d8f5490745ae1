"""Merges two accounts that the shop reports as one customer. What each of them earned stays on its
own item: see `absorbed`."""

from typing import Any

from wracaj.customers.customer import Customer
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.events import Contact
from wracaj.store.audience_outbox import filling_outbox
from wracaj.store.customer_keys import account_key, account_shard
from wracaj.store.customers import ATTEMPTS, Customers, recorded_addresses
from wracaj.store.date_index import listing
from wracaj.store.table import Change, Table
from wracaj.timelines.date_triggers import days_of_customer


class Merging:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.customers = Customers(table)

    def merge(self, shop: str, kept: Contact, gone: Contact) -> None:
        """Merge two accounts. Repeated merges, in any order, give the same result. Does nothing if
        both are one already, or if both were erased."""
        for _ in range(ATTEMPTS):
            first, other = self.customers.shopper(shop, kept), self.customers.shopper(shop, gone)
            assert first is not None and other is not None  # both have an id
            if first.id == other.id or (first.owner.is_buried and other.owner.is_buried):
                return
            first = self.customers.with_addresses(
                shop, first, recorded_addresses(first), recorded_addresses(other)
            )
            try:
                self.table.transact(self._merging(shop, first, other.owner))
                return
            except ConflictError:
                continue
        raise ConflictError(
            "these customers are being changed by others all the time; the event must come again"
        )

    def _merging(self, shop: str, kept: Shopper, other: Customer) -> list[dict[str, Any]]:
        joined = kept.changed(kept.owner.absorb(other)).with_noes_at_record()
        first, both, gone = (
            kept.owner,
            joined.owner,
            other.model_copy(update={"merged_into": kept.id}),
        )
        addresses = [
            one
            for name, one in joined.known.items()
            if name != kept.id and one != kept.known.get(name)
        ]
        actions = [{"Put": self.customers.putting(shop, one)} for one in (both, gone, *addresses)]
        for before, after in ((first, both), (other, gone)):
            actions += listing(
                self.table, shop, after.id, days_of_customer(before), days_of_customer(after)
            )
            actions += self.customers.address_use.recording(shop, before, after)
        return [
            *actions,
            *filling_outbox(self.table, shop, (first, other), (both, gone)),
            *self._joining_accounts(shop, both, other),
        ]

    def _joining_accounts(self, shop: str, kept: Customer, gone: Customer) -> list[dict[str, Any]]:
        """Return the actions that link the two loyalty accounts. Missing ones are created.
        `revision` is raised, so that an order that is being posted to one of them reads it
        again."""
        changes = {
            gone.id: Change().set(merged_into=kept.id, account_shard=None),
            kept.id: Change().set(
                absorbed=set(kept.absorbed), account_shard=account_shard(shop, kept.id)
            ),
        }
        return [
            {
                "Update": self.table.updating(
                    account_key(shop, id_), change.set_once(account="{}").add(revision=1)
                )
            }
            for id_, change in changes.items()
        ]
