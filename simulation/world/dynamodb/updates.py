"""Update expressions: SET, REMOVE, ADD and DELETE, each worked out from the item before.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from simulation.world.dynamodb.conditions import Operand, read_operand
from simulation.world.dynamodb.expressions import (
    Bound,
    ExpressionError,
    Path,
    Tokens,
    Used,
    found,
    read_path,
    resolved,
)
from simulation.world.dynamodb.places import check_places, put, remove
from simulation.world.dynamodb.wire import EXACT, SETS, Item, Value, kind_of, normal

WRONG_TYPE = "An operand in the update expression has an incorrect data type"
NO_VALUE = "The provided expression refers to an attribute that does not exist in the item"
CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


@dataclass(frozen=True)
class Action:
    """One change at one path. `new` gives the value after it; None: nothing stays there."""

    path: Path
    new: Callable[[Item, Bound], Value | None]


@dataclass(frozen=True)
class Update:
    actions: tuple[Action, ...]
    used: Used

    def applied(self, item: Item, bound: Bound) -> Item:
        """Return the item after the update. Raises ExpressionError; the item stays as it is."""
        places = [resolved(action.path, bound) for action in self.actions]
        check_places(places)
        values = [action.new(item, bound) for action in self.actions]
        after = dict(item)
        removed = []
        for path, value in zip(places, values, strict=True):
            if value is None:
                removed.append(path)
            else:
                put(after, path, value)
        for path in sorted(removed, key=lambda one: [str(part) for part in one], reverse=True):
            remove(after, path)
        return after

    def touched(self, bound: Bound) -> list[str]:
        return [str(resolved(action.path, bound)[0]) for action in self.actions]


@lru_cache(maxsize=5000)
def update(text: str) -> Update:
    """Raises ExpressionError."""
    tokens = Tokens.of(text)
    actions: list[Action] = []
    seen: set[str] = set()
    if not tokens.left:
        raise ExpressionError("Invalid UpdateExpression: The expression can not be empty;")
    while tokens.left:
        clause = tokens.take()[1].upper()
        if clause not in CLAUSES or clause in seen:
            raise ExpressionError(f'Invalid UpdateExpression: Syntax error; token: "{clause}"')
        seen.add(clause)
        actions += _read_clause(clause, tokens)
    return Update(tuple(actions), tokens.used)


def _read_clause(clause: str, tokens: Tokens) -> Iterator[Action]:
    read = {"SET": _set, "REMOVE": _removal, "ADD": _add, "DELETE": _delete}[clause]
    yield read(tokens)
    while tokens.took(","):
        yield read(tokens)


def _set(tokens: Tokens) -> Action:
    path = read_path(tokens)
    tokens.need("=")
    value = _term(tokens)
    if tokens.peek() in {"+", "-"}:
        _, sign = tokens.take()
        return Action(path, _sum(value, sign, _term(tokens)))
    return Action(path, _present(value))


def _present(value: Operand) -> Operand:
    def present(item: Item, bound: Bound) -> Value:
        told = value(item, bound)
        if told is None:
            raise ExpressionError(NO_VALUE)
        return told

    return present


def _sum(left: Operand, sign: str, right: Operand) -> Operand:
    def add(item: Item, bound: Bound) -> Value:
        numbers = []
        for operand in (left, right):
            value = operand(item, bound)
            if value is None:
                raise ExpressionError(NO_VALUE)
            if "N" not in value:
                raise ExpressionError(WRONG_TYPE)
            numbers.append(Decimal(value["N"]))
        work_out = EXACT.add if sign == "+" else EXACT.subtract
        return {"N": normal(str(work_out(*numbers)))}

    return add


def _term(tokens: Tokens) -> Operand:
    if tokens.took("("):
        inner = _term(tokens)
        tokens.need(")")
        return inner
    name = tokens.peek()
    if name not in {"if_not_exists", "list_append"} or tokens.left[-2][1] != "(":
        return read_operand(tokens)
    tokens.take()
    tokens.need("(")
    term = _if_not_exists(tokens) if name == "if_not_exists" else _list_append(tokens)
    tokens.need(")")
    return term


def _if_not_exists(tokens: Tokens) -> Operand:
    path = read_path(tokens)
    tokens.need(",")
    otherwise = _term(tokens)

    def first(item: Item, bound: Bound) -> Value | None:
        there = found(path, item, bound)
        return otherwise(item, bound) if there is None else there

    return first


def _list_append(tokens: Tokens) -> Operand:
    first = _term(tokens)
    tokens.need(",")
    second = _term(tokens)

    def joined(item: Item, bound: Bound) -> Value:
        members: list[Any] = []
        for operand in (first, second):
            value = operand(item, bound)
            if value is None:
                raise ExpressionError(NO_VALUE)
            if "L" not in value:
                raise ExpressionError(WRONG_TYPE)
            members += value["L"]
        return {"L": members}

    return joined


def _removal(tokens: Tokens) -> Action:
    return Action(read_path(tokens), lambda *_: None)


def _add(tokens: Tokens) -> Action:
    path, value = read_path(tokens), _value(tokens)

    def added(item: Item, bound: Bound) -> Value:
        there, more = found(path, item, bound), bound.values[value]
        kind = kind_of(more)
        if kind != "N" and kind not in SETS:
            raise ExpressionError(
                "Invalid UpdateExpression: Incorrect operand type for operator or function;"
                f" operator: ADD, operand type: {kind}"
            )
        if there is None:
            return more
        if kind_of(there) != kind:
            raise ExpressionError(WRONG_TYPE)
        if kind == "N":
            return {"N": normal(str(EXACT.add(Decimal(there["N"]), Decimal(more["N"]))))}
        return {kind: [*there[kind], *(one for one in more[kind] if one not in there[kind])]}

    return Action(path, added)


def _delete(tokens: Tokens) -> Action:
    path, value = read_path(tokens), _value(tokens)

    def fewer(item: Item, bound: Bound) -> Value | None:
        there, less = found(path, item, bound), bound.values[value]
        kind = kind_of(less)
        if kind not in SETS:
            raise ExpressionError(
                "Invalid UpdateExpression: Incorrect operand type for operator or function;"
                f" operator: DELETE, operand type: {kind}"
            )
        if there is None:
            return None
        if kind_of(there) != kind:
            raise ExpressionError(WRONG_TYPE)
        left = [one for one in there[kind] if one not in less[kind]]
        return {kind: left} if left else None

    return Action(path, fewer)


def _value(tokens: Tokens) -> str:
    kind, text = tokens.take()
    if kind != "value":
        raise ExpressionError(f'Invalid UpdateExpression: Syntax error; token: "{text}"')
    tokens.used.values.add(text)
    return text
