"""Whoever reads what comes to one address: what it proves that they pressed a button behind a link
that we sent there.

It proves the address, for everybody who uses it. It proves a person only where the message's cart
is a guest's of this very address, or a customer's whose record in the shop names it: then what is
that person's own may be shown and changed.
"""

from collections.abc import Iterable

from wracaj.carts.cart import Cart
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind, address_identifiers, identifiers_of
from wracaj.events import Frozen
from wracaj.store import Store
from wracaj.store.carts import MOST_POINTERS
from wracaj.store.step_records import LinkTarget
from wracaj.timelines.subject import Subject


class Reader(Frozen):
    """`here`: what is known at the address that the message went to. `owner`: whom the message's
    cart belongs to."""

    shop: str
    here: Customer
    owner: Customer

    @property
    def account(self) -> Customer | None:
        """The customer whose message it was, where the shop's record of them names this address."""
        is_theirs = (
            self.owner.is_account
            and self.here.id in address_identifiers(self.shop, self.owner.contact).values()
        )
        return self.owner if is_theirs else None

    @property
    def person(self) -> Customer | None:
        """None: whoever the cart belongs to may be somebody else."""
        return self.here if self.owner.id == self.here.id else self.account

    @property
    def ids(self) -> frozenset[str]:
        """Under which the carts of this person lie."""
        return frozenset((self.person.id, *self.person.absorbed)) if self.person else frozenset()

    def is_of(self, customer: Customer) -> bool:
        """Whether this customer, as they are by now, is still the one whose message it was."""
        return self.model_copy(update={"owner": customer}).account is not None


def reader_of(store: Store, target: LinkTarget) -> Reader:
    """One request."""
    known = store.customers.read(target.shop, [target.address, target.customer_id])
    return Reader(shop=target.shop, here=known[target.address], owner=known[target.customer_id])


def carts_of(store: Store, reader: Reader) -> list[Cart]:
    """The newest open carts that name the address, whoever they belong to, and those of the person
    who reads it."""
    names = {reader.here.id, *reader.ids}
    ids = store.pointers.cart_ids(reader.shop, sorted(names), MOST_POINTERS)
    return [
        cart
        for cart in store.carts.get_many(reader.shop, ids)
        if cart.is_open and names & set(names_in(cart).values())
    ]


def names_in(cart: Subject) -> dict[IdentifierKind, str]:
    """Those that it was settled with, and those that were told since."""
    return {IdentifierKind(kind): name for kind, name in cart.names.items()} | identifiers_of(
        cart.shop, cart.contact
    )


def known_in(store: Store, reader: Reader, carts: Iterable[Subject]) -> dict[str, Customer]:
    """What is known under every name of these carts and of the person who reads: one request."""
    names = [
        reader.here.id,
        reader.owner.id,
        *(name for cart in carts for name in names_in(cart).values()),
    ]
    recorded = (
        address_identifiers(reader.shop, reader.account.contact).values() if reader.account else ()
    )
    return store.customers.read(reader.shop, [*names, *recorded])
