"""What the archive knows of a cart and its shopper at any moment: activity, orders, opt-outs, newer
carts, erasures.

The product's own rules judge it: a cart as it was at that moment is put together and asked.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from wracaj.carts.cart import Cart
from wracaj.clock import timestamp
from wracaj.consent.consent import ConsentState
from wracaj.customers.identity import Identifiers, identifier_kind, same_shopper
from wracaj.events import CartContent, Item
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.facts import reason_to_end_cart
from wracaj.timelines.steps import Reason
from wracaj_cli.archive.backtest.rows import CartRow
from wracaj_cli.archive.backtest.shopper_rows import ConsentRow, OrderRow

SOMETHING = CartContent(items=(Item(title="-", quantity=Decimal(1)),))
NOTHING = CartContent()
BLANK = Cart(shop="", cart_id="")


class Change(NamedTuple):
    """`at`: when we heard of it. `changed_at`: by the shop's clock."""

    at: datetime
    changed_at: datetime
    has_items: bool | None
    quiet: bool
    created_at: datetime


class Order(NamedTuple):
    at: datetime
    placed_at: datetime
    names_cart: bool  # it is for this very cart; otherwise it is of the cart's shopper


@dataclass(slots=True, eq=False)
class History:
    """Of one cart. `rows`: its events; most are never asked about, so they are read only then."""

    cart: str
    rows: list[CartRow] = field(default_factory=list)
    starts: list[tuple[datetime, int]] = field(default_factory=list)  # of each episode
    orders: list[Order] = field(default_factory=list)
    words: list[tuple[datetime, Sequence[str], bool]] = field(default_factory=list)  # opt-out: True
    erased: list[datetime] = field(default_factory=list)
    others: list["History"] = field(default_factory=list)  # the shopper's other carts
    names: dict[str, str] = field(default_factory=dict)  # kind → identifier
    _changes: list[Change] | None = None
    _times: list[datetime] | None = None

    @property
    def changes(self) -> list[Change]:
        if self._changes is None:
            self._changes = [_change(row) for row in self.rows]
        return self._changes

    @property
    def created_at(self) -> datetime | None:
        return min((change.created_at for change in self.changes), default=None)

    @property
    def checkouts(self) -> Iterator[str]:
        for row in self.rows:
            yield from row.checkouts

    def add(self, row: CartRow) -> None:
        """Add an event of the cart."""
        self.rows.append(row)
        for name in row.names.all:
            self.names[name[0]] = name

    def add_order(self, row: OrderRow) -> None:
        names_cart = self.cart in row.carts or not set(self.checkouts).isdisjoint(row.checkouts)
        if names_cart or same_shopper(by_kind(self.names.values()), by_kind(row.names)):
            self.orders.append(Order(row.at, row.placed_at, names_cart))

    def add_consent(self, row: ConsentRow) -> None:
        self.words.append((row.at, row.channels, row.is_no))

    def changed_between(self, one: datetime, other: datetime) -> bool:
        """Whether we heard anything that can change a decision, between two moments."""
        times = self._times
        if times is None:
            times = self._times = sorted(self._heard())
        return bisect_right(times, one) != bisect_right(times, other)

    def _heard(self) -> list[datetime]:
        heard = [*self.erased]
        heard += [at for at, _ in self.starts]
        heard += [word[0] for word in self.words]
        for history in (self, *self.others):
            heard += [row.at for row in history.rows]
            heard += [order.at for order in history.orders]
        return heard

    # As of a moment

    def active_at(self, moment: datetime) -> datetime | None:
        told = [one.changed_at for one in self.changes if one.at <= moment and not one.quiet]
        return max(told, default=None)

    def has_items(self, moment: datetime) -> bool:
        told = [
            (change.changed_at, change.has_items)
            for change in self.changes
            if change.at <= moment and change.has_items is not None
        ]
        return max(told)[1] is True if told else False

    def is_ordered(self, moment: datetime) -> bool:
        """Whether the cart itself was ordered, or the shopper since it was last touched."""
        heard = [order for order in self.orders if order.at <= moment]
        if not heard:
            return False
        last = max(order.placed_at for order in heard)
        return self.as_cart(moment).ended_by_order(last)

    def reason_to_end(self, episode: int, shop: ShopSettings, moment: datetime) -> Reason | None:
        others = [other.as_cart(moment) for other in self.others if not other.is_ordered(moment)]
        return reason_to_end_cart(self.as_cart(moment), shop, episode, others)

    def opted_out(self, channel: str, moment: datetime) -> bool:
        """Whether the last that we heard of this channel is an opt-out."""
        said = sorted(self._said(channel, moment))
        return said[-1][1] if said else False

    def _said(self, channel: str, moment: datetime) -> Iterator[tuple[datetime, bool]]:
        for at, channels, is_no in self.words:
            if at <= moment and channel in channels:
                yield at, is_no
        for change, row in zip(self.changes, self.rows, strict=True):
            word = row.event.consent.get(channel)
            if word and change.at <= moment:
                yield change.at, word.state is ConsentState.UNSUBSCRIBED

    def is_erased(self, moment: datetime) -> bool:
        return any(at <= moment for at in self.erased)

    def as_cart(self, moment: datetime) -> Cart:
        """The cart as it was, as far as it matters for a timeline's end."""
        active = self.active_at(moment)
        own = [order for order in self.orders if order.names_cart and order.at <= moment]
        return BLANK.model_copy(
            update={
                "cart_id": self.cart,
                "version": f"{timestamp(active)}#" if active else "",
                "created_at": self.created_at,
                "content": SOMETHING if self.has_items(moment) else NOTHING,
                "episode": max((episode for at, episode in self.starts if at <= moment), default=0),
                "orders": frozenset(timestamp(order.placed_at) for order in own),
            }
        )


def _change(row: CartRow) -> Change:
    told = row.event
    return Change(row.at, told.at, row.has_items, told.quiet, told.created_at or told.at)


def by_kind(names: Iterable[str]) -> Identifiers:
    return {identifier_kind(name): name for name in names}
