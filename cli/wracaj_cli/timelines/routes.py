"""Walks a timeline without running it: where does an answer lead, and after how long?

The expressions are really evaluated, so a rule asks what happens instead of how it is written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wracaj_cli.timelines.expressions import ExpressionError, evaluate, fill, is_expression
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.states import State

Variables = Mapping[str, Any]
MESSAGE = {
    "name": "a_campaign",
    "channel": "email",
    "template": "campaign_season",
    "discount": {"percent": 10, "valid_days": 7},
}
START = {"shop": "a-shop", "cart_id": "a-cart", "episode": 1, "message": MESSAGE}


def inside_states(result: object = None) -> dict[str, Any]:
    """What `$states` holds; `result` only where a Task has just ended."""
    return {"input": START, "context": {"Execution": {"Input": START}}, "result": result}


@dataclass(frozen=True)
class Leg:
    """A message on the way, and the wait that leads to it."""

    wait: State | None
    message: State


def leading_passes(definition: Definition) -> Iterator[State]:
    seen: set[str] = set()
    state = definition.start
    while state and state.type == "Pass" and state.name not in seen:
        seen.add(state.name)
        yield state
        state = definition.state(state.body.get("Next"))


def timings(definition: Definition) -> dict[str, Any]:
    """The variables that the timeline starts with; one that cannot be evaluated is left out."""
    variables: dict[str, Any] = {}
    for state in leading_passes(definition):
        assigned = {}
        for name, value in state.assign.items():
            try:
                assigned[name] = fill(value, variables, inside_states())
            except ExpressionError:
                continue
        variables |= assigned
    return variables


def answered(
    definition: Definition,
    task: State,
    outcome: str,
    variables: Variables,
    wait_seconds: float = 90,
) -> tuple[State | None, Variables]:
    """The first state behind the Choice when the task answers `outcome`. Raises ExpressionError."""
    payload = {"outcome": outcome, "reason": "due", "wait_seconds": wait_seconds}
    known = {**variables, **fill(task.assign, variables, inside_states({"Payload": payload}))}
    state = definition.state(task.body.get("Next"))
    for _ in definition.states:
        if state is None or state.type != "Choice":
            return state, known
        state = definition.state(_chosen(state, known))
    return None, known


def goes_on(definition: Definition, task: State, variables: Variables) -> State | None:
    """What follows once the task is done with; None when nothing does, or only the task itself.
    Raises ExpressionError."""
    state, _ = answered(definition, task, "sent", variables)
    return (
        None
        if state is None or state.ends or state.is_message or task.name in state.targets()
        else state
    )


def _chosen(choice: State, variables: Variables) -> object:
    for entry in choice.choices:
        condition = entry.get("Condition")
        if (
            evaluate(condition, variables, inside_states())
            if isinstance(condition, str) and is_expression(condition)
            else condition is True
        ):
            return entry.get("Next")
    return choice.body.get("Default")


def main_path(definition: Definition) -> list[State]:
    """The states that a shopper passes who gets every message that none of the others excludes."""
    path: list[State] = []
    state, variables = definition.start, timings(definition)
    while state is not None and state not in path:
        path.append(state)
        state = _after(definition, state, variables)
    return path


def _after(definition: Definition, state: State, variables: Variables) -> State | None:
    if state.type != "Task":
        return definition.state(state.body.get("Next"))
    try:
        return answered(definition, state, "sent", variables)[0]
    except ExpressionError:
        return None


def legs(definition: Definition) -> list[Leg]:
    """Every message that can be reached, in order; those that a question chooses between share
    their wait."""
    found: list[Leg] = []
    _walk(definition, definition.start, None, timings(definition), found, set())
    return found


def _walk(
    definition: Definition,
    state: State | None,
    wait: State | None,
    variables: Variables,
    found: list[Leg],
    seen: set[str],
) -> None:
    while state is not None and state.name not in seen:
        seen.add(state.name)
        if state.is_question:
            for target in _branches_of(definition, state):
                _walk(definition, target, wait, variables, found, seen)
            return
        if state.is_message:
            found.append(Leg(wait, state))
        wait = state if state.type == "Wait" else wait if state.type == "Pass" else None
        state = _after(definition, state, variables)


def _branches_of(definition: Definition, question: State) -> list[State | None]:
    choice = definition.state(question.body.get("Next"))
    return (
        [definition.state(target) for target in choice.targets()]
        if choice and choice.type == "Choice"
        else [choice]
    )


def seconds_of(wait: State, variables: Variables) -> Any:
    """Raises ExpressionError."""
    return fill(wait.body.get("Seconds"), variables, inside_states())
