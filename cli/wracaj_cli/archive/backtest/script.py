"""The timeline of the given file as its state machine would run it: which step after which wait,
with the numbers of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import orjson

from wracaj.errors import WracajError
from wracaj.timelines.steps import Step
from wracaj.timelines.table import TIMINGS
from wracaj_cli.timelines.check import inside
from wracaj_cli.timelines.reading import UnreadableError, read
from wracaj_cli.timelines.rules.numbers import seconds_of
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.rules.steps import as_asked
from wracaj_cli.timelines.short_file import ShortFile

Timings = Mapping[str, int | float | str]
# what a decision depends on of its step; texts and discounts change no decision
Key = tuple[str, str, str | None, int, str | None]


class ScriptError(WracajError):
    """The timeline's file cannot be used. The text says why."""


@dataclass(frozen=True)
class Script:
    """`timeline`: its name, from the file's name. `changed`: the numbers that are not as deployed.
    They are what is tried, so they count before a shop's own numbers of the time."""

    timeline: str
    short: ShortFile
    changed: frozenset[str] = frozenset()
    _made: dict[tuple[object, ...], tuple[Step, ...]] = field(default_factory=dict)
    _alike: dict[tuple[int, int], bool] = field(default_factory=dict)

    def steps(self, own: Timings, of_arm: Timings) -> tuple[Step, ...]:
        """Return the steps with a shop's own numbers, and those of a shopper's arm before them."""
        kept = (tuple(own.items()), tuple(of_arm.items())) if own or of_arm else ()
        if kept not in self._made:
            asked = {name: value for name, value in own.items() if name not in self.changed}
            self._made[kept] = self._with({**self.short.timings, **asked, **of_arm})
        return self._made[kept]

    def _with(self, numbers: Timings) -> tuple[Step, ...]:
        return tuple(
            Step.model_validate(
                as_asked(name, message, self.short, numbers)
                | {"after_seconds": seconds_of(self.short.wait_of(message), numbers)}
            )
            for name, message in self.short.named_messages
        )

    @cached_property
    def asks_first(self) -> bool:
        """Whether a check, or the start, says which of the messages is sent: one at most."""
        return self.short.check is not None or any(
            message.from_start for _, message in self.short.named_messages
        )

    def only(self, asked: Step, own: Timings) -> tuple[Step, ...]:
        """Return the one step of such a timeline, as it was asked, with the file's wait."""
        kept = (id(asked), tuple(own.items()))
        if kept not in self._made:
            steps = self.steps(own, {})
            named = next((step for step in steps if step.name == asked.name), steps[0])
            step = asked.model_copy(update={"after_seconds": named.after_seconds})
            self._made[kept] = (step,)
        return self._made[kept]

    def is_alike(self, asked: Step, step: Step) -> bool:
        """Whether the same decision comes of an archived step and one of this script: texts and
        discounts aside. All of them are kept for good, so their ids tell them apart."""
        pair = (id(asked), id(step))
        if pair not in self._alike:
            self._alike[pair] = key_of(asked) == key_of(step)
        return self._alike[pair]


def read_script(path: Path) -> Script:
    """Read a short file. Raises ScriptError with the first problem."""
    try:
        definition = read(path)
    except UnreadableError as error:
        place = f", line {error.line}" if error.line else ""
        raise ScriptError(f"{path}{place}: {error.what}; {error.fix}") from None
    short = read_short(definition)
    problems = short if isinstance(short, list) else inside(definition, short)
    if problems or isinstance(short, list):
        first = problems[0]
        place = f", line {first.line}" if first.line else ""
        raise ScriptError(f"{path}{place}: {first.what}; {first.fix}")
    return Script(definition.name, short, changed_in(definition.name, short.timings))


def changed_in(timeline: str, numbers: Timings) -> frozenset[str]:
    deployed = TIMINGS.get(timeline, {})
    return frozenset(name for name, value in numbers.items() if deployed.get(name) != value)


@cache
def step_of(text: bytes) -> Step:
    """The step of an archived decision; the same for all that have the same."""
    return Step.model_validate(orjson.loads(text))


def key_of(step: Step) -> Key:
    return (step.name, step.channel, step.audience, step.after_seconds, step.instead_of)


def keys_of(steps: Sequence[bytes]) -> frozenset[Key]:
    return frozenset(key_of(step_of(text)) for text in steps)
