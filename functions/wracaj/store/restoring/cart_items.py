"""A cart's item as two tables know it."""

from wracaj.store.forgotten_carts import FACTS
from wracaj.store.subject_items import cart_from
from wracaj.store.table import Item

NEWEST = ("version", "stopped_at", "set_aside_at", "last_message_at", "expires_at")
OF_AN_EPISODE = ("episode", "choice", "episode_ended_at", "last_step_at", "unreminded")
OF_AN_OWNER = ("customer_id", "names", "identified_as")
SETS = ("orders", "checkout_ids")


def joined_cart(live: Item, old: Item) -> Item:
    """The newest word on each fact wins; every order and every stop counts. A cart that was erased
    since keeps nothing of before."""
    if live.get("erased") or live.get("forgotten", "") > old.get("forgotten", ""):
        return live
    both = dict(live)
    for name in NEWEST:
        told = [item[name] for item in (live, old) if name in item]
        both |= {name: max(told)} if told else {}
    for name in SETS:
        members = set(live.get(name, ())) | set(old.get(name, ()))
        both |= {name: members} if members else {}
    if "created_at" in old:
        both["created_at"] = min(old["created_at"], live.get("created_at", old["created_at"]))
    both |= _newer_facts(live, old)
    began, began_before = (cart_from(item).newest_episode for item in (live, old))
    if began_before > began:
        both = _taking(both, old, OF_AN_EPISODE)
    if "customer_id" not in live:
        both = _taking(both, old, OF_AN_OWNER)
    if int(live.get("revision", 0)) < int(old.get("revision", 0)):
        both = _as_lost(both, old, but=OF_AN_EPISODE if began > began_before else ())
    return {name: value for name, value in both.items() if value is not None}


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
