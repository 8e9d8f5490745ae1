"""A minimal replacement for the table: a SQLite file that answers the requests of the nightly
scoring.

It has the interface of a DynamoDB client, so all of our own code runs above the client. An answer
to a query has at most 1 MB, as with DynamoDB.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]

ANSWER_BYTES = 1024 * 1024
_MAKE = """
create table if not exists items
  (pk text, sk text, shard text, item text, primary key (pk, sk)) without rowid;
create index if not exists accounts on items (shard, pk, sk) where shard is not null;
"""


class ThinTable:
    def __init__(self, file: Path) -> None:
        self._file = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._file.executescript("pragma journal_mode = off; pragma synchronous = off;" + _MAKE)
        self._turn = Lock()
        self.requests: dict[str, int] = {}
        self.largest_item = 0  # bytes of the largest item that was put

    def fill(self, items: Iterable[Item]) -> None:
        self._file.execute("begin")
        self._file.executemany("replace into items values (?, ?, ?, ?)", map(_row, items))
        self._file.execute("commit")

    def query(self, *, ExpressionAttributeValues: Item, **asked: Any) -> Item:  # noqa: N803
        self._count("Query")
        column = "shard" if asked.get("IndexName") else "pk"
        after = asked.get("ExclusiveStartKey", {})
        begins = ExpressionAttributeValues.get(":begins", {}).get("S", "")
        order = "desc" if asked.get("ScanIndexForward") is False else "asc"
        rows = self._rows(
            f"select item from items where {column} = ? and (pk, sk) > (?, ?) and substr(sk, 1, ?)"
            f" = ? order by pk {order}, sk {order} limit ?",
            ExpressionAttributeValues[":pk"]["S"],
            *(after.get(name, {}).get("S", "") for name in ("PK", "SK")),
            len(begins),
            begins,
            asked.get("Limit", -1),
        )
        return _answer(rows, asked.get("Limit"))

    def batch_get_item(self, *, RequestItems: Item) -> Item:  # noqa: N803
        self._count("BatchGetItem")
        ((table, asked),) = RequestItems.items()
        found = (self._get(key) for key in asked["Keys"])
        return {"Responses": {table: [item for item in found if item]}}

    def put_item(self, *, Item: Item, **_: Any) -> None:  # noqa: N803
        self._count("PutItem")
        self._put(Item)

    def update_item(self, *, Key: Item, **change: Any) -> Item:  # noqa: N803
        self._count("UpdateItem")
        item = self._get(Key)
        if not all(
            _holds(term, item or {}, change)
            for term in change.get("ConditionExpression", "").split(" AND ")
        ):
            answer: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
            raise ClientError(answer, "UpdateItem")
        changed = _changed({**Key, **(item or {})}, change)
        self._put(changed)
        return {"Attributes": changed}

    def _get(self, key: Item) -> Item | None:
        rows = self._rows(
            "select item from items where pk = ? and sk = ?", key["PK"]["S"], key["SK"]["S"]
        )
        return json.loads(rows[0][0]) if rows else None

    def _put(self, item: Item) -> None:
        row = _row(item)
        self.largest_item = max(self.largest_item, len(row[-1]))
        self._rows("replace into items values (?, ?, ?, ?)", *row)

    def _rows(self, statement: str, *values: Any) -> list[tuple[str]]:
        with self._turn:
            cursor, rows, size = self._file.execute(statement, values), list[tuple[str]](), 0
            for row in cursor:
                rows.append(row)
                size += len(row[0])
                if size >= ANSWER_BYTES:
                    break
            return rows

    def _count(self, operation: str) -> None:
        self.requests[operation] = self.requests.get(operation, 0) + 1


def _row(item: Item) -> tuple[str, str, str | None, str]:
    shard = item.get("account_shard", {}).get("S")
    return item["PK"]["S"], item["SK"]["S"], shard, json.dumps(item, ensure_ascii=False)


def _answer(rows: list[tuple[str]], limit: int | None) -> Item:
    items = [json.loads(row[0]) for row in rows]
    full = len(items) == limit or sum(len(row[0]) for row in rows) >= ANSWER_BYTES
    last = (
        {name: items[-1][name] for name in ("PK", "SK", "account_shard") if name in items[-1]}
        if items and full
        else None
    )
    return {"Items": items, **({"LastEvaluatedKey": last} if last else {})}


def _holds(term: str, item: Item, change: Mapping[str, Any]) -> bool:
    """Check a condition. Only the three kinds in the job's updates are supported."""
    names, values = change["ExpressionAttributeNames"], change.get("ExpressionAttributeValues", {})
    if found := re.fullmatch(r"attribute_(not_)?exists\((#\w+)\)", term):
        return (names[found[2]] in item) is not bool(found[1])
    name, value = term.split(" = ")
    return bool(item.get(names[name]) == values[value])


def _changed(item: Item, change: Mapping[str, Any]) -> Item:
    names, values = change["ExpressionAttributeNames"], change.get("ExpressionAttributeValues", {})
    verb, _, terms = change["UpdateExpression"].partition(" ")
    for term in terms.split(", "):
        name, _, value = term.partition(" = ")
        if verb == "SET":
            item[names[name]] = values[value]
        else:
            item.pop(names[name], None)
    return item
