"""Brings back into the live table what it lost, from an older copy of it.

Every write is conditional, so it may run while webhooks come, be cut off anywhere, and run twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import groupby

from wracaj.customers.identity import identifiers_of
from wracaj.errors import WracajError
from wracaj.store.archive_keys import ArchiveKeys
from wracaj.store.campaigns import Campaigns
from wracaj.store.carts import Carts
from wracaj.store.customers import customer_from
from wracaj.store.forgotten_carts import forgotten_until
from wracaj.store.long_waits import BEGUN, SWEPT, LongWaits
from wracaj.store.restoring.balances import Audit, Balances
from wracaj.store.restoring.comeback import Judged, Moment, Verdict, judged
from wracaj.store.restoring.items import GUARDS, REVISION, joined_item
from wracaj.store.restoring.kinds import Kind, holder_of, kind_of, shop_of
from wracaj.store.restoring.surroundings import (
    Erasures,
    Surroundings,
    erased_cart,
    place_of,
)
from wracaj.store.table import MOST_KEYS, ConditionFailedError, Item, Table, dump
from wracaj.store.wire import from_wire

AT_ONCE = 8  # writes
WAIT = "long_wait_number"
OF_NOBODY = {  # of a cart
    *("PK", "SK", "shop", "cart_id", "version", "episode", "episodes_from", "long_wait", WAIT)
}
WRITES = {Verdict.BROUGHT_BACK, Verdict.JOINED, Verdict.ERASED_AGAIN}


class AnotherKeyError(WracajError):
    """The copy's identifiers were made with another key."""


