"""Values as DynamoDB's clients write them: checks, sizes and order. {"S": "text"}, {"N": "1.5"}."""

from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

Value = Mapping[str, Any]
Item = dict[str, Any]

MOST_BYTES = 400 * 1024
MOST_DIGITS = 38
EXACT = Context(prec=400)  # more than any two numbers of DynamoDB, added
LONGEST_KEYS = {"PK": 2048, "SK": 1024}
SETS = {"SS": "S", "NS": "N", "BS": "B"}


class WireError(Exception):
    """What DynamoDB refuses with ValidationException. The text is DynamoDB's own."""


def checked_item(item: Mapping[str, Value]) -> Item:
    """Return the item as it is stored. Raises WireError."""
    stored = {name: checked(value) for name, value in item.items()}
    check_size(stored)
    return stored


def check_size(stored: Item) -> None:
    """Raises WireError."""
    if is_over(MOST_BYTES, stored) and size_of_item(stored) > MOST_BYTES:
        raise WireError("Item size has exceeded the maximum allowed size")


def checked(value: Value) -> Value:
    """Return a value as it is stored: numbers in their normal form. Raises WireError."""
    if len(value) != 1:
        raise WireError(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
        )
    ((kind, told),) = value.items()
    if kind == "S":
        if not isinstance(told, str):
            raise WireError("a value of S is no text")
        return value
    if kind == "N":
        number = normal(told)
        return value if number == told else {"N": number}
    return _checked_other(kind, told, value)


def _checked_other(kind: str, told: Any, value: Value) -> Value:
    if kind == "M":
        return {"M": {name: checked(each) for name, each in told.items()}}
    if kind == "L":
        return {"L": [checked(each) for each in told]}
    if kind in SETS:
        return {kind: _checked_set(kind, told)}
    if kind == "B" and isinstance(told, bytes | bytearray):
        return value
    if kind == "BOOL" and isinstance(told, bool):
        return value
    if kind == "NULL" and told is True:
        return value
    raise WireError(f"no value of DynamoDB: {kind}")


def _checked_set(kind: str, members: Any) -> list[Any]:
    if not members:
        raise WireError(
            "One or more parameter values were invalid: An string set  may not be empty"
        )
    stored = [normal(one) if kind == "NS" else one for one in members]
    if len(set(stored)) < len(stored):
        raise WireError(
            "One or more parameter values were invalid: Input collection contains duplicates."
        )
    return stored


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """Return a number as DynamoDB gives it back: no zeros at its ends, no exponent."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise WireError(f"A value provided cannot be converted into a number: {text}") from None
    if not number.is_finite():
        raise WireError("The parameter cannot be converted to a numeric value")
    if not number:
        return "0"
    digits = number.normalize(EXACT)
    if len(digits.as_tuple().digits) > MOST_DIGITS:
        raise WireError("Attempting to store more than 38 significant digits in a Number")
    return f"{digits:f}"


def is_over(most: int, stored: object) -> bool:
    """Return whether something may have so many bytes. It is quick, and sure where it says no: a
    character has four bytes at most."""
    return len(str(stored)) > most // 4


def kind_of(value: Value) -> str:
    return next(iter(value))


def same(one: Value | None, other: Value | None) -> bool:
    """Return whether two stored values are equal. Sets have no order."""
    if one is None or other is None:
        return False
    kind = kind_of(one)
    if kind != kind_of(other):
        return False
    if kind in SETS:
        return set(one[kind]) == set(other[kind])
    if kind == "L":
        mine, theirs = one[kind], other[kind]
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    if kind == "M":
        mine, theirs = one[kind], other[kind]
        return mine.keys() == theirs.keys() and all(same(mine[key], theirs[key]) for key in mine)
    return bool(one[kind] == other[kind])


def order(one: Value | None, other: Value | None) -> int | None:
    """Return a number below, at or above 0. None: the two cannot be put in order."""
    if one is None or other is None:
        return None
    kind = kind_of(one)
    if kind != kind_of(other) or kind not in {"S", "N", "B"}:
        return None
    mine, theirs = sortable(one), sortable(other)
    return int(mine > theirs) - int(mine < theirs)


def sortable(value: Value) -> Any:
    ((kind, told),) = value.items()
    return Decimal(told) if kind == "N" else told


def size_of_item(item: Mapping[str, Value]) -> int:
    return sum(len(name.encode()) + size_of(value) for name, value in item.items())


def size_of(value: Value) -> int:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""
    ((kind, told),) = value.items()
    if kind == "S":
        return len(told) if told.isascii() else len(told.encode())
    if kind == "N":
        return len(told) // 2 + 2
    if kind == "B":
        return len(told)
    if kind == "L":
        return 3 + sum(1 + size_of(each) for each in told)
    if kind == "M":
        return 3 + sum(len(name.encode()) + 1 + size_of(each) for name, each in told.items())
    if kind in SETS:
        return sum(size_of({SETS[kind]: each}) for each in told)
    return 1
