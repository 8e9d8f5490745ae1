"""Turns a browser's request into an event, and processes it like a shop's event."""

from dataclasses import dataclass
from typing import Literal

from push_subscribe.asked import Asked, Told
from wracaj.carts import cart as carts
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState, address_hash_of
from wracaj.customers.identity import IdentifierKind, identifiers_of
from wracaj.events import CartUpdated, ConsentChanged, Contact
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.request_limits import LimitedAction

Said = Literal["subscribed", "known", "expired", "unsubscribed"]


class NoNotificationsError(Exception):
    """The shop has not set up notifications."""


class TooManyError(Exception):
    """Too many browsers or opt-ins for one cart, or a rate limit of the shop or the browser."""


@dataclass(frozen=True)
class Subscribing:
    store: Store
    intake: Intake

    def take(self, shop: ShopSettings, asked: Asked) -> Said:
        """Process the request. Returns after its event is stored."""
        if shop.web_push is None:
            raise NoNotificationsError
        line = asked.browser.line
        if asked.unsubscribe:
            return self._unsubscribe(shop, asked.cart_id, line)
        if asked.repeats:
            given = self._standing(shop, asked.repeats, line)
            return (
                self._subscribe(shop, asked.cart_id, line, given, quiet=True)
                if given
                else "expired"
            )
        source = f"storefront: {asked.wording.strip()}"
        yes = Consent(state=ConsentState.SUBSCRIBED, at=now(), source=source, by_click=True)
        return self._subscribe(shop, asked.cart_id, line, yes, quiet=False)

    def _subscribe(
        self, shop: ShopSettings, cart_id: str, line: str, yes: Consent, *, quiet: bool
    ) -> Said:
        if self._known(shop, cart_id, line):
            return "known"
        self._pass(shop, LimitedAction.PUSH, line)
        if not self.store.subscriptions.admit(shop, cart_id, address_hash_of(line)):
            raise TooManyError
        contact, words = Contact(web_push=line), {Channel.WEB_PUSH: yes}
        self.intake.take(
            shop,
            CartUpdated(at=now(), cart_id=cart_id, contact=contact, consent=words, quiet=quiet),
        )
        return "subscribed"

    def _pass(self, shop: ShopSettings, door: LimitedAction, line: str) -> None:
        if not self.store.rate_limits.admit(shop.shop, door, line):
            raise TooManyError

    def _standing(self, shop: ShopSettings, told: Told, line: str) -> Consent | None:
        """The earlier opt-in of this browser with its own time, where it is still valid.

        A browser may have renewed its subscription: the earlier cart then has either the old or the
        new one.
        """
        cart = self.store.carts.get(shop.shop, told.cart_id)
        word = cart.words.get(Channel.WEB_PUSH) if cart else None
        about = (
            {address_hash_of(one): one for one in (told.subscription.checked.line, line)}.get(
                word.address_hash
            )
            if word
            else None
        )
        if not (cart and word and about) or word.state is not ConsentState.SUBSCRIBED:
            return None
        as_told = cart.model_copy(
            update={"contact": cart.contact.model_copy(update={"web_push": about})}
        )
        shopper = self.store.customers.shopper(shop.shop, as_told.contact)
        return word if shopper and shopper.agrees(as_told, Channel.WEB_PUSH) else None

    def _known(self, shop: ShopSettings, cart_id: str, line: str) -> bool:
        """Whether nothing would change. A page may send the same request again, and that is no
        activity of the shopper. An opt-in after an opt-out by a link does change something."""
        cart = self.store.carts.get(shop.shop, cart_id)
        word = cart.consent.get(Channel.WEB_PUSH) if cart else None
        if (
            cart is None
            or word is None
            or cart.contact.web_push != line
            or word.state is not ConsentState.SUBSCRIBED
        ):
            return False
        shopper = self.store.customers.shopper(shop.shop, cart.contact)
        if cart.needs_identifying or shopper is None or not shopper.agrees(cart, Channel.WEB_PUSH):
            return False
        return carts.episode_to_start(cart, shop, now()) is None

    def _unsubscribe(self, shop: ShopSettings, cart_id: str, line: str) -> Said:
        """Opt out this browser's address: in its cart, or for the customer known by this browser.
        For an unknown browser nothing is stored."""
        no = Consent(state=ConsentState.UNSUBSCRIBED, at=now(), source="browser")
        contact = Contact(web_push=line)
        cart = self.store.carts.get(shop.shop, cart_id)
        if cart is not None and cart.contact.web_push == line:
            self._pass(shop, LimitedAction.PUSH_NO, line)
            words = {Channel.WEB_PUSH: no}
            self.intake.take(
                shop,
                CartUpdated(at=no.at, cart_id=cart_id, contact=contact, consent=words, quiet=True),
            )
        elif self.store.customers.get(
            shop.shop, identifiers_of(shop.shop, contact)[IdentifierKind.BROWSER]
        ):
            self._pass(shop, LimitedAction.PUSH_NO, line)
            self.intake.take(
                shop,
                ConsentChanged(at=no.at, contact=contact, channel=Channel.WEB_PUSH, consent=no),
            )
        return "unsubscribed"
