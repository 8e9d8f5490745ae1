"""Readers: who reads an address, and what a click in a message proves.

A reader pressed a button behind a link that we sent to an address. This proves the address, for
everybody who uses it. It proves a person in two cases only: the message's cart belongs to a guest
with this very address, or to a customer whose record in the shop contains it. Only then may that
person's own data be shown and changed.
"""

from collections.abc import Iterable

from wracaj.carts.cart import Cart
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind, address_identifiers, identifiers_of
from wracaj.events import Frozen
from wracaj.store import Store
from wracaj.store.carts import MOST_POINTERS
from wracaj.store.message_links import LinkTarget
from wracaj.timelines.subject import Subject


class Reader(Frozen):
    """`here`: what is known of the address that the message went to. `owner`: the owner of the
    message's cart, `cart_id`."""

    shop: str
    here: Customer
    owner: Customer
    cart_id: str = ""

    @property
    def account(self) -> Customer | None:
        """Return the owner of the message's cart, if their record in the shop contains this
        address."""
        is_theirs = (
            self.owner.is_account
            and self.here.id in address_identifiers(self.shop, self.owner.contact).values()
        )
        return self.owner if is_theirs else None

    @property
    def person(self) -> Customer | None:
        """Return the person that the click proves. None: the cart's owner may be somebody else."""
        return self.here if self.owner.id == self.here.id else self.account

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids that this person's carts belong to."""
        return frozenset((self.person.id, *self.person.absorbed)) if self.person else frozenset()

    def is_of(self, customer: Customer) -> bool:
        """Return whether this customer's record, as it is now, still contains the address."""
        return self.model_copy(update={"owner": customer}).account is not None


def reader_of(store: Store, target: LinkTarget) -> Reader:
    known = store.customers.read(target.shop, [target.address, target.customer_id])
    here, owner = known[target.address], known[target.customer_id]
    return Reader(shop=target.shop, here=here, owner=owner, cart_id=target.cart_id)


def carts_of(store: Store, reader: Reader) -> list[Cart]:
    """Return the newest open carts that contain the address, whoever owns them, and those of the
    reader. The message's own cart is among them even if no pointer leads to it: the process that
    put its address into the cart may have died before it wrote the pointer."""
    names = {reader.here.id, *reader.ids}
    ids = store.pointers.cart_ids(reader.shop, sorted(names), MOST_POINTERS)
    is_missing = bool(reader.cart_id) and reader.cart_id not in ids
    its_own = store.carts.subject(reader.shop, reader.cart_id) if is_missing else None
    found = [its_own] if isinstance(its_own, Cart) else []
    return [
        cart
        for cart in (*found, *store.carts.get_many(reader.shop, ids))
        if cart.is_open and names & set(names_in(cart).values())
    ]


def names_in(cart: Subject) -> dict[IdentifierKind, str]:
    """Return the identifiers of a cart: those it was settled with, and those reported since."""
    return {IdentifierKind(kind): name for kind, name in cart.names.items()} | identifiers_of(
        cart.shop, cart.contact
    )


def known_in(store: Store, reader: Reader, carts: Iterable[Subject]) -> dict[str, Customer]:
    """Return what is known under each identifier of these carts and of the reader, in one
    request."""
    names = [
        reader.here.id,
        reader.owner.id,
        *(name for cart in carts for name in names_in(cart).values()),
    ]
    recorded = (
        address_identifiers(reader.shop, reader.account.contact).values() if reader.account else ()
    )
    return store.customers.read(reader.shop, [*names, *recorded])
