"""A message that repeats a code must come after a message that gives it, and before the code
expires."""

from collections.abc import Iterator

from wracaj_cli.timelines.durations import UNITS, in_words
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.rules.names import places
from wracaj_cli.timelines.rules.numbers import Numbers, seconds_of
from wracaj_cli.timelines.rules.steps import discount_of
from wracaj_cli.timelines.short_file import ShortFile


def repeated(definition: Definition, short: ShortFile, numbers: Numbers) -> Iterator[Problem]:
    left: float | None = None  # seconds until the last code expires
    for place, message in places(short):
        waited = seconds_of(message.after, numbers) if message.after else 0
        left = None if left is None else left - waited
        if message.repeats_code and (left is None or left <= 0):
            yield _problem(definition, place, left)
        discount = discount_of(message, short, numbers)
        left = float(discount["valid_days"]) * UNITS["days"] if discount else left


def _problem(definition: Definition, place: Keys, left: float | None) -> Problem:
    if left is None:
        what = "repeats a code, and no message before it gives one"
        fix = "give it a `discount`, or drop `repeats_code`"
    else:
        what = "repeats a code that expires just then"
        what = f"repeats a code that expired {in_words(-left)} before" if left else what
        fix = "let it come sooner, or the code be valid for longer"
    return definition.problem(Rule.REPEATED_CODE, str(place[2]), what, fix, *place, "repeats_code")
