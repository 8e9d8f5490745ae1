"""Who is who: one item for each identifier, `SHOP#{shop}#WHO#{name}` / `WHO`.

The accounts behind an address are in address_use.py, pointers to carts in pointers.py, consents in
consent_log.py, merges of accounts in merging.py.

No identifier points to another, except for two accounts that the shop merged. An item is read,
changed in memory, and written back whole if nobody wrote it meanwhile. Items change seldom, and all
rules about them are in modules without I/O (customer.py, shopper.py). No item grows with the number
of people who use an address.

The index `accounts` lists each owner who bought, once. When the shop merges two accounts, the
merged one leaves the index in the same transaction. The account that stays lists it in `absorbed`.
"""

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
from wracaj.store.address_use import POINTER_DAYS, RECORDED, AddressUse
from wracaj.store.audience_outbox import filling_outbox
from wracaj.store.customer_keys import (
    ERASURE_REMEMBERED_DAYS,
    customer_partition,
    entry_key,
    who_key,
)
from wracaj.store.date_index import listing
from wracaj.store.table import Item, Table, dump, expiry
from wracaj.timelines.date_triggers import days_of_customer
from wracaj.timelines.subject import Subject

ATTEMPTS = 10
NOES_REMEMBERED_DAYS = 1095  # of an erased address that is opted out or suppressed
# anybody may create these: they come from public pages, in any number
UNASKED = tuple(kind for kind in IdentifierKind if kind not in DECIDING)

Amend = Callable[[Shopper], Shopper]


class Customers:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.address_use = AddressUse(table)

    def get(self, shop: str, name: str) -> Customer | None:
        """Return the customer, or None if nothing is known. Follows an account that was merged into
        another."""
        known = self.read(shop, [name])[name]
        return known if known.exists else None

    def read(self, shop: str, names: Iterable[str]) -> dict[str, Customer]:
        """Return what is known under each identifier; an empty customer if nothing is. One request,
        and another one for merged accounts."""
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
        """Return the shopper whom the contact identifies. None: it has no identifier. One request,
        and another one if the account's record contains more addresses."""
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
        """Return the shopper of a cart. A cart may have lost its last identifier, such as a browser
        that is gone: it still belongs to its owner."""
        shopper = self.shopper(subject.shop, subject.contact)
        if shopper is not None or subject.erased or subject.customer_id is None:
            return shopper
        owner = self.read(subject.shop, [subject.customer_id])[subject.customer_id]
        return _whole(subject.shop, owner, {}, {owner.id: owner})

    def owners(self, shop: str, ids: Iterable[str]) -> dict[str, Shopper]:
        """Return the shoppers with these ids, and what is known at the addresses of their records.
        Erased ones are left out. A merged account leads to the one it was merged into. Two requests
        for a hundred ids."""
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
        """Add what is known at these addresses. No request if it was read already."""
        more = {
            name for contact in contacts for name in identifiers_of(shop, contact).values()
        } - shopper.known.keys()
        return shopper.changed(*self.read(shop, sorted(more)).values()) if more else shopper

    def amend(self, shop: str, contact: Contact, change: Amend, *also: Contact) -> Shopper | None:
        """Apply a change to the shopper whom the contact identifies, and write only what differs.
        None: it has no identifier. Raises ConflictError.

        `also`: addresses at which the change may write something.
        """
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
            if changed.owner != shopper.owner:  # an erased shopper is known again
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
        """Apply a change to what is known under one identifier. Raises ConflictError."""
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
        """Raises ConflictError if any of it was written since it was read."""
        actions = self.changing(shop, before, after)
        if len(actions) == 1 and "Put" in actions[0]:
            self.table.put_as(actions[0]["Put"])
        elif actions:
            self.table.transact(actions)
        return as_written(before, after)

    def changing(self, shop: str, before: Shopper, after: Shopper) -> list[dict[str, Any]]:
        """Return the actions that write what differs, with the date index, the links from addresses
        to accounts, and the audience outbox."""
        pairs = [
            (before.known.get(name, Customer(id=name)), one) for name, one in after.known.items()
        ]
        changed = [(old, new) for old, new in pairs if old != new]
        actions = [{"Put": self.putting(shop, new)} for _, new in changed]
        for old, new in changed:
            actions += listing(
                self.table, shop, new.id, days_of_customer(old), days_of_customer(new)
            )
            actions += self.address_use.recording(shop, old, new)
            actions += filling_outbox(self.table, shop, [old], [new])
        return actions

    def holding(self, shop: str, shopper: Shopper, names: Iterable[str]) -> list[dict[str, Any]]:
        """Return the actions that check that nothing under these identifiers was written since it
        was read."""
        return [{"ConditionCheck": self._unchanged(shop, shopper.known[name])} for name in names]

    def _unchanged(self, shop: str, customer: Customer) -> dict[str, Any]:
        if customer.revision == 0:
            return self.table.checking(who_key(shop, customer.id), "attribute_not_exists(PK)")
        return self.table.checking(
            who_key(shop, customer.id), "revision = :read", read=customer.revision
        )

    def putting(self, shop: str, customer: Customer) -> dict[str, Any]:
        """Return a put on condition that nobody wrote the item since it was read; for
        transactions."""
        days = days_kept(customer)
        item = who_key(shop, customer.id) | {
            "revision": customer.revision + 1,
            "known": dump(customer),
        }
        item |= {"expires_at": expiry(now(), days) if days else None}
        if customer.revision == 0:
            return self.table.putting(item, "attribute_not_exists(PK)")
        return self.table.putting(item, "revision = :read", read=customer.revision)

    def behind(self, shop: str, contact: Contact) -> list[Customer]:
        """Return every customer that this contact may lead to: those it identifies, and accounts
        whose record contains the address or that ordered with it. Only for people of the shop: it
        proves nothing."""
        shopper = self.shopper(shop, contact)
        if shopper is None:
            return []
        addresses = [
            name for name in identifiers_of(shop, contact).values() if not is_account(name)
        ]
        accounts = [id_ for name in addresses for id_ in self.address_use.accounts(shop, name)]
        guest = (
            shopper.named(IdentifierKind.EMAIL)
            if shopper.owner.is_account and contact.email
            else None
        )
        found = (shopper.owner, *filter(None, [guest]), *self.read(shop, accounts).values())
        return list({one.id: one for one in found if one.exists and not one.is_buried}.values())

    def known_as(self, shop: str, ids: Iterable[str]) -> set[str]:
        """Return every id that these customers have or had, through merges by the shop."""
        asked = set(ids)
        kept = self.read(shop, asked).values() if asked else ()
        return asked.union(*({one.id, *one.absorbed} for one in kept))

    def bury(self, shop: str, name: str, at: datetime) -> None:
        """Erase what is known under an identifier, except what an erasure keeps for a while."""
        for _ in range(ATTEMPTS):
            known = self.read_as_it_is(shop, name)
            buried = known.buried(max(filter(None, (known.erased_at, at))))
            actions = [{"Put": self.putting(shop, buried)}]
            actions += listing(self.table, shop, name, days_of_customer(known), ())
            actions += self.address_use.recording(shop, known, buried)
            actions += filling_outbox(self.table, shop, [known], [buried])
            actions += self._leaving_experiments(shop, known)
            try:
                return self.table.transact(actions)
            except ConflictError:
                continue
        raise ConflictError(
            "what is known under this name is being changed by others all the time; try again"
        )

    def _leaving_experiments(self, shop: str, known: Customer) -> list[dict[str, Any]]:
        return [
            {"Delete": self.table.deleting(entry_key(shop, name, entry.day, entry.person))}
            for name, entry in known.arms.items()
        ]

    def read_as_it_is(self, shop: str, name: str) -> Customer:
        """Read what is known under an identifier, without following a merge."""
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
    """Return the addresses of the account's record for the kinds that a cart does not contain."""
    told = {kind: getattr(account.contact, FACTS[kind]) for kind in RECORDED if kind not in names}
    return {kind: address for kind, address in told.items() if address}


