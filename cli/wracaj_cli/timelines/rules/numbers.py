"""Is every timing a positive duration, and does the whole fit into the year that an execution may
last?"""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from wracaj_cli.timelines.durations import UNITS, YEAR, in_words
from wracaj_cli.timelines.expressions import ExpressionError, variables_in
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.routes import Variables, leading_passes, legs, seconds_of, timings
from wracaj_cli.timelines.states import State


def durations(definition: Definition) -> Iterator[Problem]:
    variables, total = timings(definition), 0.0
    problems = []
    for wait in dict.fromkeys(leg.wait for leg in legs(definition) if leg.wait):
        wrong = _wrong(wait, variables)
        problems += [_timing(definition, wait, *wrong)] if wrong else []
        total += 0 if wrong else seconds_of(wait, variables)
    yield from problems
    if total > YEAR and not problems:
        yield definition.problem(
            Rule.TOO_LONG,
            _timings_name(definition),
            f"all waits together take {in_words(total)}, more than a year",
            "shorten them: Step Functions ends an execution after a year",
        )


def units(definition: Definition) -> Iterator[Problem]:
    """Is one hour in Timings really waited as an hour, and one day as a day?"""
    variables = timings(definition)
    for wait in dict.fromkeys(leg.wait for leg in legs(definition) if leg.wait):
        origin = behind(definition, wait, ("Seconds",))
        unit = origin[1].rpartition("_")[2] if origin else ""
        if (
            origin
            and unit in UNITS
            and _seconds_of_one(wait, {**variables, origin[1]: 1}) != UNITS[unit]
        ):
            name, fix = (
                origin[1],
                f"multiply it by {UNITS[unit]}, or name it for another unit ({', '.join(UNITS)})",
            )
            what = f"`{name}` is in {unit} by its name, and the wait takes it for something else"
            yield definition.problem(Rule.UNIT, wait.name, what, fix, "Seconds")


def _seconds_of_one(wait: State, variables: Variables) -> Any:
    try:
        return seconds_of(wait, variables)
    except ExpressionError:  # `durations` tells of it
        return None


def _timing(definition: Definition, wait: State, what: str, fix: str) -> Problem:
    origin = behind(definition, wait, ("Seconds",))
    if origin:
        return problem_at_number(definition, Rule.TIMING, origin, f"{wait.name!r} {what}", fix)
    return definition.problem(Rule.TIMING, wait.name, what, fix, "Seconds")


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _wrong(wait: State, variables: Variables) -> tuple[str, str] | None:
    """What is wrong with a wait, and how to mend it."""
    try:
        seconds: Any = seconds_of(wait, variables)
    except ExpressionError as error:
        return _not_numbers(wait, variables) or (
            f"how long it waits cannot be worked out: {error}",
            "compare it with another Wait",
        )
    if not is_number(seconds):
        return f"comes to {seconds!r}, not to a number of seconds", "compare it with another Wait"
    if seconds <= 0:
        return (
            f"waits {seconds:g} seconds, which is not a positive duration",
            "write a number above 0, at least one second",
        )
    if seconds != int(seconds):
        return (
            f"comes to {seconds:g} seconds; Step Functions takes only whole ones",
            "put `$round( … )` around it",
        )
    if seconds > YEAR:
        return f"waits {in_words(seconds)}, more than a year", "write at most 365 days (8760 hours)"
    return None


def _not_numbers(wait: State, variables: Variables) -> tuple[str, str] | None:
    for name in sorted(variables_in(wait.body.get("Seconds"))):
        if name in variables and not is_number(variables[name]):
            return (
                f"would wait for {variables[name]!r}, which is not a number",
                (
                    f"write a plain number; its unit is in its name ({name.rsplit('_', 1)[-1]}),"
                    " such as 3, or 1.5 with a point"
                ),
            )
    return None


def behind(definition: Definition, state: State, keys: Keys) -> tuple[State, str] | None:
    """The one number in Timings that a value is made of, for that is what somebody edited."""
    value: Any = state.body
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    names = variables_in(value)
    for timings_state in leading_passes(definition):
        if len(names) == 1 and names <= set(timings_state.assign):
            return timings_state, next(iter(names))
    return None


def problem_at_number(
    definition: Definition, rule: Rule, origin: tuple[State, str], what: str, fix: str
) -> Problem:
    holder, name = origin
    return definition.problem(
        rule, holder.name, f"`{name}` is {holder.assign[name]!r}: {what}", fix, "Assign", name
    )


def _timings_name(definition: Definition) -> str | None:
    return next((state.name for state in leading_passes(definition)), None)
