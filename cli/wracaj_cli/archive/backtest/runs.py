"""A run: one timeline of one cart, with the decisions that were made for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from wracaj.consent.channel import Channel
from wracaj.timelines.facts import Facts
from wracaj.timelines.steps import Outcome, Reason, Step, StepResult
from wracaj_cli.archive.backtest.rows import DecisionRow, StartRow
from wracaj_cli.archive.backtest.script import Timings, step_of

NO_TIME = timedelta(0)


class Made(Struct, frozen=True, gc=False):
    """A decision as it was made. `timings`: of the shopper's arm, as it answered them. `claimed`:
    the message was handed to the provider, or was about to be."""

    at: datetime
    step: Step
    outcome: Outcome
    reason: Reason
    wait: int
    timings: Timings
    facts: Facts
    elsewhere: Mapping[Channel, Reason | None]
    entries: Mapping[str, Mapping[str, str]]
    claimed: bool
    parts: int
    without_code: bool
    settings: str

    @property
    def is_final(self) -> bool:
        return self.outcome is not Outcome.WAIT

    @property
    def channel(self) -> Channel:
        return self.step.channel


@dataclass(slots=True, eq=False)
class Run:
    """`started_at`: None where the timeline started before the period. `own`: the shop's numbers
    that it started with. `person`: whom experiments and caps count; "" where no decision says."""

    cart: str
    episode: int
    started_at: datetime | None = None
    own: Timings = field(default_factory=dict)
    person: str = ""
    made: list[Made] = field(default_factory=list)

    @property
    def is_held_out(self) -> bool:
        return Reason.IN_HOLDOUT in [one.reason for one in self.made]


@dataclass(slots=True, eq=False)
class Runs:
    """Of one cart: episode → run."""

    cart: str
    timeline: str
    found: dict[int, Run] = field(default_factory=dict)

    @property
    def all(self) -> list[Run]:
        return list(self.found.values())

    def add_start(self, told: StartRow) -> None:
        """The first start counts: one that is repeated after a crash changes nothing."""
        if told.timeline == self.timeline:
            run = self._run(told.episode)
            if run.started_at is None:
                run.started_at, run.own = told.at, told.timings

    def add_decision(self, told: DecisionRow) -> None:
        run = self._run(told.episode)
        run.person = told.person or run.person
        run.made.append(_made(told))

    def _run(self, episode: int) -> Run:
        if episode not in self.found:
            self.found[episode] = Run(self.cart, episode)
        return self.found[episode]


def _made(told: DecisionRow) -> Made:
    step, record = step_of(bytes(told.step)), told.record
    return Made(
        told.at,
        step,
        told.outcome,
        told.reason,
        told.wait_seconds,
        told.timings,
        facts_of(told.facts),
        told.elsewhere,
        told.entries,
        told.counts_for_caps(step.channel),
        (record.segments or 0) if record else 0,
        record.without_discount if record else False,
        told.settings,
    )


def facts_of(told: Any) -> Facts:
    """`told`: FactsTold."""
    facts = Facts._make(astuple(told))
    if told.earlier is None:
        return facts
    outcome, reason = told.earlier
    return facts._replace(earlier=StepResult(outcome=outcome, reason=reason))


def lateness(run: Run) -> dict[tuple[str, bool], timedelta]:
    """(step, whether it was asked again) → how much later than planned it was asked. With other
    timings it is taken to be as late."""
    found: dict[tuple[str, bool], timedelta] = {}
    since, waits_for, wait = run.started_at, "", 0
    for one in run.made:
        name = one.step.name
        again = name == waits_for
        if since:
            planned = since + timedelta(seconds=max(1, wait) if again else one.step.after_seconds)
            found.setdefault((name, again), max(NO_TIME, one.at - planned))
        since, wait = one.at, one.wait
        waits_for = name if one.outcome is Outcome.WAIT else ""
    return found
