"""What really left and what is really stored at a story's end, in the judge's own words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulation.judge.truth import Tick


@dataclass(frozen=True)
class Message:
    """One message that left. `committed`: the tick of the last write that its process made before
    it left: from then on nothing could stop it. `began_at`: when that process began."""

    at: datetime
    began_at: datetime
    committed: Tick
    channel: str
    to: str
    subject: str  # the cart, or the occasion
    episode: int
    step: str
    timeline: str
    text: str
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.step} ({self.channel}) of {self.subject} to {self.to}"


@dataclass(frozen=True)
class Code:
    """A discount code that was created in the shop, and the message that it was created for."""

    code: str
    subject: str
    episode: int
    step: str
    percent: int | None = None


@dataclass(frozen=True)
class Try:
    """One call of a step's function by the state machine. `outcome` "": it failed."""

    at: datetime
    step: str
    outcome: str


@dataclass(frozen=True)
class Execution:
    name: str
    timeline: str
    subject: str
    episode: int
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    tries: tuple[Try, ...] = ()  # of its messages' steps, in order

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.step for one in self.tries))


@dataclass(frozen=True)
class Visit:
    """A link back to the cart that was followed, and where it led."""

    subject: str
    location: str


@dataclass
class Evidence:
    messages: list[Message] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)  # of the main table, plain values
    visits: list[Visit] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)
    ended_at: datetime | None = None
