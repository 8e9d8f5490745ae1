"""Product views of a shopper, and when a browse reminder may begin.

A shopper's views are stored as one cart of its own kind (occasion.py). A view starts the next
episode of that cart, if PAUSE has passed since the last episode began and since its last message.
Which views are stored and shown depends only on the views, not on the order in which they were
reported.
"""

from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime

from wracaj.events import CartContent, Frozen, Product, ProductViewed

MOST_VIEWS = 8
PAUSE = timedelta(days=7)


class View(Frozen):
    version: str  # of the event that reported it; begins with the time of the view
    product: Product

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.version.partition("#")[0])


class Browsing(Frozen):
    views: tuple[View, ...] = ()  # the newest of each product, newest first
    since: AwareDatetime | None = None  # an earlier message was about the views before this time
    episode: int = 0
    started_at: AwareDatetime | None = None
    starting: bool = False  # the episode is chosen, and its timeline perhaps not started yet
    last_message_at: AwareDatetime | None = None

    def seen(self, event: ProductViewed) -> Self:
        view = View(version=event.version, product=event.product)
        known = {view.product.product_id: view for view in reversed(self.views)}
        older = known.get(view.product.product_id)
        if older is not None and older.version >= view.version:
            return self
        newest = sorted(
            [*(known | {view.product.product_id: view}).values()],
            key=lambda view: view.version,
            reverse=True,
        )
        return self.model_copy(update={"views": tuple(newest[:MOST_VIEWS])})

    def may_begin(self, now: datetime) -> bool:
        last = max(filter(None, (self.started_at, self.last_message_at)), default=None)
        return last is None or now >= last + PAUSE

    def begun(self, now: datetime) -> Self:
        """Start the episode numbered by the current day. So no number is used twice, even after
        older episodes are deleted."""
        news = {
            "episode": now.toordinal(),
            "started_at": now,
            "starting": True,
            "since": self.last_message_at,
        }
        return self.model_copy(update=news)

    @property
    def shown(self) -> tuple[View, ...]:
        """The views that a message of this episode is about."""
        if not self.views:
            return ()
        since = max(filter(None, (self.since, self.views[0].at - PAUSE)))
        return tuple(view for view in self.views if view.at > since)

    @property
    def began_at(self) -> datetime:
        """An order, or activity in a cart, from this time on ends the episode."""
        return (self.shown or self.views)[-1].at

    @property
    def content(self) -> CartContent:
        shown = [view.product for view in self.shown]
        currency = next((product.currency for product in shown if product.currency), None)
        page = next((product.url for product in shown if product.url), None)
        return CartContent(
            items=tuple(product.as_item(currency) for product in shown),
            currency=currency,
            recovery_url=page,
        )
