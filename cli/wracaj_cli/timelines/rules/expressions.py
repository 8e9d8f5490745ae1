"""Can every expression be read, and does something set every variable it names?"""

from collections.abc import Iterator
from difflib import get_close_matches

from wracaj_cli.timelines.expressions import is_expression, syntax_problem, variables_in
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.routes import leading_passes
from wracaj_cli.timelines.states import mapping


def syntax(definition: Definition) -> Iterator[Problem]:
    for state, keys, text in definition.texts():
        if text.startswith("{%") or text.endswith("%}"):
            problem = syntax_problem(text)
            if problem:
                yield definition.problem(
                    Rule.EXPRESSION,
                    state,
                    f"`{text}` cannot be read: {problem}",
                    "compare it with the same place of another message",
                    *keys,
                )


def unknown_variables(definition: Definition) -> Iterator[Problem]:
    known = set().union(*(_assigned_in(definition)))
    for state, keys, text in definition.texts():
        for name in sorted(variables_in(text) - known) if is_expression(text) else ():
            close = get_close_matches(name, known, 1)
            fix = f"did you mean `${close[0]}`?" if close else f"add `{name}:` to Timings"
            yield definition.problem(
                Rule.VARIABLE, state, f"reads `${name}`, which nothing sets", fix, *keys
            )


def _assigned_in(definition: Definition) -> Iterator[set[str]]:
    for state in definition.states.values():
        for holder in (state.body, *state.choices, *state.catchers):
            yield {name for name in mapping(holder.get("Assign")) if isinstance(name, str)}


def unused(definition: Definition) -> Iterator[Problem]:
    read = {name for _, _, text in definition.texts() for name in variables_in(text)}
    for state in leading_passes(definition):
        for name in state.assign:
            if name not in read:
                yield definition.problem(
                    Rule.UNUSED,
                    state.name,
                    f"nothing reads `{name}`, so changing it changes nothing",
                    "remove it, or read it where it belongs",
                    "Assign",
                    name,
                )
