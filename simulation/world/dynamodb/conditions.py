"""Condition expressions, parsed once for each text and then evaluated as closures.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from simulation.world.dynamodb.expressions import (
    Bound,
    ExpressionError,
    Tokens,
    Used,
    found,
    read_path,
)
from simulation.world.dynamodb.wire import SETS, Item, Value, kind_of, order, same, size_of

Operand = Callable[[Item, Bound], Value | None]
Condition = Callable[[Item, Bound], bool]
COMPARED = {"=", "<>", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class Given:
    """A value that came with the request."""

    name: str

    def __call__(self, _: Item, bound: Bound) -> Value:
        return bound.values[self.name]


# --- operands -------------------------------------------------------------------------------------


def read_operand(tokens: Tokens) -> Operand:
    if not tokens.left:
        raise ExpressionError(f'Invalid expression: it ends too early; "{tokens.text}"')
    kind, text = tokens.left[-1]
    if kind == "value":
        tokens.take()
        tokens.used.values.add(text)
        return Given(text)
    if kind == "word" and text == "size" and len(tokens.left) > 1 and tokens.left[-2][1] == "(":
        return _size(tokens)
    path = read_path(tokens)
    return lambda item, bound: found(path, item, bound)


def _size(tokens: Tokens) -> Operand:
    tokens.take()
    tokens.need("(")
    path = read_path(tokens)
    tokens.need(")")

    def size(item: Item, bound: Bound) -> Value | None:
        value = found(path, item, bound)
        if value is None:
            return None
        kind = kind_of(value)
        if kind in {"N", "BOOL", "NULL"}:
            return None
        countable = kind in SETS or kind in {"L", "M"}
        return {"N": str(len(value[kind]) if countable else size_of(value))}

    return size


# --- conditions -----------------------------------------------------------------------------------


def _either(tokens: Tokens) -> Condition:
    terms = [_both(tokens)]
    while tokens.is_word("OR"):
        tokens.take()
        terms.append(_both(tokens))
    if len(terms) == 1:
        return terms[0]
    return lambda item, bound: any(term(item, bound) for term in terms)


def _both(tokens: Tokens) -> Condition:
    terms = [_negated(tokens)]
    while tokens.is_word("AND"):
        tokens.take()
        terms.append(_negated(tokens))
    if len(terms) == 1:
        return terms[0]
    return lambda item, bound: all(term(item, bound) for term in terms)


def _negated(tokens: Tokens) -> Condition:
    if tokens.is_word("NOT"):
        tokens.take()
        term = _negated(tokens)
        return lambda item, bound: not term(item, bound)
    if tokens.took("("):
        inner = _either(tokens)
        tokens.need(")")
        return inner
    return _function(tokens) or _comparison(tokens)


def _function(tokens: Tokens) -> Condition | None:
    name = tokens.peek()
    if name not in FUNCTIONS or len(tokens.left) < 2 or tokens.left[-2][1] != "(":
        return None
    tokens.take()
    tokens.need("(")
    condition = FUNCTIONS[name](tokens)
    tokens.need(")")
    return condition


def _exists(tokens: Tokens) -> Condition:
    path = read_path(tokens)
    return lambda item, bound: found(path, item, bound) is not None


def _not_exists(tokens: Tokens) -> Condition:
    path = read_path(tokens)
    return lambda item, bound: found(path, item, bound) is None


def _begins_with(tokens: Tokens) -> Condition:
    value, prefix = _pair(tokens)

    def begins(item: Item, bound: Bound) -> bool:
        whole, begin = value(item, bound), prefix(item, bound)
        if begin is None or kind_of(begin) not in {"S", "B"}:
            raise ExpressionError("Invalid operand type for operator or function: begins_with")
        kind = kind_of(begin)
        return whole is not None and kind in whole and whole[kind].startswith(begin[kind])

    return begins


def _contains(tokens: Tokens) -> Condition:
    value, part = _pair(tokens)

    def contains(item: Item, bound: Bound) -> bool:
        whole, wanted = value(item, bound), part(item, bound)
        if whole is None or wanted is None:
            return False
        ((kind, told),) = whole.items()
        if kind == "L":
            return any(same(one, wanted) for one in told)
        member = SETS.get(kind, kind if kind in {"S", "B"} else "")
        return member in wanted and wanted[member] in told

    return contains


def _attribute_type(tokens: Tokens) -> Condition:
    value, kind = _pair(tokens)

    def is_of_type(item: Item, bound: Bound) -> bool:
        told, wanted = value(item, bound), kind(item, bound)
        return told is not None and wanted is not None and kind_of(told) == wanted["S"]

    return is_of_type


def _pair(tokens: Tokens) -> tuple[Operand, Operand]:
    first = read_operand(tokens)
    tokens.need(",")
    return first, read_operand(tokens)


FUNCTIONS: dict[str, Callable[[Tokens], Condition]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": _not_exists,
    "attribute_type": _attribute_type,
    "begins_with": _begins_with,
    "contains": _contains,
}


def _comparison(tokens: Tokens) -> Condition:
    left = read_operand(tokens)
    if tokens.is_word("BETWEEN"):
        return _between(left, tokens)
    if tokens.is_word("IN"):
        return _among(left, tokens)
    _, sign = tokens.take()
    if sign not in COMPARED:
        raise ExpressionError(f'Invalid expression: Syntax error; token: "{sign}"')
    right = read_operand(tokens)
    if sign == "=":
        return lambda item, bound: same(left(item, bound), right(item, bound))
    if sign == "<>":
        return lambda item, bound: not same(left(item, bound), right(item, bound))
    return _ordered(left, sign, right)


def _ordered(left: Operand, sign: str, right: Operand) -> Condition:
    def ordered(item: Item, bound: Bound) -> bool:
        for operand in (left, right):
            if isinstance(operand, Given):
                _check_sortable(operand(item, bound), sign)
        place = order(left(item, bound), right(item, bound))
        if place is None:
            return False
        return {"<": place < 0, "<=": place <= 0, ">": place > 0, ">=": place >= 0}[sign]

    return ordered


def _check_sortable(value: Value, sign: str) -> None:
    if kind_of(value) not in {"S", "N", "B"}:
        raise ExpressionError(
            f"Incorrect operand type for operator or function; operator: {sign}, operand type:"
            f" {kind_of(value)}"
        )


def _between(value: Operand, tokens: Tokens) -> Condition:
    tokens.take()
    low = read_operand(tokens)
    if not tokens.is_word("AND"):
        raise ExpressionError(f'Invalid expression: BETWEEN without AND in "{tokens.text}"')
    tokens.take()
    high = read_operand(tokens)
    first, second = _ordered(value, ">=", low), _ordered(value, "<=", high)
    return lambda item, bound: first(item, bound) and second(item, bound)


def _among(value: Operand, tokens: Tokens) -> Condition:
    tokens.take()
    tokens.need("(")
    members = [read_operand(tokens)]
    while tokens.took(","):
        members.append(read_operand(tokens))
    tokens.need(")")
    return lambda item, bound: any(
        same(value(item, bound), member(item, bound)) for member in members
    )


@lru_cache(maxsize=5000)
def condition(text: str) -> tuple[Condition, Used]:
    """Return the condition and the placeholders in it. Raises ExpressionError."""
    if not text.strip():
        raise ExpressionError("Invalid ConditionExpression: The expression can not be empty;")
    tokens = Tokens.of(text)
    parsed = _either(tokens)
    tokens.need_end()
    return parsed, tokens.used
