"""Which call goes wrong, and how. All is drawn from the world's seed.

A story has times of trouble, and an end of trouble: after it every service answers, so that what
was promised to happen in the end can be judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

# How a call of AWS can end. `cut`: it took effect, and no answer came. `lost`: it never came there.
AWS_KINDS: Mapping[str, float] = {
    "throttled": 3,
    "unavailable": 2,
    "unreachable": 1,
    "lost": 2,
    "cut": 4,
    "slow": 1,
    "conflict": 2,  # of two writes, DynamoDB only
    "unprocessed": 1,  # keys of a batch, DynamoDB only
    "killed before": 2,
    "killed after": 3,
}
HTTP_KINDS: Mapping[str, float] = {
    "unreachable": 2,
    "lost": 2,
    "cut": 3,
    "slow": 1,
    "status 429": 2,
    "status 500": 1,
    "status 503": 2,
    "killed before": 1,
    "killed after": 2,
}
# What happens to a message of a queue besides.
QUEUE_KINDS: Mapping[str, float] = {"twice": 2, "late": 2}
# What happens to an execution, or to its call of a function.
MACHINE_KINDS: Mapping[str, float] = {
    "woken late": 3,
    "invoked twice": 2,
    "answer lost": 2,
    "Lambda.ServiceException": 1,
    "Lambda.TooManyRequestsException": 2,
    "Lambda.Unknown": 1,
    "Runtime.OutOfMemory": 1,
}
# What the caller of the API sees though the function did its work.
GATEWAY_KINDS: Mapping[str, float] = {"answer lost": 2, "refused": 1}
ONLY_DYNAMODB = {"conflict", "unprocessed"}
ONLY_AWS_WRITES = {
    "put_item",
    "update_item",
    "delete_item",
    "transact_write_items",
}


@dataclass(frozen=True)
class Away:
    """A service that gives no answer for a while: "dynamodb", "sqs", …, or a host."""

    service: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Planned:
    """A fault at one certain call, for tests and for the worst moments of a story: the `number`th
    call, from 1, of this service and operation ("": any)."""

    kind: str
    service: str = ""
    operation: str = ""
    number: int = 1


@dataclass(frozen=True)
class FaultPlan:
    """`rate`: the chance of each call to go wrong, until `ends`. `away`: services without any
    answer. `planned`: faults at certain calls; they come besides."""

    rate: float = 0.0
    ends: datetime | None = None
    away: tuple[Away, ...] = ()
    planned: tuple[Planned, ...] = ()
    cold_start_rate: float = 0.05
    weights: Mapping[str, float] = field(default_factory=dict)  # of kinds; others as they stand

    def calm(self) -> "FaultPlan":
        return replace(self, rate=0.0, away=(), planned=())

    @classmethod
    def drawn(cls, dice: Random, begins: datetime, ends: datetime) -> "FaultPlan":
        """Return the trouble of one story: half of the stories have little, few have much, and one
        in eight has a service away for minutes or hours."""
        rate = dice.choice((0.005, 0.01, 0.02, 0.04, 0.08))
        away = []
        if dice.random() < 0.125:
            at = begins + (ends - begins) * dice.random()
            lasts = timedelta(minutes=dice.choice((5, 30, 120, 360)))
            away.append(Away(dice.choice(AWAY), at, min(at + lasts, ends)))
        return cls(rate, ends, tuple(away))


AWAY = (
    "dynamodb",
    "sqs",
    "stepfunctions",
    "sesv2",
    "sns",
    "ssm",
    "secretsmanager",
    "s3",
    "pinpoint-sms-voice-v2",
    "internet",
)


class Faults:
    """Draws the faults of one world, and counts the calls that planned ones wait for."""

    def __init__(self, plan: FaultPlan, dice: Random) -> None:
        self.plan, self.dice = plan, dice
        self._waiting = {number: one.number for number, one in enumerate(plan.planned)}

    def at_call(self, service: str, operation: str, now: datetime) -> str:
        """Return the kind of fault of this call; "": none."""
        if planned := self._planned(service, operation):
            return planned
        if self.is_away(service, now):
            return self.dice.choice(("lost", "unreachable", "unavailable"))
        if not self._strikes(now):
            return ""
        kinds = HTTP_KINDS if service == "internet" else AWS_KINDS
        kind = self._one_of(kinds)
        if kind == "conflict" and (service, operation) not in _WRITES:
            return "cut"
        if kind == "unprocessed" and not operation.startswith("batch_"):
            return "throttled"
        return kind

    def at_gateway(self, now: datetime) -> str:
        return self._one_of(GATEWAY_KINDS) if self._strikes(now) else ""

    def at_queue(self, now: datetime) -> str:
        return self._one_of(QUEUE_KINDS) if self._strikes(now) else ""

    def at_machine(self, now: datetime) -> str:
        return self._one_of(MACHINE_KINDS) if self._strikes(now) else ""

    def is_cold(self) -> bool:
        return self.dice.random() < self.plan.cold_start_rate

    def is_away(self, service: str, now: datetime) -> bool:
        return any(
            one.service == service and one.begins <= now < one.ends for one in self.plan.away
        )

    def _strikes(self, now: datetime) -> bool:
        if not self.plan.rate or (self.plan.ends is not None and now >= self.plan.ends):
            return False
        return self.dice.random() < self.plan.rate

    def _one_of(self, kinds: Mapping[str, float]) -> str:
        weights = [self.plan.weights.get(kind, weight) for kind, weight in kinds.items()]
        return self.dice.choices(list(kinds), weights)[0]

    def _planned(self, service: str, operation: str) -> str:
        for place in list(self._waiting):
            planned = self.plan.planned[place] if place < len(self.plan.planned) else None
            if planned is None or planned.service not in ("", service):
                continue
            if planned.operation not in ("", operation):
                continue
            self._waiting[place] -= 1
            if not self._waiting[place]:
                del self._waiting[place]
                return planned.kind
        return ""


_WRITES = {("dynamodb", operation) for operation in ONLY_AWS_WRITES}
