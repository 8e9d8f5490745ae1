"""Keys of the items of one customer, and of what other names lead to."""

import hashlib
from datetime import date

# in this time, a shop's late or repeated webhooks do not restore an erased shopper
ERASURE_REMEMBERED_DAYS = 60
ACCOUNT_SHARDS = 16  # per shop; a scan over all its customers is split by them


def customer_partition(shop: str, customer_id: str) -> str:
    return f"SHOP#{shop}#WHO#{customer_id}"


def who_key(shop: str, name: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, name), "SK": "WHO"}


def account_key(shop: str, customer_id: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": "ACCOUNT"}


def account_shard(shop: str, customer_id: str) -> str:
    """Return where the index `accounts` lists this customer."""
    return shard_name(shop, hashlib.sha256(customer_id.encode()).digest()[0] % ACCOUNT_SHARDS)


def shard_name(shop: str, number: int) -> str:
    return f"SHOP#{shop}#ACCOUNTS#{number:02d}"


def entries_of_day(shop: str, experiment: str, day: date) -> str:
    return f"SHOP#{shop}#EXPERIMENT#{experiment}#{day.isoformat()}"


def entry_key(shop: str, experiment: str, day: date, person: str) -> dict[str, str]:
    """Return the key of a person's entry into an experiment. `day`: of the entry, UTC."""
    return {"PK": entries_of_day(shop, experiment, day), "SK": person}


def alias_key(shop: str, alias: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#ALIAS#{alias}", "SK": "ALIAS"}
