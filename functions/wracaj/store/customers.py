"""Who is who: one item per name, `SHOP#{shop}#WHO#{name}` / `WHO`. Beside it, under the same name:

`RECORD#{account}`          an account whose record names this address `USED_BY#{account}`
an account that ordered with this address, which its record does not name; for support only

Its carts are in pointers.py, what was said under it in consent_log.py; two accounts become one in
merging.py.

Nothing points from one name to another but for two accounts that the shop itself merged. An item is
read, changed in memory and written back whole if nobody wrote it meanwhile: it changes seldom, and
every rule about it stays in pure places (customer.py, shopper.py). None grows with the number of
people behind an address.

The index `accounts` lists each owner once who bought: where the shop merges two accounts, the one
that goes leaves it in the same transaction, and the account of the one that stays tells whose
others belong to it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from wracaj.clock import now
from wracaj.customers.customer import Customer
from wracaj.customers.identity import (
    DECIDING,
    FACTS,
    IdentifierKind,
    address_identifiers,
    identifier_kind,
    identifier_of,
    identifiers_of,
    is_account,
)
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.events import Contact
from wracaj.store.audience_outbox import filling_outbox
from wracaj.store.date_index import listing
from wracaj.store.table import Item, Table, dump, expiry
from wracaj.timelines.date_triggers import days_of_customer
from wracaj.timelines.subject import Subject

ATTEMPTS = 10
ACCOUNT_SHARDS = 16  # per shop: what a scan over all its customers shares out
POINTER_DAYS = 800  # longer than any cart is kept
# a shop's late or repeated webhooks must not bring an erased shopper back
ERASURE_REMEMBERED_DAYS = 60
NOES_REMEMBERED_DAYS = 1095  # of an address whose reader said no, or where messages do not arrive
MOST_ACCOUNTS = 25  # that one address is looked up for
RECORDED = (IdentifierKind.EMAIL, IdentifierKind.PHONE)
# anybody may make one: they come through public doors, in any number
UNASKED = tuple(kind for kind in IdentifierKind if kind not in DECIDING)

Amend = Callable[[Shopper], Shopper]


def customer_partition(shop: str, customer_id: str) -> str:
    return f"SHOP#{shop}#WHO#{customer_id}"


def who_key(shop: str, name: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, name), "SK": "WHO"}


def account_key(shop: str, customer_id: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": "ACCOUNT"}


def account_shard(shop: str, customer_id: str) -> str:
    """Where the index `accounts` lists this customer."""
    return shard_name(shop, hashlib.sha256(customer_id.encode()).digest()[0] % ACCOUNT_SHARDS)


def shard_name(shop: str, number: int) -> str:
    return f"SHOP#{shop}#ACCOUNTS#{number:02d}"


def alias_key(shop: str, alias: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#ALIAS#{alias}", "SK": "ALIAS"}


class Customers:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, shop: str, name: str) -> Customer | None:
        """What is known under a name, and nothing where nothing is. Follows an account that the
        shop merged into another."""
        known = self.read(shop, [name])[name]
        return known if known.exists else None

    def read(self, shop: str, names: Iterable[str]) -> dict[str, Customer]:
        """What is known under each of these names, an empty one where nothing is: one request."""
        asked = list(dict.fromkeys(names))
        found = {
            item["PK"]: customer_from(item)
            for item in self.table.get_many([who_key(shop, name) for name in asked])
        }
        known = {
            name: found.get(customer_partition(shop, name), Customer(id=name)) for name in asked
        }
        merged = {name: one.merged_into for name, one in known.items() if one.merged_into}
        if merged:
            kept = self.read(shop, merged.values())
            known |= {name: kept[into] for name, into in merged.items()}
        return known

    def shopper(self, shop: str, contact: Contact) -> Shopper | None:
        """Whom this contact names; None where it names nobody. One request; another where the
        account's record names more."""
        names = identifiers_of(shop, contact)
        if not names:
            return None
        found = self.read(shop, names.values())
        names = {kind: found[name].id for kind, name in names.items()}
        known = {one.id: one for one in found.values()}
        if IdentifierKind.ACCOUNT in names and (
            more := _stands_in(known[names[IdentifierKind.ACCOUNT]], names)
        ):
            recorded = {kind: identifier_of(shop, kind, address) for kind, address in more.items()}
            known |= self.read(shop, recorded.values())
            names |= recorded
        shopper = Shopper(shop=shop, names=names, known=known)
        return shopper if shopper.owner.is_buried else _with_address(shopper, contact)

    def shopper_of(self, subject: Subject) -> Shopper | None:
        """Whom a cart names. One that names nobody any more, as its only browser is gone, is still
        of whom it was."""
        shopper = self.shopper(subject.shop, subject.contact)
        if shopper is not None or subject.erased or subject.customer_id is None:
            return shopper
        owner = self.read(subject.shop, [subject.customer_id])[subject.customer_id]
        return _whole(subject.shop, owner, {}, {owner.id: owner})

    def owners(self, shop: str, ids: Iterable[str]) -> dict[str, Shopper]:
        """Whoever is still there under these names, with what is known at the addresses of their
        record: two requests for a hundred of them. An account that the shop merged into another
        leads to that one."""
        found = {
            name: one
            for name, one in self.read(shop, ids).items()
            if one.exists and not one.is_buried
        }
        named = {name: address_identifiers(shop, one.contact) for name, one in found.items()}
        more = self.read(
            shop, {a for names in named.values() for a in names.values()} - found.keys()
        )
        known = {one.id: one for one in found.values()} | more
        return {name: _whole(shop, one, named[name], known) for name, one in found.items()}

    def with_addresses(self, shop: str, shopper: Shopper, *contacts: Contact) -> Shopper:
        """With what is known at these addresses too. No request where it is there already."""
        more = {
            name for contact in contacts for name in identifiers_of(shop, contact).values()
        } - shopper.known.keys()
        return shopper.changed(*self.read(shop, sorted(more)).values()) if more else shopper

    def amend(self, shop: str, contact: Contact, change: Amend, *also: Contact) -> Shopper | None:
        """Applies a change to whom this contact names; writes only what changes. None where it
        names nobody.

        `also`: addresses at which the change may have something to write."""
        for _ in range(ATTEMPTS):
            shopper = self.shopper(shop, contact)
            shopper = (
                self.with_addresses(shop, shopper, recorded_addresses(shopper), *also)
                if shopper
                else None
            )
            if shopper is None:
                return None
            changed = change(shopper)
            if changed.owner != shopper.owner:  # whoever was forgotten is back
                changed = _with_address(changed, contact)
            try:
                return self.write(shop, shopper, changed)
            except ConflictError:
                continue
        raise ConflictError(
            "what is known of this shopper is being changed by others all the time; the event must"
            " come again"
        )

    def amend_one(self, shop: str, name: str, change: Callable[[Customer], Customer]) -> Customer:
        """Applies a change to what is known under one name."""
        for _ in range(ATTEMPTS):
            known = self.read(shop, [name])[name]
            before = Shopper(shop=shop, names={}, known={known.id: known})
            try:
                return self.write(shop, before, before.changed(change(known))).known[known.id]
            except ConflictError:
                continue
        raise ConflictError(
            "what is known under this name is being changed by others all the time; try again"
        )

    def write(self, shop: str, before: Shopper, after: Shopper) -> Shopper:
        """Raises ConflictError where anything of it was written since it was read."""
        actions = self.changing(shop, before, after)
        if len(actions) == 1 and "Put" in actions[0]:
            self.table.put_as(actions[0]["Put"])
        elif actions:
            self.table.transact(actions)
        return after.each(lambda one: written(one) if one != before.known.get(one.id) else one)

    def changing(self, shop: str, before: Shopper, after: Shopper) -> list[dict[str, Any]]:
        """The actions that write what has changed, with all that goes with it."""
        pairs = [
            (before.known.get(name, Customer(id=name)), one) for name, one in after.known.items()
        ]
        changed = [(old, new) for old, new in pairs if old != new]
        actions = [{"Put": self.putting(shop, new)} for _, new in changed]
        for old, new in changed:
            actions += listing(
                self.table, shop, new.id, days_of_customer(old), days_of_customer(new)
            )
            actions += self.recording(shop, old, new)
            actions += filling_outbox(self.table, shop, [old], [new])
        return actions

    def holding(self, shop: str, shopper: Shopper, names: Iterable[str]) -> list[dict[str, Any]]:
        """The actions that hold that nobody wrote what is known under these names since it was
        read."""
        return [{"ConditionCheck": self._unchanged(shop, shopper.known[name])} for name in names]

    def _unchanged(self, shop: str, customer: Customer) -> dict[str, Any]:
        if customer.revision == 0:
            return self.table.checking(who_key(shop, customer.id), "attribute_not_exists(PK)")
        return self.table.checking(
            who_key(shop, customer.id), "revision = :read", read=customer.revision
        )

    def putting(self, shop: str, customer: Customer) -> dict[str, Any]:
        """A put on condition that nobody wrote the item since it was read; for transactions."""
        days = days_kept(customer)
        item = who_key(shop, customer.id) | {
            "revision": customer.revision + 1,
            "known": dump(customer),
        }
        item |= {"expires_at": expiry(now(), days) if days else None}
        if customer.revision == 0:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=customer.revision)

    def recording(self, shop: str, old: Customer, new: Customer) -> list[dict[str, Any]]:
        """From each address of a record to its account."""
        before, after = _addresses(shop, old), _addresses(shop, new)
        gone, come = before - after, after - before
        puts = [
            {"Put": self.table.putting(_record_key(shop, name, new.id))} for name in sorted(come)
        ]
        return puts + [
            {"Delete": self.table.deleting(_record_key(shop, name, new.id))}
            for name in sorted(gone)
        ]

    def remember_use(self, shop: str, shopper: Shopper) -> None:
        """Whom support finds by an address that an account ordered with."""
        owner = shopper.owner
        names = {name for kind, name in shopper.names.items() if kind in RECORDED} - _addresses(
            shop, owner
        )
        if owner.is_account and names:
            key = {"SK": f"USED_BY#{owner.id}", "expires_at": expiry(now(), POINTER_DAYS)}
            self.table.put_many(
                [{"PK": customer_partition(shop, name), **key} for name in sorted(names)]
            )

    def forget_use(self, shop: str, name: str, accounts: Iterable[str]) -> None:
        """That these accounts ordered with this address."""
        for account in accounts:
            self.table.delete({"PK": customer_partition(shop, name), "SK": f"USED_BY#{account}"})

    def behind(self, shop: str, contact: Contact) -> list[Customer]:
        """Everybody whom these names may lead to, for people of the shop: whom they name, and the
        accounts whose record names the address, or who ordered with it. It proves nothing of
        anybody."""
        shopper = self.shopper(shop, contact)
        if shopper is None:
            return []
        addresses = [
            name for name in identifiers_of(shop, contact).values() if not is_account(name)
        ]
        led = ((name, begins) for name in addresses for begins in ("RECORD#", "USED_BY#"))
        accounts = [account for name, begins in led for account in self._led(shop, name, begins)]
        guest = (
            shopper.named(IdentifierKind.EMAIL)
            if shopper.owner.is_account and contact.email
            else None
        )
        found = (shopper.owner, *filter(None, [guest]), *self.read(shop, accounts).values())
        return list({one.id: one for one in found if one.exists and not one.is_buried}.values())

    def known_as(self, shop: str, ids: Iterable[str]) -> set[str]:
        """Every name that these customers have or had, by the shop's own merges."""
        asked = set(ids)
        kept = self.read(shop, asked).values() if asked else ()
        return asked.union(*({one.id, *one.absorbed} for one in kept))

    def accounts_naming(self, shop: str, name: str) -> list[str]:
        """The accounts whose record names this address; of a crowd, some."""
        return self._led(shop, name, "RECORD#")

    def _led(self, shop: str, name: str, begins: str) -> list[str]:
        page = next(
            self.table.pages(
                {"PK": customer_partition(shop, name)}, begins=begins, limit=MOST_ACCOUNTS
            ),
            [],
        )
        return [item["SK"].removeprefix(begins) for item in page]

    def bury(self, shop: str, name: str, at: datetime) -> None:
        """What stays of a name whose bearer is forgotten, for a while."""
        for _ in range(ATTEMPTS):
            known = self.read_as_it_is(shop, name)
            buried = known.buried(max(filter(None, (known.erased_at, at))))
            actions = [{"Put": self.putting(shop, buried)}]
            actions += listing(self.table, shop, name, days_of_customer(known), ())
            actions += self.recording(shop, known, buried)
            actions += filling_outbox(self.table, shop, [known], [buried])
            try:
                return self.table.transact(actions)
            except ConflictError:
                continue
        raise ConflictError(
            "what is known under this name is being changed by others all the time; try again"
        )

    def read_as_it_is(self, shop: str, name: str) -> Customer:
        """Also of an account that was merged into another."""
        item = self.table.get(who_key(shop, name))
        return customer_from(item) if item else Customer(id=name)


