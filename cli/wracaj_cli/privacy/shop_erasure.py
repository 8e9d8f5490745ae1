"""Deletes all of one shop, page by page: its items, its rows in the archive and their keys. If it
fails at any point, it can be started again."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from wracaj_cli.archive.whole_shop import delete_rows
from wracaj_cli.counted import counted
from wracaj_cli.shops.target import Target

MOST_DELETES = 25  # in one BatchWriteItem
COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())


def erase(target: Target, shop: str) -> int:
    """Return the number of deleted items, of objects of the archive, too."""
    tables = [target.table, *([target.archive.keys] if target.archive else [])]
    deleted = sum(_erase_items(target, shop, table) for table in tables)
    return deleted + (delete_rows(target, shop) if target.archive else 0)


def _erase_items(target: Target, shop: str, table: str) -> int:
    deleted = 0
    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        task = progress.add_task("reading the table", total=None)
        for looked, keys in _pages(target, shop, table):
            for start in range(0, len(keys), MOST_DELETES):
                _delete(target, table, keys[start : start + MOST_DELETES])
            deleted += len(keys)
            progress.update(task, description=f"{counted(looked, 'item')} read, {deleted} deleted")
    return deleted


def _pages(target: Target, shop: str, table: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Return, for each page, the number of items read so far and the keys of the shop's items.
    Items of links have their shop in an attribute."""
    pages = (
        target.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression="begins_with(PK, :partitions) OR shop = :shop",
            ExpressionAttributeValues={":partitions": {"S": f"SHOP#{shop}#"}, ":shop": {"S": shop}},
            ProjectionExpression="PK, SK",
        )
    )
    looked = 0
    for page in pages:
        looked += page["ScannedCount"]
        yield looked, page["Items"]


def _delete(target: Target, table: str, keys: list[dict[str, Any]]) -> None:
    left: list[Any] = [
        {"DeleteRequest": {"Key": {name: key[name] for name in ("PK", "SK")}}} for key in keys
    ]
    while left:
        answer = target.client("dynamodb").batch_write_item(RequestItems={table: left})
        left = answer.get("UnprocessedItems", {}).get(table, [])
