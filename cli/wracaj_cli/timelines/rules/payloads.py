"""Would reminder_step take what each Task asks of it?"""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from wracaj.consent.consent import Channel
from wracaj.settings.reading import explain
from wracaj.timelines.steps import StepRequest
from wracaj_cli.timelines.expressions import ExpressionError, fill, inside, is_expression
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.routes import Variables, inside_states, legs, timings
from wracaj_cli.timelines.rules.numbers import behind, problem_at_number
from wracaj_cli.timelines.states import State

PAYLOAD: Keys = ("Arguments", "Payload")
COMPARE = "compare it with another message's"
RULES = {("step", "channel"): Rule.CHANNEL, ("step", "discount"): Rule.DISCOUNT}
FIXES = {
    ("step", "name"): "write a name of small letters, digits and _, such as first_email",
    ("step", "template"): "write the template's name as its files have it, such as cart_reminder",
    ("step", "channel"): f"write {' or '.join(Channel)}",
    (
        "step",
        "discount",
    ): "write one of percent, amount (with its currency) and product_id (with its product_title)",
    ("step", "discount", "percent"): "write a whole number from 1 to 100, without a % sign",
    ("step", "discount", "valid_days"): "write a number of days above 0, at most 365",
    ("step", "discount", "if_unavailable"): "write send_without or skip",
    ("episode",): 'write "{% $states.context.Execution.Input.episode %}"',
    ("shop",): 'write "{% $states.context.Execution.Input.shop %}"',
    ("cart_id",): 'write "{% $states.context.Execution.Input.cart_id %}"',
}


def same_wait(definition: Definition) -> Iterator[Problem]:
    for leg in legs(definition):
        if leg.wait is None:
            continue
        wait, told = leg.wait.body.get("Seconds"), leg.message.step.get("after_seconds")
        if _plain(wait) != _plain(told):
            what = (
                f"`after_seconds` is `{told}`, but {leg.wait.name!r} waits `{wait}`"
                if told is not None
                else "has no `after_seconds`"
            )
            fix = f"write `after_seconds: {_quoted(wait)}`"
            yield definition.problem(
                Rule.AFTER_SECONDS, leg.message.name, what, fix, *PAYLOAD, "step", "after_seconds"
            )


def _plain(value: object) -> object:
    return (
        "".join(inside(value).split()) if isinstance(value, str) and is_expression(value) else value
    )


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def payloads(definition: Definition) -> Iterator[Problem]:
    variables = timings(definition)
    for task in definition.states.values():
        if task.is_message or task.is_close or task.is_question:
            yield from _payload(definition, task, variables)
        if task.is_close and task.payload["close"] is not True:
            yield definition.problem(
                Rule.STEP, task.name, "closes nothing", "write `close: true`", *PAYLOAD, "close"
            )


def told_which(definition: Definition) -> Iterator[Problem]:
    """What is counted and tagged carries the name of the timeline."""
    for task in definition.states.values():
        told = task.payload.get("timeline", StepRequest.model_fields["timeline"].default)
        if (task.is_message or task.is_close or task.is_question) and told != definition.name:
            what, fix = f"says that it belongs to {told!r}", f"write `timeline: {definition.name}`"
            yield definition.problem(Rule.TIMELINE, task.name, what, fix, *PAYLOAD, "timeline")


def _payload(definition: Definition, task: State, variables: Variables) -> Iterator[Problem]:
    try:
        StepRequest.model_validate(_filled(task, variables))
    except ExpressionError as error:
        yield definition.problem(
            Rule.STEP, task.name, f"its payload cannot be worked out: {error}", COMPARE, *PAYLOAD
        )
    except ValidationError as refused:
        for refusal in refused.errors():
            yield _problem(definition, task, refusal)


def _filled(task: State, variables: Variables) -> Any:
    """`after_seconds` is held against the Wait and the Wait against Timings, so here any number
    will do."""
    payload = task.payload
    if isinstance(payload.get("step"), dict):
        payload = {**payload, "step": {**task.step, "after_seconds": 1}}
    return fill(payload, variables, inside_states())


def _problem(definition: Definition, task: State, refusal: Any) -> Problem:
    place = tuple(refusal["loc"])
    rule, fix = RULES.get(place[:2], Rule.STEP), FIXES.get(place, COMPARE)
    origin = behind(definition, task, (*PAYLOAD, *place))
    wrong = explain(refusal, StepRequest)[1]
    if origin:
        return problem_at_number(
            definition, rule, origin, f"{task.name!r} cannot take it: {wrong}", fix
        )
    return definition.problem(
        rule, task.name, f"`{'.'.join(map(str, place))}`: {wrong}", fix, *PAYLOAD, *place
    )