@dataclass
class Restorer:
    """`moment`: of the copy. `zones`: the shops that there are, with their time zones."""

    live: Table
    old: Table
    archive_keys: ArchiveKeys | None
    moment: datetime
    zones: dict[str, tzinfo]
    now: Callable[[], datetime]
    dry_run: bool = False
    only: bool = False  # nothing is said of other shops than these
    counted: Counter[tuple[Kind, Verdict]] = field(default_factory=Counter)
    _erasures: dict[str, Erasures] = field(default_factory=dict)

    def pages(self) -> Iterator[list[Item]]:
        """Yield the items of the copy, some at once."""
        return _pages(self.old)

    def take(self, page: Iterable[Item]) -> None:
        """Bring back what is missing of these items. Raises AnotherKeyError."""
        items = sorted((one for one in page if kind_of(one) is not Kind.SWEPT), key=shop_of)
        self._check_key(items)
        for shop, some in groupby(items, key=shop_of):
            if shop in self.zones:
                self._take(shop, list(some))
            elif not self.only:
                self.counted.update((kind_of(item), Verdict.SHOP_GONE) for item in some)

    def _check_key(self, items: Iterable[Item]) -> None:
        for item in items:
            if kind_of(item) is Kind.WHO:
                known = customer_from(item)
                names = identifiers_of(shop_of(item), known.contact).values()
                if names and known.id not in names:
                    raise AnotherKeyError(
                        "the copy's identifiers were made with another key than this stack's: it is"
                        " a copy of another stack's table. Nothing of it can be brought back here"
                    )

    def _take(self, shop: str, items: list[Item]) -> None:
        around = Surroundings(self.live, self.old, items)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            self.counted.update(pool.map(lambda item: self._one(shop, item, around), items))

    def _one(self, shop: str, item: Item, around: Surroundings) -> tuple[Kind, Verdict]:
        kind, live = kind_of(item), around.live.get(place_of(item))
        if live is None:
            at = Moment(self.moment, self.now())
            told = judged(kind, item, around, at, self.erasures(shop))
        else:
            told = self._joined(shop, kind, live, item, around)
        if told.verdict not in WRITES:
            return kind, told.verdict
        try:
            if not self.dry_run:
                self._write(kind, live, told)
        except ConditionFailedError:
            return kind, Verdict.CHANGED
        return kind, told.verdict

    def _joined(
        self, shop: str, kind: Kind, live: Item, item: Item, around: Surroundings
    ) -> Judged:
        if kind is Kind.PASSING:
            return Judged(Verdict.PASSING, live)
        if kind is Kind.CART and self._lacks_its_erasure(shop, live):
            return Judged(Verdict.ERASED_AGAIN, live)
        if kind is Kind.WHO:
            item = self._as_erased(shop, item, around)
        both = joined_item(kind, live, item, self.zones[shop])
        return Judged(Verdict.SAME if both is live or both == live else Verdict.JOINED, both)

    def _as_erased(self, shop: str, item: Item, around: Surroundings) -> Item:
        """What the copy knew of somebody erased since: only what an erasure leaves."""
        name = holder_of(item)
        when = around.erased_since(shop, name, self.moment, self.erasures(shop))
        if when is None:
            return item
        return item | {"known": dump(customer_from(item).buried(when))}

    def _write(self, kind: Kind, live: Item | None, told: Judged) -> None:
        if kind is Kind.CART and told.verdict is Verdict.ERASED_AGAIN:
            return self._erase_cart(told.item)
        self.live.put_as(_put(self.live, kind, live, told.item))
        if kind is Kind.CAMPAIGN and "stopped_at" in told.item:
            shop, campaign_id = shop_of(told.item), str(told.item["SK"]).partition("#")[2]
            Campaigns(self.live).stop(shop, campaign_id, self.now())  # its gates, too
        return None

    def _lacks_its_erasure(self, shop: str, live: Item) -> bool:
        """Whether the cart was lost with the mark of its erasure, and came again."""
        when = erased_cart(shop, holder_of(live), self.moment, self.erasures(shop))
        return when is not None and live.get("forgotten", "") < forgotten_until(when)

    def _erase_cart(self, item: Item) -> None:
        """What was reported after the erasure is of a new cart, and stays. The numbers of its
        timelines are not used again."""
        shop, cart_id = shop_of(item), holder_of(item)
        when = erased_cart(shop, cart_id, self.moment, self.erasures(shop))
        assert when
        self.live.put_once({name: value for name, value in item.items() if name in OF_NOBODY})
        Carts(self.live).erase(shop, cart_id, when, by_shops_clock=True)

    def sweep_again(self) -> None:
        """Sweep the long waits once more from where it was at the copy's moment: since then hours
        may have been swept whose carts were lost. To be called when all items are back."""
        for mark in self.old.get_many([BEGUN, SWEPT]):
            self.live.put_once(mark)
        if then := LongWaits(self.old).swept():
            LongWaits(self.live).sweep_again(then)

    def settle_balances(self) -> Iterator[int]:
        """Make balances add up again. Yield how many items were looked at: of the live table, all,
        and all once more where an account does not add up."""
        audit = Audit(self.live)
        for page in _pages(self.live):
            audit.take(item for item in page if shop_of(item) in self.zones)
            yield len(page)
        balances = Balances(self.live, audit.odd())
        if not balances.orders:
            return
        for line in audit.lines:
            self.live.delete({"PK": line["PK"], "SK": line["SK"]})
            self.counted[Kind.POSTING, Verdict.UNDONE] += 1
        for page in _pages(self.live):
            balances.take(page)
            yield len(page)
        for owner in sorted(balances.orders):
            if balances.settle(owner):
                self.counted[Kind.ACCOUNT, Verdict.SETTLED] += 1

    def erasures(self, shop: str) -> Erasures:
        """Who was erased, as the archive's keys know, which no restore touches."""
        if shop not in self._erasures:
            beginning = datetime.min.replace(tzinfo=self.moment.tzinfo)
            told = self.archive_keys.erased_since(shop, beginning) if self.archive_keys else ()
            self._erasures[shop] = {name: at for at, name in told}
        return self._erasures[shop]


def _pages(table: Table) -> Iterator[list[Item]]:
    scanned = table.dynamodb.get_paginator("scan").paginate(
        TableName=table.name, ConsistentRead=True
    )
    for page in scanned:
        items = [from_wire(item) for item in page["Items"]]
        yield from (items[start : start + MOST_KEYS] for start in range(0, len(items), MOST_KEYS))


def _put(table: Table, kind: Kind, live: Item | None, item: Item) -> Item:
    """Return a put on condition that nobody wrote the item since it was read."""
    if live is None:
        return table.putting(item, "attribute_not_exists(PK)")
    guard = REVISION if REVISION in live else GUARDS.get(kind, "")
    if guard not in live:
        return table.putting(item, "attribute_exists(PK)")
    # to keep a long wait counts as no revision
    same = f"{WAIT} = :wait" if WAIT in live else f"attribute_not_exists({WAIT})"
    read = {"read": live[guard]} | ({"wait": live[WAIT]} if WAIT in live else {})
    put = table.putting(item, f"#guard = :read AND {same}", **read)
    return put | {"ExpressionAttributeNames": {"#guard": guard}}
