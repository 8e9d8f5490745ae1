"""Whom an e-mail address, a phone number or a shop's id may lead to. For people of the shop: it
proves nothing of anybody."""

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

MOST_CARTS = 50  # the newest that name the address


def customers_known_by(target: Target, shop: ShopSettings, who: str) -> list[Customer]:
    """Raises NothingKnownError."""
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
    """Raises NothingKnownError where the name is kept as buried: nothing else of them is."""
    buried = store.customers.read(shop.shop, identifiers_of(shop.shop, asked).values()).values()
    if erased := [one.erased_at for one in buried if one.erased_at]:
        at = moment(max(erased), shop.zone)
        raise NothingKnownError(
            f"{who} asked to be forgotten by {shop.shop}, and was on {at}: nothing else is known of"
            " them"
        )


def asked_for(shop: ShopSettings, who: str) -> Contact:
    """An e-mail address or a phone number, where it is one; else the shop's id."""
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
    """A guest of whom nothing but a cart is known has nothing else under their name yet."""
    ids = store.pointers.cart_ids(shop, identifiers_of(shop, asked).values(), MOST_CARTS)
    carts = {cart.customer_id: cart for cart in store.carts.get_many(shop, ids) if cart.customer_id}
    known = store.customers.read(shop, carts)
    return [_with_contact(known[owner], cart) for owner, cart in carts.items()]


def _with_contact(owner: Customer, cart: Cart) -> Customer:
    fact = FACTS[identifier_kind(owner.id)]
    if getattr(owner.contact, fact):
        return owner
    return owner.model_copy(update={"contact": Contact(**{fact: getattr(cart.contact, fact)})})
