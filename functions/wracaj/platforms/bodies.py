"""Raw bytes → JSON, in which whatever is no value costs only itself."""

import json
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from wracaj.errors import PayloadError, Problem

_LONGEST_NUMBER = 400
NOT_UTF8: Problem = ("(body)", "is not UTF-8: letters that cannot be read are lost")


class Body(BaseModel):
    """Shops send more than we need, and tomorrow more than today: what we do not know is passed
    over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def read_object(body: bytes) -> tuple[dict[str, Any], list[Problem]]:
    """Numbers with a point become Decimal: money never passes through a float. A float is what no
    number can be read from."""
    text, warnings = _decoded(body)
    try:
        value = json.loads(text, parse_float=_decimal, parse_int=_whole, parse_constant=float)
    except (ValueError, RecursionError):
        raise PayloadError([("(body)", "is not JSON in UTF-8")]) from None
    if not isinstance(value, dict):
        raise PayloadError([("(body)", "must be a JSON object")])
    return value, warnings


def _decoded(body: bytes) -> tuple[str, list[Problem]]:
    """What names a cart is ASCII in any encoding that shops have used."""
    try:
        return body.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return body.decode("utf-8-sig", errors="replace"), [NOT_UTF8]


def _decimal(text: str) -> Decimal | float:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent beyond what Decimal can hold
        return float("nan")


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= _LONGEST_NUMBER else float("nan")
