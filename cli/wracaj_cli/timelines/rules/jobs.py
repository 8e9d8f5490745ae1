"""Jobs may have any shape, but their tasks need time-outs and retries as in a timeline."""

from collections.abc import Iterator
from typing import Any

from wracaj_cli.timelines.problems import Problem
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.rules.tasks import retry_faults, timeout_faults
from wracaj_cli.timelines.states import State, mapping, mappings

INVOKES = "arn:aws:states:::lambda:invoke"


def lambda_tasks(definition: Definition) -> Iterator[tuple[Keys, State]]:
    """Return every Task that calls a function, with its place in the file. Tasks inside Maps and
    Parallels are included."""
    for keys, state in _states(definition.body, ()):
        if state.type == "Task" and state.body.get("Resource") == INVOKES:
            yield keys, state


def faults(definition: Definition) -> Iterator[Problem]:
    for place, task in lambda_tasks(definition):
        for rule, what, fix, keys in (*timeout_faults(task), *retry_faults(task)):
            yield Problem(
                rule, definition.path, task.name, definition.line(*place, *keys), what, fix
            )


def _states(machine: dict[str, Any], around: Keys) -> Iterator[tuple[Keys, State]]:
    for name, body in mapping(machine.get("States")).items():
        keys: Keys = (*around, "States", name)
        state = State(name, mapping(body))
        yield keys, state
        yield from _states(mapping(state.body.get("ItemProcessor")), (*keys, "ItemProcessor"))
        for index, branch in enumerate(mappings(state.body.get("Branches"))):
            yield from _states(branch, (*keys, "Branches", index))
