"""What came of many stories: sums that can be kept, resumed and merged."""

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from simulation.judge.promises import Promise

if TYPE_CHECKING:
    from simulation.stories.playing import Played

Json = dict[str, Any]
MOST_SHOWN = 20
NOT_TOLD = "not told"
BY_VALUE = ("webhooks", "steps", "faults_each")
BY_NAME = ("faults", "violations")
EXAMPLE = re.compile(r"--seed (?P<seed>.*?) --story (?P<story>\d+): (?P<reason>.*)", re.DOTALL)


class NoChunkError(Exception):
    """A line does not tell of a chunk."""


class UnknownPromiseError(Exception):
    """A chunk counts violations of a promise that this code does not know."""


@dataclass
class Tally:
    """`webhooks`, `steps`, `faults_each`: value → number of stories, for the medians. `versions`:
    of the code that played the stories."""

    stories: int = 0
    carts: int = 0
    messages: int = 0
    cpu_seconds: float = 0.0
    webhooks: Counter[int] = field(default_factory=Counter)
    steps: Counter[int] = field(default_factory=Counter)
    faults_each: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)

    def add(self, played: "Played", seed: str) -> None:
        self.stories += 1
        self.carts += played.carts
        self.messages += played.messages
        self.webhooks[played.webhooks] += 1
        self.steps[played.steps] += 1
        self.faults_each[sum(played.faults.values())] += 1
        self.faults += played.faults
        self.violations += Counter(one.promise.name for one in played.violations)
        shown = [f"--seed {seed} --story {played.number}: {one}" for one in played.violations]
        self.examples = [*self.examples, *shown][:MOST_SHOWN]

    def plus(self, other: Self) -> Self:
        examples = [*self.examples, *other.examples][:MOST_SHOWN]
        summed = {
            name: getattr(self, name) + getattr(other, name)
            for name in vars(self)
            if name != "examples"
        }
        return type(self)(**summed, examples=examples)

    @property
    def broken(self) -> int:
        return sum(self.violations.values())

    def as_json(self) -> Json:
        """Without the versions: they stand beside it in a chunk's line."""
        told = {name: value for name, value in vars(self).items() if name != "versions"}
        counted = (*BY_VALUE, *BY_NAME)
        return told | {name: dict(sorted(getattr(self, name).items())) for name in counted}

    @classmethod
    def read(cls, told: Json) -> Self:
        """Raises KeyError, TypeError or ValueError if this is no tally, and UnknownPromiseError."""
        by_value: Json = {
            name: Counter({int(value): _count(n) for value, n in dict(told[name]).items()})
            for name in BY_VALUE
        }
        by_name: Json = {
            name: Counter({str(key): _count(n) for key, n in dict(told[name]).items()})
            for name in BY_NAME
        }
        if unknown := sorted(by_name["violations"].keys() - Promise.__members__.keys()):
            raise UnknownPromiseError(f"there is no promise {unknown[0]}")
        return cls(
            stories=_count(told["stories"]),
            carts=_count(told["carts"]),
            messages=_count(told["messages"]),
            **by_value,
            **by_name,
            cpu_seconds=float(told["cpu_seconds"]),
            examples=[_example(one) for one in told["examples"]],
        )


def _count(told: object) -> int:
    if type(told) is not int or told < 0:
        raise TypeError(f"{told!r} is no count")
    return told


def _example(told: str) -> str:
    if not EXAMPLE.fullmatch(told):
        raise ValueError(f"{told!r} is no example")
    return told


def median(counted: Counter[int]) -> int:
    left = sum(counted.values()) / 2
    for value, number in sorted(counted.items()):
        left -= number
        if left <= 0:
            return value
    return 0


def summed(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        total = total.plus(one)
    return total


def by_promise(tally: Tally) -> dict[Promise, int]:
    return {promise: tally.violations[promise.name] for promise in Promise}


def replay_command(example: str) -> str:
    """Return the command that plays this story again, to be pasted into a shell."""
    found = EXAMPLE.fullmatch(example)
    if not found:
        raise ValueError(f"{example!r} is no example")
    seed, story, reason = found["seed"], found["story"], " ".join(found["reason"].split())
    return f"python -m simulation replay --seed {shlex.quote(seed)} --story {story}  # {reason}"


def chunk_line(seed: str, first: int, tally: Tally) -> str:
    told: Json = {"seed": seed, "first": first, "tally": tally.as_json()}
    if tally.versions:
        told["version"] = ", ".join(tally.versions)
    return json.dumps(told)


def read_line(line: bytes) -> tuple[str, int, Tally]:
    """Return the seed, the number of the first story, and what came of the chunk. The version of
    the code may be missing: older lines do not tell it. Raises NoChunkError and
    UnknownPromiseError."""
    try:
        told = json.loads(line)
        seed, first, tally = told["seed"], _count(told["first"]), Tally.read(told["tally"])
        version = told.get("version", NOT_TOLD)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NoChunkError(str(error)) from error
    if not isinstance(seed, str) or not isinstance(version, str):
        raise NoChunkError("the seed and the version must be texts")
    tally.versions[version] = tally.stories
    return seed, first, tally
