"""Whose data lies behind an address: this decides what its reader may be shown, and what a click
there may erase."""

from collections.abc import Iterable
from enum import StrEnum

from preferences.visit import Visit
from wracaj.customers.identity import IdentifierKind, address_identifiers
from wracaj.services.readers import names_in
from wracaj.store import open_store
from wracaj.store.carts import MOST_POINTERS


class Belongs(StrEnum):
    GUEST = "guest"  # to whoever uses the address, without an account
    ACCOUNT = "account"  # to a customer, too, whose record in the shop names it
    SHARED = "shared"  # more than one record names it: nobody but the shop knows whose it is
    TYPED = "typed"  # it was typed in a cart of an account whose record does not name it


def belonging(visit: Visit) -> Belongs:
    if visit.reader.account:
        naming = open_store().customers.accounts_naming(visit.shop.shop, visit.here.id)
        return Belongs.SHARED if set(naming) - visit.reader.ids else Belongs.ACCOUNT
    return Belongs.TYPED if _typed_by(visit) else Belongs.GUEST


def _typed_by(visit: Visit) -> list[str]:
    """The accounts with a cart that names this address, though the shop's record of
    them does not."""
    store, shop = open_store(), visit.shop.shop
    ids = store.pointers.cart_ids(shop, [visit.here.id], MOST_POINTERS)
    found = (
        names_in(cart).get(IdentifierKind.ACCOUNT)
        for cart in store.carts.get_many(shop, ids)
        if not cart.erased
    )
    return _not_naming(visit, sorted(set(filter(None, found))))


def _not_naming(visit: Visit, accounts: Iterable[str]) -> list[str]:
    known = open_store().customers.read(visit.shop.shop, accounts)
    return [
        name
        for name, one in known.items()
        if visit.here.id not in address_identifiers(visit.shop.shop, one.contact).values()
    ]
