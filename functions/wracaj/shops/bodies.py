"""Raw bytes → a checked payload. Every problem is a sentence that names the field and never repeats its value."""

import json
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wracaj.errors import PayloadError

MAX_PROBLEMS = 20


class Body(BaseModel):
    """Shops send more than we need, and tomorrow more than today: what we do not know is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Checked = TypeVar("Checked", bound=Body)

_PLAIN_WORDS = {
    "missing": "is missing",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "tuple_type": "must be a list",
}


def read_object(body: bytes) -> dict[str, Any]:
    """Numbers with a point become Decimal: money never passes through a float."""
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError):  # Arithmetic: an exponent beyond what Decimal can hold
        raise PayloadError([("(body)", "is not JSON in UTF-8")]) from None
    if not isinstance(value, dict):
        raise PayloadError([("(body)", "must be a JSON object")])
    return value


def check(model: type[Checked], value: Any) -> Checked:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        raise PayloadError([_explain(problem) for problem in problems[:MAX_PROBLEMS]]) from None


def _explain(problem: Any) -> tuple[str, str]:
    field = ".".join(str(part) for part in problem["loc"]) or "(body)"
    message = str(problem["msg"]).removeprefix("Value error, ").replace("Input should be", "must be", 1)
    return field, _PLAIN_WORDS.get(problem["type"], message)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
