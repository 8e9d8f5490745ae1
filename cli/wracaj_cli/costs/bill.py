"""The cost of carts by the course that they take: requests and transitions that were counted, times
the public prices."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

from wracaj_cli.costs import prices

# These values cannot be measured here. They are estimates, rather too high than too low.
MEMORY_GB, WEBHOOK_SECONDS, STEP_SECONDS, LOGGED_KB = 0.5, 0.15, 0.5, 1.5
# The archive: a message is sent alone, and received and deleted by ten. The objects are
# one a minute and shop at most, which is cents a month whatever the traffic.
REQUESTS_A_MESSAGE, KEYS_A_SHOPPER = 1.2, 2
REQUESTS_AN_EVENT = 3  # sent, received and deleted alone: few mails arrive at the same moment
QUEUES = "archive, queues"
NEW_SHOPPER = "first event of a cart, new shopper"


class Units(NamedTuple):
    """Of DynamoDB."""

    writes: float
    reads: float


class Measured(NamedTuple):
    """`requests`: what happens → units of the table. `transitions`: course → how many."""

    requests: Mapping[str, Units]
    transitions: Mapping[str, int]


@dataclass(frozen=True)
class Path:
    """The course of one cart. `played`: name in bench/requests.py → how often it happens."""

    name: str
    played: dict[str, int]
    transitions: str | None = None  # a name in bench/transitions.py
    mails: int = 0
    sms: int = 0


@dataclass(frozen=True)
class Used:
    """What AWS is asked for."""

    transitions: float = 0
    writes: float = 0
    reads: float = 0
    calls: float = 0  # of the API
    runs: float = 0  # of functions
    gb_seconds: float = 0
    log_gb: float = 0
    queue_requests: float = 0
    archive_writes: float = 0
    archive_reads: float = 0
    mails: float = 0

    def times(self, number: float) -> Self:
        return type(self)(**{one.name: number * getattr(self, one.name) for one in fields(self)})

    def plus(self, other: Self) -> Self:
        return type(self)(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )


OF_A_MAIL = {"delivery event: it arrived": 1}
BEGUN = {NEW_SHOPPER: 1, "later event": 4, "the same event again": 1}
ORDERED = {"order that names its cart": 1, "the same order again (paid)": 1}
FIRST = {"step: first e-mail sent": 1}
ALL_SENT = {
    **FIRST,
    "step: SMS sent": 1,
    "step: discount e-mail sent": 1,
    "step: close the timeline": 1,
}

UNKNOWN, EARLY = "no contact known", "bought before the first message"
LATE, NEVER = "bought after the first e-mail", "never bought"
PATHS = (
    Path(UNKNOWN, {"cart without a contact": 4}),
    Path(
        EARLY,
        {**BEGUN, **ORDERED, "step: the cart was ordered": 1},
        "ordered before the first message",
    ),
    Path(
        LATE,
        {**BEGUN, **ORDERED, **FIRST, "click in a message": 1, "step: the cart was ordered": 1},
        "ordered after the first e-mail",
        mails=1,
    ),
    Path(NEVER, {**BEGUN, **ALL_SENT}, "nobody orders", mails=2, sms=1),
)
MIX = {UNKNOWN: 500, EARLY: 250, LATE: 50, NEVER: 200}


def used_by(path: Path, measured: Measured) -> Used:
    """Return what one such cart asks of AWS."""
    is_known = NEW_SHOPPER in path.played
    once = Used(
        transitions=measured.transitions[path.transitions] if path.transitions else 0,
        archive_writes=KEYS_A_SHOPPER if is_known else 0,
    )
    played = _played(path.played, measured, is_known=is_known)
    return once.plus(played).plus(used_by_a_mail(measured).times(path.mails))


def used_by_a_mail(measured: Measured) -> Used:
    """Return what a mail asks of AWS once its step has sent it: SES, and the event that it
    arrived."""
    return Used(mails=1).plus(_played(OF_A_MAIL, measured, is_known=True))


def _played(played: Mapping[str, int], measured: Measured, *, is_known: bool) -> Used:
    """`is_known`: the shopper's identifiers are, so rows of the archive are sealed."""
    steps, events = _those("step:", played), _those("delivery event:", played)
    runs = sum(played.values())
    calls = runs - steps - events
    return Used(
        writes=sum(times * measured.requests[what].writes for what, times in played.items()),
        reads=sum(times * measured.requests[what].reads for what, times in played.items()),
        calls=calls,
        runs=runs,
        gb_seconds=((calls + events) * WEBHOOK_SECONDS + steps * STEP_SECONDS) * MEMORY_GB,
        log_gb=runs * LOGGED_KB / 1024**2,
        # a message of the archive for each run; the keys of the shopper's e-mail and phone are
        # read for each message
        queue_requests=runs * REQUESTS_A_MESSAGE + events * REQUESTS_AN_EVENT,
        archive_reads=runs * KEYS_A_SHOPPER if is_known else 0,
    )


def _those(beginning: str, played: Mapping[str, int]) -> int:
    return sum(times for what, times in played.items() if what.startswith(beginning))


def priced(used: Used) -> dict[str, float]:
    """Return dollars by service."""
    return {
        "Step Functions": used.transitions * prices.TRANSITION,
        "DynamoDB": used.writes * prices.WRITE_UNIT + used.reads * prices.READ_UNIT,
        "Lambda": used.runs * prices.LAMBDA_REQUEST + used.gb_seconds * prices.LAMBDA_GB_SECOND,
        QUEUES: used.queue_requests * prices.QUEUE_REQUEST
        + used.archive_writes * prices.WRITE_UNIT
        + used.archive_reads * prices.READ_UNIT,
        "HTTP API": used.calls * prices.HTTP_REQUEST,
        "logs": used.log_gb * prices.LOG_GB,
        "e-mails (SES)": used.mails * prices.MAIL,
    }
