"""Which messages of a timeline are different in an arm of a test, by the timeline's short file."""

from collections.abc import Mapping

from pydantic import ValidationError

from wracaj.settings.experiments import Arm, Experiment
from wracaj_cli.timelines.reading import UnreadableError, read_named
from wracaj_cli.timelines.short_file import MessageLine, ShortFile

Changed = Mapping[str, tuple[str, ...]]  # arm → messages; empty: it is not known which


def changed_messages(experiment: Experiment) -> Changed:
    """Return the messages that differ from the first arm, for each other arm. Whatever comes after
    a wait that differs comes at another time, so it differs too."""
    short = _short_file(str(experiment.timeline)) if experiment.arms else None
    return {
        name: _messages(short, arm) if short else ()
        for name, arm in experiment.arms.items()
        if name != experiment.control
    }


def _short_file(timeline: str) -> ShortFile | None:
    try:
        return ShortFile.model_validate(read_named(timeline).body)
    except (UnreadableError, ValidationError):
        return None  # the file was removed, or somebody is editing it


def _messages(short: ShortFile, arm: Arm) -> tuple[str, ...]:
    named = short.named_messages
    found = set(arm.templates)
    for timing in arm.timings:
        here = [place for place, (_, line) in enumerate(named) if short.wait_of(line) == timing]
        coded = _with_code_of(short, timing)
        if not here and not coded:
            return ()
        found |= coded | {name for name, _ in (named[here[0] :] if here else ())}
    return tuple(name for name, _ in named if name in found)


def _with_code_of(short: ShortFile, timing: str) -> set[str]:
    """Return the messages with a code for which this number counts, and those that repeat it."""
    discounts = {name for name, line in short.discounts.items() if timing in line.written.values()}

    def has_it(line: MessageLine) -> bool:
        return line.discount in discounts or line.repeats_code

    return {name for name, line in short.named_messages if has_it(line)} if discounts else set()
