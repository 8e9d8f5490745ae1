"""The rules for an item that only the copy has: whether it comes back, and as what.

It was lost, or it was deleted since on purpose. Which of the two, other items tell.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from wracaj.clock import timestamp
from wracaj.loyalty.order_entry import OrderEntry, owner_of_both
from wracaj.store.accounts import entry_from
from wracaj.store.address_use import recorded_names
from wracaj.store.customers import customer_from, days_kept
from wracaj.store.restoring.kinds import Kind, holder_of, shop_of
from wracaj.store.restoring.surroundings import Erasures, Surroundings, erased_cart, owner_in, whose
from wracaj.store.table import Item, dump, expiry
from wracaj.timelines.date_triggers import Listed, days_of_account, days_of_customer
from wracaj.timelines.occasion import OccasionKind


class Verdict(StrEnum):
    """What comes of an item of the copy."""

    BROUGHT_BACK = "brought_back"
    JOINED = "joined"  # both tables had it, and each knew something
    SAME = "same"
    ERASED = "erased"  # with somebody who was erased since
    ERASED_AGAIN = "erased_again"  # the mark of an erasure was lost, and is written again
    EXPIRED = "expired"
    PASSING = "passing"  # it was true for a moment only
    MOVED = "moved"  # an order of another owner, an address of another record, a code given
    SHOP_GONE = "shop_gone"  # of a shop that was removed
    SETTLED = "settled"  # a balance that did not add up
    UNDONE = "undone"  # a line of the ledger whose order or reward is lost: it is posted again
    CHANGED = "changed"  # somebody wrote it at that moment: once more


class Judged(NamedTuple):
    verdict: Verdict
    item: Item


class Moment(NamedTuple):
    """`copied`: of the copy."""

    copied: datetime
    now: datetime


def judged(kind: Kind, item: Item, around: Surroundings, at: Moment, erasures: Erasures) -> Judged:
    """Judge an item that the live table lacks."""
    if kind is Kind.PASSING:
        return Judged(Verdict.PASSING, item)
    if item.get("expires_at") and item["expires_at"] <= at.now.timestamp():
        return Judged(Verdict.EXPIRED, item)
    shop = shop_of(item)
    erased = [around.erased_since(shop, name, at.copied, erasures) for name in whose(item)]
    if any(erased):
        return _of_erased(kind, item, next(filter(None, erased)), at)
    match kind:
        case Kind.CART:
            when = erased_cart(shop, holder_of(item), at.copied, erasures)
            return Judged(Verdict.ERASED_AGAIN if when else Verdict.BROUGHT_BACK, item)
        case Kind.LONG_WAIT if around.cart_erased_since(shop, item["cart_id"]) or erased_cart(
            shop, item["cart_id"], at.copied, erasures
        ):
            return Judged(Verdict.ERASED, item)
        case Kind.ORDER if not _is_owner(item, around):
            return Judged(Verdict.MOVED, item)
        case Kind.RECORD if not _is_recorded(item, around):
            return Judged(Verdict.MOVED, item)
        case Kind.LISTED if not _is_listed(item, around):
            return Judged(Verdict.MOVED, item)
        case Kind.POOL if around.code_was_given(shop, str(item["SK"])):
            return Judged(Verdict.MOVED, item)
        case Kind.STATE:
            return Judged(Verdict.BROUGHT_BACK, _order(item, around, at, erasures))
        case Kind.CAMPAIGN:
            # whether it was stopped since, nobody knows
            return Judged(Verdict.BROUGHT_BACK, {"stopped_at": timestamp(at.now)} | item)
    return Judged(Verdict.BROUGHT_BACK, item)


def _of_erased(kind: Kind, item: Item, when: datetime, at: Moment) -> Judged:
    """Of somebody erased since, only that comes back which an erasure leaves."""
    if kind is not Kind.WHO:
        return Judged(Verdict.ERASED, item)
    left = customer_from(item).buried(when)
    days = days_kept(left)
    until = expiry(at.now, days) if days else None
    return Judged(Verdict.ERASED_AGAIN, item | {"known": dump(left), "expires_at": until})


def _is_owner(item: Item, around: Surroundings) -> bool:
    """Whether the order is still of this owner: it may have moved from a guest to an account."""
    states = around.order(shop_of(item), str(item["SK"]).removeprefix("ORDER#"))
    entries = [entry for entry in map(entry_from, states) if entry]
    if not entries:
        return True
    counts = owner_of_both(*entries) if len(entries) == 2 else entries[0]
    return not counts.forgotten and counts.customer_id == holder_of(item)


def _is_recorded(item: Item, around: Surroundings) -> bool:
    shop, account = shop_of(item), str(item["SK"]).partition("#")[2]
    return holder_of(item) in recorded_names(shop, around.customer(shop, account))


def _is_listed(item: Item, around: Surroundings) -> bool:
    """Whether it is still this customer's day."""
    shop, name = shop_of(item), str(item["SK"])
    _, kind, day, _ = item["PK"].rsplit("#", 3)
    customer, account = around.customer(shop, name), around.account(shop, name)
    days = [*days_of_customer(customer), *days_of_account(account)]
    return Listed(OccasionKind(kind), day) in days


def _order(item: Item, around: Surroundings, at: Moment, erasures: Erasures) -> Item:
    """An order names nobody who was erased since."""
    shop, owner = shop_of(item), owner_in(item)
    if owner is None or not around.erased_since(shop, owner, at.copied, erasures):
        return item
    entry = entry_from(item)
    assert entry
    return item | {"entry": dump(OrderEntry(state=entry.state, forgotten=True))}
