"""What else a shop's event gives rise to: the timelines after an order, and the welcome of a new subscriber."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wracaj.beginning import StartTimeline, begin
from wracaj.clock import now
from wracaj.consent import Consent, ConsentState
from wracaj.customer import Customer
from wracaj.events import CartContent, OrderPlaced
from wracaj.observability import count, logger
from wracaj.occasion import Occasion, an_occasion, bought, occasion_id
from wracaj.settings import ShopSettings
from wracaj.store import Store
from wracaj.together import pictured

BOUGHT_WITH = {"order", "checkout"}  # where a yes was said while buying: thanks come after the order, and no welcome


@dataclass(frozen=True)
class Occasions:
    store: Store
    start_timeline: StartTimeline

    def order_placed(self, shop: ShopSettings, order: OrderPlaced, buyer: Customer, cart: CartContent) -> None:
        if not order.order_id:
            return
        nothing = CartContent(currency=cart.currency)
        content = {Occasion.AFTER_PURCHASE: bought(cart, order.products), Occasion.WIN_BACK: nothing, Occasion.LOYALTY: nothing}
        for occasion, shown in content.items():
            self._begin(shop, occasion, order.order_id, buyer, order.placed_at, shown)

    def review_written(self, shop: ShopSettings, customer: Customer, review_id: str, at: datetime) -> None:
        """It may be an achievement. No order's id looks like this one."""
        self._begin(shop, Occasion.LOYALTY, f"review~{review_id}", customer, at, CartContent())

    def bought_together(self, shop: ShopSettings, order: OrderPlaced, cart: CartContent) -> None:
        """Counts for recommendations. A figure is not worth an order: where it fails, the webhook goes on."""
        if not order.order_id or Occasion.AFTER_PURCHASE not in shop.timelines:
            return
        try:
            products = pictured(order.products, cart.items)
            self.store.products.count_order(shop.shop, order.order_id, products, order.placed_at)
        except Exception as error:
            logger.warning("order not counted for recommendations", extra={"shop": shop.shop, "error": type(error).__name__})
            count("OrderNotCounted")

    def given_back(self, shop: ShopSettings, order_id: str, *, is_undone: bool) -> None:
        """Nobody is asked how they like what they sent back; a part of it leaves the rest, once it is known to be a part."""
        self.store.carts.call_off(shop.shop, occasion_id(Occasion.AFTER_PURCHASE, order_id), is_off=is_undone)

    def said(self, shop: ShopSettings, customer: Customer, consent: Consent) -> None:
        """The first word ever of this shopper, and a yes: they are welcome. The word is in the log already.

        Whoever stands in a list that the shop imports said yes elsewhere, and long ago."""
        is_yes = consent.state is ConsentState.SUBSCRIBED and consent.source not in BOUGHT_WITH
        if consent.imported and not shop.welcome_imported:
            return
        has_bought_since = customer.last_order_at is not None and customer.last_order_at >= consent.at
        if not is_yes or has_bought_since or Occasion.WELCOME not in shop.timelines:
            return
        if not self.store.customers.spoke_before(shop.shop, customer, consent.at):
            self._begin(shop, Occasion.WELCOME, customer.id, customer, consent.at, CartContent())

    def _begin(
        self, shop: ShopSettings, occasion: Occasion, what: str, customer: Customer, at: datetime, content: CartContent
    ) -> None:
        """Once, however often it is told; what is told too late, as with an import of old orders, starts nothing."""
        is_late = at < now() - timedelta(hours=shop.start_within_hours)
        if is_late or not shop.enabled or occasion not in shop.timelines or not shop.knows_cart_from(at):
            return
        begun = an_occasion(shop.shop, occasion, what, customer, at, content)
        begin(self.store, self.start_timeline, shop, begun, customer)
