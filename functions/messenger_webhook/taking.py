"""What a shopper did on Messenger → our state. Twice, late or out of order ends the same."""

from dataclasses import dataclass

from messenger_webhook.reading import Said
from wracaj.cart_ids import is_hard_to_guess
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.events import CartUpdated, ConsentChanged, Contact
from wracaj.intake import Intake
from wracaj.observability import count
from wracaj.settings import ShopSettings
from wracaj.store import Store
from wracaj.store.doors import Door
from wracaj.store.names import TOLD_BY_THE_SHOP, surest

SOURCE = "messenger"


@dataclass(frozen=True)
class Taking:
    store: Store
    intake: Intake

    def take(self, shop: ShopSettings, said: Said) -> None:
        """Returns once it is durable. Of somebody who never came from a cart, nothing is kept."""
        contact = Contact(messenger=said.shopper)
        if said.cart_id and self._may_speak_of(shop, said.cart_id, contact):
            yes = Consent(state=ConsentState.SUBSCRIBED, at=said.at, source=SOURCE, by_gesture=True)
            told = CartUpdated(at=said.at, cart_id=said.cart_id, contact=contact, consent={Channel.MESSENGER: yes})
            self.intake.take(shop, told)
        customer_id = self.store.customers.named(shop.shop, contact)
        if customer_id is None:
            return
        self.store.customers.amend(shop.shop, customer_id, lambda known: known.wrote(said.at))
        if said.stops:
            no = Consent(state=ConsentState.UNSUBSCRIBED, at=said.at, source=SOURCE)
            self.intake.take(shop, ConsentChanged(at=said.at, contact=contact, channel=Channel.MESSENGER, consent=no))

    def _may_speak_of(self, shop: ShopSettings, cart_id: str, contact: Contact) -> bool:
        """Anybody may write any id into a link. Sending it again would mend nothing, so Meta is not told."""
        allowed = is_hard_to_guess(cart_id) and not self._would_join_two(shop, cart_id, contact)
        if allowed and self.store.doors.admit(shop.shop, Door.MESSENGER, contact.messenger or ""):
            return True
        count("MessengerLinkRefused")
        return False

    def _would_join_two(self, shop: ShopSettings, cart_id: str, contact: Contact) -> bool:
        """The cart's shopper and the one who clicks are two whom the shop has told of: see decision 0150."""
        cart, writer = self.store.carts.get(shop.shop, cart_id), self.store.customers.named(shop.shop, contact)
        if cart is None or cart.customer_id is None or writer is None:
            return False
        found = {one.id: one for id_ in (cart.customer_id, writer) if (one := self.store.customers.get(shop.shop, id_))}
        return len(found) == 2 and all(surest(one.aliases) == TOLD_BY_THE_SHOP for one in found.values())
