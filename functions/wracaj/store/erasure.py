"""Forgetting a shopper. Each step may be the last one that a dying process takes: the next try goes on from there.

The profile is marked first, so that nothing joins it any more, and deleted last, so that until then it can be found.
What stays are hashed names, for a while, so that a shop's late or repeated webhooks do not bring the shopper back.
"""

from datetime import datetime

from wracaj.clock import timestamp
from wracaj.customer import Customer
from wracaj.days import days_of_account
from wracaj.events import Contact
from wracaj.store.accounts import Accounts
from wracaj.store.carts import Carts
from wracaj.store.customers import (
    ERASURE_REMEMBERED_DAYS,
    Customers,
    alias_key,
    aliases_of,
    customer_partition,
)
from wracaj.store.days import Days
from wracaj.store.table import Table, expiry


class Erasure:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.customers = Customers(table)
        self.carts = Carts(table)
        self.accounts = Accounts(table)
        self.days = Days(table)

    def find(self, shop: str, contact: Contact) -> list[Customer]:
        """Everyone who is, or is just being, known by one of these names; makes nobody."""
        items = self.table.get_many([alias_key(shop, name) for name in aliases_of(shop, contact)])
        ids = {id_ for item in items if (id_ := item.get("customer_id") or item.get("erased_id"))}
        found = (self.customers.get(shop, id_) for id_ in sorted(ids))
        return list({customer.id: customer for customer in found if customer}.values())

    def erase(self, shop: str, contact: Contact, at: datetime) -> None:
        for customer in self.find(shop, contact):
            marked = self.customers.amend(
                shop, customer.id, lambda known: known.out_of_audience().model_copy(update={"erased_at": at})
            )
            if marked is not None:
                self._erase_one(shop, marked, at)
        for name in aliases_of(shop, contact):
            self._bury(shop, name, None, at)

    def _erase_one(self, shop: str, customer: Customer, at: datetime) -> None:
        ids = (*sorted(customer.absorbed), customer.id)
        for cart_id in {*self.carts_of(shop, ids), *(cart.cart_id for cart in self.carts.open_carts(shop, customer))}:
            self.carts.erase(shop, cart_id)
        for name in sorted(customer.aliases):
            self._bury(shop, name, customer.id, at)
        for id_ in ids:
            account = self.accounts.books(shop, id_).own
            self.days.strike(shop, days_of_account(account), id_)
            items = self.table.query({"PK": customer_partition(shop, id_)})
            for item in sorted(items, key=lambda item: item["SK"] == "PROFILE"):
                self.table.delete({"PK": item["PK"], "SK": item["SK"]})

    def carts_of(self, shop: str, ids: tuple[str, ...]) -> list[str]:
        keys = [item["SK"] for id_ in ids for item in self.table.query({"PK": customer_partition(shop, id_)})]
        return [key.removeprefix("CART#") for key in keys if key.startswith("CART#")]

    def _bury(self, shop: str, name: str, customer_id: str | None, at: datetime) -> None:
        gone = {"erased_at": timestamp(at), "erased_id": customer_id, "expires_at": expiry(at, ERASURE_REMEMBERED_DAYS)}
        self.table.put(alias_key(shop, name) | gone)
