"""Walks a run through the given timeline, step by step.

As long as it equals what happened, the archived decisions are taken as they were. From the first
difference on, the product's own rules decide, on facts rebuilt for that moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from wracaj.timelines.steps import Outcome, Reason, Step
from wracaj_cli.archive.backtest.rebuilding import Known
from wracaj_cli.archive.backtest.rows import NO_TIMINGS
from wracaj_cli.archive.backtest.runs import NO_TIME, Made, lateness
from wracaj_cli.archive.backtest.script import Script, Timings

ENDS = frozenset({Outcome.ORDERED, Outcome.STOPPED})
MOST_HOLDS = 500


class Walked(Struct, frozen=True, gc=False):
    """A decision of the walked past. `outcome` None: nobody can know. `made`: the archived decision
    that it is, or that is of the same step."""

    at: datetime
    step: Step
    outcome: Outcome | None
    reason: Reason | None
    wait: int = 0
    made: Made | None = None
    claimed: bool = False
    timings: Timings = NO_TIMINGS
    is_exact: bool = False

    @property
    def is_final(self) -> bool:
        return self.outcome is not Outcome.WAIT


@dataclass(slots=True, eq=False)
class Walk:
    """`own`: the shop's numbers that the run starts with. `cursor`: the next archived decision,
    while all is exactly as it was."""

    script: Script
    known: Known
    steps: tuple[Step, ...]
    own: Timings
    since: datetime
    place: int = 0
    cursor: int = 0
    is_exact: bool = True
    is_again: bool = False  # the step waited, and is asked again
    timings: Timings = field(default_factory=dict)
    stepped_at: datetime | None = None
    sent_steps: set[str] = field(default_factory=set)
    so_far: set[str] = field(default_factory=set)  # experiments of its messages
    walked: list[Walked] = field(default_factory=list)
    is_over: bool = False
    is_open: bool = False  # the archive ends before the run does
    is_as_it_was: bool = False  # to its end; `walked` is empty then
    late: dict[tuple[str, bool], timedelta] | None = None
    _finals: dict[str, Made] | None = None

    @property
    def made(self) -> Sequence[Made]:
        return self.known.run.made

    @property
    def finals(self) -> Mapping[str, Made]:
        """Step → what came of it in the archive in the end."""
        if self._finals is None:
            self._finals = {one.step.name: one for one in reversed(self.made) if one.is_final}
        return self._finals

    @property
    def step(self) -> Step:
        return self.steps[self.place]

    @property
    def archived(self) -> Made | None:
        """The next archived decision, while all is as it was."""
        is_left = self.is_exact and self.cursor < len(self.made)
        return self.made[self.cursor] if is_left else None

    @property
    def due(self) -> datetime:
        """When the next step is asked."""
        step, one = self.step, self.archived
        if one and self.script.is_alike(one.step, step):
            return one.at
        if self.late is None:
            self.late = lateness(self.known.run)
        late = self.late.get((step.name, self.is_again), NO_TIME)
        wait = max(1, self.walked[-1].wait) if self.is_again else step.after_seconds
        return self.since + timedelta(seconds=wait) + late

    def take(self, one: Walked) -> None:
        """Go on with what came of the step."""
        self.walked.append(one)
        self.since, self.timings = one.at, one.timings
        self.is_again = not one.is_final
        if self.is_again:
            self.is_over = len(self.walked) > MOST_HOLDS
            return
        if one.outcome is not None:
            self.stepped_at = one.at
        if one.claimed or one.outcome is Outcome.SENT:
            self.sent_steps.add(one.step.name)
        self.place += 1
        self.is_over = one.outcome in ENDS or self.place >= len(self.steps)

    def as_was(self, one: Made) -> Walked:
        """The archived decision as the next one of this walk."""
        self.cursor += 1
        return Walked(
            one.at,
            self.step,
            one.outcome,
            one.reason,
            one.wait,
            one,
            one.claimed,
            one.timings,
            is_exact=True,
        )

    def skip_failed(self) -> None:
        """The step left no decision, and a later one did: it failed."""
        at = self.since + timedelta(seconds=self.step.after_seconds)
        failed = Walked(at, self.step, Outcome.SKIPPED, Reason.FAILED, is_exact=True)
        self.walked.append(failed)
        self.since, self.is_again = at, False
        self.place += 1
        self.is_over = self.place >= len(self.steps)
