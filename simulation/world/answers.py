"""JSONata in a state machine's definition, evaluated by the library that the local stack uses.

An expression is compiled once. A result is kept under the values that the expression reads, since
it depends on nothing else.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jsonata.jsonata import Jsonata  # type: ignore[import-untyped]
from jsonata.utils import Utils  # type: ignore[import-untyped]

from simulation.world.errors import FailedError

Json = dict[str, Any]
Scope = Mapping[str, Any]  # variables by name, and `states`
Template = Callable[[Scope], Any]
PLAIN_PATH = re.compile(r"\$(\w+)((?:\.\w+)*)")
READS = re.compile(r"\$(states(?:\.\w+)*|[A-Za-z_]\w*)(?!\w*\()")
MOST_KEPT = 50_000
WRONG = "States.QueryEvaluationError"
_results: dict[tuple[str, str], Any] = {}
_missing = object()


def template(value: Any) -> Template:
    """Return a function that fills a part of a definition, with all expressions in it."""
    if isinstance(value, str) and value.startswith("{%") and value.endswith("%}"):
        return expression(value[2:-2].strip())
    if isinstance(value, dict):
        parts = [(name, template(one)) for name, one in value.items()]
        return lambda scope: {name: fill(scope) for name, fill in parts}
    if isinstance(value, list):
        members = [template(one) for one in value]
        return lambda scope: [fill(scope) for fill in members]
    return lambda _: value


@cache
def expression(text: str) -> Template:
    if plain := PLAIN_PATH.fullmatch(text):
        return _path(text, [plain[1], *plain[2].split(".")[1:]])
    reads = [read.split(".") for read in sorted(set(READS.findall(text)))]
    return lambda scope: _evaluated(text, reads, scope)


def _path(text: str, parts: list[str]) -> Template:
    """A path through objects alone is no work for an interpreter. Where it meets anything else, the
    interpreter decides."""

    def follow(scope: Scope) -> Any:
        value: Any = scope
        for part in parts:
            value = value.get(part, _missing) if isinstance(value, Mapping) else _missing
        if value is _missing or isinstance(value, list):
            return _evaluated(text, [parts], scope)
        return value

    return follow


def _evaluated(text: str, reads: list[list[str]], scope: Scope) -> Any:
    """Raises FailedError, as each failure of an expression fails its state."""
    key = text, json.dumps([_value(read, scope) for read in reads])
    if key not in _results:
        if len(_results) >= MOST_KEPT:
            _results.clear()
        _results[key] = json.dumps(_by_interpreter(text, scope))
    return json.loads(_results[key])


def _value(parts: list[str], scope: Scope) -> Any:
    value: Any = scope
    for part in parts:
        if not isinstance(value, Mapping):
            return value
        value = value.get(part)
    return value


def _by_interpreter(text: str, scope: Scope) -> Any:
    bindings = {name: Utils.NULL_VALUE if value is None else value for name, value in scope.items()}
    try:
        result = _compiled(text).evaluate(None, bindings)
        if result is None and not _compiled(f"$exists(({text}))").evaluate(None, bindings):
            raise FailedError(WRONG, f"no result: {text}")
    except FailedError:
        raise
    except Exception as error:
        raise FailedError(WRONG, f"{error}: {text}") from None
    return None if result is Utils.NULL_VALUE else result


@cache
def _compiled(text: str) -> Any:
    return Jsonata.jsonata(text)
