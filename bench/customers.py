"""Made-up customers of one shop. Most bought once, a few often. The amounts are spread as in real
shops.

They are drawn with a fixed seed. `python -m bench.customers FILE NUMBER` writes them into a SQLite
file.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from bench.thin_table import Item, ThinTable
from wracaj.loyalty.ledger import Account, Sums, month_of
from wracaj.store.customer_keys import account_key, account_shard
from wracaj.store.table import dump
from wracaj.store.wire import to_wire

SHOP, NIGHT = "million", datetime(2026, 11, 18, 2, tzinfo=UTC)
DAYS = 3 * 365
JOINED = 0.03  # share of shoppers who were merged with another shopper


def items(number: int) -> Iterator[Item]:
    draw = Random(1)
    for index in range(number):
        id_ = f"{draw.getrandbits(128):032x}"
        item: Item = account_key(SHOP, id_) | {"revision": 1, "account": dump(_account(draw))}
        item["account_shard"] = account_shard(SHOP, id_)
        if draw.random() < JOINED:
            other = f"{draw.getrandbits(128):032x}"
            item["absorbed"] = {other}
            yield to_wire(
                account_key(SHOP, other)
                | {"revision": 1, "account": dump(_account(draw)), "merged_into": id_}
            )
        yield to_wire(item)
        if index % 100_000 == 0:
            print(f"{index:,} of {number:,}", file=sys.stderr, flush=True)


def _account(draw: Random) -> Account:
    """Return an account. It is not validated, because that would take minutes for a million
    accounts."""
    orders = min(40, 1 + int(draw.expovariate(1.1)))
    placed = sorted(NIGHT - timedelta(days=draw.uniform(0, DAYS)) for _ in range(orders))
    spent: dict[str, list[int]] = {}
    for moment in placed:
        spent.setdefault(month_of(moment), []).append(
            max(500, round(draw.lognormvariate(9.6, 0.7)))
        )
    months = {month: {"PLN": _sums(cents)} for month, cents in spent.items()}
    return Account.model_construct(
        months=months, days=dict(Counter(f"{moment:%Y-%m-%d}" for moment in placed))
    )


def _sums(cents: list[int]) -> Sums:
    return Sums.model_construct(
        spend=Decimal(sum(cents)) / 100, orders=len(cents), points=sum(cents) // 100
    )


if __name__ == "__main__":
    ThinTable(Path(sys.argv[1])).fill(items(int(sys.argv[2])))
