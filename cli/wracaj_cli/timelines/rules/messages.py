"""Does every message wait first, ask whether the order completed, and leave the next message alone
when it fails?"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from wracaj_cli.timelines.expressions import ExpressionError
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.routes import Variables, answered, legs, main_path, seconds_of, timings
from wracaj_cli.timelines.rules.numbers import is_number
from wracaj_cli.timelines.states import State

CLOSE = "Close the timeline"


def messages(definition: Definition) -> list[State]:
    return [state for state in definition.states.values() if state.is_message]


def some_message(definition: Definition) -> Iterator[Problem]:
    if not messages(definition):
        yield definition.problem(
            Rule.NO_MESSAGE,
            None,
            "the timeline sends nothing",
            "add a message, or remove the file",
            "States",
        )


def waits_first(definition: Definition) -> Iterator[Problem]:
    for message in messages(definition):
        before = [state for state in definition.states.values() if message.name in state.targets()]
        held = [state for state in before if _is_hold(definition, state, message)]
        others = [state for state in before if state not in held]
        for state in others:
            if not _waits(definition, state):
                yield definition.problem(
                    Rule.NO_WAIT,
                    message.name,
                    f"follows {state.name!r} without a Wait in between",
                    f"let {state.name!r} lead to a Wait, and the Wait lead here",
                )
        if not others:
            yield definition.problem(
                Rule.NO_WAIT,
                message.name,
                "no Wait leads to it",
                "let the message's Wait lead here",
            )


def _waits(definition: Definition, state: State) -> bool:
    """A Wait, or the Choice behind a question that a Wait leads to."""
    if state.type != "Choice":
        return state.type == "Wait"
    questions = [other for other in definition.states.values() if state.name in other.targets()]
    before = [
        other
        for other in definition.states.values()
        for question in questions
        if question.name in other.targets()
    ]
    return (
        bool(before)
        and all(one.is_question for one in questions)
        and all(one.type == "Wait" for one in before)
    )


def _is_hold(definition: Definition, state: State, message: State) -> bool:
    """A Wait that only this message's own answer leads to."""
    if state.type != "Wait":
        return False
    before = [other for other in definition.states.values() if state.name in other.targets()]
    return bool(before) and all(other.name == message.body.get("Next") for other in before)


def branches(definition: Definition) -> Iterator[Problem]:
    variables = timings(definition)
    for message in messages(definition):
        try:
            yield from _branches(definition, message, variables)
        except ExpressionError as error:
            yield definition.problem(
                Rule.EXPRESSION,
                message.name,
                f"what follows its answer cannot be worked out: {error}",
                "compare `Assign` and the Choice with another message's",
                "Assign",
            )


def _branches(definition: Definition, message: State, variables: Variables) -> Iterator[Problem]:
    for outcome, rule, meaning in (
        ("ordered", Rule.NO_ORDERED_BRANCH, "Order completed"),
        ("stopped", Rule.NO_STOPPED_BRANCH, "No longer wanted"),
    ):
        end, _ = answered(definition, message, outcome, variables)
        if end is None or end.type != "Succeed":
            yield _branch(definition, rule, message, outcome, end, meaning)
    sent, _ = answered(definition, message, "sent", variables)
    skipped, _ = answered(definition, message, "skipped", variables)
    if sent is None or sent.type == "Fail" or _leads_back(sent, message):
        yield _branch(
            definition, Rule.SENT_BRANCH, message, "sent", sent, f"the next Wait, or {CLOSE}"
        )
    elif skipped is not sent:
        yield _branch(definition, Rule.SENT_BRANCH, message, "skipped", skipped, sent.name)
    yield from _hold(definition, message, variables)


def _branch(
    definition: Definition,
    rule: Rule,
    message: State,
    outcome: str,
    end: State | None,
    meaning: str,
) -> Problem:
    choice = message.body.get("Next")
    where = str(choice) if definition.state(choice) and choice != message.name else message.name
    what = (
        f"after {outcome!r} {message.name!r} goes on with {end.name!r}"
        if end
        else f"after {outcome!r} {message.name!r} leads nowhere"
    )
    return definition.problem(
        rule, where, what, f"let `$answer.outcome = '{outcome}'` lead to {meaning!r}"
    )


def _leads_back(wait: State, message: State) -> bool:
    return message.name in wait.targets()


def _hold(definition: Definition, message: State, variables: Variables) -> Iterator[Problem]:
    hold, known = answered(definition, message, "wait", variables)
    if hold is None or hold.type != "Wait" or not _leads_back(hold, message):
        yield _branch(
            definition, Rule.NO_WAIT_BRANCH, message, "wait", hold, "a Hold, which leads back to it"
        )
        return
    for asked in (90, 90.5, 0):
        _, known = answered(definition, message, "wait", variables, asked)
        seconds = _held_seconds(hold, known)
        if not is_number(seconds) or seconds != int(seconds) or seconds < max(1, asked):
            fix = 'write `Seconds: "{% $max([1, $ceil($answer.wait_seconds)]) %}"`'
            yield definition.problem(
                Rule.HOLD,
                hold.name,
                f"asked to hold for {asked:g} seconds it would hold for {seconds}",
                fix,
                "Seconds",
            )
            return


def _held_seconds(hold: State, variables: Variables) -> Any:
    try:
        return seconds_of(hold, variables)
    except ExpressionError as error:
        return f"nothing: {error}"


def closes(definition: Definition) -> Iterator[Problem]:
    path = main_path(definition)
    if path and path[-1].ends and not path[-2:][0].is_close:
        what = (
            f"the timeline ends without {CLOSE!r}, so the shopper's later carts would never be"
            " reminded"
        )
        fix = "let the last message lead to a Task with `close: true`, and that one here"
        yield definition.problem(Rule.NO_CLOSE, path[-1].name, what, fix)


def stands_in(definition: Definition) -> Iterator[Problem]:
    """`instead_of` names a message that comes before."""
    earlier: list[str] = []
    for leg in legs(definition):
        named = leg.message.step_text("instead_of")
        if named is not None and named not in earlier:
            what = f"stands in for {named!r}, and no message before it has that name"
            fix = f"write one of {', '.join(earlier)}" if earlier else "remove `instead_of`"
            place = ("Arguments", "Payload", "step", "instead_of")
            yield definition.problem(Rule.STEP, leg.message.name, what, fix, *place)
        earlier.append(str(leg.message.step_text("name")))


def told_apart(definition: Definition) -> Iterator[Problem]:
    names = Counter(str(message.step.get("name")) for message in messages(definition))
    for message in messages(definition):
        name = str(message.step.get("name"))
        if names[name] > 1:
            yield definition.problem(
                Rule.STEP_TWICE,
                message.name,
                f"the step name {name!r} is used {names[name]} times; only the first message would"
                " be sent",
                "give each message a name of its own",
                "Arguments",
                "Payload",
                "step",
                "name",
            )
