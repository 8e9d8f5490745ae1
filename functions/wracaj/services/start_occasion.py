"""Creates an occasion and starts its timeline: once, even if it is repeated after a crash."""

from collections.abc import Callable

from wracaj.aws.observability import count, logger
from wracaj.customers.email_address import mailbox_of
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
    """Return False if the rate limit is reached. The same occasion may be begun again later."""
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
    """Return whether the rate limit admits the message. It applies to messages that anybody can
    request for any address by typing it."""
    to = occasion.contact.email or occasion.contact.phone
    if (
        not occasion.asked_for
        or to is None
        or store.rate_limits.admit(shop.shop, LimitedAction.ASKED_FOR, mailbox_of(to))
    ):
        return True
    logger.warning("rate limit reached", extra={"shop": shop.shop, "occasion": occasion.kind})
    count("AskedMessageRateLimited")
    return False
