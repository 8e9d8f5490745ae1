"""What a browser said → an event, taken as a shop's events are."""

from dataclasses import dataclass
from typing import Literal

from push_subscribe.asked import Asked
from wracaj import cart as carts
from wracaj.clock import now
from wracaj.consent import Channel, Consent, ConsentState, whose
from wracaj.events import CartUpdated, ConsentChanged, Contact
from wracaj.intake import Intake
from wracaj.settings import ShopSettings
from wracaj.store import Store

Said = Literal["subscribed", "known", "unsubscribed"]


class NoNotificationsError(Exception):
    """The shop has not set up notifications."""


class TooManyError(Exception):
    """More browsers, or more changes of mind, than one cart can have."""


@dataclass(frozen=True)
class Subscribing:
    store: Store
    intake: Intake

    def take(self, shop: ShopSettings, asked: Asked) -> Said:
        """Returns once it is durable."""
        if shop.web_push is None:
            raise NoNotificationsError
        line = asked.browser.line
        if asked.unsubscribe:
            return self._unsubscribe(shop, asked.cart_id, line)
        if self._known(shop, asked.cart_id, line):
            return "known"
        if not self.store.subscriptions.admit(shop, asked.cart_id, whose(line)):
            raise TooManyError
        yes = Consent(state=ConsentState.SUBSCRIBED, at=now(), source=f"storefront: {asked.wording.strip()}")
        told = CartUpdated(at=yes.at, cart_id=asked.cart_id, contact=Contact(web_push=line), consent={Channel.WEB_PUSH: yes})
        self.intake.take(shop, told)
        return "subscribed"

    def _known(self, shop: ShopSettings, cart_id: str, line: str) -> bool:
        """Nothing is left to be done: a page may tell the same again, and that is no sign of the shopper's."""
        cart = self.store.carts.get(shop.shop, cart_id)
        word = cart.consent.get(Channel.WEB_PUSH) if cart else None
        if cart is None or word is None or cart.contact.web_push != line or word.state is not ConsentState.SUBSCRIBED:
            return False
        return not cart.needs_identifying and carts.episode_to_start(cart, shop, now()) is None

    def _unsubscribe(self, shop: ShopSettings, cart_id: str, line: str) -> Said:
        """A no to this browser's address: in its cart, or of whoever is known by it. Of nobody known there is nothing to say."""
        no = Consent(state=ConsentState.UNSUBSCRIBED, at=now(), source="browser")
        contact = Contact(web_push=line)
        cart = self.store.carts.get(shop.shop, cart_id)
        if cart is not None and cart.contact.web_push == line:
            if not self.store.subscriptions.admit(shop, cart_id, whose(line)):
                raise TooManyError
            self.intake.take(shop, CartUpdated(at=no.at, cart_id=cart_id, contact=contact, consent={Channel.WEB_PUSH: no}))
        elif self.store.customers.named(shop.shop, contact):
            self.intake.take(shop, ConsentChanged(at=no.at, contact=contact, channel=Channel.WEB_PUSH, consent=no))
        return "unsubscribed"
