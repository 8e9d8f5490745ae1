"""reminder_step must accept each message of the timeline."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from wracaj.settings.reading import explain
from wracaj.timelines.steps import Step
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.rules.names import places
from wracaj_cli.timelines.rules.numbers import (
    Numbers,
    as_it_stands,
    odd_number,
    written_timing,
)
from wracaj_cli.timelines.short_file import MessageLine, ShortFile

FIXES = {
    "percent": "write a whole number from 1 to 100, without a % sign",
    "valid_days": "write a number of days above 0, at most 365",
    "free_shipping": "write true, or remove the line",
    "if_unavailable": "write send_without or skip",
}
_NUMBERS = {"percent", "amount", "valid_days"}
ONE_WORTH = (
    "write one of percent, amount (with its currency), product_id (with its product_title) and"
    " free_shipping: true"
)


def steps(definition: Definition, short: ShortFile, numbers: Numbers) -> Iterator[Problem]:
    odd = list(_odd_numbers(definition, short, numbers))
    yield from odd
    for place, message in () if odd else places(short):
        try:
            Step.model_validate(as_asked(str(place[2]), message, short, numbers))
        except ValidationError as error:
            for refusal in error.errors():
                yield _problem(definition, place, message, refusal, numbers)


def _odd_numbers(definition: Definition, short: ShortFile, numbers: Numbers) -> Iterator[Problem]:
    """Of discounts: those that YAML reads as other numbers than people, or as texts."""
    for name, line in short.discounts.items():
        for key, value in line.written.items():
            at: Keys = ("discounts", name, key)
            written: str | None = definition.written.get(at, "")
            if isinstance(value, str) and value in numbers:
                at, written = ("timings", value), written_timing(definition, value, numbers)
                value = numbers[value]
            how = odd_number(value, written) if key in _NUMBERS else None
            if how:
                stands = as_it_stands(value, str(value) if written is None else written)
                what = f"`{at[-1]}` is {stands}: not written as a number"
                yield definition.problem(Rule.DISCOUNT, str(at[0]), what, how, *at)


def as_asked(name: str, message: MessageLine, short: ShortFile, numbers: Numbers) -> dict[str, Any]:
    """Return the request for the step. Sample values replace what the start of the execution gives,
    and the number of seconds does not matter."""
    asked: dict[str, Any] = {"name": name, "after_seconds": 1, "content": message.content_kind}
    given = message.channel is None
    asked["channel"] = "email" if given else message.channel
    text = "audience" if message.channel == "audience" else "template"
    asked[text] = "from_the_start" if given else message.sends
    asked["discount"] = discount_of(message, short, numbers)
    asked |= {"repeats_code": message.repeats_code, "asks_reason": message.asks_reason}
    return asked | {"instead_of": message.instead_of}


def discount_of(message: MessageLine, short: ShortFile, numbers: Numbers) -> dict[str, Any] | None:
    if message.discount is None:
        return None
    line = short.discounts[message.discount].written
    named = {key for key, value in line.items() if isinstance(value, str) and value in numbers}
    return {key: numbers[value] if key in named else value for key, value in line.items()}


def _problem(
    definition: Definition, place: Keys, message: MessageLine, refusal: Any, numbers: Numbers
) -> Problem:
    where, inside = str(place[2]), tuple(refusal["loc"])
    wrong = explain(refusal, Step)[1]
    if inside[:1] != ("discount",) or message.discount is None:
        shown = f"`{inside[-1]}` {wrong}" if inside else wrong
        fix = "compare it with another message's"
        return definition.problem(Rule.STEP, where, shown, fix, *place, *inside)
    section: Keys = ("discounts", message.discount)
    if len(inside) == 1:
        return definition.problem(Rule.DISCOUNT, where, wrong, ONE_WORTH, *section)
    key = inside[1]
    value = definition.body["discounts"][message.discount].get(key)
    named = isinstance(value, str) and value in numbers
    at: Keys = ("timings", value) if named else (*section, key)
    fix = FIXES.get(str(key), ONE_WORTH)
    shown = f"`{at[-1]}`: {where} cannot take it: {wrong}"
    return definition.problem(Rule.DISCOUNT, str(at[0]), shown, fix, *at)
