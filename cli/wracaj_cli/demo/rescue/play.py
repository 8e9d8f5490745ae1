"""Plays the week. Time jumps to whatever is due next: a line of a script, or a step of the
timeline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException

from wracaj.carts.cart import MOST_EPISODES
from wracaj.errors import WracajError
from wracaj.store.message_links import message_id
from wracaj_cli import local
from wracaj_cli.counted import counted
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.delivered import FORTNIGHTS, Delivered, Origin
from wracaj_cli.demo.display import Progress
from wracaj_cli.demo.rescue.cast import VISITORS
from wracaj_cli.demo.rescue.story import STEPS, WORDS, Doing, Visitor
from wracaj_cli.demo.stage import Stage
from wracaj_cli.demo.week import LEN, At
from wracaj_cli.local import SentMessage

FIRST_NUMBER = 80  # the shoppers of the carts and of the year have the numbers below
CLOSING = At(9, 12)


@dataclass
class Week:
    """`happened` is called with each line that is played and each message that is found: time,
    shopper, text."""

    stage: Stage
    happened: Callable[[datetime, str, str], None] = lambda *_: None
    visitors: tuple[Visitor, ...] = VISITORS
    messages: list[Delivered] = field(default_factory=list)
    actors: list[Actor] = field(init=False)
    monday: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.monday = self.stage.monday + timedelta(days=7)
        self.actors = [
            Actor(visitor.persona, number, self.stage.scene, member=False)
            for number, visitor in enumerate(self.visitors, FIRST_NUMBER)
        ]

    def play(self, tick: Callable[[], None]) -> None:
        lines = [
            (when, actor, doing)
            for actor, visitor in zip(self.actors, self.visitors, strict=True)
            for when, doing in visitor.does
        ]
        for when, actor, doing in sorted(lines, key=lambda line: line[0].on(self.monday)):
            self._let_pass_until(when, tick)
            self._do(actor, doing)
        self._let_pass_until(CLOSING, tick)

    def progress(self) -> Progress:
        now, opening, closing = self.stage.scene.now(), self.monday, CLOSING.on(self.monday)
        messages = counted(len(self.messages), "message")
        sums = f"{counted(len(self.visitors), 'shopper')} · {messages} over every channel"
        return Progress(now, (now - opening) / (closing - opening), sums)

    def _let_pass_until(self, when: At, tick: Callable[[], None]) -> None:
        """Skip to this time, unless it has passed: the lines of one minute together take longer
        than a minute."""
        if when.on(self.monday) > self.stage.scene.now():
            local.skip_to(when.on(self.monday), self.stage.home, lambda _: tick())
        self.look_around()

    def _do(self, actor: Actor, doing: Doing) -> None:
        self.happened(self.stage.scene.now(), actor.persona.name, doing.told)
        try:
            doing.play(actor, self.stage.providers)
        except (WracajError, HTTPException, OSError) as error:
            self.stage.scene.ledger.trouble(actor.persona.name, f"{doing.told}: {error}")

    def look_around(self) -> None:
        """Read the new messages of all providers."""
        known = self._origins()
        sent = [*self.stage.outbox.read(), *self.stage.providers.messages()]
        found = [
            Delivered(message, known[name])
            for message in sent
            if (name := _id_of(message)) in known
        ]
        seen = {message.sent.message_id for message in self.messages}
        inboxes = {actor.persona.name: actor.inbox for actor in self.actors}
        for message in sorted(found, key=lambda message: message.at):
            if message.origin and message.sent.message_id not in seen:
                inboxes[message.origin.shopper].append(message)
                words = message.sent.subject or message.sent.text.partition(": http")[0]
                self.happened(
                    message.at,
                    message.origin.shopper,
                    f"gets {WORDS[message.origin.step]}: {words}",
                )
        self.messages = sorted(found, key=lambda message: message.at)

    def _origins(self) -> dict[str, Origin]:
        return {
            message_id(LEN, basket.cart_id, fortnight * MOST_EPISODES + 1, step): Origin(
                actor.persona.name, name, 1, step
            )
            for fortnight in range(FORTNIGHTS)
            for actor in self.actors
            for name, basket in actor.baskets.items()
            for step in STEPS
        }


def _id_of(message: SentMessage) -> str:
    """Return the message id from the link to the cart, which the messages of every channel have."""
    return Delivered(message, None).linked_message or ""
