"""Single writes: whether the condition holds, and what the item is afterwards. Nothing is done."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from simulation.world.dynamodb.conditions import condition
from simulation.world.dynamodb.expressions import Bound, ExpressionError, Used, bound_to
from simulation.world.dynamodb.table import Key, Table, key_of
from simulation.world.dynamodb.updates import update
from simulation.world.dynamodb.wire import Item, WireError, check_size, checked_item

Json = dict[str, Any]
PLACEHOLDERS = {"ExpressionAttributeNames", "ExpressionAttributeValues"}


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


def putting(table: Table, request: Json) -> Write:
    item = checked_item(request["Item"])
    key = key_of(item, is_whole=False)
    _check_index_keys(table, item)
    before, bound = table.get(key), bound_of(request)
    return Write(table, key, _is_allowed(request, before, bound), before, item)


def deleting(table: Table, request: Json) -> Write:
    key = key_of(request["Key"])
    before, bound = table.get(key), bound_of(request)
    return Write(table, key, _is_allowed(request, before, bound), before, None)


def checking(table: Table, request: Json) -> Write:
    key = key_of(request["Key"])
    before, bound = table.get(key), bound_of(request)
    return Write(table, key, _is_allowed(request, before, bound), before, before, changes=False)


def updating(table: Table, request: Json) -> Write:
    key = key_of(request["Key"])
    before, bound = table.get(key), bound_of(request)
    if not _is_allowed(request, before, bound):
        return Write(table, key, False, before, before)
    item: Item = dict(before) if before is not None else dict(request["Key"])
    if text := request.get("UpdateExpression"):
        item = update(text).applied(item, bound)
    check_size(item)  # its values are checked: those before, and those of the request
    _check_index_keys(table, item)
    return Write(table, key, True, before, item)


def bound_of(request: Json) -> Bound:
    """Return the placeholders of a request. Raises ExpressionError where one is missing or not
    used."""
    used = _used(request.get("UpdateExpression"), request.get("ConditionExpression"))
    if not used and not PLACEHOLDERS.isdisjoint(request):
        raise ExpressionError(
            "ExpressionAttributeNames can only be specified when using expressions"
        )
    return bound_to(used, request)


@lru_cache(maxsize=5000)
def _used(changing: str | None, allowing: str | None) -> tuple[Used, ...]:
    used = (update(changing).used,) if changing else ()
    return used if allowing is None else (*used, condition(allowing)[1])


def _is_allowed(request: Json, before: Item | None, bound: Bound) -> bool:
    text = request.get("ConditionExpression")
    return text is None or condition(text)[0](before or {}, bound)


def _check_index_keys(table: Table, item: Item) -> None:
    for index, name in table.indexes.items():
        value = item.get(name)
        if value is not None and not value.get("S"):
            raise WireError(
                "One or more parameter values were invalid: Type mismatch for Index Key"
                f" {name}, index: {index}"
            )
