"""Raw bytes → JSON. A number that cannot be read is dropped alone."""

import json
import re
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from wracaj.errors import PayloadError, Problem

_LONGEST_NUMBER = 400
MOST_NESTED = 40  # levels of lists and objects; the bodies of shops have five
_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")  # perhaps a whole letter together with the next
_HALVES = re.compile("[\ud800-\udfff]")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
TOO_DEEP: Problem = (
    "(body)",
    f"is nested more than {MOST_NESTED} deep: what lies deeper is lost",
)
NOT_JSON: Problem = ("(body)", "is not JSON in UTF-8")
NOT_UTF8: Problem = ("(body)", "is not UTF-8: letters that cannot be read are lost")


class Body(BaseModel):
    """Base of all bodies. Unknown keys are ignored: shops send more than we need, and add keys over
    time."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")


def read_object(body: bytes) -> tuple[dict[str, Any], list[Problem]]:
    """Parse the body. Numbers with a point become Decimal, because money never passes through a
    float. A float marks a number that could not be read."""
    text, warnings = _decoded(body)
    try:
        value = _parsed(text)
    except RecursionError:
        value, warnings = _parsed_in_part(text), [*warnings, TOO_DEEP]
    except ValueError:
        raise PayloadError([NOT_JSON]) from None
    if not isinstance(value, dict):
        raise PayloadError([("(body)", "must be a JSON object")])
    return value, warnings


def _parsed(text: str) -> Any:
    """Raises ValueError, or RecursionError where the text is nested too deep."""
    names = _readable_names if _HALF_LETTER.search(text) else None
    return json.loads(
        text,
        parse_float=_decimal,
        parse_int=_whole,
        parse_constant=float,
        object_pairs_hook=names,
    )


def _readable_names(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON may hold half a letter. A name with one is no text to pydantic, which then refuses all
    that stands beside it."""
    return {_HALVES.sub("\ufffd", name): value for name, value in fields}


def _parsed_in_part(text: str) -> Any:
    try:
        return _parsed(_shallow(text))
    except (ValueError, RecursionError):
        raise PayloadError([NOT_JSON]) from None


def _shallow(text: str) -> str:
    """Replace each object and list below the deepest allowed level by null."""
    kept, depth, cut = [], 0, 0
    for token in _TOKENS.finditer(text):
        sign = token[0]
        if sign in "[{":
            depth += 1
            if depth == MOST_NESTED + 1:
                kept.append(text[cut : token.start()] + "null")
        elif sign in "]}":
            depth -= 1
            if depth == MOST_NESTED:
                cut = token.end()
    return "".join(kept) + (text[cut:] if depth <= MOST_NESTED else "")


def _decoded(body: bytes) -> tuple[str, list[Problem]]:
    """Decode the body. A wrong encoding damages only texts: identifiers of carts are ASCII in every
    encoding that shops use."""
    try:
        return body.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return body.decode("utf-8-sig", errors="replace"), [NOT_UTF8]


def _decimal(text: str) -> Decimal | float:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent larger than Decimal allows
        return float("nan")


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= _LONGEST_NUMBER else float("nan")
