"""Starts the timelines of occasions: after an order, for loyalty, to confirm an opt-in, and the
welcome."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from wracaj.archive.opt_ins import Given, OptIn, opt_in_row
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import count, logger
from wracaj.clock import now, timestamp
from wracaj.consent.channel import TRAITS, Channel
from wracaj.consent.consent import Consent, ConsentState, address_hash_of
from wracaj.consent.wording import Wording
from wracaj.customers.customer import Customer
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent, Contact, OrderPlaced
from wracaj.orders.bought_together import pictured
from wracaj.services.start_occasion import StartTimeline, begin
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.occasion import Occasion, OccasionKind, an_occasion, bought, occasion_id

# channel → the message that asks to confirm an opt-in by a click
CONFIRMATIONS = {
    channel: {"name": f"confirm_{channel}", "channel": channel.value, "template": template}
    for channel, traits in TRAITS.items()
    if (template := traits.confirm_template)
}
# sources of opt-ins given while buying: the after-purchase timeline runs, and no welcome
BOUGHT_WITH = {"order", "checkout"}


@dataclass(frozen=True)
class Occasions:
    store: Store
    start_timeline: StartTimeline

    def order_placed(
        self, shop: ShopSettings, order: OrderPlaced, buyer: Shopper, cart: CartContent
    ) -> None:
        """Begin the timelines after an order. After-purchase and win-back go to the address in the
        order. Loyalty goes to the buyer's own address."""
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
        """Begin the loyalty timeline, since a review may be an achievement. Its id,
        `review~{review_id}`, cannot be an order's id."""
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
        """Count the order for recommendations. An error is only logged: it must not fail the
        webhook."""
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
        """Call off the after-purchase timeline of a cancelled or refunded order. `is_undone=False`:
        the refund turned out to be partial, and the timeline goes on."""
        self.store.carts.call_off(
            shop.shop, occasion_id(OccasionKind.AFTER_PURCHASE, order_id), is_off=is_undone
        )

    def asking(
        self, shop: ShopSettings, shopper: Shopper, channel: Channel, address: str, word: Consent
    ) -> Shopper:
        """Return the shopper with a pending opt-in at this address. If the confirmation message may
        be sent, its time is set too. Imported contacts are not asked. An opt-in from before an
        erasure is left out."""
        erased_at = shopper.erased_at(channel, address)
        if erased_at is not None and word.at <= erased_at:
            return shopper
        here = shopper.at(channel, address).with_pending(
            channel, word.model_copy(update={"address_hash": address_hash_of(address)})
        )
        here = here.with_box(channel, word, is_ticked=True)
        return shopper.changed(
            here.with_confirmation_asked(channel, now()) if may_ask(shop, word) else here
        )

    def ask_to_confirm(
        self,
        shop: ShopSettings,
        shopper: Shopper,
        channel: Channel,
        address: str,
        wording: Wording | None = None,
    ) -> bool:
        """Send the confirmation message for a pending opt-in at this address: once, even if the
        opt-in is reported again after a crash. `wording`: that was shown on a page of ours.

        Returns False if the rate limit is reached. It is tried again when the opt-in is next
        reported.
        """
        here = shopper.at(channel, address)
        asked = here.asked_to_confirm.get(channel)
        if asked is None or not here.is_to_be_asked(channel):
            return True
        told = OptIn(
            given=Given.ASKED,
            name=here.id,
            channel=channel,
            word=here.pending[channel],
            to=address,
            locale=shopper.locale(),
            wording=wording.text if wording else None,
            asked_at=asked,
        )
        note(opt_in_row(shop.shop, told, now()))
        start: Any = self.start_timeline
        start_asking = partial(start, message=CONFIRMATIONS[channel])
        return begin(self.store, start_asking, shop, question(shop.shop, told), shopper)

    def said(
        self,
        shop: ShopSettings,
        shopper: Shopper,
        channel: Channel,
        address: str | None,
        consent: Consent,
        first_said: Consent | None = None,
    ) -> None:
        """Begin the welcome if this is the shopper's first consent and it is an opt-in. It must be
        in the consent log already.

        Imported contacts opted in elsewhere, long ago: they get a welcome only if the shop's
        settings allow it. `first_said`: the opt-in that this one confirms. Its source and its time
        count.
        """
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
        """Begin an occasion: once, even if the event is repeated. An event reported too late, such
        as an imported old order, begins nothing."""
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


def question(shop: str, told: OptIn) -> Occasion:
    """Return the occasion that asks to confirm an opt-in."""
    assert told.asked_at
    what = f"{told.name}#{told.channel}#{timestamp(told.asked_at)}"
    to = Contact(locale=told.locale).with_address(told.channel, told.to)
    here = Customer(id=told.name)
    kind = OccasionKind.CONFIRM_CONSENT
    return an_occasion(shop, kind, what, here, told.asked_at, CartContent(), contact=to)


def as_told(contact: Contact) -> Contact:
    """Return the contact without the data of the shop's record, which is kept with the account."""
    nothing = {
        "record_email": None,
        "record_phone": None,
        "record_first_name": None,
        "id_by_login": False,
    }
    return contact.model_copy(update=nothing)


def may_ask(shop: ShopSettings, word: Consent) -> bool:
    """Return whether a confirmation message may be sent for a pending opt-in."""
    is_late = word.at < now() - timedelta(
        hours=shop.start_within_hours
    ) or not shop.knows_cart_from(word.at)
    return shop.enabled and not is_late and not word.imported
