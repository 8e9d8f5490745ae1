"""Every timing must be a positive duration, and the whole timeline must take at most a year.

Step Functions ends an execution after a year.
"""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from wracaj_cli.timelines.durations import UNITS, YEAR, in_words, seconds_of_one
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.rules.names import read_timings
from wracaj_cli.timelines.short_file import ShortFile

Numbers = Mapping[str, Any]
_PLAIN = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_COMMA = re.compile(r"\d+,\d+")


def waits(short: ShortFile) -> list[str]:
    """Return the timing of each wait, in order. A timing with several waits occurs several
    times."""
    return [word for _, word in read_timings(short)]


def durations(definition: Definition, short: ShortFile, numbers: Numbers) -> Iterator[Problem]:
    wrong = [
        _problem(definition, name, numbers, *found)
        for name in dict.fromkeys(waits(short))
        for found in _wrong(definition, name, numbers)
    ]
    yield from wrong
    total = 0 if wrong else sum(seconds_of(name, numbers) for name in waits(short))
    if total > YEAR:
        what = f"all waits together take {in_words(total)}, more than a year"
        fix = "shorten them: Step Functions ends an execution after a year"
        yield definition.problem(Rule.TOO_LONG, "timings", what, fix, "timings")


def seconds_of(timing: str, numbers: Numbers) -> int:
    """Return the seconds, rounded as the state machine does: half a second goes to the even
    number."""
    return round(float(numbers[timing]) * seconds_of_one(timing))


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def number_problem(value: object, written: str | None = None) -> str | None:
    """Return how to write the number, or None if it is written correctly."""
    odd = written is not None and is_number(value) and not _PLAIN.fullmatch(written)
    if is_number(value) and not odd:
        return None
    return (
        with_a_point(written or str(value))
        or "write a plain number, such as 3, or 1.5 with a point"
    )


def with_a_point(written: str) -> str | None:
    comma = _COMMA.fullmatch(written.strip())
    return f"write {comma[0].replace(',', '.')}, with a point" if comma else None


def _problem(
    definition: Definition, name: str, numbers: Numbers, rule: Rule, what: str, fix: str
) -> Problem:
    said = f"`{name}` is {_shown(definition, name, numbers)}: {what}"
    return definition.problem(rule, "timings", said, fix, "timings", name)


def _shown(definition: Definition, name: str, numbers: Numbers) -> str:
    own = numbers[name] == definition.body["timings"].get(name)
    return definition.written.get(("timings", name), "") if own else repr(numbers[name])


def _wrong(definition: Definition, name: str, numbers: Numbers) -> Iterator[tuple[Rule, str, str]]:
    if name.rpartition("_")[2] not in UNITS:
        units = ", ".join(f"_{unit}" for unit in UNITS)
        yield Rule.UNIT, "its name does not say its unit", f"let the name end in one of {units}"
        return
    own = numbers[name] == definition.body["timings"].get(name)
    written = definition.written.get(("timings", name)) if own else None
    how = number_problem(numbers[name], written)
    if how is not None:
        unit = name.rpartition("_")[2]
        yield Rule.TIMING, "not a number", f"{how}; its unit, {unit}, is in its name"
        return
    seconds = seconds_of(name, numbers)
    if seconds < 1:
        yield Rule.TIMING, "not a positive duration", "write a number above 0, at least one second"
    if seconds > YEAR:
        yield Rule.TIMING, "more than a year", "write at most 365 days (8760 hours)"
