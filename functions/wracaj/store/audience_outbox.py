"""What must still be sent to Meta about a shop's audiences: `SHOP#{shop}#AUDIENCES` /
`TELL#{audience id}#{hash of the addresses}`.

An entry is written in the transaction that changes who is in which audience. It contains the state
to reach: in or out. A later change overwrites it. It is deleted once Meta has it, unless it was
overwritten meanwhile. So Meta ends with the last state, even if a request is repeated, late or
lost. The hashes of an erased shopper stay until they are out of the audience.

`SHOP#{shop}#AUDIENCES` / `LEASE` is held by the process that sends, because two would overtake each
other.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from wracaj.clock import now, timestamp
from wracaj.customers.audiences import Place, places
from wracaj.customers.customer import Customer
from wracaj.store.table import Change, ConditionFailedError, Item, Table


class ToTell(NamedTuple):
    place: Place
    joins: bool
    customer_id: str
    mark: str  # a new one for each change
    at: str  # the time of the change


def audiences_key(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#AUDIENCES"}


def filling_outbox(
    table: Table, shop: str, before: Iterable[Customer], after: Iterable[Customer]
) -> list[Item]:
    """Return the actions that add entries to the outbox for these changed profiles; mostly none. If
    there are any, the shop is noted for `take_unannounced`, even if the transaction then fails."""
    held = places(customer.audience for customer in before if not customer.merged_into)
    now_held = {
        customer.audience.place: customer.id
        for customer in after
        if customer.audience and not customer.merged_into
    }
    (customer_id,) = {customer.id for customer in after if not customer.merged_into} or {""}
    actions = [(place, True) for place in sorted(now_held.keys() - held)]
    actions += [(place, False) for place in sorted(held - now_held.keys())]
    if actions:
        table.unannounced.add(shop)
    return [
        {"Put": table.putting(_entry(shop, place, joins, customer_id))} for place, joins in actions
    ]


def _entry(shop: str, place: Place, joins: bool, customer_id: str) -> Item:
    key = audiences_key(shop) | {"SK": f"TELL#{place.key}"}
    return (
        key
        | place._asdict()
        | {"joins": joins, "who": customer_id, "mark": uuid.uuid4().hex, "at": timestamp(now())}
    )


class Audiences:
    def __init__(self, table: Table) -> None:
        self.table = table

    def take_unannounced(self) -> set[str]:
        """Return the shops whose outbox this process wrote to since the last call."""
        shops, self.table.unannounced = self.table.unannounced, set()
        return shops

    def to_tell(self, shop: str) -> list[ToTell]:
        return list(chain.from_iterable(self.pages(shop)))

    def pages(self, shop: str) -> Iterator[list[ToTell]]:
        """Yield all entries in pages, one audience after another."""
        for page in self.table.pages(audiences_key(shop), begins="TELL#"):
            yield [_to_tell(item) for item in page]

    def told(self, shop: str, told: ToTell) -> None:
        """Delete an entry that Meta has, unless it changed meanwhile."""
        self.table.delete_if(audiences_key(shop) | {"SK": f"TELL#{told.place.key}"}, mark=told.mark)

    def begin(self, shop: str, moment: datetime, seconds: int) -> str | None:
        """Take the lease and return its mark. None: another process holds it. `moment`: the real
        time, because Lambda's time-out runs in real time too."""
        mark = uuid.uuid4().hex
        change = Change().set(until=timestamp(moment + timedelta(seconds=seconds)), mark=mark)
        try:
            self.table.update(_lease_key(shop), change.only_if_below(until=timestamp(moment)))
        except ConditionFailedError:
            return None
        return mark

    def end(self, shop: str, mark: str) -> None:
        with suppress(ConditionFailedError):  # it had ended, and another process holds it
            self.table.update(_lease_key(shop), Change().set(until="").only_if(mark=mark))


def _lease_key(shop: str) -> dict[str, str]:
    return audiences_key(shop) | {"SK": "LEASE"}


def _to_tell(item: Item) -> ToTell:
    place = Place(**{name: item[name] for name in Place._fields})
    return ToTell(place, bool(item["joins"]), item["who"], item["mark"], item["at"])
