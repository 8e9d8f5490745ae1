"""Every timing must be a positive duration, and the whole timeline must take at most a year.

Step Functions ends an execution after a year.
"""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from wracaj.text.plain_numbers import Quoted, how_to_write, plain_number
from wracaj_cli.timelines.durations import UNITS, YEAR, in_words, seconds_of_one
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.rules.names import read_timings
from wracaj_cli.timelines.short_file import ShortFile

Numbers = Mapping[str, Any]
PLAINLY = "write a plain number, such as 3, or 1.5 with a point"


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


def odd_number(value: object, written: str | None) -> str | None:
    """How to write a number that is written so that YAML or a person may read another one."""
    if isinstance(value, str):
        return how_to_write(Quoted(value) if is_plain(value) else value)
    exact = written is None or is_plain(written)
    if exact or not is_number(value):
        return None
    return how_to_write(str(written)) or PLAINLY


def is_plain(written: str) -> bool:
    return plain_number(written) is not None


def _problem(
    definition: Definition, name: str, numbers: Numbers, rule: Rule, what: str, fix: str
) -> Problem:
    said = f"`{name}` is {_shown(definition, name, numbers)}: {what}"
    return definition.problem(rule, "timings", said, fix, "timings", name)


def _shown(definition: Definition, name: str, numbers: Numbers) -> str:
    written = written_timing(definition, name, numbers)
    return repr(numbers[name]) if written is None else as_it_stands(numbers[name], written)


def as_it_stands(value: object, written: str) -> str:
    return f'"{written}"' if isinstance(value, str) and is_plain(written) else written


def written_timing(definition: Definition, name: str, numbers: Numbers) -> str | None:
    """As it stands in the file; None: it is a shop's own."""
    own = numbers[name] == definition.body["timings"].get(name)
    return definition.written.get(("timings", name), "") if own else None


def _wrong(definition: Definition, name: str, numbers: Numbers) -> Iterator[tuple[Rule, str, str]]:
    unit = name.rpartition("_")[2]
    if unit not in UNITS:
        units = ", ".join(f"_{one}" for one in UNITS)
        yield Rule.UNIT, "its name does not say its unit", f"let the name end in one of {units}"
        return
    how = odd_number(numbers[name], written_timing(definition, name, numbers))
    if how or not is_number(numbers[name]):
        what = "not written as a number" if how else "not a number"
        yield Rule.TIMING, what, f"{how or PLAINLY}; its unit, {unit}, is in its name"
        return
    seconds = seconds_of(name, numbers)
    if seconds < 1:
        yield Rule.TIMING, "not a positive duration", "write a number above 0, at least one second"
    if seconds > YEAR:
        yield Rule.TIMING, "more than a year", "write at most 365 days (8760 hours)"
