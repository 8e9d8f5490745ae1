"""The rules for an item that both tables have: which one counts, or what both come to.

Where no rule is named, the live item counts.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo

from wracaj.clock import now
from wracaj.customers.restored import restored
from wracaj.loyalty.restored import joined_entries
from wracaj.store.accounts import entry_from
from wracaj.store.customers import customer_from, days_kept
from wracaj.store.restoring.cart_items import joined_cart
from wracaj.store.restoring.kinds import Kind
from wracaj.store.step_records import MAY_BE_CLAIMED
from wracaj.store.table import Item, dump, expiry
from wracaj.timelines.steps import RecordState

REVISION, SHARD, MERGED = "revision", "account_shard", "merged_into"
# The attribute by which a write sees that nobody wrote the item meanwhile.
GUARDS: Mapping[Kind, str] = {Kind.MESSAGE: "state", Kind.ORDER: "version", Kind.CAMPAIGN: "pages"}


def joined_item(kind: Kind, live: Item, old: Item, zone: tzinfo) -> Item:
    """Return what the live item should be: itself, where nothing is to be changed."""
    if kind is Kind.STATE:
        both = _joined_order(live, old, zone)
    elif rule := RULES.get(kind):
        both = rule(live, old)
    else:
        return live
    if both == live:
        return live
    return both | ({REVISION: _next(live, old)} if REVISION in live or REVISION in old else {})


def _next(live: Item, old: Item) -> int:
    return int(max(live.get(REVISION, 0), old.get(REVISION, 0))) + 1


def _joined_customer(live: Item, old: Item) -> Item:
    known = customer_from(live)
    both = restored(known, customer_from(old))
    if both == known:
        return live
    days = days_kept(both)
    until = expiry(now(), days) if days else None
    return live | {"known": dump(both), "expires_at": until}


def _joined_order(live: Item, old: Item, zone: tzinfo) -> Item:
    known, before = entry_from(live), entry_from(old)
    assert known and before
    both = joined_entries(known, before, zone)
    return live if both == known else live | {"entry": dump(both)}


def _joined_message(live: Item, old: Item) -> Item:
    """A message that may have left is never claimed again."""
    is_open = RecordState(live["state"]) in MAY_BE_CLAIMED
    has_more = RecordState(old["state"]) not in MAY_BE_CLAIMED
    return old if is_open and has_more else live


def _of_more_revisions(live: Item, old: Item) -> Item:
    return old if old.get(REVISION, 0) > live.get(REVISION, 0) else live


def _newer_version(live: Item, old: Item) -> Item:
    return old if old.get("version", "") > live.get("version", "") else live


def _joined_account(live: Item, old: Item) -> Item:
    """Its sums are worked out afterwards, from its orders and rewards. A merged account stays out
    of the index `accounts`."""
    if live.get(REVISION, 0) >= old.get(REVISION, 0):
        return live
    both = old | live
    absorbed = set(live.get("absorbed", ())) | set(old.get("absorbed", ()))
    both |= {"absorbed": absorbed} if absorbed else {}
    return {name: value for name, value in both.items() if name != SHARD or MERGED not in both}


def _joined_checkout(live: Item, old: Item) -> Item:
    orders = set(live.get("orders", ())) | set(old.get("orders", ()))
    return old | live | ({"orders": orders} if orders else {})


def _joined_entry(live: Item, old: Item) -> Item:
    return live | {"orders": {**old.get("orders", {}), **live.get("orders", {})}}


def _still_stopped(live: Item, old: Item) -> Item:
    return old | live if "stopped_at" in old else live


RULES: Mapping[Kind, Callable[[Item, Item], Item]] = {
    Kind.CART: joined_cart,
    Kind.WHO: _joined_customer,
    Kind.MESSAGE: _joined_message,
    Kind.GRANT: _of_more_revisions,
    Kind.CREDITS: _of_more_revisions,
    Kind.ORDER: _newer_version,
    Kind.ACCOUNT: _joined_account,
    Kind.CHECKOUT: _joined_checkout,
    Kind.ENTRY: _joined_entry,
    Kind.CAMPAIGN: _still_stopped,
    Kind.GATE: _still_stopped,
}
