"""Customers: `SHOP#{shop}#CUSTOMER#{id}` / `PROFILE`, found by aliases: `SHOP#{shop}#ALIAS#{kind}#{value}` / `ALIAS`.

A profile is read, changed in memory and written back whole if nobody wrote it meanwhile: it changes seldom, and every
rule about it stays in one pure place (`customer.py`).
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from wracaj.clock import now, timestamp
from wracaj.consent import Channel, Consent
from wracaj.customer import Customer
from wracaj.errors import ConflictError
from wracaj.events import Contact
from wracaj.store.table import Item, Table, dump, expiry

ATTEMPTS = 10
ERASURE_REMEMBERED_DAYS = 60  # a shop's late or repeated webhooks must not bring an erased shopper back

Amend = Callable[[Customer], Customer]


def customer_partition(shop: str, customer_id: str) -> str:
    return f"SHOP#{shop}#CUSTOMER#{customer_id}"


def profile_key(shop: str, customer_id: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": "PROFILE"}


def alias_key(shop: str, alias: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#ALIAS#{alias}", "SK": "ALIAS"}


def aliases_of(shop: str, contact: Contact) -> list[str]:
    """Every name this shopper is known by. Addresses are hashed: keys end up in metrics and logs."""
    names = [f"platform#{contact.platform_id}"] if contact.platform_id else []
    for kind, value in (("email", contact.email), ("phone", contact.phone)):
        if value:
            names.append(f"{kind}#{hashlib.sha256(f'{shop}#{value}'.encode()).hexdigest()}")
    return names


class Customers:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, shop: str, customer_id: str) -> Customer | None:
        """Follows a shopper who was found to be another one."""
        for _ in range(ATTEMPTS):
            item = self.table.get(profile_key(shop, customer_id))
            customer = customer_from(item) if item else None
            if customer is None or customer.merged_into is None:
                return customer
            customer_id = customer.merged_into
        return None

    def identify(self, shop: str, contact: Contact, version: str, amend: Amend = lambda customer: customer) -> Customer | None:
        """The one customer behind these names, made or merged where needed, with `amend` applied.

        None: this shopper asked to be forgotten, and the event is from before that. Writes only what changes.
        """
        names = aliases_of(shop, contact)
        for _ in range(ATTEMPTS):
            found = {item["PK"].split("#ALIAS#", 1)[1]: item for item in self.table.get_many([alias_key(shop, n) for n in names])}
            if any(item.get("erased_at", "") >= version.partition("#")[0] for item in found.values() if "erased_at" in item):
                return None
            owners = self._owners(shop, found)
            try:
                return self._commit(shop, owners, contact, version, names, found, amend)
            except ConflictError:
                continue
        raise ConflictError("this shopper's profile is being changed by others all the time; the event must come again")

    def amend(self, shop: str, customer_id: str, change: Amend) -> Customer | None:
        """Applies a change to a known customer."""
        for _ in range(ATTEMPTS):
            customer = self.get(shop, customer_id)
            changed = change(customer) if customer else None
            if customer is None or changed is None or changed == customer:
                return customer
            try:
                self.table.transact([{"Put": self.putting(shop, changed)}])
            except ConflictError:
                continue
            return changed.model_copy(update={"revision": changed.revision + 1})
        raise ConflictError("this shopper's profile is being changed by others all the time; try again")

    def remember_cart(self, shop: str, customer_id: str, cart_id: str, expires_at: int) -> None:
        """So that all carts of a shopper can be found when they ask to be forgotten."""
        key = {"PK": customer_partition(shop, customer_id), "SK": f"CART#{cart_id}"}
        self.table.put(key | {"expires_at": expires_at})

    def carts_of(self, shop: str, customer: Customer) -> list[str]:
        partitions = [customer_partition(shop, id_) for id_ in (customer.id, *sorted(customer.absorbed))]
        keys = [item["SK"] for name in partitions for item in self.table.query({"PK": name})]
        return [key.removeprefix("CART#") for key in keys if key.startswith("CART#")]

    def find(self, shop: str, contact: Contact) -> list[Customer]:
        """Everyone known by one of these names; makes nobody."""
        items = self.table.get_many([alias_key(shop, name) for name in aliases_of(shop, contact)])
        ids = {item["customer_id"] for item in items if "customer_id" in item}
        return [customer for id_ in sorted(ids) if (customer := self.get(shop, id_))]

    def log_consent(self, shop: str, customer_id: str, channel: Channel, consent: Consent) -> None:
        """The proof of who said what, when and where: appended, never changed."""
        key = {"PK": customer_partition(shop, customer_id), "SK": f"CONSENT#{channel}#{timestamp(consent.at)}#{consent.state}"}
        self.table.put(key | {"state": str(consent.state), "source": consent.source, "recorded_at": timestamp(now())})

    def spoke_before(self, shop: str, customer: Customer, at: datetime) -> bool:
        """Whether this shopper said yes or no to anything, under whatever id, before that time."""
        partitions = [customer_partition(shop, id_) for id_ in (customer.id, *sorted(customer.absorbed))]
        items = [item for name in partitions for item in self.table.query({"PK": name}, begins="CONSENT#")]
        return any(item["SK"].split("#")[2] < timestamp(at) for item in items)

    def erase(self, shop: str, customer: Customer, at: datetime) -> None:
        """Deletes the profile's content and everything found by it; leaves hashed names so that nothing brings it back."""
        for alias in customer.aliases:
            gone = {"erased_at": timestamp(at), "expires_at": expiry(at, ERASURE_REMEMBERED_DAYS)}
            self.table.put(alias_key(shop, alias) | gone)
        for id_ in (customer.id, *customer.absorbed):
            for item in self.table.query({"PK": customer_partition(shop, id_)}):
                self.table.dynamodb.delete_item(TableName=self.table.name, Key={"PK": {"S": item["PK"]}, "SK": {"S": item["SK"]}})

    def putting(self, shop: str, customer: Customer) -> dict[str, Any]:
        """A put of the profile on condition that nobody wrote it since it was read; for transactions."""
        item = profile_key(shop, customer.id) | {"revision": customer.revision + 1, "profile": dump(customer)}
        if customer.revision == 0:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=customer.revision)

    def _owners(self, shop: str, found: dict[str, Item]) -> list[Customer]:
        ids = sorted({item["customer_id"] for item in found.values() if "customer_id" in item})
        items = self.table.get_many([profile_key(shop, id_) for id_ in ids]) if ids else []
        return sorted((customer_from(item) for item in items), key=lambda customer: customer.id)

    def _commit(
        self,
        shop: str,
        owners: list[Customer],
        contact: Contact,
        version: str,
        names: list[str],
        found: dict[str, Item],
        amend: Amend,
    ) -> Customer:
        first, *others = owners or [Customer(id=uuid.uuid4().hex)]
        customer = first
        for other in others:
            customer = customer.absorb(other)
        customer = amend(customer.learn(contact, version))
        customer = customer.model_copy(update={"aliases": customer.aliases | set(names)})
        stray = [
            n
            for n in customer.aliases
            if n not in first.aliases or (n in names and found.get(n, {}).get("customer_id") != first.id)
        ]
        if customer == first and not stray and first.revision:
            return customer
        gone = [other.model_copy(update={"merged_into": customer.id}) for other in others]
        actions = [{"Put": self.putting(shop, profile)} for profile in (customer, *gone)]
        actions += [{"Put": self._pointing(shop, name, customer, found.get(name), others)} for name in sorted(stray)]
        self.table.transact(actions)
        return customer.model_copy(update={"revision": customer.revision + 1})

    def _pointing(self, shop: str, name: str, customer: Customer, old: Item | None, others: list[Customer]) -> dict[str, Any]:
        """An alias put, on condition that it still points where it did."""
        item = alias_key(shop, name) | {"customer_id": customer.id}
        if old is None and not any(name in other.aliases for other in others):
            return self.table.putting(item, "attribute_not_exists(PK)")
        if old is not None and "erased_at" in old:
            return self.table.putting(item, "erased_at = :old", old=old["erased_at"])
        owner = old["customer_id"] if old else next(other.id for other in others if name in other.aliases)
        return self.table.putting(item, "customer_id = :old", old=owner)


def customer_from(item: Item) -> Customer:
    return Customer.model_validate_json(item["profile"]).model_copy(update={"revision": int(item["revision"])})
