"""JSONata inside `{% %}`, evaluated by an engine that follows the reference one, as Step Functions
does."""

import re
from collections.abc import Mapping
from typing import Any

from jsonata import Jsonata  # type: ignore[import-untyped]

_BOUND_HERE = re.compile(r"\$(\w+)\s*:=|function\s*\(([^)]*)\)")
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)\b(?!\s*\()")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
MILLISECONDS = 1000


class ExpressionError(Exception):
    """The expression cannot be evaluated, or comes to nothing."""


def is_expression(value: object) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def inside(value: str) -> str:
    return value.removeprefix("{%").removesuffix("%}").strip()


def syntax_problem(value: str) -> str | None:
    """What is wrong with a text that is, or was meant to be, an expression."""
    if value.startswith("{%") != value.endswith("%}"):
        return "an expression begins with {% and ends with %}"
    try:
        Jsonata.jsonata(inside(value), timeout=MILLISECONDS)
    # the engine raises whatever it meets: IndexError, RecursionError, its own
    except Exception as error:
        return str(error) or type(error).__name__
    return None


def variables_in(value: object) -> set[str]:
    """The `$names` that an expression reads from the machine."""
    if not isinstance(value, str) or not is_expression(value):
        return set()
    source = _QUOTED.sub("''", inside(value))
    local = {
        name
        for match in _BOUND_HERE.finditer(source)
        for name in re.findall(r"\w+", f"{match[1] or ''} {match[2] or ''}")
    }
    return set(_VARIABLE.findall(source)) - local - {"states"}


def fill(value: Any, variables: Mapping[str, Any], states: Mapping[str, Any] | None = None) -> Any:
    """The value with each expression in it evaluated. Raises ExpressionError."""
    if isinstance(value, dict):
        return {key: fill(inner, variables, states) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, variables, states) for inner in value]
    return evaluate(value, variables, states) if is_expression(value) else value


def evaluate(
    value: str, variables: Mapping[str, Any], states: Mapping[str, Any] | None = None
) -> Any:
    try:
        expression = Jsonata.jsonata(inside(value), timeout=MILLISECONDS)
        result = expression.evaluate(None, {**variables, "states": states or {}})
    except Exception as error:  # as above
        raise ExpressionError(str(error) or type(error).__name__) from None
    if result is None:
        raise ExpressionError("it comes to nothing")
    return result
