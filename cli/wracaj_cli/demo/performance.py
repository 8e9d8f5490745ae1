"""Plays the scripts. Time jumps to whatever is due next: the next line of a shopper's script, or a
step of a timeline.

The clock almost stands still while something happens, so a slow machine does not make any message
late.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

from wracaj.aws.step_functions import ABANDONED_CART
from wracaj.errors import WracajError
from wracaj_cli.counted import counted
from wracaj_cli.demo.actor import Actor, Scene
from wracaj_cli.demo.delivered import Delivered, Origin, possible_origins, told_apart
from wracaj_cli.demo.display import Progress
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.timetable import step_names
from wracaj_cli.demo.week import After, When
from wracaj_cli.local import SentMessage

# how often the outbox is read; no line of a script comes sooner after a message
LOOK_EVERY = timedelta(hours=1)
LONGEST_DAYS = 7
NEVER = datetime.max.replace(tzinfo=UTC)
LASTS_DAYS = 3.4  # days from the first cart to the last message in the scripts


@dataclass
class Part:
    """A shopper's progress through the script."""

    persona: Persona
    actor: Actor
    line: int = 0

    @property
    def over(self) -> bool:
        return self.line >= len(self.persona.script)

    def due(self, monday: datetime) -> datetime | None:
        """When the next line is due. None: the script is over, or the line waits for a message that
        has not come."""
        if self.over:
            return None
        return _moment(self.persona.script[self.line][0], self.actor, monday)


def _moment(when: When, actor: Actor, monday: datetime) -> datetime | None:
    if not isinstance(when, After):
        return when.on(monday)
    seen = [message.at for message in actor.inbox if message.step == when.step]
    return seen[-1] + timedelta(hours=when.hours) if seen else None


@dataclass
class Performance:
    """`skip_to` runs everything that is due until that time. `anything_waits`: whether a timeline
    still waits to continue.

    `happened` is called with each line that is played and each message that is found: time,
    shopper, text.
    """

    scene: Scene
    monday: datetime
    cast: tuple[Persona, ...]
    outbox: Callable[[], list[SentMessage]]
    skip_to: Callable[[datetime], object]
    anything_waits: Callable[[], bool]
    happened: Callable[[datetime, str, str], None]
    messages: list[Delivered] = field(default_factory=list)
    parts: list[Part] = field(init=False)
    _look_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._look_at = self.monday
        self.parts = [
            Part(persona, Actor(persona, number, self.scene, persona.member))
            for number, persona in enumerate(self.cast)
        ]

    def play(self, tick: Callable[[], None]) -> None:
        """Play until every script has ended and no timeline continues."""
        while self._goes_on():
            tick()
            part = min(self.parts, key=self._due)
            if self._due(part) > self._look_at:
                self._pass(self._look_at)
                self._look_into_outbox()
            else:
                self._pass(self._due(part))
                self._play_line(part)

    def progress(self) -> Progress:
        emails = sum(1 for message in self.messages if message.sent.channel == "email")
        now, through = self.scene.now(), sum(1 for part in self.parts if part.over)
        sums = (
            f"{counted(self.scene.ledger.webhooks, 'webhook')} · {counted(emails, 'e-mail')} ·"
            f" {len(self.messages) - emails} SMS · {through} of {len(self.parts)} shoppers through"
        )
        return Progress(now, (now - self.monday) / timedelta(days=LASTS_DAYS), sums)

    def _play_line(self, part: Part) -> None:
        action = part.persona.script[part.line][1]
        self.happened(self.scene.now(), part.persona.name, action.told)
        try:
            action.play(part.actor)
        except (WracajError, HTTPException, OSError) as error:
            self.scene.ledger.trouble(part.persona.name, f"{action.told}: {error}")
        part.line += 1

    def _look_into_outbox(self) -> None:
        found = told_apart(self.outbox(), self._origins())
        seen = {message.sent.message_id for message in self.messages}
        for message in (message for message in found if message.sent.message_id not in seen):
            name = message.origin.shopper if message.origin else "somebody unknown"
            self._inbox_of(name).append(message)
            self.happened(message.at, name, _told(message.sent))
        self.messages, self._look_at = found, self.scene.now() + LOOK_EVERY

    def _inbox_of(self, name: str) -> list[Delivered]:
        return next((part.actor.inbox for part in self.parts if part.persona.name == name), [])

    def _origins(self) -> dict[str, Origin]:
        origins: dict[str, Origin] = {}
        steps = step_names(ABANDONED_CART)
        for part in self.parts:
            for name, basket in part.actor.baskets.copy().items():
                origins |= possible_origins(
                    part.persona.shop, basket.cart_id, part.persona.name, name, steps
                )
        return origins

    def _goes_on(self) -> bool:
        if self.scene.now() > self.monday + timedelta(days=LONGEST_DAYS):
            self.scene.ledger.trouble(
                "everybody",
                f"the demo did not come to its end within {LONGEST_DAYS} days of its own time",
            )
            return False
        if self._is_awaited() or self.anything_waits():
            return True
        self._look_into_outbox()  # a script may wait for the very last message
        return self._is_awaited()

    def _is_awaited(self) -> bool:
        return any(part.due(self.monday) for part in self.parts)

    def _due(self, part: Part) -> datetime:
        return part.due(self.monday) or NEVER

    def _pass(self, moment: datetime) -> None:
        if moment > self.scene.now():
            self.skip_to(moment)


def _told(message: SentMessage) -> str:
    if message.channel == "email":
        return f"gets an e-mail: {message.subject}"
    return f"gets an SMS: {message.text.partition(': http')[0]}"
