"""Stores a product view, and starts a browse reminder if one is due.

Views are many, and most are not needed. Those are dropped after as few reads as possible.
"""

from dataclasses import dataclass
from datetime import timedelta

from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.errors import ConflictError
from wracaj.events import CartContent, ProductViewed
from wracaj.services.start_occasion import StartTimeline
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.product_views import Browser
from wracaj.timelines.occasion import OccasionKind, an_occasion

ATTEMPTS = 8


@dataclass(frozen=True)
class Viewing:
    store: Store
    start_timeline: StartTimeline

    def viewed(self, shop: ShopSettings, event: ProductViewed) -> None:
        if not _matters(shop, event):
            return None
        for _ in range(ATTEMPTS):
            browser = self.store.browsers.find(shop.shop, event.contact)
            if browser is None or browser.forgot(event.version) or not _agrees(shop, browser):
                return None
            try:
                return self._take(shop, browser, event)
            except ConflictError:
                continue
        raise ConflictError(
            "what this shopper looks at is being changed by others all the time; the event must"
            " come again"
        )

    def _take(self, shop: ShopSettings, browser: Browser, event: ProductViewed) -> None:
        """Store the view, and start the timeline of an episode that is due. A webhook repeated
        after a crash finds the view stored and the episode perhaps not started yet."""
        known, browsing = browser.browsing, browser.browsing.seen(event)
        if browsing != known:
            begun = browsing.begun(now())
            if begun.shown and self._may_begin(shop, browser):
                browsing = begun
            self.store.browsers.keep(shop, browser, browsing)
        if browsing.starting:
            self.start_timeline(shop.shop, browser.cart_id, browsing.episode, OccasionKind.BROWSE)
            self.store.browsers.started(shop.shop, browser.cart_id, browsing.episode)

    def _may_begin(self, shop: ShopSettings, browser: Browser) -> bool:
        """Return whether the shopper may get another episode: one a week, counted over all their
        ids."""
        kept = (
            browser.browsing,
            *self.store.browsers.of_others(shop.shop, browser.shopper.absorbed),
        )
        return all(browsing.may_begin(now()) for browsing in kept)


def _matters(shop: ShopSettings, event: ProductViewed) -> bool:
    """Return whether the view counts, as far as that needs no read. A view reported too late, as in
    an import, does not count."""
    is_on = shop.enabled and OccasionKind.BROWSE in shop.timelines
    is_late = event.at < now() - timedelta(hours=shop.start_within_hours)
    return is_on and not is_late and shop.knows_cart_from(event.at)


def _agrees(shop: ShopSettings, browser: Browser) -> bool:
    shopper = browser.shopper
    occasion = an_occasion(
        shop.shop,
        OccasionKind.BROWSE,
        shopper.id,
        shopper,
        now(),
        CartContent(),
        contact=browser.contact,
    )
    return any(shopper.agrees(occasion, channel) for channel in Channel)
