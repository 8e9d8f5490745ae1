"""Removes shoppers from the advertising audience that a cart's timeline put them into, even if the
cart has another owner by now."""

from collections.abc import Iterable

from wracaj.carts.cart import Cart
from wracaj.customers.customer import Customer
from wracaj.customers.shopper import Shopper
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store


def names_of_carts(carts: Iterable[Cart]) -> set[str]:
    """Return every identifier that these carts were settled with."""
    return {name for cart in carts for name in (cart.customer_id, *cart.names.values()) if name}


def names_gone(cart: Cart, shopper: Shopper) -> set[str]:
    """Return the earlier identifiers of the cart that its shopper does not have."""
    return {shopper.now_named(name) for name in names_of_carts([cart])} - set(
        shopper.names.values()
    )


def take_out(
    store: Store,
    shop: ShopSettings,
    carts: Iterable[Cart],
    names: Iterable[str],
    read: Iterable[Shopper] = (),
) -> None:
    """Remove those of these identifiers whom one of these carts put into an audience. Makes no
    request if the shop has no audience.

    `read`: shoppers that were read just now.
    """
    ids, asked = {cart.cart_id for cart in carts}, set(names)
    if not (shop.audiences and ids and asked):
        return
    found = {
        name: known for shopper in read for name, known in shopper.known.items() if name in asked
    }
    unread = sorted(asked - found.keys())
    found |= store.customers.read(shop.shop, unread) if unread else {}
    for known in found.values():
        member = known.audience
        if member and member.cart_id in ids:

            def leaving(
                one: Customer, cart_id: str = member.cart_id, episode: int = member.episode
            ) -> Customer:
                return one.out_of_audience_of(cart_id, episode)

            store.customers.amend_one(shop.shop, known.id, leaving)
