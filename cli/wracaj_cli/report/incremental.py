"""What came because of the messages of a timeline, or of a change in one message, beside what is
credited to them.

Both are of 1,000 messages that were sent to one arm of an experiment. `because` is the difference
for one person, for 1,000 messages: a person of the arm got so many of them on average. A holdout of
several messages tells nothing about one of them alone.
"""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import NamedTuple

from wracaj.experiments.intervals import Interval
from wracaj.experiments.verdict import Comparison
from wracaj.settings.experiments import TREATED
from wracaj.timelines.occasion import ASKED_FOR
from wracaj_cli.experiments.showing import Shown, Steps, messages_in, timeline_of
from wracaj_cli.report.messages import Sent, total_of
from wracaj_cli.report.reading import Report

CREDITED = {"orders": ("orders", 1), "paid": ("cents", 100)}
BY_CONTRIBUTION = ("contribution_cents", 100)
THOUSAND = 1000


class Unknown(StrEnum):
    """Why it is not known what came because of messages."""

    ASKED_FOR = "asked_for"  # by a shopper: nobody is held out
    NOBODY_HELD_OUT = "nobody_held_out"
    ALL_TIMELINES_TOGETHER = "all_timelines_together"  # only a holdout of all messages
    WHOLE_TIMELINE = "whole_timeline"  # of one of its messages
    TOO_EARLY = "too_early"
    WRONG_SHARES = "wrong_shares"


class Incremental(NamedTuple):
    """`each`: messages to one person of the arm, on average. `because`, `credited`: for 1,000
    messages, in the experiment's metric. `credited`: None: it is not to be compared."""

    shown: Shown
    arm: str
    messages: int
    each: float
    because: Interval
    credited: float | None = None


Known = Incremental | Unknown


class Change(NamedTuple):
    """A test in which an arm differs in one message only. `found`: None: it is too early, or the
    message was sent to nobody."""

    shown: Shown
    compared: Comparison
    found: Incremental | None


def holdouts_of(report: Report, timeline: str) -> list[Shown]:
    """Return the experiments that hold people out of this timeline alone, or of all messages if
    all of these were messages of this timeline. The latest comes first."""
    held_out = [one for one in report.experiments if not one.experiment.arms]
    found = [
        one
        for one in held_out
        if one.experiment.timeline == timeline
        or (one.experiment.timeline is None and _timelines_in(one) == {timeline})
    ]
    return sorted(found, key=lambda one: one.experiment.begins, reverse=True)


def of_timeline(report: Report, timeline: str) -> Known:
    """Return what came because of the timeline, by the latest holdout that tells it."""
    if timeline in ASKED_FOR:
        return Unknown.ASKED_FOR
    reasons = []
    for shown in holdouts_of(report, timeline):
        if found := of_holdout(shown):
            return found
        is_wrong = shown.verdict.shares_are_wrong
        reasons.append(Unknown.WRONG_SHARES if is_wrong else Unknown.TOO_EARLY)
    if reasons:
        return reasons[0]
    of_all = holdouts_of_all(report)
    return Unknown.ALL_TIMELINES_TOGETHER if of_all else Unknown.NOBODY_HELD_OUT


def holdouts_of_all(report: Report) -> list[Shown]:
    held_out = (one for one in report.experiments if not one.experiment.arms)
    return [one for one in held_out if one.experiment.timeline is None]


def of_holdout(shown: Shown) -> Incremental | None:
    """Return what came because of all messages of a holdout; None: it is too early."""
    (compared,) = shown.verdict.comparisons
    steps = shown.counted.get(TREATED, {})
    found = incremental(shown, compared, steps)
    return found and found._replace(credited=_credited(shown, steps) / found.messages)


def each_and_all(report: Report, rows: Collection[Sent]) -> list[tuple[Sent, Known]]:
    """Return the messages of a timeline that have counters, and their sums where there are several,
    each with what came because of it."""
    of_all = of_timeline(report, next(iter(rows)).timeline)
    counted = [row for row in rows if row.outcomes]
    found = [(row, of_message(rows, of_all)) for row in counted]
    return found if len(counted) < 2 else [*found, (total_of(counted), of_all)]


def of_message(rows: Collection[Sent], of_all: Known) -> Known:
    """Return what came because of one of these messages. `of_all`: because of all messages of its
    timeline."""
    is_alone = len(rows) == 1
    return of_all if is_alone or isinstance(of_all, Unknown) else Unknown.WHOLE_TIMELINE


def changes_of(report: Report, row: Sent) -> Iterator[Change]:
    """Yield the tests whose arms differ in this message only."""
    for shown in report.experiments:
        for compared in shown.verdict.comparisons if shown.experiment.arms else ():
            is_its = shown.experiment.timeline == row.timeline
            if is_its and report.changed_in(shown, compared.arm) == (row.name,):
                steps = shown.counted.get(compared.arm, {})
                its = {step: told for step, told in steps.items() if step == row.step}
                yield Change(shown, compared, incremental(shown, compared, its))


def incremental(shown: Shown, compared: Comparison, steps: Steps) -> Incremental | None:
    """Return it for the messages of these steps, all sent to the compared arm. None: it is too
    early, or none was sent, or the arms do not have their shares."""
    messages, people = messages_in(steps), shown.verdict.entered[compared.arm]
    if not (messages and people and compared.interval) or shown.verdict.shares_are_wrong:
        return None
    each = messages / people
    because = Interval(*(THOUSAND * end / each for end in compared.interval))
    return Incremental(shown, compared.arm, messages, each, because)


def _credited(shown: Shown, steps: Steps) -> float:
    """Return what is credited to 1,000 times these messages. Of a contribution, their cost is taken
    off, as it is from the interval."""
    name, divisor = CREDITED.get(shown.experiment.metric, BY_CONTRIBUTION)
    credited = sum(told.get(name, 0) for told in steps.values()) / divisor
    cost = shown.costs.get(TREATED, 0) * shown.verdict.entered[TREATED]
    return THOUSAND * (credited - cost)


def _timelines_in(shown: Shown) -> set[str]:
    """Return the timelines whose messages were sent within an experiment."""
    return {timeline_of(step) for steps in shown.counted.values() for step in steps}
