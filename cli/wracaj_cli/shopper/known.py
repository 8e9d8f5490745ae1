"""Finds the customers behind an e-mail address, a phone number or a shop's id. It is only for the
shop's own staff, because a typed address proves nothing."""

from wracaj.carts.cart import Cart
from wracaj.customers.contact import contact
from wracaj.customers.customer import Customer
from wracaj.customers.identity import FACTS, identifier_kind, identifiers_of
from wracaj.errors import NothingKnownError
from wracaj.events import Contact
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj_cli.outcome_words import moment
from wracaj_cli.shops.target import Target

MOST_CARTS = 50  # the newest carts that have the address


def customers_known_by(target: Target, shop: ShopSettings, who: str) -> list[Customer]:
    """Return the customers that are known by this name. Raises NothingKnownError."""
    asked, store = asked_for(shop, who), target.store()
    behind = {one.id: one for one in store.customers.behind(shop.shop, asked)}
    owners = {one.id: one for one in _owners_of_carts(store, shop.shop, asked) if not one.is_buried}
    found = list((owners | behind).values())
    if not found:
        _refuse_forgotten(store, shop, asked, who)
        raise NothingKnownError(
            f"Nobody in {shop.shop} is known by {who}: look at how it is written, or try another"
            " e-mail address, a phone number or the shop's own id"
        )
    return found


def _refuse_forgotten(store: Store, shop: ShopSettings, asked: Contact, who: str) -> None:
    """Raises NothingKnownError with the date of the erasure if the shopper was erased. Nothing else
    is kept of such a shopper."""
    buried = store.customers.read(shop.shop, identifiers_of(shop.shop, asked).values()).values()
    if erased := [one.erased_at for one in buried if one.erased_at]:
        at = moment(max(erased), shop.zone)
        raise NothingKnownError(
            f"{who} asked to be forgotten by {shop.shop}, and was on {at}: nothing else is known of"
            " them"
        )


def asked_for(shop: ShopSettings, who: str) -> Contact:
    """Return a contact with the e-mail address or the phone number. If the text is neither, it is
    the shop's id."""
    typed = contact(
        shop.phone_region,
        platform_id=None,
        emails=[who],
        phones=[who],
        first_name=None,
        locale=None,
    )
    return typed if typed.reachable else Contact(platform_id=who)


def _owners_of_carts(store: Store, shop: str, asked: Contact) -> list[Customer]:
    """Return the owners of the carts that have this address. A guest who has only a cart is found
    in no other way."""
    ids = store.pointers.cart_ids(shop, identifiers_of(shop, asked).values(), MOST_CARTS)
    carts = {cart.customer_id: cart for cart in store.carts.get_many(shop, ids) if cart.customer_id}
    known = store.customers.read(shop, carts)
    return [_with_contact(known[owner], cart) for owner, cart in carts.items()]


def _with_contact(owner: Customer, cart: Cart) -> Customer:
    fact = FACTS[identifier_kind(owner.id)]
    if getattr(owner.contact, fact):
        return owner
    return owner.model_copy(update={"contact": Contact(**{fact: getattr(cart.contact, fact)})})
