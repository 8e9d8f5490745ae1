"""Jobs have shapes of their own. That their tasks end in time and are tried again is as needed as
in a timeline."""

from collections.abc import Iterator
from typing import Any

from wracaj_cli.timelines.problems import Problem
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.rules.tasks import retry_faults, timeout_faults
from wracaj_cli.timelines.states import State, mapping, mappings

INVOKES = "arn:aws:states:::lambda:invoke"


def lambda_tasks(definition: Definition) -> Iterator[tuple[Keys, State]]:
    """Every Task that runs a function, inside Maps and Parallels too, with where it is
    in the file."""
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
