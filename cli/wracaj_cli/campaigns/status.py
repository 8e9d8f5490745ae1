"""The state of a campaign and its results so far."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table

from wracaj.timelines.campaign import Course
from wracaj_cli.campaigns.words import reason_of
from wracaj_cli.counted import counted
from wracaj_cli.outcome_words import reason_in_words
from wracaj_cli.shops.target import Target

LATE_DAYS = 3  # messages that were held at its end are counted some days later


class State(StrEnum):
    STOPPED = "stopped"
    FAILED = "stands still"
    THROUGH = "all customers were checked"
    OVER = "over"
    NOT_BEGUN = "not begun yet"
    RUNS = "runs"

    @property
    def ended(self) -> bool:
        return self in {State.STOPPED, State.THROUGH, State.OVER}


@dataclass(frozen=True)
class Status:
    course: Course
    state: State
    sent: int
    unknown: int
    not_sent: Counter[str]  # reason → number of messages, of those that were started

    @property
    def waiting(self) -> int:
        return max(
            0, self.course.progress.started - self.sent - self.unknown - self.not_sent.total()
        )

    @property
    def ended(self) -> bool:
        return self.state is State.STOPPED or (self.state.ended and not self.waiting)


def status_of(target: Target, shop: str, course: Course) -> Status:
    now = target.now()
    counted = target.store().counters.of_step(
        shop, f"campaign#{course.campaign.id}", _days(course, now)
    )
    not_sent = Counter(
        {reason: number for name, number in counted.items() if (reason := reason_of(name))}
    )
    return Status(
        course, _state(target, shop, course, now), counted["sent"], counted["unknown"], not_sent
    )


def _days(course: Course, now: datetime) -> list[str]:
    first, last = (
        course.campaign.begins_at,
        min(now, course.campaign.until + timedelta(days=LATE_DAYS)),
    )
    return [
        f"{first + timedelta(days=number):%Y-%m-%d}"
        for number in range((last.date() - first.date()).days + 1)
    ]


def _state(target: Target, shop: str, course: Course, now: datetime) -> State:
    if course.stopped_at:
        return State.STOPPED
    if course.progress.through_at:
        return State.THROUGH
    if now > course.campaign.until:
        return State.OVER
    if _dispatch_failed(target, shop, course.campaign.id):
        return State.FAILED
    return State.RUNS if now >= course.campaign.begins_at else State.NOT_BEGUN


def _dispatch_failed(target: Target, shop: str, campaign_id: str) -> bool:
    machines = target.client("stepfunctions")
    listed = machines.list_executions(
        stateMachineArn=target.campaign_dispatch, statusFilter="FAILED", maxResults=1000
    )
    own = re.compile(rf"{campaign_id}-\d+-{shop}")
    return any(own.fullmatch(execution["name"]) for execution in listed["executions"])


def execution_name(shop: str, campaign_id: str, leg: int = 1) -> str:
    """Return the execution's name, as the dispatch names its later executions. An id has no hyphen,
    so the name is unique."""
    return f"{campaign_id}-{leg}-{shop}"


def status_as_json(status: Status) -> dict[str, Any]:
    """Return the status for scripts. docs/operations.md describes the keys, which do not change."""
    course, progress = status.course, status.course.progress
    not_sent = status.not_sent + Counter(progress.passed_over)
    return {
        "campaign": course.campaign.id,
        "state": str(status.state),
        "ended": status.ended,
        "begins_at": course.campaign.begins_at,
        "until": course.campaign.until,
        "stopped_at": course.stopped_at,
        "rate": course.campaign.rate,
        "expected": course.expected,
        "started": progress.started,
        "sent": status.sent,
        "waiting": status.waiting,
        "outcome_unknown": status.unknown,
        "not_sent": dict(not_sent.most_common()),
    }


def as_table(status: Status, zone: ZoneInfo) -> Table:
    table = Table(
        "what",
        "is",
        show_header=False,
        title=f"Campaign {status.course.campaign.id}",
        title_justify="left",
    )
    for name, value in _rows(status, zone):
        table.add_row(name, value)
    return table


def _rows(status: Status, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    course, campaign, progress = status.course, status.course.campaign, status.course.progress
    yield "state", f"{status.state}{_since(course, zone)}"
    yield "begins, until", f"{told(campaign.begins_at, zone)}, {told(campaign.until, zone)}"
    yield "rate", f"{counted(campaign.rate, 'customer')} a minute, at most"
    yield "started", f"{progress.started:,} of about {max(course.expected, progress.started):,}"
    yield "sent", f"{status.sent:,}"
    if status.waiting:
        yield "waiting", f"{status.waiting:,}"
    if status.unknown:
        yield "outcome unknown", f"{status.unknown:,}"
    for reason, number in (status.not_sent + Counter(progress.passed_over)).most_common():
        yield "not sent", f"{number:,}: {reason_in_words(reason)}"


def _since(course: Course, zone: ZoneInfo) -> str:
    ended = course.stopped_at or course.progress.through_at
    return f" ({told(ended, zone)})" if ended else ""


def told(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
