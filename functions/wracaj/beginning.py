"""Begins an occasion and starts its timeline: once, however often it is asked for and wherever it died before."""

from collections.abc import Callable

from wracaj.cart import Cart
from wracaj.settings import ShopSettings
from wracaj.shopper import Shopper
from wracaj.store import Store

StartTimeline = Callable[[str, str, int, str], None]  # shop, cart_id, episode, timeline


def begin(store: Store, start_timeline: StartTimeline, shop: ShopSettings, occasion: Cart, shopper: Shopper) -> None:
    assert occasion.occasion is not None
    kept = store.carts.open_occasion(shop, occasion)
    if kept.episode or kept.called_off or kept.erased:
        return
    store.customers.remember_occasion(shop.shop, shopper.names.values(), kept.cart_id)
    start_timeline(shop.shop, kept.cart_id, 1, occasion.occasion)
    store.carts.started(shop.shop, kept.cart_id, 1)
