"""Does a message that repeats a code come after one that gives it, and before it expires?"""

from collections.abc import Iterator

from wracaj_cli.timelines.durations import UNITS, in_words
from wracaj_cli.timelines.expressions import ExpressionError, fill
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.routes import Leg, Variables, inside_states, legs, seconds_of, timings
from wracaj_cli.timelines.rules.payloads import PAYLOAD


def repeated(definition: Definition) -> Iterator[Problem]:
    variables = timings(definition)
    left: float | None = None  # seconds until the code given before expires
    for leg in legs(definition):
        waited, valid = _times(leg, variables)
        left = None if left is None else left - waited
        if leg.message.step.get("repeats_code") and (left is None or left <= 0):
            yield _problem(definition, leg, left)
        left = left if valid is None else valid


def _times(leg: Leg, variables: Variables) -> tuple[float, float | None]:
    """How long the message waits, and for how long the code is valid that it gives: both are
    checked elsewhere."""
    try:
        waited = float(seconds_of(leg.wait, variables)) if leg.wait else 0
        discount = fill(leg.message.step.get("discount"), variables, inside_states())
        return waited, float(discount["valid_days"]) * UNITS["days"] if discount else None
    except (ExpressionError, KeyError, TypeError, ValueError):
        return 0, None


def _problem(definition: Definition, leg: Leg, left: float | None) -> Problem:
    if left is None:
        what, fix = (
            "repeats a code, and no message before it gives one",
            "give it a `discount`, or drop `repeats_code`",
        )
    else:
        what = (
            f"repeats a code that expired {in_words(-left)} before"
            if left
            else "repeats a code that expires just then"
        )
        fix = "let it come sooner, or the code be valid for longer (discount_valid_days)"
    return definition.problem(
        Rule.REPEATED_CODE, leg.message.name, what, fix, *PAYLOAD, "step", "repeats_code"
    )
