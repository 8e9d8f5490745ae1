"""Counts what DynamoDB would bill, from the requests that a client really sends and the items that
they touch.

The rules:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html A write
costs a unit per KB of the item before or after, whichever is larger, even if it is refused. In a
transaction it costs twice as much. Each change to an index entry costs the same again, and twice as
much if the entry's key changes. A read costs a unit per 4 KB, and half of that from an index.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

Item = Mapping[str, Any]

INDEXES = {  # key → attributes of an entry; None: the whole item
    "account_shard": None,
}
WRITES = {"UpdateItem", "PutItem", "DeleteItem", "TransactWriteItems"}


@dataclass(frozen=True)
class Request:
    operation: str
    writes: float
    reads: float
    # keys of the items that it requested, without those that a write returns
    seen: tuple[str, ...] = ()


class Meter:
    """`client`: the client whose requests are counted. `observer`: another client, which reads
    items and is not counted."""

    def __init__(self, client: Any, observer: Any) -> None:
        self.client, self.observer = client, observer
        self.requests: list[Request] = []
        self._asked: dict[str, Any] = {}
        self._before: list[Item] = []

    def __enter__(self) -> list[Request]:
        self.client.meta.events.register(
            "provide-client-params.dynamodb", self._ask, unique_id="meter-ask"
        )
        self.client.meta.events.register(
            "after-call.dynamodb", self._answer, unique_id="meter-answer"
        )
        return self.requests

    def __exit__(self, *_: object) -> None:
        self.client.meta.events.unregister("provide-client-params.dynamodb", unique_id="meter-ask")
        self.client.meta.events.unregister("after-call.dynamodb", unique_id="meter-answer")

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._asked = params
        self._before = [self._item(key) for key in _keys(params)] if model.name in WRITES else []

    def _answer(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        writes = self._write_units(model.name) if model.name in WRITES else 0
        reads = 0 if model.name in WRITES else read_units(model.name, self._asked, parsed)
        self.requests.append(
            Request(model.name, writes, reads, tuple(_seen(model.name, self._asked, parsed)))
        )

    def _write_units(self, operation: str) -> float:
        after = [self._item(key) for key in _keys(self._asked)]
        factor = 2 if operation == "TransactWriteItems" else 1
        pairs = list(zip(self._before, after, strict=True))
        return sum(
            factor * units(max(size(old), size(new)), 1024) + index_units(old, new)
            for old, new in pairs
        )

    def _item(self, key: tuple[str, Item]) -> Item:
        found: Item = self.observer.get_item(TableName=key[0], Key=key[1], ConsistentRead=True).get(
            "Item", {}
        )
        return found


def _keys(params: Mapping[str, Any]) -> list[tuple[str, Item]]:
    """Return table and key of every item that a write touches."""
    actions = [next(iter(action.values())) for action in params.get("TransactItems", [])] or [
        params
    ]
    return [(action["TableName"], _key_of(action)) for action in actions]


def _key_of(action: Mapping[str, Any]) -> Item:
    return (
        action["Key"] if "Key" in action else {name: action["Item"][name] for name in ("PK", "SK")}
    )


def _seen(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    keys: Iterable[Item] = []
    if operation == "GetItem":
        keys = [asked["Key"]]
    elif operation == "BatchGetItem":
        keys = [key for table in asked["RequestItems"].values() for key in table["Keys"]]
    elif operation == "Query":
        keys = answer["Items"]
    return [f"{asked.get('IndexName', '')} {key['PK']['S']} {key['SK']['S']}" for key in keys]


def read_units(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        return units(size(answer.get("Item", {})), 4096)
    if operation == "BatchGetItem":
        found = [item for items in answer["Responses"].values() for item in items]
        wanted = sum(len(table["Keys"]) for table in asked["RequestItems"].values())
        return sum(units(size(item), 4096) for item in found) + wanted - len(found)
    whole = units(sum(size(item) for item in answer.get("Items", [])), 4096)
    return whole / 2 if "IndexName" in asked else whole


def index_units(old: Item, new: Item) -> int:
    return sum(_units_of_index(key, _entry(key, old), _entry(key, new)) for key in INDEXES)


def _entry(key: str, item: Item) -> Item:
    kept = INDEXES[key] or item
    return {name: item[name] for name in kept if name in item} if key in item else {}


def _units_of_index(key: str, was: Item, is_: Item) -> int:
    if was == is_:
        return 0
    times = 2 if was and is_ and was[key] != is_[key] else 1
    return times * units(max(size(was), size(is_)), 1024)


def units(size_in_bytes: int, block: int) -> int:
    return max(1, ceil(size_in_bytes / block))


def size(item: Item) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind in {"S", "B"}:
        return len(content.encode() if isinstance(content, str) else content)
    if kind == "N":
        return len(content) // 2 + 2
    if kind in {"SS", "NS", "BS"}:
        return sum(len(member) for member in content)
    if kind in {"L", "M"}:
        inner: Iterable[Any] = content.values() if kind == "M" else content
        names = sum(len(name) for name in content) if kind == "M" else 0
        return 3 + names + sum(1 + _value_size(member) for member in inner)
    return 1
