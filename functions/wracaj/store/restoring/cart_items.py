"""A cart's item as two tables know it."""

from wracaj.store.forgotten_carts import FACTS, LONG_WAIT
from wracaj.store.subject_items import cart_from
from wracaj.store.table import Item

NEWEST = (
    *("version", "stopped_at", "set_aside_at", "last_message_at", "expires_at"),
    *("forgotten", "episodes_from"),
)
OF_AN_EPISODE = ("episode", "choice", "episode_ended_at", "last_step_at", "unreminded")
OF_AN_OWNER = ("customer_id", "names", "identified_as")
SETS = ("orders", "checkout_ids")


def joined_cart(live: Item, old: Item) -> Item:
    """The newest word on each fact wins; every order and every stop counts. Of a cart that was
    erased, nothing of before counts, whichever of the two knows of the erasure."""
    forgotten, forgotten_before = (item.get("forgotten", "") for item in (live, old))
    if live.get("erased") or forgotten > forgotten_before:
        return live | _newest(live, old, "forgotten")
    if forgotten_before == forgotten:
        return _joined(live, old)
    # an occasion is not written again once it is erased, but for product views
    if live.get("version", "") <= forgotten_before or "occasion" in live:
        return _without_news(live, old)
    return _joined(_spared(live, forgotten_before), _begun_anew(old))


def _joined(live: Item, old: Item) -> Item:
    both = dict(live)
    for name in NEWEST:
        both |= _newest(live, old, name)
    for name in SETS:
        members = set(live.get(name, ())) | set(old.get(name, ()))
        both |= {name: members} if members else {}
    if "created_at" in old:
        both["created_at"] = min(old["created_at"], live.get("created_at", old["created_at"]))
    both |= _newer_facts(live, old)
    began, began_before = (cart_from(item).newest_episode for item in (live, old))
    if began_before > began:
        both = _taking(both, old, OF_AN_EPISODE)
    if old.get("long_wait_number", 0) > live.get("long_wait_number", 0):
        both = _taking(both, old, LONG_WAIT)
    if "customer_id" not in live:
        both = _taking(both, old, OF_AN_OWNER)
    if int(live.get("revision", 0)) < int(old.get("revision", 0)):
        both = _as_lost(both, old, but=OF_AN_EPISODE if began > began_before else ())
    return {name: value for name, value in both.items() if value is not None}


def _without_news(live: Item, old: Item) -> Item:
    """All that was reported to the live cart is from before the erasure. Only orders from after it
    count, and numbers of episodes are not used again."""
    orders = old.get("orders", set()) | _orders_after(live, old["forgotten"])
    began, began_before = (cart_from(item).newest_episode for item in (live, old))
    both = _taking(old, live, OF_AN_EPISODE) if began > began_before else old
    return both | ({"orders": orders} if orders else {}) | _newest(live, old, "expires_at")


def _spared(live: Item, until: str) -> Item:
    """As `forgotten_carts.sparing` leaves a cart that was changed after its erasure."""
    newer = [version for name in FACTS if (version := live.get(f"v_{name}", "")) > until]
    gone = {name for name in FACTS if live.get(f"v_{name}", "") <= until}
    names = {f"{mark}{name}" for name in gone for mark in ("", "v_", "w_")} | {"orders"}
    names |= {name for name in ("stopped_at", "set_aside_at") if live.get(name, "") <= until}
    left = {name: value for name, value in live.items() if name not in names}
    left |= {"forgotten": until} | ({"item_count": 0} if "content" in gone else {})
    if left.get("created_at", "") <= until:
        left["created_at"] = min([*newer, live["version"]]).partition("#")[0]
    orders = _orders_after(live, until)
    return left | ({"orders": orders} if orders else {})


def _begun_anew(old: Item) -> Item:
    """As `forgotten_carts.beginning_anew` leaves an erased cart."""
    if not old.get("erased"):
        return old
    kept = {name: old[name] for name in ("shop", "cart_id", "revision", "expires_at", "forgotten")}
    orders = _orders_after(old, old["forgotten"])
    episodes_from = cart_from(old).newest_episode + 1
    return kept | {"episodes_from": episodes_from} | ({"orders": orders} if orders else {})


def _orders_after(item: Item, until: str) -> set[str]:
    return {reference for reference in item.get("orders", ()) if reference > until}


def _newest(live: Item, old: Item, name: str) -> Item:
    told = [item[name] for item in (live, old) if name in item]
    return {name: max(told)} if told else {}


def _newer_facts(live: Item, old: Item) -> Item:
    newer = [name for name in FACTS if old.get(f"v_{name}", "") > live.get(f"v_{name}", "")]
    found = {
        f"{mark}{name}": old.get(f"{mark}{name}") for name in newer for mark in ("", "v_", "w_")
    }
    return found | ({"item_count": old.get("item_count")} if "content" in newer else {})


def _taking(both: Item, old: Item, names: tuple[str, ...]) -> Item:
    kept = {name: value for name, value in both.items() if name not in names}
    return kept | {name: old[name] for name in names if name in old}


def _as_lost(both: Item, old: Item, but: tuple[str, ...]) -> Item:
    """The live item was lost and began again: what it lacks, nobody took away."""
    facts = {f"{mark}{name}" for name in FACTS for mark in ("", "v_", "w_")}
    others = {
        name: value
        for name, value in old.items()
        if name not in {*facts, *but, *OF_AN_OWNER, "revision", "item_count"}
    }
    return others | both
