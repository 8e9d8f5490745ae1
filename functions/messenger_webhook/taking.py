"""Applies a shopper's action on Messenger to our state. Actions may come twice, late or out of
order; the result is the same."""

from dataclasses import dataclass

from messenger_webhook.reading import Said
from wracaj.aws.observability import count
from wracaj.carts.ids import is_hard_to_guess
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.identity import DECIDING, IdentifierKind, identifier_kind, identifiers_of
from wracaj.events import CartUpdated, ConsentChanged, Contact
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.request_limits import LimitedAction

SOURCE = "messenger"


@dataclass(frozen=True)
class Taking:
    store: Store
    intake: Intake

    def take(self, shop: ShopSettings, said: Said) -> None:
        """Process the action. Returns after it is stored.

        For an unknown shopper without a cart only an opt-out is stored: the link to a cart may come
        later.
        """
        contact = Contact(messenger=said.shopper)
        if said.cart_id and self._may_speak_of(shop, said.cart_id, contact):
            yes = Consent(state=ConsentState.SUBSCRIBED, at=said.at, source=SOURCE, by_click=True)
            told = CartUpdated(
                at=said.at, cart_id=said.cart_id, contact=contact, consent={Channel.MESSENGER: yes}
            )
            self.intake.take(shop, told)
        name = identifiers_of(shop.shop, contact)[IdentifierKind.MESSENGER]
        no = Consent(state=ConsentState.UNSUBSCRIBED, at=said.at, source=SOURCE)
        if self.store.customers.get(shop.shop, name) is not None:
            self.store.customers.amend_one(shop.shop, name, lambda known: known.wrote(said.at))
            if said.stops:
                self.intake.take(
                    shop,
                    ConsentChanged(
                        at=said.at, contact=contact, channel=Channel.MESSENGER, consent=no
                    ),
                )
        elif said.stops:
            self.store.customers.amend_one(
                shop.shop, name, lambda one: one.with_consent(Channel.MESSENGER, Speaker.READER, no)
            )

    def _may_speak_of(self, shop: ShopSettings, cart_id: str, contact: Contact) -> bool:
        """Whether this conversation may act for the cart. Anybody may write any cart id into a
        link, so a wrong one is only counted: if Meta sent it again, it would still be wrong."""
        allowed = is_hard_to_guess(cart_id) and not self._is_anothers(shop, cart_id, contact)
        if allowed and self.store.rate_limits.admit(
            shop.shop, LimitedAction.MESSENGER, contact.messenger or ""
        ):
            return True
        count("MessengerLinkRefused")
        return False

    def _is_anothers(self, shop: ShopSettings, cart_id: str, contact: Contact) -> bool:
        """Whether the cart belongs to somebody else: a conversation keeps its first owner. See
        docs/decisions/identity."""
        cart = self.store.carts.get(shop.shop, cart_id)
        known = self.store.customers.get(
            shop.shop, identifiers_of(shop.shop, contact)[IdentifierKind.MESSENGER]
        )
        first = known.first_owner if known else None
        if cart is None or cart.customer_id is None or first is None:
            return False
        return identifier_kind(cart.customer_id) in DECIDING and first not in {
            *cart.names.values(),
            cart.customer_id,
        }
