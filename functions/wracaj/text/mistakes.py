"""Turns a pydantic error into a sentence that says how to write the value.

pydantic's own sentences are about Python and are never shown. An error that is not listed here gets
the field's description.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wracaj.text.spelling import did_you_mean
from wracaj.text.wording import plural_en

CURRENCY = r"^[A-Z]{3}$"  # ISO 4217
NUMBER = "must be a number, with a point before its decimals, such as 20.50"
WHOLE = "must be a whole number, such as 30"
TEXT = "must be text"
SECTION = "must be a section: keys of its own, each on a line below it and indented"
LIST = "must be a list, such as [one, two]"
SWITCH = "must be true or false"
CLOCK = "must be a time of day, such as 9:00"
MOMENT = "must be a day and a time, such as 2026-12-01 10:00"
TOO_LARGE = "is too large a number"

WORDS: Mapping[str, str] = {
    "missing": "is missing; add it",
    "string_type": TEXT,
    "string_sub_type": TEXT,
    "string_unicode": TEXT,
    "string_not_ascii": "must be written in plain letters, without accents",
    "bool_type": SWITCH,
    "bool_parsing": SWITCH,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing_size": TOO_LARGE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "finite_number": NUMBER,
    "decimal_max_digits": "must have at most {max_digits} digits",
    "decimal_max_places": "must have at most {decimal_places} decimals",
    "decimal_whole_digits": "must have at most {whole_digits} digits before the point",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be {le} or less",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_too_long": "must have at most {max_length} characters",
    "time_type": CLOCK,
    "time_parsing": CLOCK,
    "time_delta_type": CLOCK,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "datetime_object_invalid": MOMENT,
    "timezone_aware": "must say its offset too, such as 2026-11-18T12:00:00+01:00",
    "timezone_naive": "must be written without an offset",
    "tuple_type": LIST,
    "list_type": LIST,
    "set_type": LIST,
    "frozen_set_type": LIST,
    "model_type": SECTION,
    "model_attributes_type": SECTION,
    "dict_type": SECTION,
    "mapping_type": SECTION,
    "invalid_key": "must have names of letters as its keys",
    "json_invalid": "is not JSON",
    "json_type": "is not JSON",
    "recursion_loop": "holds itself; write each part out",
}
# For JSON that a program posts. Its authors know objects and lists; "sections" is a word of the
# settings.
JSON_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not known: leave it out",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
}
PATTERNS: Mapping[str, str] = {
    CURRENCY: "must be three capital letters, such as PLN",
    r"^[A-Z]{2}$": "must be two capital letters, such as PL",
}
NO_VALUE = "is empty; write a value after the colon"
NO_ENTRY = "is empty; write a value, or remove it"
NO_KEYS = "is empty; write its keys, each on a line below it and indented"
OR_REMOVE = ", or remove the line"
LONGEST_SHOWN = 60


def sentence(problem: Mapping[str, Any], description: str = "", *, needed: bool = False) -> str:
    """The sentence for one item of `ValidationError.errors()`. Where the item has no input, the
    sentence repeats no value.

    `description` is the field's description in the reference. `needed`: the field is required.
    """
    kind, told = (
        problem["type"],
        {name: _number(value) for name, value in problem.get("ctx", {}).items()},
    )
    if problem.get("input", 0) in ("", None):
        return _of_nothing(problem, needed)
    if kind in {"value_error", "assertion_error"}:
        return str(told["error"]) + _given(problem)
    if kind in _WORKED_OUT:
        return _WORKED_OUT[kind](problem, told)
    words = PATTERNS.get(told["pattern"]) if kind == "string_pattern_mismatch" else WORDS.get(kind)
    if words is None:
        return (
            "is not written as it must"
            f" be{_given(problem)}{f': {description}' if description else ''}"
        )
    return words.format(**told) + ("" if kind == "missing" else _given(problem))


def sentence_of_json(problem: Mapping[str, Any]) -> str:
    """The sentence for a field in JSON. It never repeats the field's value."""
    without_input = {name: told for name, told in problem.items() if name != "input"}
    return JSON_WORDS.get(problem["type"]) or sentence(without_input)


def sentence_of_typed(problem: Mapping[str, Any]) -> str:
    """The sentence for a command's argument, which is in no line of a file."""
    return "must not be empty" if problem.get("input", 0) == "" else sentence(problem)


def _of_nothing(problem: Mapping[str, Any], needed: bool) -> str:
    if problem["loc"] and isinstance(problem["loc"][-1], int):
        return NO_ENTRY
    return (NO_KEYS if WORDS.get(problem["type"]) == SECTION else NO_VALUE) + (
        "" if needed else OR_REMOVE
    )


def _number(value: Any) -> Any:
    """Numbers as people write them: 0 instead of 0.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _given(problem: Mapping[str, Any]) -> str:
    given = problem.get("input", {})
    if isinstance(given, dict | list | tuple):
        return ""
    shown = repr(given)
    return f" (given: {shown if len(shown) <= LONGEST_SHOWN else f'{shown[:LONGEST_SHOWN]}…'})"


def _a_choice(problem: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """pydantic's list of choices is "'pl' or 'en'", without the input."""
    choices = re.findall(r"'([^']*)'", str(told["expected"]))
    given = problem.get("input")
    meant = did_you_mean(given, choices) if isinstance(given, str) else ""
    listed = f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else "".join(choices)
    return f"must be {listed}{_given(problem)}{meant}"


def _too_short(problem: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    least = told["min_length"]
    if problem["type"] == "string_too_short":
        return (
            "must not be empty"
            if least == 1
            else f"must have at least {least} characters{_given(problem)}"
        )
    return "must not be an empty list" if least == 1 else f"must have at least {least} entries"


def _too_long(_: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    most = told["max_length"]
    return f"must have at most {most} {plural_en(most, 'entry', 'entries')}"


def _a_list(problem: Mapping[str, Any], _: Mapping[str, Any]) -> str:
    given = problem.get("input")
    return (
        f"must be a list: write [{given}]"
        if isinstance(given, str) and len(given) <= LONGEST_SHOWN
        else LIST
    )


_WORKED_OUT: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], str]] = {
    "literal_error": _a_choice,
    "enum": _a_choice,
    "string_too_short": _too_short,
    "too_short": _too_short,
    "too_long": _too_long,
    "tuple_type": _a_list,
}
