"""One page of a campaign: starts the timeline for a limited number of customers, within the
campaign's rate, once each.

A page may run twice, by a retry or in two executions, and may fail anywhere. An occasion begins
once for its key. The place where the page ended and its counts are written last, on condition that
no other run has written them.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import islice
from math import ceil
from typing import Any

from campaign_page.selection import Look, go_through, occasion_of
from wracaj.clock import now
from wracaj.customers.shopper import Shopper
from wracaj.events import Frozen
from wracaj.services.start_occasion import begin
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.table import ConditionFailedError
from wracaj.timelines.campaign import Course, Progress
from wracaj.timelines.decision import next_opening

MOST_ASKED, MOST_LOOKED_AT = 100, 2000  # per page
STARTED_AT_ONCE = 8
SWITCHED_OFF_WAITS = timedelta(minutes=5)

StartTimeline = Callable[..., None]  # arguments: shop, cart_id, episode, timeline; message


class PageOutcome(StrEnum):
    MORE = "more"
    THROUGH = "through"  # every customer was checked
    STOPPED = "stopped"
    OVER = "over"  # the campaign's end has passed


class PageAnswer(Frozen):
    outcome: PageOutcome
    wait_seconds: int = 0  # until the next page
    asked: int = 0


@dataclass
class Gathered:
    """What the page found in the customers it checked."""

    asked: list[Shopper] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    looked: int = 0
    last: Look | None = None

    def add(self, look: Look) -> None:
        self.looked, self.last = self.looked + 1, look
        if look.reason:
            self.passed_over[look.reason] += 1
        elif look.customer:
            self.asked.append(look.customer)


@dataclass(frozen=True)
class Pager:
    store: Store
    start_timeline: StartTimeline
    switched_on: bool

    def take(self, shop: ShopSettings, campaign_id: str) -> PageAnswer:
        course, moment = self.store.campaigns.get(shop.shop, campaign_id), now()
        if course is None or course.stopped_at:
            return PageAnswer(outcome=PageOutcome.STOPPED)
        if course.progress.through_at:
            return PageAnswer(outcome=PageOutcome.THROUGH)
        if moment > course.campaign.until:
            return PageAnswer(outcome=PageOutcome.OVER)
        wait = self._not_before(shop, course, moment) - moment
        if wait > timedelta():
            return PageAnswer(outcome=PageOutcome.MORE, wait_seconds=ceil(wait.total_seconds()))
        return self._take(shop, course, moment)

    def _not_before(self, shop: ShopSettings, course: Course, moment: datetime) -> datetime:
        """The earliest time for the next page. No page runs in quiet hours: all its messages would
        then be sent in the first minutes of the morning."""
        if not (self.switched_on and shop.enabled):
            return moment + SWITCHED_OFF_WAITS
        earliest = max(moment, course.campaign.begins_at, course.progress.next_at or moment)
        return min(next_opening(earliest, shop), course.campaign.until + timedelta(seconds=1))

    def _take(self, shop: ShopSettings, course: Course, moment: datetime) -> PageAnswer:
        gathered, is_through = self._gather(shop, course, moment)
        asking = partial(self.ask, shop, course, moment)
        with ThreadPoolExecutor(STARTED_AT_ONCE) as starters:
            list(starters.map(asking, gathered.asked))
        progress = after(course, gathered, moment, is_through=is_through)
        try:
            self.store.campaigns.advance(shop.shop, course, progress)
        except ConditionFailedError:  # another run took this page meanwhile: its counts are kept
            return PageAnswer(outcome=PageOutcome.MORE, wait_seconds=1)
        left = (progress.next_at or moment) - now()
        outcome = PageOutcome.THROUGH if is_through else PageOutcome.MORE
        return PageAnswer(
            outcome=outcome,
            wait_seconds=max(0, ceil(left.total_seconds())),
            asked=len(gathered.asked),
        )

    def _gather(
        self, shop: ShopSettings, course: Course, moment: datetime
    ) -> tuple[Gathered, bool]:
        """The customers to message, and whether no customers are left after them."""
        gathered, most = Gathered(), page_size(course.campaign.rate)
        for look in islice(
            go_through(self.store, shop, course.campaign, course.progress, moment), MOST_LOOKED_AT
        ):
            gathered.add(look)
            if len(gathered.asked) == most:
                return gathered, False
        return gathered, gathered.looked < MOST_LOOKED_AT

    def ask(self, shop: ShopSettings, course: Course, moment: datetime, customer: Shopper) -> None:
        start: Any = partial(self.start_timeline, message=course.campaign.message)
        begin(
            self.store, start, shop, occasion_of(shop, course.campaign, customer, moment), customer
        )


def pages_a_minute(rate: int) -> int:
    return ceil(rate / MOST_ASKED)


def page_size(rate: int) -> int:
    """Customers per page, so that no minute exceeds the rate."""
    return rate // pages_a_minute(rate)


def after(course: Course, gathered: Gathered, moment: datetime, *, is_through: bool) -> Progress:
    before, last = course.progress, gathered.last
    pause = timedelta(minutes=1) / pages_a_minute(course.campaign.rate)
    return Progress(
        shard=last.shard if last else before.shard,
        after=last.customer_id if last else before.after,
        next_at=moment + pause if gathered.asked else moment,
        through_at=moment if is_through else None,
        looked=before.looked + gathered.looked,
        started=before.started + len(gathered.asked),
        passed_over=Counter(before.passed_over) + gathered.passed_over,
    )
