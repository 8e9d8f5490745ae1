"""All checks that a timeline must pass before it may be deployed."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from wracaj_cli.timelines.message_check import unrenderable
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, UnreadableError, read
from wracaj_cli.timelines.rules import jobs, surroundings
from wracaj_cli.timelines.rules.codes import repeated
from wracaj_cli.timelines.rules.messages import messages
from wracaj_cli.timelines.rules.names import names, unused
from wracaj_cli.timelines.rules.numbers import Numbers, durations
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.rules.steps import steps
from wracaj_cli.timelines.rules.surroundings import Surroundings
from wracaj_cli.timelines.short_file import ShortFile

WORDS: tuple[Callable[[Definition, ShortFile], Iterator[Problem]], ...] = (messages, names)
VALUES: tuple[Callable[[Definition, ShortFile, Numbers], Iterator[Problem]], ...] = (
    durations,
    steps,
)


def check(definition: Definition, around: Surroundings | None = None) -> list[Problem]:
    """Return the problems of a timeline. `around`: where the rest of the stack is; None: in this
    repository."""
    around = around or Surroundings()
    deployed = list(surroundings.deployment(definition, around))
    short = read_short(definition)
    if isinstance(short, list):
        return in_order([*short, *deployed])
    found = inside(definition, short)
    texts = surroundings.templates(definition, short, around)
    # messages are rendered only if the file itself has no problem
    rendered = [] if found else unrenderable(surroundings.sent(short), around.messages)
    return in_order([*found, *texts, *rendered, *deployed])


def inside(
    definition: Definition, short: ShortFile, own: dict[str, Any] | None = None
) -> list[Problem]:
    """Return the problems within the file. `own`: the timings of one shop, in place of the file's.

    Each step of the checks needs the earlier ones to have passed, so that one mistake is reported
    once.
    """
    numbers = {**short.timings, **(own or {})}
    found = [problem for rule in WORDS for problem in rule(definition, short)]
    found = found or list(unused(definition, short))
    found = found or [problem for rule in VALUES for problem in rule(definition, short, numbers)]
    return found or list(repeated(definition, short, numbers))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)


def check_file(path: Path, around: Surroundings | None = None) -> list[Problem]:
    try:
        return check(read(path), around)
    except UnreadableError as error:
        return [unreadable(path, error)]


def check_job(path: Path) -> list[Problem]:
    """Return the problems of a state machine that is not a timeline, such as the nightly
    scoring."""
    try:
        return in_order(jobs.faults(read(path)))
    except UnreadableError as error:
        return [unreadable(path, error)]


def unreadable(path: Path, error: UnreadableError) -> Problem:
    return Problem(Rule.UNREADABLE, path, None, error.line, error.what, error.fix)
