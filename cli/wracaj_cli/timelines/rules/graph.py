"""Does every arrow lead somewhere, can every state be reached, and does every way end?"""

from collections.abc import Iterator
from dataclasses import replace

from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.states import ENDS, State

TYPES = ("Pass", "Wait", "Task", "Choice", *ENDS)
LONGEST_NAME = 80  # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
INVOKE = "arn:aws:states:::lambda:invoke"


def duplicates(definition: Definition) -> Iterator[Problem]:
    for keys, line in definition.duplicates:
        state = str(keys[1]) if keys[0] == "States" and len(keys) > 1 else None
        problem = definition.problem(
            Rule.DUPLICATE_KEY,
            state,
            f"`{keys[-1]}` is written twice; only the last one would count",
            "remove or rename one of the two",
        )
        yield replace(problem, line=line)


def shape(definition: Definition) -> Iterator[Problem]:
    if definition.body.get("QueryLanguage") != "JSONata":
        yield definition.problem(
            Rule.SHAPE,
            None,
            "the expressions would not be understood",
            "write `QueryLanguage: JSONata` at the top",
            "QueryLanguage",
        )
    states = definition.body.get("States")
    if not isinstance(states, dict) or not states:
        yield definition.problem(
            Rule.SHAPE, None, "there are no `States`", "put the last working version back", "States"
        )
        return
    if "StartAt" not in definition.body:
        yield definition.problem(
            Rule.SHAPE,
            None,
            "nothing says which state comes first",
            "write `StartAt: Timings` at the top",
        )
    for name, body in states.items():
        if not isinstance(body, dict):
            yield definition.problem(
                Rule.SHAPE,
                name,
                "holds nothing that can be run",
                "give it a `Type:` and what belongs to it, or remove it",
            )
    for state in definition.states.values():
        yield from _state_shape(definition, state)


def _state_shape(definition: Definition, state: State) -> Iterator[Problem]:
    if len(state.name) > LONGEST_NAME:
        yield definition.problem(
            Rule.SHAPE,
            state.name,
            f"its name is longer than {LONGEST_NAME} characters",
            "shorten it, here and wherever it is named",
        )
    if state.type not in TYPES:
        what = f"`Type` is {state.type!r}" if "Type" in state.body else "has no `Type`"
        yield definition.problem(
            Rule.SHAPE, state.name, what, f"write one of {', '.join(TYPES)}", "Type"
        )
    if state.type == "Wait" and ("Seconds" in state.body) == ("Timestamp" in state.body):
        yield definition.problem(
            Rule.SHAPE,
            state.name,
            "a Wait needs exactly one of `Seconds` and `Timestamp`",
            "give it `Seconds`",
            "Timestamp",
        )
    if state.type == "Task" and state.body.get("Resource") != INVOKE:
        yield definition.problem(
            Rule.SHAPE, state.name, "calls no function", f"write `Resource: {INVOKE}`", "Resource"
        )


def dangling(definition: Definition) -> Iterator[Problem]:
    if "StartAt" in definition.body and definition.start is None:
        yield _dangling(definition, None, ("StartAt",), definition.body["StartAt"])
    for state in definition.states.values():
        for keys, target in state.transitions():
            if definition.state(target) is None:
                yield _dangling(definition, state.name, keys, target)


def _dangling(
    definition: Definition, state: str | None, keys: tuple[str | int, ...], target: object
) -> Problem:
    close = definition.closest_state(target)
    what = (
        "names no next state"
        if target is None
        else f"leads to {str(target)!r}, and there is no such state"
    )
    return definition.problem(
        Rule.DANGLING,
        state,
        what,
        f"did you mean {close!r}?" if close else "name one of the states in this file",
        *keys,
    )


def dead_ends(definition: Definition) -> Iterator[Problem]:
    for state in definition.states.values():
        if state.ends or (state.type == "Choice" and "Default" in state.body):
            continue
        if state.type == "Choice":
            yield definition.problem(
                Rule.DEAD_END,
                state.name,
                "an answer that no branch expects would break the timeline",
                "give it a `Default:`",
            )
        elif "Next" not in state.body:
            yield definition.problem(
                Rule.DEAD_END, state.name, "nothing comes after it", "give it a `Next:`"
            )


def unreachable(definition: Definition) -> Iterator[Problem]:
    found = reachable(definition)
    for state in definition.states.values():
        if state.name not in found:
            yield definition.problem(
                Rule.UNREACHABLE,
                state.name,
                "nothing leads to it, so it never happens",
                "let a `Next:` lead to it, or remove it",
            )


def never_ends(definition: Definition) -> Iterator[Problem]:
    closing = _ending(definition)
    for name in reachable(definition):
        if name not in closing:
            yield definition.problem(
                Rule.NEVER_ENDS,
                name,
                "no way leads from here to the end of the timeline",
                "let its `Next:` lead on to a later state",
            )


def reachable(definition: Definition) -> list[str]:
    found: list[str] = []
    waiting = [definition.start.name] if definition.start else []
    while waiting:
        name = waiting.pop()
        if name in definition.states and name not in found:
            found.append(name)
            waiting += definition.states[name].targets()
    return found


def _ending(definition: Definition) -> set[str]:
    """The states from which an end can be reached."""
    ending = {state.name for state in definition.states.values() if state.ends}
    for _ in definition.states:
        ending |= {
            state.name for state in definition.states.values() if ending & set(state.targets())
        }
    return ending
