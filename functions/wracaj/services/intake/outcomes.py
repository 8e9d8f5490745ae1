"""Counts orders, cancellations and refunds for the experiments that their shopper entered."""

from collections.abc import Iterable
from dataclasses import dataclass

from wracaj.clock import now
from wracaj.customers.shopper import Shopper
from wracaj.experiments.arms import merged
from wracaj.experiments.outcomes import NO_OUTCOME, counts, outcome_of_order
from wracaj.orders.order import OrderState
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store


@dataclass(frozen=True)
class Outcomes:
    store: Store

    def count(
        self,
        shop: ShopSettings,
        order: OrderState,
        shoppers: Iterable[Shopper] = (),
        *,
        is_new: bool,
    ) -> None:
        """Count the order for the entries of its shoppers, or for those that it was counted for
        before. `is_new`: nothing was known of the order. No request without an experiment."""
        if not shop.experiments or order.placed_at is None:
            return
        entries = merged(shopper.arms for shopper in shoppers)
        counting = {
            name: entry
            for name, entry in entries.items()
            if name in shop.experiments
            and counts(entry, shop.experiments[name].days, order.placed_at)
        }
        if counting and is_new:
            self.store.experiments.remember_order(shop.shop, order.order_id, counting)
        if not is_new:
            known = self.store.experiments.entries_of(shop.shop, order.order_id)
            if counting.keys() - known.keys():
                self.store.experiments.remember_order(
                    shop.shop, order.order_id, {**counting, **known}
                )
            counting = {**counting, **known}
        for name, entry in counting.items():
            if name in shop.experiments:
                one = shop.experiments[name]
                is_in = counts(entry, one.days, order.placed_at)
                outcome = outcome_of_order(order, shop) if is_in else NO_OUTCOME
                self.store.experiments.count_order(
                    shop.shop, name, one, entry, order.order_id, outcome, now()
                )
