"""What condition and update expressions are made of: tokens, paths into an item, placeholders."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ministack.services._dynamodb_keywords import (  # type: ignore[import-untyped]
    AWS_KEYWORDS,
)

from simulation.world.dynamodb.wire import Item, Value, WireError, checked

Path = tuple[str | int, ...]  # an attribute's name, and then names and indexes inside of it
TOKEN = re.compile(
    r"\s*(?:(?P<name>#[A-Za-z0-9_]+)|(?P<value>:[A-Za-z0-9_]+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>\d+)|(?P<sign><>|<=|>=|[=<>(),.\[\]+-]))"
)


class ExpressionError(WireError):
    """The expression is wrong, whatever the item is."""


@dataclass(frozen=True)
class Bound:
    """The names and values that come with a request."""

    names: Mapping[str, str]
    values: Mapping[str, Value]


@dataclass
class Used:
    """The placeholders that an expression has."""

    names: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)


@dataclass
class Tokens:
    """What is left of an expression to read."""

    text: str
    left: list[tuple[str, str]]
    used: Used = field(default_factory=Used)

    @classmethod
    def of(cls, text: str) -> "Tokens":
        found, at, end = [], 0, len(text.rstrip())
        while at < end:
            match = TOKEN.match(text, at)
            if match is None:
                raise ExpressionError(f'Invalid expression: Syntax error; token: "{text[at:]}"')
            found.append((str(match.lastgroup), match[str(match.lastgroup)]))
            at = match.end()
        return cls(text, found[::-1])

    def peek(self) -> str:
        return self.left[-1][1] if self.left else ""

    def is_word(self, word: str) -> bool:
        return bool(self.left) and self.left[-1][0] == "word" and self.peek().upper() == word

    def take(self) -> tuple[str, str]:
        if not self.left:
            raise ExpressionError(f'Invalid expression: it ends too early; "{self.text}"')
        return self.left.pop()

    def took(self, sign: str) -> bool:
        if self.peek() == sign:
            self.left.pop()
            return True
        return False

    def need(self, sign: str) -> None:
        if not self.took(sign):
            raise ExpressionError(f'Invalid expression: "{sign}" is missing in "{self.text}"')

    def need_end(self) -> None:
        if self.left:
            raise ExpressionError(
                f'Invalid expression: Syntax error; token: "{self.peek()}" in "{self.text}"'
            )


# --- paths ----------------------------------------------------------------------------------------


def read_path(tokens: Tokens) -> Path:
    """Return a document path; placeholders stay in it until it is used."""
    path: list[str | int] = [_attribute(tokens)]
    while True:
        if tokens.took("."):
            path.append(_attribute(tokens))
        elif tokens.took("["):
            kind, number = tokens.take()
            if kind != "number":
                raise ExpressionError("Invalid expression: an index must be a number")
            path.append(int(number))
            tokens.need("]")
        else:
            return tuple(path)


def _attribute(tokens: Tokens) -> str:
    kind, text = tokens.take()
    if kind == "name":
        tokens.used.names.add(text)
    elif kind != "word":
        raise ExpressionError(f'Invalid expression: Syntax error; token: "{text}"')
    elif text.upper() in AWS_KEYWORDS:
        raise ExpressionError(
            f"Invalid expression: Attribute name is a reserved keyword; reserved keyword: {text}"
        )
    return text


def resolved(path: Path, bound: Bound) -> Path:
    return tuple(
        bound.names[part] if isinstance(part, str) and part[0] == "#" else part for part in path
    )


def found(path: Path, item: Item, bound: Bound) -> Value | None:
    """Return the value at a path that may have placeholders."""
    first = str(path[0])
    value: Value | None = item.get(bound.names[first] if first[0] == "#" else first)
    for part in path[1:]:
        if value is None:
            return None
        if isinstance(part, int):
            members = value.get("L", ())
            value = members[part] if part < len(members) else None
        else:
            name = bound.names[part] if part[0] == "#" else part
            value = value.get("M", {}).get(name)
    return value


def bound_to(used: Sequence[Used], request: Mapping[str, Any]) -> Bound:
    """Return a request's placeholders. DynamoDB refuses each that is missing or not used."""
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    _compare("ExpressionAttributeNames", "name", names, [one.names for one in used])
    _compare("ExpressionAttributeValues", "value", values, [one.values for one in used])
    return Bound(names, {name: checked(value) for name, value in values.items()})


def _compare(parameter: str, what: str, given: Mapping[str, Any], used: list[set[str]]) -> None:
    wanted = used[0] if len(used) == 1 else set[str]().union(*used)
    if given.keys() == wanted:
        return
    if missing := sorted(wanted - given.keys()):
        raise ExpressionError(
            f"Invalid expression: An expression attribute {what} used in expression is not"
            f" defined; attribute {what}: {missing[0]}"
        )
    unused = ", ".join(sorted(given.keys() - wanted))
    raise ExpressionError(
        f"Value provided in {parameter} unused in expressions: keys: {{{unused}}}"
    )
