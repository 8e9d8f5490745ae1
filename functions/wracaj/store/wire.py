"""Plain Python values in DynamoDB's own form, and back. As boto3's serializers do it, which cost a
cold start all of boto3 and every event a long chain of questions.

The amounts that we store fit: a number that DynamoDB would round is refused.
"""

from collections.abc import Callable, Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

# What DynamoDB keeps of a number.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_NUMBERS = Context(
    Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow]
)


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute that is None is left out."""
    return {name: _encoded(value) for name, value in item.items() if value is not None}


def from_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _decoded(value) for name, value in item.items()}


def _encoded(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | Decimal):
        return {"N": _number(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, Mapping):
        return {"M": {name: _encoded(one) for name, one in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [_encoded(one) for one in value]}
    if isinstance(value, set | frozenset):
        return _set_of(value)
    raise TypeError(f"{type(value).__name__} cannot be stored in DynamoDB")


def _set_of(members: set[Any] | frozenset[Any]) -> dict[str, list[str]]:
    if all(isinstance(one, int | Decimal) and not isinstance(one, bool) for one in members):
        return {"NS": [_number(one) for one in members]}  # an empty one, too, which is refused
    if all(isinstance(one, str) for one in members):
        return {"SS": list(members)}
    raise TypeError("a set in DynamoDB holds texts or numbers alone")


def _number(value: int | Decimal) -> str:
    exact = _NUMBERS.create_decimal(value)
    if not exact.is_finite():
        raise TypeError(f"{exact} cannot be stored in DynamoDB")
    return str(exact)


def _decoded(told: Mapping[str, Any]) -> Any:
    ((kind, value),) = told.items()
    return value if kind in {"S", "BOOL", "B"} else _DECODERS[kind](value)


_DECODERS: Mapping[str, Callable[[Any], Any]] = {
    "N": _NUMBERS.create_decimal,
    "M": from_wire,
    "L": lambda members: [_decoded(one) for one in members],
    "SS": set,
    "NS": lambda members: set(map(_NUMBERS.create_decimal, members)),
    "NULL": lambda _: None,
}
