"""Applies a shop's event to our state, and starts a timeline if one is due.

Everything here may run twice or crash half-way. The shop then sends the event again, and the second
run leads to the same state.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wracaj.archive.events import event_row
from wracaj.aws.archive_queue import note
from wracaj.carts import cart as carts
from wracaj.carts.cart import Cart
from wracaj.carts.page_carts import is_page_cart
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState, to_be_confirmed
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.events import (
    CartDeleted,
    CartUpdated,
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    OrderCancelled,
    OrderEdited,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
    ProductViewed,
    ReviewWritten,
    ShopEvent,
)
from wracaj.services.intake.audiences import names_gone, names_of_carts, take_out
from wracaj.services.intake.occasions import Occasions
from wracaj.services.intake.orders import Orders
from wracaj.services.intake.product_views import Viewing
from wracaj.services.intake.select_timeline import Chooser
from wracaj.services.intake.shop_record import fact_versions, reported
from wracaj.services.start_occasion import StartTimeline
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.customers import Amend, recorded_addresses
from wracaj.store.forgotten_carts import forgotten_until

ATTEMPTS = 8
NOBODY = Contact()


@dataclass(frozen=True)
class Intake:
    store: Store
    start_timeline: StartTimeline

    @property
    def occasions(self) -> Occasions:
        return Occasions(self.store, self.start_timeline)

    @property
    def _orders(self) -> Orders:
        return Orders(self.store, self.occasions)

    def take(self, shop: ShopSettings, event: ShopEvent) -> None:
        """Apply the event, and note it for the archive. When this returns, the event is
        durable."""
        received_at = now()
        self.apply(shop, event)
        note(event_row(shop, event, received_at, now()))

    def apply(self, shop: ShopSettings, event: ShopEvent) -> None:
        """Apply an event that the archive has already."""
        event = unconfirmed(event, shop)
        match event:
            case CartUpdated():
                self._settle(
                    shop,
                    self.store.carts.apply(shop, event),
                    event.contact.recorded,
                    fact_versions(event),
                )
            case CartDeleted():
                self._settle(shop, self.store.carts.apply(shop, event))
            case OrderPlaced():
                self._orders.placed(shop, event)
            case OrderCancelled():
                self._orders.give_back(
                    shop, event.order_id, lambda order: order.cancelled_by(event)
                )
            case OrderEdited():
                self._orders.record(shop, event.order_id, lambda order: order.edited(event))
            case OrderRefunded():
                self._orders.give_back(shop, event.order_id, lambda order: order.refunded(event))
            case ProductViewed():
                Viewing(self.store, self.start_timeline).viewed(shop, event)
            case CustomerUpdated():
                self._learn(shop, event)
            case CustomersMerged():
                self._merge(shop, event)
            case ConsentChanged():
                self._consent(shop, event)
            case ReviewWritten():
                self._review(shop, event)
            case PrivacyRequested():
                self._privacy(shop, event)

    def _settle(
        self,
        shop: ShopSettings,
        cart: Cart,
        record: Contact = NOBODY,
        versions: Mapping[str, str] = {},
        *,
        anew: bool = False,
    ) -> None:
        """Identify the cart's shopper, look for their orders, and start a timeline if one is due.
        Most events need none of this.

        `record`: the event's part of the shop's customer record. `anew`: settle the cart even if it
        did not change.
        """
        for _ in range(ATTEMPTS):
            episode = carts.episode_to_start(cart, shop, now())
            if cart.erased or not (anew or cart.needs_identifying or episode):
                return None
            try:
                return self._settle_once(shop, cart, record, versions, episode)
            except ConflictError:
                cart = self.store.carts.get(shop.shop, cart.cart_id) or cart
        raise ConflictError(
            "this cart is being changed by others all the time; the event must come again"
        )

    def _settle_once(
        self,
        shop: ShopSettings,
        cart: Cart,
        record: Contact,
        versions: Mapping[str, str],
        episode: int | None,
    ) -> None:
        """`episode`: the episode to start, unless an order stops it."""
        known = {
            order
            for id_ in cart.checkout_ids
            for order in self.store.orders.of_checkout(shop, id_, cart.cart_id)
        }
        with_orders = cart.model_copy(update={"orders": cart.orders | known})
        shopper = self._shopper(shop, with_orders, record, versions)
        self._leave_out_what_was_erased(cart, shopper)
        if (at := shopper.last_order_at) and cart.existed_at(at) and not with_orders.ordered:
            with_orders = cart.model_copy(
                update={"orders": {carts.order_reference("same shopper", at)}}
            )
        if with_orders.ended_by_order(shopper.last_order_at):
            episode = None
        if episode:
            cart, episode = Chooser(self.store).choose(shop, cart, shopper, episode)
        # written before the cart, so that a search for the shopper's carts always finds it
        if shopper.names_kept != cart.names:
            self.store.pointers.remember_cart(
                shop.shop, shopper.names.values(), cart.cart_id, cart.created_at
            )
            take_out(self.store, shop, [cart], names_gone(cart, shopper))
        if episode and cart.choice and not cart.unreminded:
            self.start_timeline(shop.shop, cart.cart_id, episode, cart.choice.timeline)
        self.store.carts.settle(cart, shopper, orders=with_orders.orders, episode=episode)
        return

    def _leave_out_what_was_erased(self, cart: Cart, shopper: Shopper) -> None:
        """Erase a cart's data from before its shopper's erasure. Raises ConflictError if there was
        any: the cart must be read again."""
        at = shopper.owner.erased_at
        if at and cart.forgotten < forgotten_until(at):
            self.store.carts.erase(cart.shop, cart.cart_id, at, by_shops_clock=True)
            raise ConflictError("the cart was sent things from before its shopper's erasure")

    def _shopper(
        self, shop: ShopSettings, cart: Cart, record: Contact, versions: Mapping[str, str]
    ) -> Shopper:
        if not cart.needs_identifying:
            shopper = self.store.customers.shopper(shop.shop, cart.contact)
            assert shopper is not None  # it is reachable, see episode_to_start()
            return shopper

        def told(shopper: Shopper) -> Shopper:
            if shopper.forgot(cart):
                return shopper
            shopper = shopper.learned(record, versions) if shopper.owner.is_account else shopper
            shopper = self._with_words(shop, cart, shopper)
            return shopper.with_order(cart.own_order_at) if cart.own_order_at else shopper

        shopper = self.store.customers.amend(shop.shop, cart.contact, told, record.addresses)
        assert shopper is not None
        if not shopper.forgot(cart):
            self._prove_words(shop, cart, shopper)
        return shopper

    def _with_words(self, shop: ShopSettings, cart: Cart, shopper: Shopper) -> Shopper:
        """Apply the cart's consents to its shopper. An opt-out is the shopper's, too. An opt-in
        stays with the cart; one given by a click is also kept at its address."""
        for channel, word in cart.words.items():
            address = cart.contact.address(channel)
            if word.state is ConsentState.UNSUBSCRIBED:
                shopper = shopper.with_own_word(channel, word, address)
            elif word.by_click and address:
                here = shopper.at(channel, address).with_click(channel, word.at)
                shopper = shopper.changed(here.first_used_by(shopper.id))
            if word.to_confirm and address and not _is_refused(cart, shopper, channel, address):
                shopper = self.occasions.asking(shop, shopper, channel, address, word)
        return shopper

    def _prove_words(self, shop: ShopSettings, cart: Cart, shopper: Shopper) -> None:
        for channel, word in cart.words.items():
            address = cart.contact.address(channel)
            if word.state is not ConsentState.UNKNOWN:
                name = shopper.at(channel, address).id if address else shopper.id
                is_claim = is_page_cart(cart.cart_id)
                self.store.consent_log.add(shop.shop, name, channel, word, is_claim=is_claim)
            if word.to_confirm and address:
                self.occasions.ask_to_confirm(shop, shopper, channel, address)

    def _review(self, shop: ShopSettings, event: ReviewWritten) -> None:
        shopper = self.store.customers.shopper(shop.shop, event.contact)
        if shopper is not None and not shopper.owner.forgotten_since(event.version):
            self.store.grants.put_review(shop.shop, shopper.id, event.review_id, event.at)
            self.occasions.review_written(shop, shopper, event.review_id, event.at)

    def _learn(self, shop: ShopSettings, event: CustomerUpdated) -> None:
        """Apply the shop's record of an account. For a guest, only the language and the birthday
        are kept."""

        def told(shopper: Shopper) -> Shopper:
            if shopper.owner.forgotten_since(event.version):
                return shopper
            shopper = reported(shopper, event.contact, fact_versions(event))
            return (
                shopper.changed(shopper.owner.born(event.birthday, event.version))
                if event.birthday
                else shopper
            )

        self._amend(shop, event.contact, told)

    def _amend(self, shop: ShopSettings, contact: Contact, change: Amend) -> Shopper | None:
        """If the account's record has another address after the change, settle its open carts
        again, so that they are found by the new address too."""
        before = NOBODY

        def noted(shopper: Shopper) -> Shopper:
            nonlocal before
            before = recorded_addresses(shopper)
            return change(shopper)

        shopper = self.store.customers.amend(shop.shop, contact, noted, contact.recorded.addresses)
        if shopper and recorded_addresses(shopper) != before:
            for cart in self.store.carts.open_carts(shop.shop, shopper):
                if cart.contact.platform_id:
                    self._settle(shop, cart, anew=True)
        return shopper

    def _consent(self, shop: ShopSettings, event: ConsentChanged) -> None:
        channel, address = event.channel, event.contact.address(event.channel)
        word = carts.bound(event.consent, channel, event.contact)

        def told(shopper: Shopper) -> Shopper:
            if shopper.owner.forgotten_since(event.version):
                return shopper
            shopper = reported(shopper, event.contact, fact_versions(event))
            if word.to_confirm:
                to = address or shopper.record.address(channel)
                return self.occasions.asking(shop, shopper, channel, to, word) if to else shopper
            return shopper.with_shops_word(channel, word, address)

        shopper = self._amend(shop, event.contact, told)
        if shopper is None or shopper.owner.forgotten_since(event.version):
            return
        if channel is Channel.AUDIENCE and word.state is ConsentState.UNSUBSCRIBED:
            advertised = self.store.carts.open_carts(shop.shop, shopper)
            take_out(self.store, shop, advertised, names_of_carts(advertised))
        to = address or shopper.record.address(channel)
        self.store.consent_log.add(
            shop.shop, shopper.at(channel, to).id if to else shopper.id, channel, word
        )
        self.occasions.said(shop, shopper, channel, to, word)
        if word.to_confirm and to:
            self.occasions.ask_to_confirm(shop, shopper, channel, to)

    def _merge(self, shop: ShopSettings, event: CustomersMerged) -> None:
        kept, gone = Contact(platform_id=event.kept), Contact(platform_id=event.gone)
        self.store.merging.merge(shop.shop, kept, gone)

    def _privacy(self, shop: ShopSettings, event: PrivacyRequested) -> None:
        self.store.orders.put_privacy_request(shop.shop, event)
        if event.kind is PrivacyKind.CUSTOMER_REDACT:
            for order_id in event.order_ids:  # no after-purchase message about it
                self.occasions.given_back(shop, order_id, is_undone=True)
            self.store.erasure.erase(
                shop.shop, event.contact, event.at, orders=event.order_ids, by_shops_clock=True
            )


def _is_refused(cart: Cart, shopper: Shopper, channel: Channel, address: str) -> bool:
    """Whether nobody is asked to confirm: what a stranger reports must not bring a message to
    whoever opted out."""
    return is_page_cart(cart.cart_id) and shopper.has_opted_out(channel, address)


def unconfirmed(event: ShopEvent, shop: ShopSettings) -> ShopEvent:
    """Mark opt-ins as pending where the shop requires double opt-in."""
    match event:
        case ConsentChanged(channel=channel, consent=word):
            return event.model_copy(
                update={"consent": to_be_confirmed(word, channel, shop.double_opt_in)}
            )
        case CartUpdated(consent=words) if words:
            told = {
                channel: to_be_confirmed(word, channel, shop.double_opt_in)
                for channel, word in words.items()
            }
            return event.model_copy(update={"consent": told})
    return event
