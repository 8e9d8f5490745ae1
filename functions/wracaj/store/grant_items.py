"""The keys and items of grants, and their lines of the ledger; see grants.py."""

from collections.abc import Mapping

from wracaj.clock import timestamp
from wracaj.loyalty.grants import Grant
from wracaj.store.customer_keys import customer_partition
from wracaj.store.table import Item, dump


def grant_key(shop: str, owner: str, key: str) -> dict[str, str]:
    return owned_key(shop, owner, f"GRANT#{key}")


def written(shop: str, owner: str, grant: Grant) -> Item:
    return grant_key(shop, owner, grant.key) | {"revision": grant.revision, "grant": dump(grant)}


def nudge_key(shop: str, owner: str, key: str) -> dict[str, str]:
    return owned_key(shop, owner, f"NUDGE#{key}")


def owned_key(shop: str, owner: str, sort: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, owner), "SK": sort}


def points_of(grant: Grant) -> int:
    """Return the points that it gave, less those that it took."""
    return grant.posted.points - sum(grant.taken.values())


def ledger_line(shop: str, owner: str, grant: Grant, points: int, number: int) -> Item:
    line = {
        "at": timestamp(grant.at),
        "rule": str(grant.kind),
        "points": points,
        "currency": grant.posted.currency,
    }
    return owned_key(shop, owner, f"POINTS#{grant.key}#{number:06d}") | line


def negative(taken: Mapping[str, int]) -> dict[str, int]:
    return {day: -points for day, points in taken.items()}
