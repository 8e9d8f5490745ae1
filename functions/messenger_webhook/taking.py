"""What a shopper did on Messenger → our state. Twice, late or out of order ends the same."""

from dataclasses import dataclass

from messenger_webhook.reading import Said
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.events import CartUpdated, ConsentChanged, Contact
from wracaj.intake import Intake
from wracaj.settings import ShopSettings
from wracaj.store import Store

SOURCE = "messenger"


@dataclass(frozen=True)
class Taking:
    store: Store
    intake: Intake

    def take(self, shop: ShopSettings, said: Said) -> None:
        """Returns once it is durable. Of somebody who never came from a cart, nothing is kept."""
        contact = Contact(messenger=said.shopper)
        if said.cart_id:
            yes = Consent(state=ConsentState.SUBSCRIBED, at=said.at, source=SOURCE)
            told = CartUpdated(at=said.at, cart_id=said.cart_id, contact=contact, consent={Channel.MESSENGER: yes})
            self.intake.take(shop, told)
        customer_id = self.store.customers.named(shop.shop, contact)
        if customer_id is None:
            return
        self.store.customers.amend(shop.shop, customer_id, lambda known: known.wrote(said.at))
        if said.stops:
            no = Consent(state=ConsentState.UNSUBSCRIBED, at=said.at, source=SOURCE)
            self.intake.take(shop, ConsentChanged(at=said.at, contact=contact, channel=Channel.MESSENGER, consent=no))