def recorded_addresses(shopper: Shopper) -> Contact:
    """Return the addresses of an account's record; none for a guest."""
    return shopper.record.addresses if shopper.owner.is_account else Contact()


def days_kept(customer: Customer) -> int | None:
    """Return how many days an item is kept after its last write. None: until it is erased."""
    if customer.is_buried:
        return (
            NOES_REMEMBERED_DAYS
            if customer.consent or customer.suppressed
            else ERASURE_REMEMBERED_DAYS
        )
    was_only_typed = not (customer.is_account or customer.is_somebodys_word)
    return POINTER_DAYS if was_only_typed or identifier_kind(customer.id) in UNASKED else None


def as_written(before: Shopper, after: Shopper) -> Shopper:
    """Return the shopper as stored, once what differs was written."""
    return after.each(lambda one: written(one) if one != before.known.get(one.id) else one)


def written(customer: Customer) -> Customer:
    return customer.model_copy(update={"revision": customer.revision + 1})


def _with_address(shopper: Shopper, contact: Contact) -> Shopper:
    """Add the owner's own address, or the shop's id, if it is missing. It is written with the next
    change of the owner."""
    owner, fact = shopper.owner, FACTS[identifier_kind(shopper.id)]
    address = getattr(contact, fact)
    if getattr(owner.contact, fact) or owner.merged_into or not address:
        return shopper
    return shopper.changed(
        owner.model_copy(update={"contact": owner.contact.model_copy(update={fact: address})})
    )


def customer_from(item: Item) -> Customer:
    return Customer.model_validate_json(item["known"]).model_copy(
        update={"revision": int(item["revision"])}
    )
