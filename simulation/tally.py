"""What came of many stories: sums that can be kept, resumed and merged."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from simulation.judge.promises import Promise

if TYPE_CHECKING:
    from simulation.stories.playing import Played

Json = dict[str, Any]
MOST_SHOWN = 20


@dataclass
class Tally:
    """`webhooks`, `steps`, `faults_each`: value → number of stories, for the medians."""

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
        counted = ("webhooks", "steps", "faults_each", "faults", "violations")
        return vars(self) | {name: dict(sorted(getattr(self, name).items())) for name in counted}

    @classmethod
    def read(cls, told: Json) -> Self:
        counters: Json = {
            name: Counter({int(value): n for value, n in told[name].items()})
            for name in ("webhooks", "steps", "faults_each")
        }
        counters |= {name: Counter(told[name]) for name in ("faults", "violations")}
        return cls(**{**told, **counters})


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


def chunk_line(seed: str, first: int, tally: Tally) -> str:
    return json.dumps({"seed": seed, "first": first, "tally": tally.as_json()})
