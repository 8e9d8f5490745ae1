"""Applies a shop's event to our state, and starts a timeline if one is due.

Everything here may run twice or crash half-way. The shop then sends the event again, and the second
run leads to the same state.

Most webhooks are about a known cart whose timeline runs. They need nothing but this module, so what
other events need is imported when one comes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wracaj.archive.events import event_row
from wracaj.aws.archive_queue import note
from wracaj.carts import cart as carts
from wracaj.clock import now
from wracaj.consent.consent import to_be_confirmed
from wracaj.events import CartDeleted, CartUpdated, ConsentChanged, ShopEvent
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store

if TYPE_CHECKING:
    from wracaj.services.start_occasion import StartTimeline


@dataclass(frozen=True)
class Intake:
    store: Store
    start_timeline: "StartTimeline"

    def take(self, shop: ShopSettings, event: ShopEvent) -> None:
        """Apply the event, and note it for the archive. When this returns, the event is
        durable."""
        received_at = now()
        self.apply(shop, event)
        note(event_row(shop, event, received_at, now()))

    def apply(self, shop: ShopSettings, event: ShopEvent) -> None:
        """Apply an event that the archive has already."""
        event = unconfirmed(event, shop)
        if isinstance(event, CartUpdated | CartDeleted):
            return self._change_cart(shop, event)

        from wracaj.services.intake.other_events import OtherEvents

        return OtherEvents(self.store, self.start_timeline).apply(shop, event)

    def _change_cart(self, shop: ShopSettings, event: CartUpdated | CartDeleted) -> None:
        cart = self.store.carts.apply(shop, event)
        if not (cart.needs_identifying or carts.episode_to_start(cart, shop, now())):
            return None

        from wracaj.services.intake.settling import NOBODY, Settling
        from wracaj.services.intake.shop_record import fact_versions

        settling = Settling(self.store, self.start_timeline)
        if isinstance(event, CartDeleted):
            return settling.settle(shop, cart, NOBODY)
        return settling.settle(shop, cart, event.contact.recorded, fact_versions(event))


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
            if any(told[channel] is not words[channel] for channel in words):
                return event.model_copy(update={"consent": told})
    return event
