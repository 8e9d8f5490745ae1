"""DynamoDB in memory, as strict as the real one about conditions, transactions and requests.

Requests and answers have the form that boto3's client gives and takes. `DynamoDB.do` is the service;
faults and the client's own errors are added in front of it, see calls.py.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.world.conditions import condition
from simulation.world.expressions import ExpressionError, Used, bound_to
from simulation.world.parameters import check_parameters
from simulation.world.queries import Page, query, scan
from simulation.world.updates import update
from simulation.world.wire import LONGEST_KEYS, Item, Value, WireError, checked, checked_item

Json = dict[str, Any]
Key = tuple[str, str]
MOST_GETS, MOST_WRITES = 100, 25


class RefusedError(Exception):
    """An answer of DynamoDB that is an error. `more`: what it holds besides code and message."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.more = code, message, more


@dataclass
class Table:
    """One table with the keys PK and SK. Each partition is kept in the order of SK."""

    name: str
    indexes: Mapping[str, str] = field(default_factory=dict)  # name → its partition key
    partitions: dict[str, dict[str, Item]] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)

    def get(self, key: Key) -> Item | None:
        return self.partitions.get(key[0], {}).get(key[1])

    def put(self, item: Item) -> None:
        pk, sk = item["PK"]["S"], item["SK"]["S"]
        partition = self.partitions.setdefault(pk, {})
        if sk not in partition:
            insort(self.order.setdefault(pk, []), sk)
        partition[sk] = item

    def delete(self, key: Key) -> None:
        partition = self.partitions.get(key[0], {})
        if partition.pop(key[1], None) is not None:
            places = self.order[key[0]]
            del places[bisect_left(places, key[1])]
            if not partition:
                del self.partitions[key[0]], self.order[key[0]]

    def items(self) -> Iterator[Item]:
        """Yield all items, in the order of their keys."""
        for pk in sorted(self.partitions):
            for sk in self.order[pk]:
                yield self.partitions[pk][sk]

    def in_order(self, pk: str) -> list[Item]:
        partition = self.partitions.get(pk, {})
        return [partition[sk] for sk in self.order.get(pk, ())]


@dataclass(frozen=True)
class Write:
    """One checked write: what it does to the item that is there."""

    table: Table
    key: Key
    is_allowed: bool
    before: Item | None
    after: Item | None  # None: no item
    changes: bool = True  # False: a mere check

    def do(self) -> None:
        if not self.changes:
            return
        if self.after is None:
            self.table.delete(self.key)
        else:
            self.table.put(self.after)


