"""Who entered an experiment on a day (UTC): `SHOP#{shop}#EXPERIMENT#{name}#{day}` / `{person}`.

The shopper's own item has the same entry, so that a step needs no further read. These items expire
some time after the shopper's days are over.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from wracaj.clock import timestamp
from wracaj.customers.shopper import Shopper
from wracaj.experiments.arms import Entry
from wracaj.store.customer_keys import entries_of_day, entry_key
from wracaj.store.customers import Customers, written
from wracaj.store.table import Item, Table, expiry

KEPT_AFTERWARDS = 30  # days; a night that failed is made up for in this time


class Experiments:
    def __init__(self, table: Table) -> None:
        self.table = table

    def enter(
        self, shop: str, cart_id: str, shopper: Shopper, entries: Mapping[str, Entry]
    ) -> Shopper:
        """Store that the shopper enters these experiments, and return the shopper as stored. One
        request. Raises ConflictError if the shopper changed since they were read."""
        customers, entered = Customers(self.table), shopper.in_arms(entries)
        self.table.transact(
            [
                *customers.changing(shop, shopper, entered),
                *(
                    {"Put": self._putting(shop, cart_id, name, entry)}
                    for name, entry in entries.items()
                ),
            ]
        )
        return entered.each(lambda one: written(one) if one != shopper.known.get(one.id) else one)

    def _putting(self, shop: str, cart_id: str, name: str, entry: Entry) -> dict[str, Any]:
        item = entry_key(shop, name, entry.day, entry.person) | {
            "arm": entry.arm,
            "entered_at": timestamp(entry.at),
            "cart_id": cart_id,
            "expires_at": expiry(entry.needed_until, KEPT_AFTERWARDS),
        }
        return self.table.putting(item)

    def entered(self, shop: str, name: str, days: Iterator[date]) -> Iterator[Item]:
        """Yield everybody who entered on these days."""
        for day in days:
            yield from self.table.query({"PK": entries_of_day(shop, name, day)})


def days_from(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
