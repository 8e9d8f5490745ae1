"""Requests to the one table, in plain Python values."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import random
from time import sleep
from typing import Any, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from wracaj.errors import ConflictError

Item = dict[str, Any]
Key = Mapping[str, str]

TRANSACTION_TRIES = 4

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class ConditionFailedError(ConflictError):
    """The item is not as the write expected. `item` is what it is instead; empty where there is none."""

    def __init__(self, item: Item) -> None:
        super().__init__("somebody else changed this item first")
        self.item = item


class PreconditionError(ConflictError):
    """A transaction found an item other than it expected. `actions`: the places of those whose condition failed."""

    def __init__(self, actions: set[int]) -> None:
        super().__init__("somebody else changed one of these items first")
        self.actions = actions


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serialize(value) for name, value in item.items() if value is not None}


def from_wire(item: Mapping[str, Any]) -> Item:
    return {name: _deserialize(value) for name, value in item.items()}


def expiry(now: datetime, days: int) -> int:
    return int((now + timedelta(days=days)).timestamp())


def back_off(attempt: int) -> None:
    sleep(random() * 0.05 * 2**attempt)  # noqa: S311


def patiently(request: Callable[..., Any], **parameters: Any) -> Any:
    """A single write gives way to a transaction that holds its item; botocore does not try that again by itself."""
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

    def get(self, key: Key) -> Item | None:
        found = self.dynamodb.get_item(TableName=self.name, Key=to_wire(key), ConsistentRead=True).get("Item")
        return from_wire(found) if found else None

    def get_many(self, keys: Sequence[Key]) -> list[Item]:
        request: Any = {self.name: {"Keys": [to_wire(key) for key in keys], "ConsistentRead": True}} if keys else None
        items: list[Item] = []
        while request:
            answer = self.dynamodb.batch_get_item(RequestItems=request)
            items += [from_wire(item) for item in answer["Responses"].get(self.name, [])]
            request = answer.get("UnprocessedKeys")
        return items

    def query(self, partition: Mapping[str, str], *, index: str | None = None, begins: str = "") -> list[Item]:
        """`begins`: only the items whose SK begins so."""
        ((name, value),) = partition.items()
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#pk = :pk" + (" AND begins_with(SK, :begins)" if begins else ""),
            ExpressionAttributeNames={"#pk": name},
            ExpressionAttributeValues=to_wire({":pk": value} | ({":begins": begins} if begins else {})),
            **({"IndexName": index} if index else {"ConsistentRead": True}),
        )
        return [from_wire(item) for page in pages for item in page["Items"]]

    def first(self, partition: Mapping[str, str], limit: int, after: str = " ") -> list[Item]:
        """The first few items of a partition, in order of SK; those `after` a place in that order."""
        answer = self.dynamodb.query(
            TableName=self.name,
            KeyConditionExpression="PK = :pk AND SK > :after",
            ExpressionAttributeValues=to_wire({":pk": partition["PK"], ":after": after}),
            Limit=limit,
            ConsistentRead=True,
        )
        return [from_wire(item) for item in answer["Items"]]

    def update(self, key: Key, change: "Change") -> Item:
        """The whole item after the change. Raises ConditionFailedError with what is there instead."""
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
            raise ConditionFailedError(from_wire(cast(Item, error.response.get("Item", {})))) from None
        return from_wire(answer["Attributes"])

    def put(self, item: Item, condition: str | None = None, **values: Any) -> None:
        try:
            patiently(self.dynamodb.put_item, **self.putting(item, condition, **values))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise ConditionFailedError({}) from None

    def delete(self, key: Key) -> None:
        self.dynamodb.delete_item(TableName=self.name, Key=to_wire(key))

    def putting(self, item: Item, condition: str | None = None, **values: Any) -> dict[str, Any]:
        """The parameters of a put, for `put` and for a transaction. `values` are the condition's `:names`."""
        request: dict[str, Any] = {"TableName": self.name, "Item": to_wire(item)}
        if condition:
            request["ConditionExpression"] = condition
        if values:
            request["ExpressionAttributeValues"] = to_wire({f":{name}": value for name, value in values.items()})
        return request

    def updating(self, key: Key, change: "Change") -> dict[str, Any]:
        """The parameters of an update, for a transaction."""
        return {"TableName": self.name, "Key": to_wire(key), **change.expressions()}

    def transact(self, actions: Sequence[Mapping[str, Any]]) -> None:
        """All or nothing. Raises ConflictError when a condition fails, or another transaction stays in the way."""
        for attempt in range(TRANSACTION_TRIES):
            try:
                self.dynamodb.transact_write_items(TransactItems=list(actions))
                return
            except ClientError as error:
                reasons = {reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])} - {"None"}
                if not reasons or not reasons <= {"ConditionalCheckFailed", "TransactionConflict"}:
                    raise
                if "ConditionalCheckFailed" in reasons:
                    codes = [reason.get("Code") for reason in error.response["CancellationReasons"]]
                    raise PreconditionError(
                        {place for place, code in enumerate(codes) if code == "ConditionalCheckFailed"}
                    ) from None
                if attempt == TRANSACTION_TRIES - 1:
                    raise ConflictError("other transactions are in the way all the time") from None
                back_off(attempt)


class Change:
    """One update expression, built up by name so that no reserved word can collide."""

    def __init__(self) -> None:
        self._sets: list[str] = []
        self._removes: list[str] = []
        self._adds: list[str] = []
        self._conditions: list[str] = []
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}

    def _name(self, attribute: str) -> str:
        self._names[f"#{attribute}"] = attribute
        return f"#{attribute}"

    def _value(self, value: Any) -> str:
        name = f":v{len(self._values)}"
        self._values[name] = value
        return name

    def set(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            if value is None:
                self._removes.append(self._name(attribute))
            else:
                self._sets.append(f"{self._name(attribute)} = {self._value(value)}")
        return self

    def set_once(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            name = self._name(attribute)
            self._sets.append(f"{name} = if_not_exists({name}, {self._value(value)})")
        return self

    def add(self, **attributes: Any) -> "Change":
        """A number is added; the members of a set are united."""
        for attribute, value in attributes.items():
            self._adds.append(f"{self._name(attribute)} {self._value(value)}")
        return self

    def only_if_below(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            name = self._name(attribute)
            self._conditions.append(f"(attribute_not_exists({name}) OR {name} < {self._value(value)})")
        return self

    def only_if(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            name = self._name(attribute)
            self._conditions.append(f"{name} = {self._value(value)}")
        return self

    def only_if_absent(self, *attributes: str) -> "Change":
        self._conditions += [f"attribute_not_exists({self._name(attribute)})" for attribute in attributes]
        return self

    def only_if_present(self, *attributes: str) -> "Change":
        self._conditions += [f"attribute_exists({self._name(attribute)})" for attribute in attributes]
        return self

    def expressions(self) -> dict[str, Any]:
        clauses = [("SET", self._sets), ("REMOVE", self._removes), ("ADD", self._adds)]
        parts: dict[str, Any] = {"UpdateExpression": " ".join(f"{word} {', '.join(terms)}" for word, terms in clauses if terms)}
        if self._conditions:
            parts["ConditionExpression"] = " AND ".join(self._conditions)
        parts["ExpressionAttributeNames"] = self._names
        if self._values:
            parts["ExpressionAttributeValues"] = to_wire(self._values)
        return parts


def dump(value: Any) -> str:
    """A model as the JSON text that one attribute holds."""
    return value.model_dump_json(exclude_defaults=True) if hasattr(value, "model_dump_json") else json.dumps(value)
