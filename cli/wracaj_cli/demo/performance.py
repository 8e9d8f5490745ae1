"""Plays the scripts against the clock: each shopper's next line when its time has come, several shoppers at once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException

from wracaj.errors import WracajError
from wracaj_cli.demo.actor import Actor, Scene
from wracaj_cli.demo.delivered import Delivered, Origin, possible_origins, told_apart
from wracaj_cli.demo.display import Progress
from wracaj_cli.demo.story import After, Persona, When
from wracaj_cli.local import SentMessage

THREADS = 6
TICK_SECONDS, OUTBOX_SECONDS, TIMELINES_SECONDS = 0.05, 0.7, 2.0
LONGEST_DAYS = 7
LASTS_DAYS = 3.4  # from the first cart to the last message, as the scripts go


@dataclass
class Part:
    """A shopper on the way through the script."""

    actor: Actor
    line: int = 0
    playing: Future[None] | None = None

    @property
    def persona(self) -> Persona:
        return self.actor.persona

    @property
    def over(self) -> bool:
        return self.line >= len(self.persona.script) and self.playing is None

    def due(self, monday: datetime) -> datetime | None:
        """None: not before a message that has not come."""
        if self.over or self.playing:
            return None
        return _moment(self.persona.script[self.line][0], self.actor, monday)


def _moment(when: When, actor: Actor, monday: datetime) -> datetime | None:
    if not isinstance(when, After):
        return when.on(monday)
    seen = [message.at for message in actor.inbox if message.step == when.step]
    return seen[-1] + timedelta(hours=when.hours) if seen else None


@dataclass
class Performance:
    """`happened` is told of each line as it is played and each message as it is seen: when, who, what."""

    scene: Scene
    monday: datetime
    cast: tuple[Persona, ...]
    outbox: Callable[[], list[SentMessage]]
    timelines_running: Callable[[], bool]
    happened: Callable[[datetime, str, str], None]
    messages: list[Delivered] = field(default_factory=list)
    parts: list[Part] = field(init=False)
    _looked: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = [Part(Actor(persona, number, self.scene, persona.member)) for number, persona in enumerate(self.cast)]

    def play(self, tick: Callable[[], None]) -> None:
        """Returns when every script is through and no timeline runs any more."""
        with _threads() as threads:
            while not self._over():
                self._cue(threads)
                if self._every("outbox", OUTBOX_SECONDS):
                    self._look_into_outbox()
                tick()
                time.sleep(TICK_SECONDS)
        self._look_into_outbox()

    def progress(self) -> Progress:
        emails = sum(1 for message in self.messages if message.sent.channel == "email")
        now, through = self.scene.now(), sum(1 for part in self.parts if part.over)
        sums = (
            f"{self.scene.ledger.webhooks} webhooks · {emails} e-mails · {len(self.messages) - emails} SMS"
            f" · {through} of {len(self.parts)} shoppers through"
        )
        return Progress(now, (now - self.monday) / timedelta(days=LASTS_DAYS), sums)

    def _cue(self, threads: ThreadPoolExecutor) -> None:
        now = self.scene.now()
        for part in self.parts:
            if part.playing and part.playing.done():
                part.playing.result()
                part.playing, part.line = None, part.line + 1
            due = part.due(self.monday)
            if due and due <= now:
                part.playing = threads.submit(self._play_line, part)

    def _play_line(self, part: Part) -> None:
        action = part.persona.script[part.line][1]
        self.happened(self.scene.now(), part.persona.name, action.told)
        try:
            action.play(part.actor)
        except (WracajError, HTTPException, OSError) as error:
            self.scene.ledger.trouble(part.persona.name, f"{action.told}: {error}")

    def _look_into_outbox(self) -> None:
        found = told_apart(self.outbox(), self._origins())
        seen = {message.sent.message_id for message in self.messages}
        for message in (message for message in found if message.sent.message_id not in seen):
            name = message.origin.shopper if message.origin else "somebody unknown"
            self._inbox_of(name).append(message)
            self.happened(message.at, name, _told(message.sent))
        self.messages = found

    def _inbox_of(self, name: str) -> list[Delivered]:
        return next((part.actor.inbox for part in self.parts if part.persona.name == name), [])

    def _origins(self) -> dict[str, Origin]:
        origins: dict[str, Origin] = {}
        for part in self.parts:
            for name, basket in part.actor.baskets.copy().items():
                origins |= possible_origins(part.persona.shop, basket.cart_id, part.persona.name, name)
        return origins

    def _over(self) -> bool:
        if self.scene.now() > self.monday + timedelta(days=LONGEST_DAYS):
            self.scene.ledger.trouble("everybody", f"the demo did not come to its end within {LONGEST_DAYS} days of its own time")
            return True
        if any(part.playing or part.due(self.monday) for part in self.parts):
            return False
        if not self._every("timelines", TIMELINES_SECONDS) or self.timelines_running():
            return False
        self._look_into_outbox()  # a script may wait for the very last message
        return not any(part.due(self.monday) for part in self.parts)

    def _every(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now - self._looked.get(what, 0) < seconds:
            return False
        self._looked[what] = now
        return True


def _told(message: SentMessage) -> str:
    if message.channel == "email":
        return f"gets an e-mail: {message.subject}"
    return f"gets an SMS: {message.text.partition(': http')[0]}"


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    threads = ThreadPoolExecutor(THREADS)
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
