"""Everything that a back-test finds, added up over carts, shards and processes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from wracaj.timelines.steps import Outcome, Reason
from wracaj_cli.archive.backtest.alone import Alone
from wracaj_cli.archive.backtest.moves import Moves
from wracaj_cli.archive.backtest.runs import Made, Run
from wracaj_cli.archive.backtest.self_check import Checked, Finding
from wracaj_cli.archive.backtest.side import Side


class Different(NamedTuple):
    """A decision that does not come out the same."""

    cart: str
    episode: int
    step: str
    at: datetime
    was: tuple[Outcome, Reason]
    now: tuple[Outcome, Reason]


class Changed(NamedTuple):
    """A step whose wait or channel the file changes. `now` None: the file does not have it."""

    step: str
    was: int  # seconds after the step before it
    now: int | None


@dataclass(slots=True)
class SelfCheck:
    same: int = 0
    findings: Counter[Finding] = field(default_factory=Counter)
    not_ours: Counter[Reason] = field(default_factory=Counter)
    different: list[Different] = field(default_factory=list)
    changed: Counter[Changed] = field(default_factory=Counter)
    decided: set[str] = field(default_factory=set)  # the messages that decisions are about
    without_settings: int = 0  # made with today's settings, as those of the time are not kept

    @property
    def checked(self) -> int:
        return self.same + sum(self.findings.values())

    @property
    def ours(self) -> int:
        return self.same + len(self.different)

    def take(self, run: Run, one: Made, found: Checked) -> None:
        self.findings[found.finding] += 1
        if found.finding in {Finding.NOT_OURS, Finding.OF_AN_ARM}:
            self.not_ours[one.reason] += 1
        elif found.finding is Finding.DIFFERENT:
            now = (found.result.outcome, found.result.reason)
            was = (one.outcome, one.reason)
            self.different.append(Different(run.cart, run.episode, one.step.name, one.at, was, now))

    def add(self, other: "SelfCheck") -> None:
        for name in ("findings", "not_ours", "changed"):
            getattr(self, name).update(getattr(other, name))
        self.different += other.different
        self.decided |= other.decided
        self.same += other.same
        self.without_settings += other.without_settings


@dataclass(slots=True)
class Tally:
    moves: Moves
    check: SelfCheck = field(default_factory=SelfCheck)
    was: Side = field(default_factory=Side)
    now: Side = field(default_factory=Side)
    both: Side = field(default_factory=Side)  # of runs that are as they were, until it is added
    alone: Alone = field(default_factory=Alone)
    carts: int = 0
    runs: int = 0
    people: int = 0
    differing: int = 0  # runs that are not as they were, from some step on
    undecided: int = 0  # runs without any decision yet
    unwalked: int = 0  # runs of a timeline with a check, whose answer is not known

    def add(self, other: "Tally") -> None:
        for part in ("moves", "check", "was", "now", "alone"):
            getattr(self, part).add(getattr(other, part))
        for name in ("carts", "runs", "people", "differing", "undecided", "unwalked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
