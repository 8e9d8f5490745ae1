"""A month of a shop, and its bill."""

from dataclasses import dataclass
from typing import NamedTuple

from wracaj.errors import WracajError
from wracaj_cli.costs import prices
from wracaj_cli.costs.bill import (
    EARLY,
    LATE,
    MIX,
    NEVER,
    PATHS,
    QUEUES,
    UNKNOWN,
    Measured,
    Used,
    priced,
    used_by,
    used_by_a_mail,
)

PARTS_OF_AN_SMS = 2  # ours take two segments
ALARM_METRICS, OWN_METRICS = 62, 83  # of template.yaml, and at most of the code
SECRETS_OF_A_STACK = 2
POLLED_QUEUES = 5  # a function listens to each
# Of a queue in 30 days, also where nothing comes: Lambda has five polls open, each for 20 seconds.
POLLS = 5 * 3 * 60 * 24 * 30
EARLY_OF_ORDERS = MIX[EARLY] / (MIX[EARLY] + MIX[LATE])


class MonthError(WracajError):
    """There is no such month."""


@dataclass(frozen=True)
class Month:
    """`orders`, `emails`, `sms`: None: as the mix of docs/costs.md has them for so many carts.
    `sms_part`: dollars for a segment."""

    carts: int
    orders: int | None = None
    emails: int | None = None
    sms: int | None = None
    sms_part: float = prices.SMS_PART
    shops: int = 1

    def courses(self) -> dict[str, float]:
        """Return how many carts take which course. Raises MonthError."""
        usual = self.carts * (MIX[EARLY] + MIX[LATE]) / 1000
        orders = usual if self.orders is None else self.orders
        if orders > self.carts:
            raise MonthError(f"--orders: {orders:,} orders of {self.carts:,} carts cannot be")
        unknown = min(self.carts * MIX[UNKNOWN] / 1000, self.carts - orders)
        early = orders * EARLY_OF_ORDERS
        never = self.carts - unknown - orders
        return {UNKNOWN: unknown, EARLY: early, LATE: orders - early, NEVER: never}


class Line(NamedTuple):
    """`units`: name of what is paid for → how many."""

    service: str
    units: dict[str, float]
    dollars: float


def bill_of(month: Month, measured: Measured) -> list[Line]:
    """Raises MonthError."""
    used, courses = Used(), month.courses()
    for path in PATHS:
        used = used.plus(used_by(path, measured).times(courses[path.name]))
    if month.emails is not None:
        used = used.plus(used_by_a_mail(measured).times(month.emails - used.mails))
    sms = sum(path.sms * courses[path.name] for path in PATHS) if month.sms is None else month.sms
    dollars = priced(used)
    units = _units(used)
    lines = [Line(service, units[service], dollars[service]) for service in dollars]
    parts = sms * PARTS_OF_AN_SMS
    lines.append(Line("SMS", {"SMS": sms, "segments": parts}, parts * month.sms_part))
    return [*lines, _standing(month)]


def _units(used: Used) -> dict[str, dict[str, float]]:
    return {
        "Step Functions": {"transitions": used.transitions},
        "DynamoDB": {"write units": used.writes, "read units": used.reads},
        "Lambda": {"runs": used.runs, "GB-seconds": used.gb_seconds},
        QUEUES: {
            "queue requests": used.queue_requests,
            "write units": used.archive_writes,
            "read units": used.archive_reads,
        },
        "HTTP API": {"requests": used.calls},
        "logs": {"GB": used.log_gb},
        "e-mails (SES)": {"e-mails": used.mails},
    }


def _standing(month: Month) -> Line:
    secrets = SECRETS_OF_A_STACK + month.shops
    polls = POLLED_QUEUES * POLLS
    dollars = (
        ALARM_METRICS * prices.ALARM_METRIC
        + OWN_METRICS * prices.METRIC
        + secrets * prices.SECRET
        + polls * prices.QUEUE_REQUEST
    )
    units = {"alarms' metrics": ALARM_METRICS, "own metrics": OWN_METRICS, "secrets": secrets}
    units["queue requests"] = polls
    return Line("standing", {name: float(number) for name, number in units.items()}, dollars)
