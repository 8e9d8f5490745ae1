"""Which links of a message were opened, and which of that was a click by a person. Both are on the
item of the message's record, `MESSAGE#{episode}#{step}`.

`link_c`, `link_u`, …: when each kind of link was last opened
`clicks`, `clicked_at`: how often a person followed the link to the cart, and when first

Scanners that look like browsers open several links of a message at once, or open one at the moment
of its arrival. So a click within a second of another link, or of the arrival, does not count.
Whichever of the two comes second removes what was counted.
"""

from datetime import datetime, timedelta

from wracaj.clock import timestamp
from wracaj.messages.links import Purpose
from wracaj.orders.credits import Click
from wracaj.store.carts import cart_key
from wracaj.store.counters import Counters
from wracaj.store.message_links import LinkTarget
from wracaj.store.table import Change, ConditionFailedError, Item, Table
from wracaj.timelines.steps import StepRecord

AT_ONCE = timedelta(seconds=1)
CART = f"link_{Purpose.CART}"


class Clicks:
    def __init__(self, table: Table) -> None:
        self.table = table

    def opened(self, target: LinkTarget, link: Purpose, at: datetime) -> bool:
        """Record that a link was opened, and return whether it counts as a click by now. If the
        record has expired before its link, nothing is recorded."""
        change = Change().set(**{f"link_{link}": timestamp(at)}).only_if_present("record")
        if link is Purpose.CART:
            change.set_once(clicked_at=timestamp(at)).add(clicks=1)
        try:
            item = self.table.update(message_key(target), change)
        except ConditionFailedError:
            return False
        near = self._opened_with(item, link, at)
        if link is not Purpose.CART:
            if CART in near:
                self._take_back(target, item, was_counted=True)
            return False
        if near or is_at_once(item.get("delivered_at"), at):
            self._take_back(target, item, was_counted=False)
            return False
        if item["clicks"] == 1:
            self._count(target, item, 1)
        return True

    def knows(self, target: LinkTarget, link: Purpose, at: datetime) -> bool:
        """Return whether this opening of the link, or a later one, is recorded."""
        item = self.table.get(message_key(target)) or {}
        return str(item.get(f"link_{link}", "")) >= timestamp(at)

    def arrived(self, target: LinkTarget, item: Item, at: datetime) -> None:
        """The provider reported when the message arrived. `item`: its record."""
        if is_at_once(item.get(CART), at):
            self._take_back(target, item, was_counted=True)

    def _opened_with(self, item: Item, link: Purpose, at: datetime) -> list[str]:
        others = [f"link_{other}" for other in Purpose if other is not link]
        return [other for other in others if is_at_once(item.get(other), at)]

    def _take_back(self, target: LinkTarget, item: Item, *, was_counted: bool) -> None:
        """Remove the last click: once, however many links were opened with it."""
        undone = Change().add(clicks=-1).set(**{CART: None}).only_if(**{CART: item[CART]})
        try:
            left = self.table.update(message_key(target), undone)
            if left["clicks"] == 0:
                self.table.update(
                    message_key(target), Change().set(clicked_at=None).only_if(clicks=0)
                )
        except ConditionFailedError:
            return  # it was removed meanwhile, or there is a newer click
        if was_counted and left["clicks"] == 0:
            self._count(target, item, -1)

    def _count(self, target: LinkTarget, item: Item, number: int) -> None:
        sent_at = StepRecord.model_validate_json(item["record"]).at
        change = Change().add(clicked=number)
        Counters(self.table).add(target.shop, sent_at, f"{target.timeline}#{target.step}", change)


def message_key(target: LinkTarget) -> dict[str, str]:
    return cart_key(target.shop, target.cart_id) | {"SK": f"MESSAGE#{target.episode}#{target.step}"}


def clicked_message(shop: str, click: Click) -> dict[str, str]:
    return cart_key(shop, click.cart_id) | {"SK": f"MESSAGE#{click.episode}#{click.step}"}


def is_at_once(one: str | None, other: datetime) -> bool:
    return one is not None and abs(datetime.fromisoformat(one) - other) <= AT_ONCE
