"""What left of one past: as it was, or as walked. All of it can be added up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from wracaj.consent.channel import Channel
from wracaj.timelines.steps import Outcome, Reason, Step
from wracaj_cli.archive.backtest.runs import Made
from wracaj_cli.archive.backtest.walking import Walked

WEEK_HOURS = 7 * 24


@dataclass(slots=True)
class Side:
    """`unpriced`: step → SMS whose parts nobody knows, as they never were sent. `with_code`:
    messages with a code. `unknown`: steps of which nobody can know what would have come."""

    sent: Counter[tuple[str, Channel]] = field(default_factory=Counter)
    not_sent: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    delays: Counter[Reason] = field(default_factory=Counter)
    delay_seconds: Counter[Reason] = field(default_factory=Counter)
    week: list[int] = field(default_factory=lambda: [0] * WEEK_HOURS)
    people: int = 0
    parts: int = 0
    unpriced: Counter[str] = field(default_factory=Counter)
    with_code: int = 0
    open_runs: int = 0

    @property
    def messages(self) -> int:
        """Joining an audience is none."""
        return sum(
            number for (_, channel), number in self.sent.items() if channel is not Channel.AUDIENCE
        )

    def of_channel(self, channel: Channel) -> int:
        return sum(number for (_, its), number in self.sent.items() if its is channel)

    def hold_back(self, one: Made | Walked) -> None:
        """Count a decision by which no message left."""
        if one.outcome is None:
            self.unknown[one.step.name] += 1
        elif one.outcome is Outcome.WAIT and one.reason:
            self.delays[one.reason] += 1
            self.delay_seconds[one.reason] += one.wait
        elif one.reason:
            self.not_sent[one.step.name, one.reason] += 1

    def leave(self, step: Step, parts: int | None, has_code: bool, hour: int) -> None:
        """Count a message. `hour`: of the week."""
        self.sent[step.name, step.channel] += 1
        self.week[hour] += step.channel is not Channel.AUDIENCE
        self.with_code += has_code
        if parts is None:
            self.unpriced[step.name] += 1
        else:
            self.parts += parts

    def add(self, other: "Side") -> None:
        for name in ("sent", "not_sent", "unknown", "delays", "delay_seconds", "unpriced"):
            getattr(self, name).update(getattr(other, name))
        for name in ("people", "parts", "with_code", "open_runs"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.week = [one + more for one, more in zip(self.week, other.week, strict=True)]


def hours_of_week(zone: ZoneInfo) -> Callable[[datetime], int]:
    """Return a function that says in which hour of the local week a moment is; Monday's first hour
    is 0. It remembers each half hour, as some zones change by halves."""
    known: dict[int, int] = {}

    def hour(at: datetime) -> int:
        half = int(at.timestamp()) // 1800
        if half not in known:
            local = at.astimezone(zone)
            known[half] = local.weekday() * 24 + local.hour
        return known[half]

    return hour
