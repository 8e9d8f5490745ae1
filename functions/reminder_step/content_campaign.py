"""A campaign's message: whether the campaign goes on, and what must hold until the message is
handed over."""

from reminder_step.context import Circumstances, Telling
from wracaj.carts.cart import Cart
from wracaj.customers.customer import Owner
from wracaj.store import Store
from wracaj.timelines.campaign import Standing
from wracaj.timelines.occasion import Occasion


def campaign_of(store: Store, cart: Cart, owner: Owner) -> Standing | None:
    """None: the cart is no campaign's."""
    if cart.occasion != Occasion.CAMPAIGN or cart.about is None:
        return None
    return store.campaigns.standing(cart.shop, cart.about, owner, cart.cart_id)


def telling(given: Circumstances) -> Telling:
    """A stop shuts a gate that the claim finds shut; whoever is told is told once, whatever names
    they were known by."""
    shop, cart, campaigns = given.shop, given.cart, given.store.campaigns
    assert cart.about is not None
    mark = (shop.shop, cart.about, given.shopper.id, cart.cart_id)
    return Telling(
        given.read_balance(),
        actions=(campaigns.telling(*mark, given.moment),),
        freeing=lambda: (campaigns.freeing(*mark),),
        conditions=(campaigns.going_on(shop.shop, cart.about, cart.cart_id),),
    )
