"""What else must be known to judge a page of the copy: who was erased since, who owns an order, and
whether a code was given."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from wracaj.archive.events import cart_identifier
from wracaj.customers.customer import Customer
from wracaj.loyalty.ledger import Account
from wracaj.store.accounts import account_from, entry_from, order_key
from wracaj.store.carts import cart_key
from wracaj.store.codes import code_key
from wracaj.store.customer_keys import account_key, who_key
from wracaj.store.customers import customer_from
from wracaj.store.restoring.kinds import Kind, holder_of, kind_of, shop_of
from wracaj.store.table import Item, Key, Table

Place = tuple[str, str]
Erasures = Mapping[str, datetime]  # identifier, also of a cart → when it was erased, newest

IN_A_PARTITION_OF_A_CUSTOMER = {
    *(Kind.WHO, Kind.ACCOUNT, Kind.ORDER, Kind.POSTING, Kind.CONSENT, Kind.GRANT, Kind.MARK),
    *(Kind.POINTER, Kind.RECORD, Kind.USED_BY),
}


def place_of(item: Mapping[str, str]) -> Place:
    return item["PK"], item["SK"]


class Surroundings:
    """The items of both tables that a page of the copy asks about, read at once."""

    def __init__(self, live: Table, old: Table, page: Iterable[Item]) -> None:
        page = list(page)
        also = [key for item in page for key in _asked(item)]
        keys = {place_of(key): key for key in [*map(_key, page), *also]}
        self.live = _read(live, keys.values())
        known = {place_of(item): item for item in page}
        self.old = known | _read(old, [key for place, key in keys.items() if place not in known])

    def erased_since(
        self, shop: str, name: str, moment: datetime, erasures: Erasures
    ) -> datetime | None:
        """Return when this identifier was erased after the copy's moment. None: it was not."""
        now_known, then = (self._customer(table, shop, name) for table in (self.live, self.old))
        at = now_known.erased_at
        if at and (then.erased_at is None or at > then.erased_at):
            return at
        told = erasures.get(name)
        return told if told and told >= moment else None

    def cart_erased_since(self, shop: str, cart_id: str) -> bool:
        """Whether the cart's item tells that it was erased after the copy's moment."""
        place = place_of(cart_key(shop, cart_id))
        live, old = (
            str(table.get(place, {}).get("forgotten", "")) for table in (self.live, self.old)
        )
        return live > old

    def customer(self, shop: str, name: str) -> Customer:
        """What is known now, or else was known then."""
        known = self._customer(self.live, shop, name)
        return known if known.exists else self._customer(self.old, shop, name)

    @staticmethod
    def _customer(table: Mapping[Place, Item], shop: str, name: str) -> Customer:
        item = table.get(place_of(who_key(shop, name)))
        return customer_from(item) if item else Customer(id=name)

    def order(self, shop: str, order_id: str) -> tuple[Item, Item]:
        """Return what both tables have of an order, the live one first."""
        place = place_of(order_key(shop, order_id))
        return self.live.get(place, {}), self.old.get(place, {})

    def account(self, shop: str, owner: str) -> Account:
        """What is posted now, or else was then."""
        place = place_of(account_key(shop, owner))
        return account_from(self.live.get(place) or self.old.get(place, {}))

    def code_was_given(self, shop: str, code: str) -> bool:
        """Whether the code left its pool since: its own item says more than that it waits."""
        item = self.live.get(place_of(code_key(shop, code)), {})
        return str(item.get("state", "waiting")) != "waiting"


def erased_cart(shop: str, cart_id: str, moment: datetime, erasures: Erasures) -> datetime | None:
    told = erasures.get(cart_identifier(shop, cart_id))
    return told if told and told >= moment else None


def whose(item: Item) -> list[str]:
    """Return the identifiers that an item belongs to, or tells something of."""
    kind, sort = kind_of(item), str(item["SK"])
    if kind in IN_A_PARTITION_OF_A_CUSTOMER:
        other = [sort.partition("#")[2]] if kind in {Kind.RECORD, Kind.USED_BY} else []
        return [holder_of(item), *other]
    return [sort] if kind in {Kind.LISTED, Kind.ENTRY} else []


def _asked(item: Item) -> list[Key]:
    kind, shop = kind_of(item), shop_of(item)
    keys: list[Key] = [who_key(shop, name) for name in whose(item)]
    if kind is Kind.ORDER:
        keys.append(order_key(shop, str(item["SK"]).removeprefix("ORDER#")))
    if kind is Kind.LONG_WAIT:
        keys.append(cart_key(shop, item["cart_id"]))
    if kind is Kind.POOL:
        keys.append(code_key(shop, str(item["SK"])))
    if kind is Kind.LISTED:
        keys.append(account_key(shop, str(item["SK"])))
    if kind is Kind.STATE and (owner := owner_in(item)):
        keys.append(who_key(shop, owner))
    return keys


def owner_in(state: Item) -> str | None:
    entry = entry_from(state)
    return entry.customer_id if entry else None


def _key(item: Item) -> Key:
    return {"PK": item["PK"], "SK": item["SK"]}


def _read(table: Table, keys: Iterable[Key]) -> dict[Place, Item]:
    return {place_of(item): item for item in table.get_many(list(keys))}
