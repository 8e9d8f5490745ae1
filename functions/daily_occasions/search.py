"""Searches a day's lists, one page at a time, and begins an occasion for each customer who has one.

Every part may run twice or fail half-way: an occasion begins once for its key. The searched day is
stored only after all lists are done, so that the next day repeats what failed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from daily_occasions.due import (
    Search,
    begins_at,
    day_served,
    kinds_of,
    last_searched,
    once,
    searches,
    still_so,
)
from daily_occasions.tasks import Begin, Done, Part, Plan, Planned
from wracaj.clock import now
from wracaj.customers.customer import Owner
from wracaj.events import CartContent
from wracaj.loyalty.ledger import Account
from wracaj.services.start_occasion import StartTimeline, begin
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.occasion import OccasionKind, an_occasion, occasion_id

PAGE = 100  # customers of one task, which takes some seconds


@dataclass(frozen=True)
class Searcher:
    store: Store
    start_timeline: StartTimeline

    def plan(self, shop: ShopSettings, task: Plan) -> Planned:
        """Plan today's lists. Days on which the shop is switched off are not searched later."""
        today, kinds = day_served(now(), shop), kinds_of(shop)
        before = self._searched(shop, kinds, today)
        found = (
            [search for kind in kinds for search in searches(kind, before[kind], today, shop)]
            if shop.enabled
            else []
        )
        parts = [
            Part(kind=listed.kind, on=on, day=listed.day, shard=shard)
            for on, listed in found
            for shard in self.store.days.shards(task.shop, listed)
        ]
        return Planned(
            parts=tuple(parts),
            searched={kind: max(before[kind], last_searched(kind, today, shop)) for kind in kinds},
        )

    def _searched(
        self, shop: ShopSettings, kinds: list[OccasionKind], today: date
    ) -> dict[OccasionKind, date]:
        """The last completed day of each kind. A new kind starts with today, which is repeated
        after a failure like any other day."""
        known = self.store.days.searched(shop.shop)
        new = {kind: today - timedelta(days=1) for kind in kinds if kind not in known}
        self.store.days.put_searched(shop.shop, new)
        return known | new

    def begin(self, shop: ShopSettings, task: Begin) -> Part:
        """Begin the occasions of one page. Returns the rest of the part."""
        part, moment = task.part, now()
        ids = self.store.days.page(task.shop, part.listed, part.shard, PAGE, part.after)
        if shop.enabled and part.kind in shop.timelines:
            for customer_id in ids:
                self._begin_one(shop, Search(part.on, part.listed), customer_id, moment)
        return part.model_copy(update={"after": ids[-1] if len(ids) == PAGE else ""})

    def _begin_one(
        self, shop: ShopSettings, search: Search, customer_id: str, moment: datetime
    ) -> None:
        shopper = self.store.customers.owners(shop.shop, [customer_id]).get(customer_id)
        if shopper is None:
            return
        account = (
            Account()
            if search.listed.kind is OccasionKind.BIRTHDAY
            else self.store.accounts.get(shop.shop, shopper)
        )
        today = day_served(moment, shop)
        if not still_so(search, shopper.owner, account, today, shop) or self._is_begun(
            shop, search, shopper
        ):
            return
        key, at, about = once(search, shopper.id), begins_at(moment, shop), search.on.isoformat()
        contact = shopper.own_contact
        occasion = an_occasion(
            shop.shop, search.listed.kind, key, shopper, at, CartContent(), about, contact=contact
        )
        begin(self.store, self.start_timeline, shop, occasion, shopper)

    def _is_begun(self, shop: ShopSettings, search: Search, owner: Owner) -> bool:
        """Whether the occasion has begun under any id that this customer had."""
        ids = (owner.id, *sorted(owner.absorbed))
        return self.store.carts.any_started(
            shop.shop, [occasion_id(search.listed.kind, once(search, id_)) for id_ in ids]
        )

    def done(self, task: Done) -> None:
        self.store.days.put_searched(task.shop, task.searched)
