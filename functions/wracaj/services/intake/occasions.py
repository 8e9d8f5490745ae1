"""What else a shop's event gives rise to: the timelines after an order, and the welcome of a new
subscriber."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from wracaj.aws.observability import count, logger
from wracaj.clock import now, timestamp
from wracaj.consent.channel import TRAITS
from wracaj.consent.consent import Channel, Consent, ConsentState, address_hash_of
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent, Contact, OrderPlaced
from wracaj.orders.bought_together import pictured
from wracaj.services.start_occasion import StartTimeline, begin
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.occasion import OccasionKind, an_occasion, bought, occasion_id

# channel → the message that asks for a confirming click
CONFIRMATIONS = {
    channel: {"name": f"confirm_{channel}", "channel": channel.value, "template": template}
    for channel, traits in TRAITS.items()
    if (template := traits.confirm_template)
}
# where a yes was said while buying: thanks come after the order, and no welcome
BOUGHT_WITH = {"order", "checkout"}


@dataclass(frozen=True)
class Occasions:
    store: Store
    start_timeline: StartTimeline

    def order_placed(
        self, shop: ShopSettings, order: OrderPlaced, buyer: Shopper, cart: CartContent
    ) -> None:
        """Thanks go where the order says; what was earned is told to the person it belongs to."""
        if not order.order_id:
            return
        nothing, typed = CartContent(currency=cart.currency), as_told(order.contact)
        shown = bought(cart, order.products)
        self._begin(
            shop, OccasionKind.AFTER_PURCHASE, order.order_id, buyer, order.placed_at, shown, typed
        )
        self._begin(
            shop, OccasionKind.WIN_BACK, order.order_id, buyer, order.placed_at, nothing, typed
        )
        self._begin(
            shop,
            OccasionKind.LOYALTY,
            order.order_id,
            buyer,
            order.placed_at,
            nothing,
            buyer.own_contact,
        )

    def review_written(
        self, shop: ShopSettings, writer: Shopper, review_id: str, at: datetime
    ) -> None:
        """It may be an achievement. No order's id looks like this one."""
        self._begin(
            shop,
            OccasionKind.LOYALTY,
            f"review~{review_id}",
            writer,
            at,
            CartContent(),
            writer.own_contact,
        )

    def bought_together(self, shop: ShopSettings, order: OrderPlaced, cart: CartContent) -> None:
        """Counts for recommendations. A figure is not worth an order: where it fails, the webhook
        goes on."""
        if not order.order_id or OccasionKind.AFTER_PURCHASE not in shop.timelines:
            return
        try:
            products = pictured(order.products, cart.items)
            self.store.products.count_order(shop.shop, order.order_id, products, order.placed_at)
        except Exception as error:
            logger.warning(
                "order not counted for recommendations",
                extra={"shop": shop.shop, "error": type(error).__name__},
            )
            count("RecommendationNotCounted")

    def given_back(self, shop: ShopSettings, order_id: str, *, is_undone: bool) -> None:
        """Nobody is asked how they like what they sent back; a part of it leaves the rest, once it
        is known to be a part."""
        self.store.carts.call_off(
            shop.shop, occasion_id(OccasionKind.AFTER_PURCHASE, order_id), is_off=is_undone
        )

    def asking(
        self, shop: ShopSettings, shopper: Shopper, channel: Channel, address: str, word: Consent
    ) -> Shopper:
        """With a yes that waits for a click at this address; with the question, where it is asked
        now. Nobody of a list is asked."""
        here = shopper.at(channel, address).with_pending(
            channel, word.model_copy(update={"address_hash": address_hash_of(address)})
        )
        return shopper.changed(
            here.with_confirmation_asked(channel, now()) if may_ask(shop, word) else here
        )

    def ask_to_confirm(
        self, shop: ShopSettings, shopper: Shopper, channel: Channel, address: str
    ) -> bool:
        """Sends the question that stands at the address: once, however often the yes is told and
        wherever it died before.

        False: not now, as too many were asked; the next time that the yes is told it is tried
        again."""
        here = shopper.at(channel, address)
        asked = here.asked_to_confirm.get(channel)
        if asked is None or not here.is_pending(channel):
            return True
        to = Contact(locale=shopper.locale()).with_address(channel, address)
        what = f"{here.id}#{channel}#{timestamp(asked)}"
        occasion = an_occasion(
            shop.shop, OccasionKind.CONFIRM_CONSENT, what, here, asked, CartContent(), contact=to
        )
        start: Any = self.start_timeline
        return begin(
            self.store, partial(start, message=CONFIRMATIONS[channel]), shop, occasion, shopper
        )

    def said(
        self,
        shop: ShopSettings,
        shopper: Shopper,
        channel: Channel,
        address: str | None,
        consent: Consent,
        first_said: Consent | None = None,
    ) -> None:
        """The first word ever of this shopper, and a yes: they are welcome. The word is in the log
        already.

        Whoever stands in a list that the shop imports said yes elsewhere, and long ago.
        `first_said`: the yes that this one confirms, which says where it was said and whether an
        order came since."""
        told = first_said or consent
        is_yes = consent.state is ConsentState.SUBSCRIBED and told.source not in BOUGHT_WITH
        if told.imported and not shop.welcome_imported:
            return
        has_bought_since = shopper.last_order_at is not None and shopper.last_order_at >= told.at
        if not is_yes or has_bought_since or OccasionKind.WELCOME not in shop.timelines:
            return
        names = [*shopper.ids, *([shopper.at(channel, address).id] if address else [])]
        if not self.store.consent_log.spoke_before(shop.shop, names, consent.at):
            contact = shopper.own_contact.with_address(channel, address)
            self._begin(
                shop, OccasionKind.WELCOME, shopper.id, shopper, consent.at, CartContent(), contact
            )

    def _begin(
        self,
        shop: ShopSettings,
        occasion: OccasionKind,
        what: str,
        shopper: Shopper,
        at: datetime,
        content: CartContent,
        to: Contact,
    ) -> None:
        """Once, however often it is told; what is told too late, as with an import of old orders,
        starts nothing."""
        is_late = at < now() - timedelta(hours=shop.start_within_hours)
        if (
            is_late
            or not shop.enabled
            or occasion not in shop.timelines
            or not shop.knows_cart_from(at)
        ):
            return
        begun = an_occasion(shop.shop, occasion, what, shopper, at, content, contact=to)
        begin(self.store, self.start_timeline, shop, begun, shopper)


def as_told(contact: Contact) -> Contact:
    """Without what is the record's: that is with the account."""
    nothing = {
        "record_email": None,
        "record_phone": None,
        "record_first_name": None,
        "id_by_login": False,
    }
    return contact.model_copy(update=nothing)


def may_ask(shop: ShopSettings, word: Consent) -> bool:
    """Whether a yes that waits is asked about at all."""
    is_late = word.at < now() - timedelta(
        hours=shop.start_within_hours
    ) or not shop.knows_cart_from(word.at)
    return shop.enabled and not is_late and not word.imported
