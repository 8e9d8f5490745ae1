"""Begins an occasion and starts its timeline: once, however often it is asked for and wherever it
died before."""

from collections.abc import Callable

from wracaj.aws.observability import count, logger
from wracaj.customers.shopper import Shopper
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.request_limits import LimitedAction
from wracaj.timelines.occasion import Occasion

StartTimeline = Callable[[str, str, int, str], None]  # shop, cart_id, episode, timeline


def begin(
    store: Store,
    start_timeline: StartTimeline,
    shop: ShopSettings,
    occasion: Occasion,
    shopper: Shopper,
) -> bool:
    """False: not now, as too many were asked for. The same may be asked for again."""
    kept = store.carts.open_occasion(shop, occasion)
    if kept.episode or kept.called_off or kept.erased:
        return True
    if not _may_begin(store, shop, occasion):
        return False
    store.pointers.remember_occasion(shop.shop, shopper.names.values(), kept.cart_id)
    start_timeline(shop.shop, kept.cart_id, 1, occasion.kind)
    store.carts.started(shop.shop, kept.cart_id, 1)
    return True


def _may_begin(store: Store, shop: ShopSettings, occasion: Occasion) -> bool:
    """What anybody can have sent to any address, by typing it, has an end."""
    to = occasion.contact.email or occasion.contact.phone
    if (
        not occasion.asked_for
        or to is None
        or store.rate_limits.admit(shop.shop, LimitedAction.ASKED_FOR, to)
    ):
        return True
    logger.warning("rate limit reached", extra={"shop": shop.shop, "occasion": occasion.kind})
    count("AskedMessageRateLimited")
    return False