def _whole(
    shop: str,
    owner: Customer,
    addresses: Mapping[IdentifierKind, str],
    known: Mapping[str, Customer],
) -> Shopper:
    names = {identifier_kind(owner.id): owner.id, **addresses}
    return Shopper(shop=shop, names=names, known={name: known[name] for name in names.values()})


def _stands_in(account: Customer, names: Mapping[IdentifierKind, str]) -> dict[IdentifierKind, str]:
    """The addresses of an account's record that stand in for those which a cart does not name."""
    told = {kind: getattr(account.contact, FACTS[kind]) for kind in RECORDED if kind not in names}
    return {kind: address for kind, address in told.items() if address}


def recorded_addresses(shopper: Shopper) -> Contact:
    """Of an account's record; nothing of a guest."""
    return shopper.record.addresses if shopper.owner.is_account else Contact()


def days_kept(customer: Customer) -> int | None:
    """How long an item stays after it was last written. None: until the shop, or its bearer, asks
    that it be forgotten."""
    if customer.is_buried:
        return (
            NOES_REMEMBERED_DAYS
            if customer.consent or customer.suppressed
            else ERASURE_REMEMBERED_DAYS
        )
    was_only_typed = not (customer.is_account or customer.is_somebodys_word)
    return POINTER_DAYS if was_only_typed or identifier_kind(customer.id) in UNASKED else None


def written(customer: Customer) -> Customer:
    return customer.model_copy(update={"revision": customer.revision + 1})


def _with_address(shopper: Shopper, contact: Contact) -> Shopper:
    """What is known of an owner holds the address itself, or the shop's id, once it is written for
    whatever reason."""
    owner, fact = shopper.owner, FACTS[identifier_kind(shopper.id)]
    address = getattr(contact, fact)
    if getattr(owner.contact, fact) or owner.merged_into or not address:
        return shopper
    return shopper.changed(
        owner.model_copy(update={"contact": owner.contact.model_copy(update={fact: address})})
    )


def _addresses(shop: str, customer: Customer) -> set[str]:
    """The names of an account's recorded addresses."""
    if not customer.is_account or customer.merged_into or customer.is_buried:
        return set()
    return set(address_identifiers(shop, customer.contact).values())


def _record_key(shop: str, name: str, account: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, name), "SK": f"RECORD#{account}"}


def customer_from(item: Item) -> Customer:
    return Customer.model_validate_json(item["known"]).model_copy(
        update={"revision": int(item["revision"])}
    )
