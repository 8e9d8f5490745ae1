"""Credits orders, cancellations and refunds to the message that was clicked last, to the messages
that gave the codes used, and to the experiments that their shopper entered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from wracaj.aws.observability import count
from wracaj.clock import now
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.experiments.arms import Entry, merged
from wracaj.experiments.outcomes import (
    NO_OUTCOME,
    Outcome,
    counts,
    facts_of_order,
    outcome_of_order,
)
from wracaj.orders.credits import Credits
from wracaj.orders.order import OrderState
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store

ATTEMPTS = 10


@dataclass(frozen=True)
class Crediting:
    store: Store

    def credit(
        self,
        shop: ShopSettings,
        order: OrderState,
        shoppers: Sequence[Shopper] = (),
        known: Credits | None = None,
        codes: Collection[str] = (),
    ) -> None:
        """Credit the order as it is now. Nothing changes if it is credited so already. `shoppers`:
        who ordered, and `codes`: the codes used, as this event reports. `known`: the credits, if
        they were read just now."""
        if order.placed_at is None:
            return
        for attempt in range(ATTEMPTS):
            before = known if known and not attempt else self._read(shop, order)
            coded = self._with_codes(shop, codes, before)
            outcome = outcome_of_order(order, shop, free_shipping=coded.free_shipping)
            facts = facts_of_order(order, free_shipping=coded.free_shipping)
            after = self._credited(shop, order.placed_at, shoppers, coded, outcome, facts)
            if after.codes:
                after = after.model_copy(update={"stands": outcome.ordered})
            try:
                if after != before:
                    self.store.order_credits.write(shop.shop, order.order_id, before, after)
                if after.orders > before.orders:
                    count("CartRecovered")
                break
            except ConflictError:
                continue
        else:
            raise ConflictError(
                "this order is being changed all the time; the event must come again"
            )
        self._count(shop, order, after.entries, outcome, facts)

    def _read(self, shop: ShopSettings, order: OrderState) -> Credits:
        return self.store.order_credits.get(shop.shop, order.order_id)

    def _credited(
        self,
        shop: ShopSettings,
        placed_at: datetime,
        shoppers: Sequence[Shopper],
        before: Credits,
        outcome: Outcome,
        facts: str,
    ) -> Credits:
        """`facts`: of the order, from which the outcome was worked out."""
        entries = _entries(shop, placed_at, shoppers)
        after = before.model_copy(update={"entries": {**entries, **before.entries}})
        if after.click is None:
            after = self._with_click(shop, placed_at, shoppers, after)
        if after.click is None or after.facts == facts:
            return after
        return after.model_copy(
            update={
                "orders": outcome.ordered,
                "paid": outcome.paid,
                "contribution": outcome.contribution,
                "facts": facts,
            }
        )

    def _with_codes(self, shop: ShopSettings, codes: Collection[str], before: Credits) -> Credits:
        new = set(codes) - before.codes.keys()
        found = self.store.order_credits.givers_of(shop.shop, new) if new else {}
        return before.model_copy(update={"codes": {**before.codes, **found}}) if found else before

    def _with_click(
        self, shop: ShopSettings, placed_at: datetime, shoppers: Sequence[Shopper], after: Credits
    ) -> Credits:
        clicks = [one.last_click for shopper in shoppers for one in shopper.known.values()]
        led = [click for click in clicks if click and click.may_have_led_to(placed_at)]
        click = max(led, key=lambda one: one.at, default=None)
        record = self.store.order_credits.message_of(shop.shop, click) if click else None
        return after.model_copy(update={"click": click, "sent_at": record.at}) if record else after

    def _count(
        self,
        shop: ShopSettings,
        order: OrderState,
        entries: dict[str, Entry],
        outcome: Outcome,
        facts: str,
    ) -> None:
        for name, entry in entries.items():
            if (one := shop.experiments.get(name)) and order.placed_at:
                is_in = counts(entry, one.days, order.placed_at)
                self.store.experiments.count_order(
                    shop.shop,
                    name,
                    one,
                    entry,
                    order.order_id,
                    outcome if is_in else NO_OUTCOME,
                    facts if is_in else "",
                    now(),
                )


def _entries(
    shop: ShopSettings, placed_at: datetime, shoppers: Sequence[Shopper]
) -> dict[str, Entry]:
    """Return the entries that the order counts for, by experiment."""
    if not shop.experiments:
        return {}
    entries = merged(shopper.arms for shopper in shoppers)
    return {
        name: entry
        for name, entry in entries.items()
        if name in shop.experiments and counts(entry, shop.experiments[name].days, placed_at)
    }
