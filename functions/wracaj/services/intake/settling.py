"""Settles a cart after an event: identifies its shopper, looks for their orders, and starts a
timeline if one is due."""

from collections.abc import Mapping
from dataclasses import dataclass

from wracaj.carts import cart as carts
from wracaj.carts.cart import Cart
from wracaj.carts.page_carts import is_page_cart
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.events import Contact
from wracaj.services.intake.audiences import names_gone, take_out
from wracaj.services.intake.occasions import Occasions
from wracaj.services.intake.select_timeline import Chooser
from wracaj.services.start_occasion import StartTimeline
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.forgotten_carts import forgotten_until

ATTEMPTS = 8
NOBODY = Contact()


@dataclass(frozen=True)
class Settling:
    store: Store
    start_timeline: StartTimeline

    @property
    def occasions(self) -> Occasions:
        return Occasions(self.store, self.start_timeline)

    def settle(
        self,
        shop: ShopSettings,
        cart: Cart,
        record: Contact = NOBODY,
        versions: Mapping[str, str] = {},
        *,
        anew: bool = False,
    ) -> None:
        """Most carts need nothing of this.

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
        stays with the cart; one given by a click is also kept at its address. A box that is empty
        again is not asked about."""
        for channel, word in cart.words.items():
            address = cart.contact.address(channel)
            if word.state is ConsentState.UNSUBSCRIBED:
                shopper = shopper.with_own_word(channel, word, address)
            elif word.by_click and address:
                here = shopper.at(channel, address).with_click(channel, word.at)
                shopper = shopper.changed(here.first_used_by(shopper.id))
            if word.to_confirm and address and not _is_refused(cart, shopper, channel, address):
                shopper = self.occasions.asking(shop, shopper, channel, address, word)
            elif word.state is ConsentState.UNKNOWN and address:
                here = shopper.at(channel, address).with_box(channel, word, is_ticked=False)
                shopper = shopper.changed(here)
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


def _is_refused(cart: Cart, shopper: Shopper, channel: Channel, address: str) -> bool:
    """Whether nobody is asked to confirm: what a stranger reports must not bring a message to
    whoever opted out."""
    return is_page_cart(cart.cart_id) and shopper.has_opted_out(channel, address)
