"""Names of the archive's objects: `rows/{shop}/{day}/{time}-{id}.jsonl.gz`, by UTC."""

from datetime import datetime

from wracaj.clock import timestamp


def object_name(shop: str, first_at: datetime, id_: str) -> str:
    """`first_at`: of a row in it."""
    day, _, time = timestamp(first_at).partition("T")
    return f"{day_prefix(shop, day)}{time[:8].replace(':', '')}-{id_}.jsonl.gz"


def shop_prefix(shop: str) -> str:
    return f"rows/{shop}/"


def day_prefix(shop: str, day: str) -> str:
    """`day`: such as "2026-11-21"."""
    return f"{shop_prefix(shop)}{day}/"


def settings_prefix(shop: str) -> str:
    return f"settings/{shop}/"


def settings_name(shop: str, version: str) -> str:
    """Of the settings that a version stands for, without secrets."""
    return f"{settings_prefix(shop)}{version}.json"
