"""DynamoDB in memory, as strict as the real one about conditions, transactions and requests.

Requests and answers have the form that boto3's client gives and takes. Faults and the client's own
errors are added in front of it, see calls.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulation.world.dynamodb.parameters import check_parameters
from simulation.world.dynamodb.queries import Page, query, scan
from simulation.world.dynamodb.table import Table, key_of
from simulation.world.dynamodb.updates import update
from simulation.world.dynamodb.wire import Item, Value, WireError
from simulation.world.dynamodb.writes import (
    Write,
    bound_of,
    checking,
    deleting,
    putting,
    updating,
)
from simulation.world.errors import RefusedError

Json = dict[str, Any]
MOST_GETS, MOST_WRITES = 100, 25
KINDS: Mapping[str, Callable[[Table, Json], Write]] = {
    "Put": putting,
    "Update": updating,
    "Delete": deleting,
    "ConditionCheck": checking,
}


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

    def _table_of(self, request: Json) -> Table:
        return self.table(request["TableName"])

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
        write = self._done(putting(self._table_of(request), request), request)
        if request.get("ReturnValues", "NONE") == "ALL_OLD" and write.before is not None:
            return {"Attributes": write.before}
        return {}

    def _delete_item(self, request: Json) -> Json:
        write = self._done(deleting(self._table_of(request), request), request)
        if request.get("ReturnValues", "NONE") == "ALL_OLD" and write.before is not None:
            return {"Attributes": write.before}
        return {}

    def _update_item(self, request: Json) -> Json:
        write = self._done(updating(self._table_of(request), request), request)
        told = request.get("ReturnValues", "NONE")
        if told == "NONE":
            return {}
        item = (write.before if told.endswith("OLD") else write.after) or {}
        if told.startswith("UPDATED"):
            text, bound = request["UpdateExpression"], bound_of(request)
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
            return putting(self.table(name), put)
        return deleting(self.table(name), action["DeleteRequest"])

    # --- transactions -----------------------------------------------------------------------------

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
        return KINDS[kind](self._table_of(request), request)


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
