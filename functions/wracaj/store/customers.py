"""Customers: `SHOP#{shop}#CUSTOMER#{id}` / `PROFILE`, found by aliases: `SHOP#{shop}#ALIAS#{kind}#{value}` / `ALIAS`.

A profile is read, changed in memory and written back whole if nobody wrote it meanwhile: it changes seldom, and every
rule about it stays in one pure place (`customer.py`).

The index `accounts` lists each shopper once: where two turn out to be one, the account of the one that goes leaves it in
the same transaction, and the account of the one that stays tells whose others belong to it.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from wracaj.clock import now, timestamp
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.consent_wording import Wording
from wracaj.customer import Customer
from wracaj.days import days_of_customer
from wracaj.errors import ConflictError
from wracaj.events import Contact
from wracaj.store.audiences import telling
from wracaj.store.days import listing
from wracaj.store.given_up import holding
from wracaj.store.names import judged_by, may_be_joined
from wracaj.store.table import Change, Item, Table, dump, expiry

ATTEMPTS = 10
MOST_ALIASES = 20  # a phone that a courier or a shop types in for everybody must not make one shopper of them all
HASHED_NAMES = ("email", "phone", "messenger", "web_push")
ACCOUNT_SHARDS = 16  # per shop: what a scan over all its customers shares out
POINTER_DAYS = 800  # longer than any cart is kept
ERASURE_REMEMBERED_DAYS = 60  # a shop's late or repeated webhooks must not bring an erased shopper back

Amend = Callable[[Customer], Customer]


def customer_partition(shop: str, customer_id: str) -> str:
    return f"SHOP#{shop}#CUSTOMER#{customer_id}"


def profile_key(shop: str, customer_id: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": "PROFILE"}


def account_key(shop: str, customer_id: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": "ACCOUNT"}


def account_shard(shop: str, customer_id: str) -> str:
    """Where the index `accounts` lists this customer."""
    return shard_name(shop, hashlib.sha256(customer_id.encode()).digest()[0] % ACCOUNT_SHARDS)


def shard_name(shop: str, number: int) -> str:
    return f"SHOP#{shop}#ACCOUNTS#{number:02d}"


def alias_key(shop: str, alias: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#ALIAS#{alias}", "SK": "ALIAS"}


def aliases_of(shop: str, contact: Contact) -> dict[str, str]:
    """Every name this shopper is known by → the fact it comes from; the surest first.

    Addresses are hashed: keys end up in metrics and logs.
    """
    names = {f"platform#{contact.platform_id}": "platform_id"} if contact.platform_id else {}
    for fact in HASHED_NAMES:
        if value := getattr(contact, fact):
            names[_hashed(shop, fact, value)] = fact
    return names


def alias_of(shop: str, channel: Channel, address: str) -> str:
    """By which whoever this address belongs to is found."""
    match channel:
        case Channel.EMAIL | Channel.AUDIENCE:
            return _hashed(shop, "email" if "@" in address else "phone", address)
        case Channel.SMS:
            return _hashed(shop, "phone", address)
    return _hashed(shop, channel.value, address)


def _hashed(shop: str, fact: str, value: str) -> str:
    return f"{fact}#{hashlib.sha256(f'{shop}#{value}'.encode()).hexdigest()}"


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

    def identify(
        self, shop: str, contact: Contact, versions: Mapping[str, str], amend: Amend = lambda customer: customer
    ) -> Customer | None:
        """The one customer behind these names, made or merged where needed, with `amend` applied.

        `versions`: of each fact of the contact. None: this shopper asked to be forgotten after one of them was told.
        Writes only what changes.
        """
        names = aliases_of(shop, contact)
        told_at = {name: versions.get(fact, "").partition("#")[0] for name, fact in names.items()}
        for _ in range(ATTEMPTS):
            found = {item["PK"].split("#ALIAS#", 1)[1]: item for item in self.table.get_many([alias_key(shop, n) for n in names])}
            if any(
                "erased_at" in (item := found.get(name, {})) and item["erased_at"] >= told_at[name] for name in judged_by(names)
            ):
                return None
            owners = self._owners(shop, found, list(names))
            if any(owner.erased_at for owner in owners):
                return None  # just being forgotten
            try:
                return self._commit(shop, owners, contact, versions, names, found, amend)
            except ConflictError:
                continue
        raise ConflictError("this shopper's profile is being changed by others all the time; the event must come again")

    def named(self, shop: str, contact: Contact) -> str | None:
        """The id of whoever is known by the surest of these names; makes nobody, and joins nobody."""
        names = list(aliases_of(shop, contact))
        found = {item["PK"].split("#ALIAS#", 1)[1]: item for item in self.table.get_many([alias_key(shop, n) for n in names])}
        return next((found[name]["customer_id"] for name in names if "customer_id" in found.get(name, {})), None)

    def known_as(self, shop: str, ids: Iterable[str]) -> set[str]:
        """Every id that these shoppers have or had: some may have turned out to be one with others."""
        known: set[str] = set()
        while ids := set(ids) - known:
            known |= ids
            profiles = [customer_from(item) for item in self.table.get_many([profile_key(shop, id_) for id_ in sorted(ids)])]
            ids = {id_ for one in profiles for id_ in (*one.absorbed, one.merged_into) if id_}
        return known

    def owner(self, shop: str, alias: str) -> Customer | None:
        """Whoever is known by this name now."""
        item = self.table.get(alias_key(shop, alias))
        return self.get(shop, item["customer_id"]) if item and "customer_id" in item else None

    def amend(self, shop: str, customer_id: str, change: Amend) -> Customer | None:
        """Applies a change to a known customer."""
        for _ in range(ATTEMPTS):
            customer = self.get(shop, customer_id)
            changed = change(customer) if customer else None
            if customer is None or changed is None or changed == customer:
                return customer
            try:
                listed = self._listing(shop, customer, changed)
                news = telling(self.table, shop, [customer], [changed])
                held = holding(self.table, shop, [customer], [changed])
                self.table.transact([{"Put": self.putting(shop, changed)}, *listed, *news, *held])
            except ConflictError:
                continue
            return changed.model_copy(update={"revision": changed.revision + 1})
        raise ConflictError("this shopper's profile is being changed by others all the time; try again")

    def remember_cart(self, shop: str, customer_id: str, cart_id: str) -> None:
        """So that all carts of a shopper can be found when they ask to be forgotten."""
        key = {"PK": customer_partition(shop, customer_id), "SK": f"CART#{cart_id}"}
        self.table.put(key | {"expires_at": expiry(now(), POINTER_DAYS)})

    def log_consent(
        self, shop: str, customer_id: str, channel: Channel, consent: Consent, wording: Wording | None = None
    ) -> None:
        """The proof of who said what, when and where, for which address, and to which words: appended, never changed."""
        key = {"PK": customer_partition(shop, customer_id), "SK": f"CONSENT#{channel}#{timestamp(consent.at)}#{consent.state}"}
        said = {"state": str(consent.state), "source": consent.source, "whose": consent.whose or None}
        shown = {"wording": wording.text, "wording_version": wording.version} if wording else {}
        self.table.put(key | said | shown | {"recorded_at": timestamp(now())})

    def spoke_before(self, shop: str, customer: Customer, at: datetime) -> bool:
        """Whether this shopper said yes or no to anything, under whatever id, before that time. What still waits to be
        confirmed is neither."""
        partitions = [customer_partition(shop, id_) for id_ in (customer.id, *sorted(customer.absorbed))]
        items = [item for name in partitions for item in self.table.query({"PK": name}, begins="CONSENT#")]
        said = [item for item in items if item["state"] != ConsentState.PENDING]
        return any(item["SK"].split("#")[2] < timestamp(at) for item in said)

    def putting(self, shop: str, customer: Customer) -> dict[str, Any]:
        """A put of the profile on condition that nobody wrote it since it was read; for transactions."""
        item = profile_key(shop, customer.id) | {"revision": customer.revision + 1, "profile": dump(customer)}
        if customer.revision == 0:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=customer.revision)

    def _owners(self, shop: str, found: dict[str, Item], names: list[str]) -> list[Customer]:
        """Whoever owns these names. Where joining them would make a crowd of one, only the owner of the surest name, if any."""
        ids = list(dict.fromkeys(found[name]["customer_id"] for name in names if "customer_id" in found.get(name, {})))
        profiles = {item["PK"]: customer_from(item) for item in self.table.get_many([profile_key(shop, id_) for id_ in ids])}
        owners = [profiles[pk] for id_ in ids if (pk := customer_partition(shop, id_)) in profiles]
        found_by = {id_: [name for name in names if found.get(name, {}).get("customer_id") == id_] for id_ in ids}
        owners = [owner for owner in owners if may_be_joined(owner.aliases, found_by[owner.id], names)]
        if len(set(names).union(*(owner.aliases for owner in owners))) <= MOST_ALIASES:
            return sorted(owners, key=lambda customer: customer.id)
        surest = found.get(names[0], {}).get("customer_id")
        return [owner for owner in owners if owner.id == surest]

    def _commit(
        self,
        shop: str,
        owners: list[Customer],
        contact: Contact,
        versions: Mapping[str, str],
        names: dict[str, str],
        found: dict[str, Item],
        amend: Amend,
    ) -> Customer:
        first, *others = owners or [Customer(id=uuid.uuid4().hex)]
        customer = first
        for other in others:
            customer = customer.absorb(other)
        known_ids = {owner.id for owner in owners}
        gained = [name for name in names if found.get(name, {}).get("customer_id") in known_ids | {None}]
        if not any(names.get(name) == "messenger" for name in gained):  # another shopper's, who followed a link to this cart
            contact = contact.model_copy(update={"messenger": None})
        customer = amend(customer.learn(contact, versions))
        customer = customer.model_copy(update={"aliases": customer.aliases | set(gained)})
        stray = [
            name
            for name in customer.aliases
            if name not in first.aliases or (name in names and found.get(name, {}).get("customer_id") != first.id)
        ]
        if customer == first and not stray and first.revision:
            return customer
        gone = [other.model_copy(update={"merged_into": customer.id}) for other in others]
        actions = [{"Put": self.putting(shop, profile)} for profile in (customer, *gone)]
        actions += [{"Put": self._pointing(shop, name, customer, found.get(name), others)} for name in sorted(stray)]
        actions += self._joining_accounts(shop, customer, others)
        for before, after in zip((first, *others), (customer, *gone), strict=True):
            actions += self._listing(shop, before, after)
        actions += telling(self.table, shop, (first, *others), (customer, *gone))
        actions += holding(self.table, shop, (first, *others), (customer, *gone))
        self.table.transact(actions)
        return customer.model_copy(update={"revision": customer.revision + 1})

    def _listing(self, shop: str, before: Customer, after: Customer) -> list[dict[str, Any]]:
        return listing(self.table, shop, after.id, days_of_customer(before), days_of_customer(after))

    def _joining_accounts(self, shop: str, customer: Customer, gone: list[Customer]) -> list[dict[str, Any]]:
        """Made where there is none yet, and `revision` raised: an order that is just being posted to one must look again."""
        if not gone:
            return []
        changes = {other.id: Change().set(merged_into=customer.id, account_shard=None) for other in gone}
        changes[customer.id] = Change().set(absorbed=set(customer.absorbed), account_shard=account_shard(shop, customer.id))
        return [
            {"Update": self.table.updating(account_key(shop, id_), change.set_once(account="{}").add(revision=1))}
            for id_, change in changes.items()
        ]

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
