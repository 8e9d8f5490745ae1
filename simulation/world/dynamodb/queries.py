"""Query and Scan: which items, in which order, in how many pages.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from simulation.world.dynamodb.conditions import condition
from simulation.world.dynamodb.expressions import (
    Bound,
    ExpressionError,
    Tokens,
    Used,
    bound_to,
    read_path,
)
from simulation.world.dynamodb.wire import Item, WireError, is_over, size_of_item

if TYPE_CHECKING:
    from simulation.world.dynamodb.table import Table

Json = dict[str, Any]
PAGE_BYTES = 1024 * 1024
SIGNS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda mine, theirs: mine == theirs,
    "<": lambda mine, theirs: mine < theirs,
    "<=": lambda mine, theirs: mine <= theirs,
    ">": lambda mine, theirs: mine > theirs,
    ">=": lambda mine, theirs: mine >= theirs,
    "begins_with": str.startswith,
}


@dataclass(frozen=True)
class Page:
    items: list[Item]
    count: int
    scanned: int
    last: Json | None


@dataclass(frozen=True)
class KeyTerm:
    """`#pk = :pk`, `begins_with(SK, :begins)` or `SK BETWEEN :low AND :high`."""

    name: str
    sign: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class KeyCondition:
    terms: tuple[KeyTerm, ...]
    used: Used


def query(table: "Table", request: Json) -> Page:
    """Raises WireError."""
    parsed = key_condition(request["KeyConditionExpression"])
    used = [parsed.used, *_more_used(request)]
    bound = bound_to(used, request)
    index = request.get("IndexName")
    if index is None:
        pk_name, sk_name = "PK", "SK"
    elif index in table.indexes:
        pk_name, sk_name = table.indexes[index], ""
        if request.get("ConsistentRead"):
            raise WireError("Consistent reads are not supported on global secondary indexes")
    else:
        raise WireError(f"The table does not have the specified index: {index}")
    pk, keeps = _split(parsed, bound, pk_name, sk_name)
    if index is None:
        rows = [item for item in table.in_order(pk) if keeps(item)]
    else:
        rows = [item for item in table.items() if item.get(pk_name, {}).get("S") == pk]
    if request.get("ScanIndexForward") is False:
        rows.reverse()
    names = ("PK", "SK") if index is None else (pk_name, "PK", "SK")
    return _page(rows, request, bound, names)


def scan(table: "Table", request: Json) -> Page:
    bound = bound_to(_more_used(request), request)
    return _page(list(table.items()), request, bound, ("PK", "SK"))


def _more_used(request: Json) -> list[Used]:
    used = []
    if text := request.get("FilterExpression"):
        used.append(condition(text)[1])
    if text := request.get("ProjectionExpression"):
        used.append(projection(text)[1])
    return used


def _split(
    parsed: KeyCondition, bound: Bound, pk_name: str, sk_name: str
) -> tuple[str, Callable[[Item], bool]]:
    """Return the partition and a test of the sort key."""
    terms = {_name(term.name, bound): term for term in parsed.terms}
    whole = terms.pop(pk_name, None)
    if whole is None or whole.sign != "=" or len(terms) != len(parsed.terms) - 1:
        raise ExpressionError(f"Query condition missed key schema element: {pk_name}")
    if set(terms) - {sk_name}:
        raise ExpressionError("Query key condition not supported")
    pk = _text(whole.values[0], bound)
    return pk, _sort_test(terms.get(sk_name), bound)


def _sort_test(term: KeyTerm | None, bound: Bound) -> Callable[[Item], bool]:
    if term is None:
        return lambda _: True
    values = [_text(value, bound) for value in term.values]
    if term.sign == "BETWEEN":
        low, high = values
        if low > high:
            raise ExpressionError(
                "The BETWEEN operator requires upper bound to be greater than or"
                " equal to lower bound"
            )
        return lambda item: low <= item["SK"]["S"] <= high
    compare, wanted = SIGNS[term.sign], values[0]
    return lambda item: compare(item["SK"]["S"], wanted)


def _text(name: str, bound: Bound) -> str:
    value = bound.values[name]
    if "S" not in value:
        raise WireError(
            "One or more parameter values were invalid: Condition parameter type does not match"
            " schema type"
        )
    text: str = value["S"]
    if not text:
        raise WireError("One or more parameter values are not valid: a key is an empty string")
    return text


def _name(name: str, bound: Bound) -> str:
    return bound.names[name] if name[0] == "#" else name


def _page(rows: Sequence[Item], request: Json, bound: Bound, names: Sequence[str]) -> Page:
    rows = _after(rows, request, names)
    limit = request.get("Limit")
    if limit is not None and limit < 1:
        raise WireError("Limit must be greater than or equal to 1")
    taken, last = _taken(rows, limit), None
    if len(taken) < len(rows) or len(taken) == limit:
        # with a Limit, DynamoDB gives the key also where nothing more comes
        last = {name: taken[-1][name] for name in names}
    wanted = request.get("FilterExpression")
    kept = [row for row in taken if wanted is None or condition(wanted)[0](row, bound)]
    if text := request.get("ProjectionExpression"):
        columns = [_name(name, bound) for name in projection(text)[0]]
        kept = [{name: row[name] for name in columns if name in row} for row in kept]
    return Page(kept, len(kept), len(taken), last)


def _taken(rows: Sequence[Item], limit: int | None) -> Sequence[Item]:
    """Return the rows of one page: so many, and at most a megabyte."""
    size = 0
    if not is_over(PAGE_BYTES, rows):
        return rows[:limit]
    for number, row in enumerate(rows):
        size += size_of_item(row)
        if number == limit or (size > PAGE_BYTES and number):
            return rows[:number]
    return rows


def _after(rows: Sequence[Item], request: Json, names: Sequence[str]) -> Sequence[Item]:
    """Leave out what stands before the place where the last page ended."""
    start = request.get("ExclusiveStartKey")
    if start is None:
        return rows
    if set(start) != set(names):
        raise WireError("The provided starting key is invalid")
    place = (start["PK"]["S"], start["SK"]["S"])
    if request.get("ScanIndexForward") is False:
        return [row for row in rows if (row["PK"]["S"], row["SK"]["S"]) < place]
    return [row for row in rows if (row["PK"]["S"], row["SK"]["S"]) > place]


@lru_cache(maxsize=1000)
def key_condition(text: str) -> KeyCondition:
    """Raises ExpressionError."""
    tokens = Tokens.of(text)
    terms = [_term(tokens)]
    while tokens.is_word("AND"):
        tokens.take()
        terms.append(_term(tokens))
    tokens.need_end()
    return KeyCondition(tuple(terms), tokens.used)


def _term(tokens: Tokens) -> KeyTerm:
    if tokens.took("("):
        term = _term(tokens)
        tokens.need(")")
        return term
    if tokens.peek() == "begins_with":
        tokens.take()
        tokens.need("(")
        name = _column(tokens)
        tokens.need(",")
        value = _value(tokens)
        tokens.need(")")
        return KeyTerm(name, "begins_with", (value,))
    name = _column(tokens)
    if tokens.is_word("BETWEEN"):
        tokens.take()
        low = _value(tokens)
        tokens.take()
        return KeyTerm(name, "BETWEEN", (low, _value(tokens)))
    _, sign = tokens.take()
    if sign not in SIGNS:
        raise ExpressionError("Invalid operator used in KeyConditionExpression")
    return KeyTerm(name, sign, (_value(tokens),))


def _column(tokens: Tokens) -> str:
    path = read_path(tokens)
    if len(path) > 1:
        raise ExpressionError("KeyConditionExpressions must only contain top-level attributes")
    return str(path[0])


def _value(tokens: Tokens) -> str:
    kind, text = tokens.take()
    if kind != "value":
        raise ExpressionError(f'Invalid KeyConditionExpression: Syntax error; token: "{text}"')
    tokens.used.values.add(text)
    return text


@lru_cache(maxsize=100)
def projection(text: str) -> tuple[tuple[str, ...], Used]:
    tokens = Tokens.of(text)
    columns = [_column(tokens)]
    while tokens.took(","):
        columns.append(_column(tokens))
    tokens.need_end()
    return tuple(columns), tokens.used