class DynamoDB:
    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = {table.name: table for table in tables}
        self._tokens: dict[str, Json] = {}

    def do(self, operation: str, request: Json) -> Json:
        """Answer a request, such as do("get_item", {"TableName": …, "Key": …}). Raises
        RefusedError."""
        try:
            check_parameters(operation, request)
            do: Callable[[Json], Json] = getattr(self, f"_{operation}")
            return do(request)
        except WireError as error:
            raise RefusedError("ValidationException", str(error)) from None

    def table(self, name: str) -> Table:
        try:
            return self.tables[name]
        except KeyError:
            raise RefusedError(
                "ResourceNotFoundException", "Requested resource not found"
            ) from None

    # --- reading ----------------------------------------------------------------------------------

    def _get_item(self, request: Json) -> Json:
        found = self.table(request["TableName"]).get(key_of(request["Key"]))
        return {} if found is None else {"Item": found}

    def _batch_get_item(self, request: Json) -> Json:
        wanted = request["RequestItems"]
        if not wanted or sum(len(one["Keys"]) for one in wanted.values()) > MOST_GETS:
            raise WireError("Too many items requested for the BatchGetItem call")
        answers = {name: self._got(name, asked["Keys"]) for name, asked in wanted.items()}
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _got(self, name: str, keys: Sequence[Mapping[str, Value]]) -> list[Item]:
        table, wanted = self.table(name), [key_of(key) for key in keys]
        if not wanted:
            raise WireError("The list of keys in RequestItems for BatchGetItem is required")
        if len(set(wanted)) < len(wanted):
            raise WireError("Provided list of item keys contains duplicates")
        return [found for key in wanted if (found := table.get(key)) is not None]

    def _query(self, request: Json) -> Json:
        return _paged(query(self.table(request["TableName"]), request), request)

    def _scan(self, request: Json) -> Json:
        return _paged(scan(self.table(request["TableName"]), request), request)

    # --- writing ----------------------------------------------------------------------------------

    def _put_item(self, request: Json) -> Json:
        write = self._done(self._putting(request), request)
        if request.get("ReturnValues", "NONE") == "ALL_OLD" and write.before is not None:
            return {"Attributes": write.before}
        return {}

    def _delete_item(self, request: Json) -> Json:
        write = self._done(self._deleting(request), request)
        if request.get("ReturnValues", "NONE") == "ALL_OLD" and write.before is not None:
            return {"Attributes": write.before}
        return {}

    def _update_item(self, request: Json) -> Json:
        write = self._done(self._updating(request), request)
        told = request.get("ReturnValues", "NONE")
        if told == "NONE":
            return {}
        item = (write.before if told.endswith("OLD") else write.after) or {}
        if told.startswith("UPDATED"):
            text, bound = request["UpdateExpression"], _bound(request)
            item = {name: item[name] for name in update(text).touched(bound) if name in item}
        return {"Attributes": item} if item else {}

    def _done(self, write: Write, request: Json) -> Write:
        if not write.is_allowed:
            raise RefusedError(
                "ConditionalCheckFailedException",
                "The conditional request failed",
                **_as_it_is(write, request),
            )
        write.do()
        return write

    def _batch_write_item(self, request: Json) -> Json:
        wanted = request["RequestItems"]
        if not wanted or not 1 <= sum(map(len, wanted.values())) <= MOST_WRITES:
            raise WireError("Too many items requested for the BatchWriteItem call")
        writes = [
            self._batched(name, action) for name, actions in wanted.items() for action in actions
        ]
        _refuse_twice(writes, "Provided list of item keys contains duplicates")
        for write in writes:
            write.do()
        return {"UnprocessedItems": {}}

    def _batched(self, name: str, action: Json) -> Write:
        if put := action.get("PutRequest"):
            return self._putting({"TableName": name, **put})
        return self._deleting({"TableName": name, **action["DeleteRequest"]})

    # --- transactions -----------------------------------------------------------------------------

    def _transact_get_items(self, request: Json) -> Json:
        return {"Responses": [self._get_item(one["Get"]) for one in request["TransactItems"]]}

    def _transact_write_items(self, request: Json) -> Json:
        """A repeated request with the same token does nothing, and succeeds."""
        token = request.get("ClientRequestToken")
        actions = request["TransactItems"]
        if token in self._tokens:
            if self._tokens[token] != actions:
                raise RefusedError("IdempotentParameterMismatchException", "another request")
            return {}
        writes = [self._transacted(action) for action in actions]
        _refuse_twice(writes, "Transaction request cannot include multiple operations on one item")
        if not all(write.is_allowed for write in writes):
            raise cancelled([_reason(*one) for one in zip(writes, actions, strict=True)])
        for write in writes:
            write.do()
        if token:
            self._tokens[token] = actions
        return {}

    def _transacted(self, action: Json) -> Write:
        ((kind, request),) = action.items()
        kinds = {
            "Put": self._putting,
            "Update": self._updating,
            "Delete": self._deleting,
            "ConditionCheck": self._checking,
        }
        return kinds[kind](request)

    # --- single writes ----------------------------------------------------------------------------

    def _putting(self, request: Json) -> Write:
        table, item = self.table(request["TableName"]), checked_item(request["Item"])
        key = key_of(item, is_whole=False)
        _check_index_keys(table, item)
        before = table.get(key)
        return Write(table, key, _is_allowed(request, before), before, item)

    def _deleting(self, request: Json) -> Write:
        table, key = self.table(request["TableName"]), key_of(request["Key"])
        before = table.get(key)
        return Write(table, key, _is_allowed(request, before), before, None)

    def _checking(self, request: Json) -> Write:
        table, key = self.table(request["TableName"]), key_of(request["Key"])
        before = table.get(key)
        return Write(table, key, _is_allowed(request, before), before, before, changes=False)

    def _updating(self, request: Json) -> Write:
        table, key = self.table(request["TableName"]), key_of(request["Key"])
        before = table.get(key)
        if not _is_allowed(request, before):
            return Write(table, key, False, before, before)
        item: Item = dict(before) if before is not None else dict(request["Key"])
        if text := request.get("UpdateExpression"):
            item = update(text).applied(item, _bound(request))
        item = checked_item(item)
        _check_index_keys(table, item)
        return Write(table, key, True, before, item)


