"""Whose data is kept under an address. It decides what a reader of that address may see, and what a
click there may erase."""

from collections.abc import Iterable
from enum import StrEnum

from preferences.visit import Visit
from wracaj.customers.identity import IdentifierKind, address_identifiers
from wracaj.services.readers import names_in
from wracaj.store import open_store
from wracaj.store.carts import MOST_POINTERS


class Belongs(StrEnum):
    GUEST = "guest"  # a guest's: no account is known to use the address
    ACCOUNT = "account"  # also a customer's: the shop's record of one account has this address
    SHARED = "shared"  # several records have this address: only the shop knows whose it is
    TYPED = "typed"  # typed in a cart of an account whose record does not have it


def belonging(visit: Visit) -> Belongs:
    if visit.reader.account:
        naming = open_store().customers.address_use.recorded_by(visit.shop.shop, visit.here.id)
        return Belongs.SHARED if set(naming) - visit.reader.ids else Belongs.ACCOUNT
    return Belongs.TYPED if _typed_by(visit) else Belongs.GUEST


def _typed_by(visit: Visit) -> list[str]:
    """Accounts with this address in a cart, but not in the shop's record of them."""
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
