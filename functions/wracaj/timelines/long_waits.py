"""Long waits of a timeline that are moved out of Step Functions.

An open execution counts for a quota of the account. So a stack that grows keeps a wait of more than
`LongWaitDays` as a date in the table: the execution ends, and a fresh one goes on when the date is
near. The date keeps all that the timeline started with. 0 days: every wait is a Wait state.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from wracaj.timelines.steps import CLOSE, Outcome, StepRequest, StepResult
from wracaj.timelines.subject import Subject
from wracaj.timelines.table import COURSES, TIMINGS, VERSIONS

Timings = Mapping[str, int | float | str]
SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "seconds": 1}
PARTS = 1000  # more than the executions of one episode


class LongWait(BaseModel):
    """A wait that was moved out, and what the next execution starts with."""

    model_config = ConfigDict(frozen=True)

    episode: int
    part: int  # of the execution that goes on: 1, if the timeline's first wait was moved out
    at: AwareDatetime  # the end of the wait
    timeline: str
    version: str  # of the timeline's short file
    coming: tuple[str, ...]  # the step that is due then, and the steps after it
    timings: dict[str, int | float | str]  # every number of the timeline
    of_arm: dict[str, int | float | str] = {}  # those of the shopper's arm come first

    @property
    def number(self) -> int:
        """A later wait of the same cart has a higher number."""
        return self.episode * PARTS + self.part

    @property
    def step(self) -> str:
        """The step that the timeline goes on with. If a deploy removed it since, it is the next one
        that is still there."""
        if VERSIONS.get(self.timeline) == self.version:
            return self.coming[0]
        deployed = COURSES.get(self.timeline, {})
        return next((step for step in self.coming if step in deployed), CLOSE)

    @property
    def resume(self) -> dict[str, Any]:
        """Return how a fresh execution goes on."""
        told = {"part": self.part, "step": self.step, "timings": self.of_arm}
        return told | {"at": self.at.isoformat()}


def first_long_wait(
    timeline: str, episode: int, own: Timings, now: datetime, days: float
) -> LongWait | None:
    """Return the wait that a timeline begins with, if it is to be moved out. `own`: the shop's own
    timings."""
    coming, timings = tuple(COURSES[timeline]), {**TIMINGS[timeline], **own}
    seconds = _seconds(COURSES[timeline][coming[0]], timings, {}) if coming else 0
    if not _is_long(seconds, days):
        return None
    return LongWait(
        episode=episode,
        part=1,
        at=now + timedelta(seconds=seconds),
        timeline=timeline,
        version=VERSIONS[timeline],
        coming=coming,
        timings=timings,
    )


def next_long_wait(
    request: StepRequest, result: StepResult, now: datetime, days: float
) -> LongWait | None:
    """Return the wait after this step's answer, if it is to be moved out.

    An execution of another release than this code keeps its waits: only its own definition knows
    what comes next.
    """
    if request.step is None or request.version != VERSIONS.get(request.timeline, ""):
        return None
    timings = {**TIMINGS[request.timeline], **request.own_timings}
    coming = _coming(request.timeline, request.step.name, result.outcome)
    if not coming:
        return None
    seconds = (
        result.wait_seconds
        if result.outcome is Outcome.WAIT
        else _seconds(COURSES[request.timeline][coming[0]], timings, result.timings)
    )
    if not _is_long(seconds, days):
        return None
    return LongWait(
        episode=request.episode,
        part=request.part + 1,
        at=now + timedelta(seconds=seconds),
        timeline=request.timeline,
        version=request.version,
        coming=coming,
        timings=timings,
        of_arm=result.timings,
    )


def wait_of(subject: Subject) -> LongWait | None:
    """Return the newest wait of the running episode that was moved out, over or not."""
    wait = LongWait.model_validate_json(subject.long_wait) if subject.long_wait else None
    return wait if wait and wait.episode == subject.episode else None


def is_waiting(subject: Subject, now: datetime) -> bool:
    """Whether the timeline waits for a date in the table, and its next execution may not have
    started."""
    wait = wait_of(subject)
    return wait is not None and wait.at > now and subject.episode_ended_at is None


def _coming(timeline: str, step: str, outcome: Outcome) -> tuple[str, ...]:
    """Return the steps from the one that is due after the wait."""
    course = tuple(COURSES.get(timeline, ()))
    if step not in course or outcome in {Outcome.STOPPED, Outcome.ORDERED}:
        return ()
    return course[course.index(step) + (outcome is not Outcome.WAIT) :]


def _seconds(timing: str, timings: Timings, of_arm: Timings) -> int:
    """Return the seconds of a wait, rounded as the state machine does."""
    return round(float({**timings, **of_arm}[timing]) * SECONDS[timing.rpartition("_")[2]])


def _is_long(seconds: float, days: float) -> bool:
    """A wait of a day at most is never moved out: its hour may have been swept already."""
    return bool(days) and seconds > max(1, days) * SECONDS["days"]
