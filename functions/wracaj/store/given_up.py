"""Addresses that nothing more is sent to: `SHOP#{shop}#GIVEN_UP#{channel}#{hash of the address}` / `GIVEN_UP`.

One address may be on several profiles: a phone that a shop or a courier types in for everybody. Each profile has its own
word on it, this item has them all: `held_by`, the ids of the shoppers on whose profile the address is given up. It is
written in the transaction that changes the profile, and every claim of a message checks that nobody stands there.

It stays when a shopper is forgotten, who would not want to be written to by way of somebody else's profile.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from wracaj.consent import Channel
from wracaj.customer import Customer, address_key
from wracaj.store.change import to_wire
from wracaj.store.table import Change, Item, Table

# Where people type the address in. What a browser or Meta made is nobody else's.
TYPED_IN = (Channel.EMAIL, Channel.SMS)


class Held(NamedTuple):
    why: str
    by: frozenset[str]


def given_up_key(shop: str, address: str) -> dict[str, str]:
    """`address`: see customer.address_key()."""
    return {"PK": f"SHOP#{shop}#GIVEN_UP#{address}", "SK": "GIVEN_UP"}


def holding(table: Table, shop: str, before: Iterable[Customer], after: Iterable[Customer]) -> list[dict[str, Any]]:
    """The actions that go with a change of these profiles; mostly none."""
    old, new = _held(before), _held(after)
    given_up = [(key, Change().set(why=why).add(held_by={who.id})) for key, (who, why) in new.items() if key not in old]
    lifted = [(key, Change().take_out(held_by={who.id, *who.absorbed})) for key, (who, _) in old.items() if key not in new]
    return [{"Update": table.updating(given_up_key(shop, key), change)} for key, change in (*given_up, *lifted)]


def _held(customers: Iterable[Customer]) -> dict[str, tuple[Customer, str]]:
    return {
        key: (customer, why)
        for customer in customers
        for key, why in customer.suppressed.items()
        if not customer.merged_into and key.partition("#")[0] in TYPED_IN
    }


class GivenUp:
    def __init__(self, table: Table) -> None:
        self.table = table

    def in_use(self, shop: str, channel: Channel, address: str) -> list[dict[str, Any]]:
        """The action of a transaction that holds that nobody gave the address up."""
        if channel not in TYPED_IN:
            return []
        key = to_wire(given_up_key(shop, address_key(channel, address)))
        check = {"TableName": self.table.name, "Key": key, "ConditionExpression": "attribute_not_exists(held_by)"}
        return [{"ConditionCheck": check}]

    def held(self, shop: str, address: str) -> Held | None:
        return _held_by(self.table.get(given_up_key(shop, address)) or {})

    def lift(self, shop: str, address: str) -> None:
        """Whoever's profile it was given up on, also of one who is forgotten by now."""
        self.table.delete(given_up_key(shop, address))


def _held_by(item: Item) -> Held | None:
    return Held(item["why"], frozenset(item["held_by"])) if "held_by" in item else None
