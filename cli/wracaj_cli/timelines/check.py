"""Everything that must hold before a timeline may be deployed."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, UnreadableError, read
from wracaj_cli.timelines.rules import (
    codes,
    expressions,
    graph,
    jobs,
    messages,
    numbers,
    payloads,
    surroundings,
    tasks,
)
from wracaj_cli.timelines.rules.surroundings import Surroundings

# Each stage takes for granted that the ones before found nothing: one mistake is told once, not
# with all that follows from it.
STAGES: tuple[tuple[Callable[[Definition], Iterator[Problem]], ...], ...] = (
    (graph.duplicates, graph.shape),
    (graph.dangling, graph.dead_ends, expressions.syntax, expressions.unknown_variables),
    (
        messages.some_message,
        messages.waits_first,
        messages.branches,
        messages.closes,
        messages.told_apart,
        messages.stands_in,
        tasks.timeouts,
        tasks.retries,
        tasks.catches,
        numbers.durations,
        numbers.units,
        payloads.same_wait,
        payloads.payloads,
        payloads.told_which,
        expressions.unused,
    ),
    (graph.never_ends, codes.repeated),
    (graph.unreachable,),
)


def check(definition: Definition, around: Surroundings | None = None) -> list[Problem]:
    around = around or Surroundings()
    problems = [
        *surroundings.templates(definition, around),
        *surroundings.deployment(definition, around),
    ]
    for stage in STAGES:
        found = [problem for rule in stage for problem in rule(definition)]
        if found:
            return in_order([*found, *problems])
    return in_order(problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)


def check_file(path: Path, around: Surroundings | None = None) -> list[Problem]:
    try:
        return check(read(path), around)
    except UnreadableError as error:
        return [Problem(Rule.UNREADABLE, path, None, error.line, error.what, error.fix)]


def check_job(path: Path) -> list[Problem]:
    """A state machine that is no timeline, such as the nightly scoring."""
    try:
        return in_order(jobs.faults(read(path)))
    except UnreadableError as error:
        return [Problem(Rule.UNREADABLE, path, None, error.line, error.what, error.fix)]
