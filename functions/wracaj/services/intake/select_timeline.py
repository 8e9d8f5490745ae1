"""Chooses the timeline of a cart, and stores the choice before anything starts.

A webhook may be repeated after it crashed past the start, when the cart's value has changed. It
must not choose again: execution names are unique only within one state machine, so a second
timeline would start. It uses the stored choice.
"""

from dataclasses import dataclass

from wracaj.aws.observability import logger
from wracaj.carts import cart as carts
from wracaj.carts.cart import Cart
from wracaj.clock import now
from wracaj.customers.shopper import Shopper
from wracaj.settings.shop import ShopSettings
from wracaj.settings.timeline_rules import NONE
from wracaj.store import Store
from wracaj.timelines.selection import choose


@dataclass(frozen=True)
class Chooser:
    store: Store

    def choose(
        self, shop: ShopSettings, cart: Cart, shopper: Shopper, episode: int
    ) -> tuple[Cart, int | None]:
        """Return the cart with its choice, and the episode to start. The episode is None if the
        cart keeps the timeline that it has.

        Raises ConflictError if the cart changed meanwhile.
        """
        if cart.choice and cart.choice.episode == episode:
            return cart, episode
        asks = any(rule.asks_what_was_bought for rule in shop.cart_timelines)
        account, rfm = self.store.accounts.known(shop.shop, shopper) if asks else (None, None)
        choice = choose(cart, shopper, account, rfm, shop, now(), episode)
        if cart.choice and cart.choice.timeline == choice.timeline and carts.outgrew(cart, shop):
            return self.store.carts.choose(
                cart, cart.choice.model_copy(update={"amounts": choice.amounts})
            ), None
        cart = self.store.carts.choose(cart, choice)
        if choice.timeline == NONE:
            logger.info("no timeline", extra={"shop": shop.shop, "rule": choice.rule})
            self.store.counters.count_unreminded(shop.shop, choice)
        return cart, episode
