"""Requests to the table, in plain Python values."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from time import sleep
from typing import Any, cast

from botocore.exceptions import ClientError

from wracaj.errors import ConflictError, UnavailableError
from wracaj.store.change import Change as Change
from wracaj.store.wire import from_wire, to_wire

Item = dict[str, Any]
Key = Mapping[str, str]

TRANSACTION_TRIES = 4
MOST_KEYS = 100  # in one BatchGetItem
MOST_PUTS = 25  # in one BatchWriteItem
BATCH_TRIES = 6  # in a row without progress: about 1.5 seconds at most

# Not `random()`: processes that begin from one snapshot would share its state, and wait alike.
_jitter = SystemRandom().random


class ConditionFailedError(ConflictError):
    """The item is not as the write expected. `item`: the item as it is; empty if there is none."""

    def __init__(self, item: Item) -> None:
        super().__init__("somebody else changed this item first")
        self.item = item


class PreconditionError(ConflictError):
    """An item is not as the transaction expected."""

    def __init__(self) -> None:
        super().__init__("somebody else changed one of these items first")


def expiry(now: datetime, days: int) -> int:
    return int((now + timedelta(days=days)).timestamp())


def back_off(attempt: int) -> None:
    sleep(_jitter() * 0.05 * 2**attempt)


def patiently(request: Callable[..., Any], **parameters: Any) -> Any:
    """Repeat a single write that conflicts with a transaction on its item. botocore does not retry
    this error."""
    for attempt in range(TRANSACTION_TRIES - 1):
        try:
            return request(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionConflictException":
                raise
            back_off(attempt)
    return request(**parameters)


class Table:
    def __init__(self, name: str, dynamodb: Any) -> None:
        self.name = name
        self.dynamodb = dynamodb
        # shops whose audience outbox was written to, see Audiences.take_unannounced()
        self.unannounced: set[str] = set()

    def get(self, key: Key) -> Item | None:
        found = self.dynamodb.get_item(
            TableName=self.name, Key=to_wire(key), ConsistentRead=True
        ).get("Item")
        return from_wire(found) if found else None

    def get_many(self, keys: Sequence[Key]) -> list[Item]:
        return [
            item
            for start in range(0, len(keys), MOST_KEYS)
            for item in self._get_some(keys[start : start + MOST_KEYS])
        ]

    def _get_some(self, keys: Sequence[Key]) -> list[Item]:
        """Read up to `MOST_KEYS` items. DynamoDB leaves keys unprocessed when it throttles or when
        the answer exceeds 16 MB; they are requested again. Raises UnavailableError after
        `BATCH_TRIES` tries without progress."""
        asked: list[Any] = [to_wire(key) for key in keys]
        items: list[Item] = []
        tries = 0
        while asked and tries < BATCH_TRIES:
            answer = self.dynamodb.batch_get_item(
                RequestItems={self.name: {"Keys": asked, "ConsistentRead": True}}
            )
            items += [from_wire(item) for item in answer["Responses"].get(self.name, [])]
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            tries = 0 if len(left) < len(asked) else tries + 1
            asked = left
            if asked and tries < BATCH_TRIES:
                back_off(tries)
        if asked:
            raise UnavailableError(
                f"BatchGetItem: {len(asked)} of {len(keys)} keys stay unprocessed"
            )
        return items

    def query(
        self, partition: Mapping[str, str], *, index: str | None = None, begins: str = ""
    ) -> list[Item]:
        """`begins`: only the items whose SK begins with it."""
        return [item for page in self.pages(partition, index=index, begins=begins) for item in page]

    def pages(
        self,
        partition: Mapping[str, str],
        *,
        index: str | None = None,
        begins: str = "",
        after: Key | None = None,
        limit: int | None = None,
    ) -> Iterator[list[Item]]:
        """Yield a partition in pages of up to 1 MB, so that it may have any size. `after`: the
        whole key of the item to continue after."""
        ((name, value),) = partition.items()
        asked: dict[str, Any] = {
            "KeyConditionExpression": (
                "#pk = :pk" + (" AND begins_with(SK, :begins)" if begins else "")
            ),
            "ExpressionAttributeNames": {"#pk": name},
            "ExpressionAttributeValues": to_wire(
                {":pk": value} | ({":begins": begins} if begins else {})
            ),
            **({"IndexName": index} if index else {"ConsistentRead": True}),
            **({"ExclusiveStartKey": to_wire(after)} if after else {}),
        }
        left = limit
        while left is None or left > 0:
            answer = self.dynamodb.query(
                TableName=self.name, **asked, **({"Limit": left} if left else {})
            )
            yield [from_wire(item) for item in answer["Items"]]
            left = None if left is None else left - len(answer["Items"])
            if not (key := answer.get("LastEvaluatedKey")):
                return
            asked["ExclusiveStartKey"] = key

    def last(self, partition: Mapping[str, str], begins: str, limit: int = 1) -> list[Item]:
        """Return the last items whose SK begins with `begins`, the last one first."""
        answer = self.dynamodb.query(
            TableName=self.name,
            KeyConditionExpression="PK = :pk AND begins_with(SK, :begins)",
            ExpressionAttributeValues=to_wire({":pk": partition["PK"], ":begins": begins}),
            ScanIndexForward=False,
            Limit=limit,
            ConsistentRead=True,
        )
        return [from_wire(item) for item in answer["Items"]]

    def first(self, partition: Mapping[str, str], limit: int, after: str = " ") -> list[Item]:
        """Return the first items of a partition, in order of SK. `after`: only items with a greater
        SK."""
        answer = self.dynamodb.query(
            TableName=self.name,
            KeyConditionExpression="PK = :pk AND SK > :after",
            ExpressionAttributeValues=to_wire({":pk": partition["PK"], ":after": after}),
            Limit=limit,
            ConsistentRead=True,
        )
        return [from_wire(item) for item in answer["Items"]]

    def count(self, partition: Mapping[str, str], most: int | None = None) -> int:
        """Return how many items a partition has. `most`: count no further."""
        asked: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": "PK = :pk",
            "ExpressionAttributeValues": to_wire({":pk": partition["PK"]}),
            "Select": "COUNT",
            **({"Limit": most} if most else {}),
        }
        found = 0
        while most is None or found < most:
            answer = self.dynamodb.query(**asked)
            found += answer["Count"]
            if not (key := answer.get("LastEvaluatedKey")):
                break
            asked["ExclusiveStartKey"] = key
        return found

    def update(self, key: Key, change: Change) -> Item:
        """Return the whole item after the change. Raises ConditionFailedError with the item as it
        is."""
        try:
            answer = patiently(
                self.dynamodb.update_item,
                TableName=self.name,
                Key=to_wire(key),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **change.expressions(),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise ConditionFailedError(
                from_wire(cast(Item, error.response.get("Item", {})))
            ) from None
        return from_wire(answer["Attributes"])

    def put(self, item: Item, condition: str | None = None, **values: Any) -> None:
        self.put_as(self.putting(item, condition, **values))

    def put_as(self, request: Mapping[str, Any]) -> None:
        """Run a put made by `putting`, outside a transaction. Raises ConditionFailedError."""
        try:
            patiently(self.dynamodb.put_item, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise ConditionFailedError({}) from None

    def put_once(self, item: Item) -> bool:
        """Put an item that is not there yet. False: it is."""
        try:
            self.put(item, "attribute_not_exists(PK)")
        except ConditionFailedError:
            return False
        return True

    def put_many(self, items: Sequence[Item]) -> None:
        """Put items without conditions and in no order. Raises UnavailableError if DynamoDB keeps
        leaving some of them unprocessed."""
        left: list[Any] = [{"PutRequest": {"Item": to_wire(item)}} for item in items]
        for attempt in range(BATCH_TRIES):
            if not left:
                return
            answer = self.dynamodb.batch_write_item(RequestItems={self.name: left[:MOST_PUTS]})
            left = [*answer.get("UnprocessedItems", {}).get(self.name, []), *left[MOST_PUTS:]]
            if left:
                back_off(attempt)
        if left:
            raise UnavailableError(
                f"BatchWriteItem: {len(left)} of {len(items)} items stay unprocessed"
            )

    def delete(self, key: Key) -> None:
        self.dynamodb.delete_item(TableName=self.name, Key=to_wire(key))

    def delete_if(self, key: Key, **read: Any) -> None:
        """Delete the item if these attributes still have the values that were read. Otherwise do
        nothing."""
        conditions = " AND ".join(f"#{name} = :{name}" for name in read)
        try:
            patiently(
                self.dynamodb.delete_item,
                TableName=self.name,
                Key=to_wire(key),
                ConditionExpression=conditions,
                ExpressionAttributeNames={f"#{name}": name for name in read},
                ExpressionAttributeValues=to_wire(
                    {f":{name}": value for name, value in read.items()}
                ),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def putting(self, item: Item, condition: str | None = None, **values: Any) -> dict[str, Any]:
        """Return the parameters of a put, for `put` or for a transaction. `values`: the condition's
        `:names`."""
        request: dict[str, Any] = {"TableName": self.name, "Item": to_wire(item)}
        return request | _conditional(condition, values)

    def updating(self, key: Key, change: Change) -> dict[str, Any]:
        """Return the parameters of an update, for a transaction."""
        return {"TableName": self.name, "Key": to_wire(key), **change.expressions()}

    def checking(self, key: Key, condition: str, **values: Any) -> dict[str, Any]:
        """Return the parameters of a condition on another item, for a transaction. `values`: the
        condition's `:names`."""
        request: dict[str, Any] = {"TableName": self.name, "Key": to_wire(key)}
        return request | _conditional(condition, values)

    def deleting(self, key: Key, condition: str | None = None, **values: Any) -> dict[str, Any]:
        """Return the parameters of a delete, for a transaction. `values`: the condition's
        `:names`."""
        request: dict[str, Any] = {"TableName": self.name, "Key": to_wire(key)}
        return request | _conditional(condition, values)

    def transact(self, actions: Sequence[Mapping[str, Any]]) -> None:
        """Write all actions or none. Raises PreconditionError if a condition fails, and
        ConflictError if other transactions keep conflicting."""
        for attempt in range(TRANSACTION_TRIES):
            try:
                self.dynamodb.transact_write_items(TransactItems=list(actions))
                return
            except ClientError as error:
                reasons = {
                    reason.get("Code", "None")
                    for reason in error.response.get("CancellationReasons", [])
                } - {"None"}
                if not reasons or not reasons <= {"ConditionalCheckFailed", "TransactionConflict"}:
                    raise
                if "ConditionalCheckFailed" in reasons:
                    raise PreconditionError from None
                if attempt == TRANSACTION_TRIES - 1:
                    raise ConflictError("other transactions are in the way all the time") from None
                back_off(attempt)


def _conditional(condition: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    expressions: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
    named = {f":{name}": value for name, value in values.items()}
    return expressions | ({"ExpressionAttributeValues": to_wire(named)} if named else {})


def dump(value: Any) -> str:
    """Return a model as the JSON text of one attribute."""
    return (
        value.model_dump_json(exclude_defaults=True)
        if hasattr(value, "model_dump_json")
        else json.dumps(value)
    )