def _bound(request: Json) -> Any:
    used: list[Used] = []
    if text := request.get("UpdateExpression"):
        used.append(update(text).used)
    if (text := request.get("ConditionExpression")) is not None:
        used.append(condition(text)[1])
    if not used and (
        "ExpressionAttributeNames" in request or "ExpressionAttributeValues" in request
    ):
        raise ExpressionError(
            "ExpressionAttributeNames can only be specified when using expressions"
        )
    for value in (request.get("ExpressionAttributeValues") or {}).values():
        checked(value)
    return bound_to(used, request)


def _is_allowed(request: Json, before: Item | None) -> bool:
    bound = _bound(request)
    text = request.get("ConditionExpression")
    return text is None or condition(text)[0](before or {}, bound)


def key_of(key: Mapping[str, Value], *, is_whole: bool = True) -> Key:
    """Return PK and SK. `is_whole`: there must be nothing else. Raises WireError."""
    for name, longest in LONGEST_KEYS.items():
        value = key.get(name)
        if value is None:
            raise WireError(
                "The provided key element does not match the schema"
                if is_whole
                else f"One or more parameter values were invalid: Missing the key {name} in the item"
            )
        if "S" not in value:
            raise WireError(
                f"One or more parameter values were invalid: Type mismatch for key {name}"
            )
        if not 0 < len(value["S"].encode()) <= longest:
            raise WireError(
                "One or more parameter values are not valid. The AttributeValue for a key"
                f" attribute has a wrong size. Key: {name}"
            )
    if is_whole and len(key) > len(LONGEST_KEYS):
        raise WireError("The provided key element does not match the schema")
    return key["PK"]["S"], key["SK"]["S"]


def _check_index_keys(table: Table, item: Item) -> None:
    for index, name in table.indexes.items():
        value = item.get(name)
        if value is not None and not value.get("S"):
            raise WireError(
                "One or more parameter values were invalid: Type mismatch for Index Key"
                f" {name}, index: {index}"
            )


def _as_it_is(write: Write, request: Json) -> Json:
    wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return {"Item": write.before} if wanted and write.before is not None else {}


def _refuse_twice(writes: Sequence[Write], why: str) -> None:
    places = {(write.table.name, *write.key) for write in writes}
    if len(places) < len(writes):
        raise WireError(why)


def _reason(write: Write, action: Json) -> Json:
    if write.is_allowed:
        return {"Code": "None"}
    ((_, request),) = action.items()
    told = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    return told | _as_it_is(write, request)


def cancelled(reasons: Sequence[Json]) -> RefusedError:
    codes = ", ".join(reason["Code"] for reason in reasons)
    return RefusedError(
        "TransactionCanceledException",
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        CancellationReasons=list(reasons),
    )


def _paged(page: Page, request: Json) -> Json:
    counts: Json = {"Count": page.count, "ScannedCount": page.scanned}
    items = {} if request.get("Select") == "COUNT" else {"Items": page.items}
    after = {"LastEvaluatedKey": page.last} if page.last else {}
    return counts | items | after
