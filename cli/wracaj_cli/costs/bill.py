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
    steps = sum(times for what, times in path.played.items() if what.startswith("step:"))
    calls = sum(path.played.values()) - steps
    runs = calls + steps
    is_known = NEW_SHOPPER in path.played
    return Used(
        transitions=measured.transitions[path.transitions] if path.transitions else 0,
        writes=sum(times * measured.requests[what].writes for what, times in path.played.items()),
        reads=sum(times * measured.requests[what].reads for what, times in path.played.items()),
        calls=calls,
        runs=runs,
        gb_seconds=(calls * WEBHOOK_SECONDS + steps * STEP_SECONDS) * MEMORY_GB,
        log_gb=runs * LOGGED_KB / 1024**2,
        # a message for each call; the keys of the shopper's e-mail and phone, made once and read
        # for each message
        queue_requests=runs * REQUESTS_A_MESSAGE,
        archive_writes=KEYS_A_SHOPPER if is_known else 0,
        archive_reads=runs * KEYS_A_SHOPPER if is_known else 0,
        mails=path.mails,
    )


def priced(used: Used) -> dict[str, float]:
    """Return dollars by service."""
    return {
        "Step Functions": used.transitions * prices.TRANSITION,
        "DynamoDB": used.writes * prices.WRITE_UNIT + used.reads * prices.READ_UNIT,
        "Lambda": used.runs * prices.LAMBDA_REQUEST + used.gb_seconds * prices.LAMBDA_GB_SECOND,
        "archive": used.queue_requests * prices.QUEUE_REQUEST
        + used.archive_writes * prices.WRITE_UNIT
        + used.archive_reads * prices.READ_UNIT,
        "HTTP API": used.calls * prices.HTTP_REQUEST,
        "logs": used.log_gb * prices.LOG_GB,
        "e-mails (SES)": used.mails * prices.MAIL,
    }
