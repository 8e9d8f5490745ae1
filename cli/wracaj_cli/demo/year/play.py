"""Plays the year. Time jumps to whatever is due next: a line of a script, or a step of a
timeline."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException

from wracaj.errors import WracajError
from wracaj.settings.shop import Shop, ShopSettings
from wracaj_cli import local
from wracaj_cli.counted import counted
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.display import Progress
from wracaj_cli.demo.experiment.cast import PARTICIPANTS
from wracaj_cli.demo.experiment.review import with_experiment
from wracaj_cli.demo.experiment.story import Participant
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.stage import EXAMPLES, Stage
from wracaj_cli.demo.week import PARAPET, ZONE
from wracaj_cli.demo.year import nights
from wracaj_cli.demo.year.cast import REGULARS
from wracaj_cli.demo.year.mail import told_apart
from wracaj_cli.demo.year.story import Doing, On, Regular
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.settings_file import read_settings
from wracaj_cli.shops.target import local_target

FIRST_NUMBER = 60  # the shoppers of the carts have the numbers below
FIRST_PARTICIPANT = 100
OPENING, CLOSING = On(1, 1, 5), On(12, 31, 18)
OUTBOX_SECONDS = 1.0
POINTS_MONTHS = 9


def with_programme(settings: ShopSettings) -> ShopSettings:
    """The shop with the programme of the worked example, and every timeline that goes with it.

    Points are valid for nine months only, so that some expire before the year ends.
    """
    example = read_settings(EXAMPLES / "loyalty.yaml")
    assert example.loyalty and example.loyalty.points
    points = example.loyalty.points.model_copy(update={"expire_after_months": POINTS_MONTHS})
    return settings.model_copy(
        update={
            "loyalty": example.loyalty.model_copy(update={"points": points}),
            "timelines": example.timelines,
        }
    )


def a_common_year_after(now: datetime) -> int:
    """Return the next year without a 29th of February, which would shift what comes 30 days after
    an order."""
    year = now.astimezone(ZONE).year + 1
    return year + 1 if year % 4 == 0 else year


@dataclass
class Year:
    """`happened` is called with each line that is played and each message that is found: time,
    shopper, text."""

    stage: Stage
    happened: Callable[[datetime, str, str], None] = lambda *_: None
    # shoppers who bought in this shop before, and who may get messages on that day
    acquaintances: tuple[Actor, ...] = ()
    regulars: tuple[Regular, ...] = REGULARS
    participants: tuple[Participant, ...] = PARTICIPANTS  # of the experiment in December
    messages: list[Delivered] = field(default_factory=list)
    actors: list[Actor] = field(init=False)
    participating: list[Actor] = field(init=False)
    year: int = field(init=False)
    _looked: float = 0.0
    _is_read: bool = False  # nothing can have come since the outbox was read

    def __post_init__(self) -> None:
        self.year = a_common_year_after(self.stage.scene.now())
        self.actors = [
            Actor(regular.persona, number, self.stage.scene, member=True)
            for number, regular in enumerate(self.regulars, FIRST_NUMBER)
        ]
        self.participating = [
            Actor(one.persona, number, self.stage.scene, member=False)
            for number, one in enumerate(self.participants, FIRST_PARTICIPANT)
        ]

    @property
    def everybody(self) -> list[Actor]:
        return [
            *self.actors,
            *self.participating,
            *(actor for actor in self.acquaintances if actor.persona.shop == PARAPET),
        ]

    def open_the_programme(self) -> Shop:
        """On New Year's Day. The functions begin anew, as settings are read at most every five
        minutes of real time."""
        local.skip_to(OPENING.of(self.year), self.stage.home)
        scene = self.stage.scene
        settings = with_experiment(with_programme(scene.shops[PARAPET].settings), self.year)
        scene.shops[PARAPET] = put_shop(local_target(self.stage.home), settings, Given())
        local.renew_functions(self.stage.home)
        return scene.shops[PARAPET]

    def play(self, tick: Callable[[], None]) -> None:
        for when, do in sorted(self._agenda(), key=lambda entry: entry[0]):
            self._let_pass_until(when, tick)
            do()
        self._let_pass_until(CLOSING, tick)
        self.look_into_outbox()

    def _agenda(self) -> Iterator[tuple[On, Callable[[], None]]]:
        scripts = [one.does for one in self.regulars] + [one.does for one in self.participants]
        for actor, does in zip((*self.actors, *self.participating), scripts, strict=True):
            yield from ((when, partial(self._do, actor, doing)) for when, doing in does)
        for night in nights.NIGHTS:
            yield nights.begins(night), partial(self.stage.switch_schedules, "ENABLED")
            yield nights.ends(night), partial(self.stage.switch_schedules, "DISABLED")

    def progress(self) -> Progress:
        now, opening, closing = self.stage.scene.now(), OPENING.of(self.year), CLOSING.of(self.year)
        orders = sum(
            len(self.stage.scene.ledger.of(regular.name, What.ORDERED)) for regular in self.regulars
        )
        sums = (
            f"{len(self.regulars)} regular customers · {counted(orders, 'order')} ·"
            f" {counted(len(self.messages), 'message')}"
        )
        return Progress(now, (now - opening) / (closing - opening), sums)

    def _let_pass_until(self, when: On, tick: Callable[[], None]) -> None:
        """Skip to this time, unless it has passed: what many shoppers do at one time takes some
        seconds."""
        if when.of(self.year) <= self.stage.scene.now():
            return

        def stopped(_: datetime) -> None:
            if time.monotonic() - self._looked > OUTBOX_SECONDS:
                self.look_into_outbox()
            tick()

        local.skip_to(when.of(self.year), self.stage.home, stopped)
        self._is_read = False

    def _do(self, actor: Actor, doing: Doing) -> None:
        self.happened(self.stage.scene.now(), actor.persona.name, doing.told)
        if doing.reads_mail and not self._is_read:
            self.look_into_outbox()
            self._is_read = True
        try:
            doing.play(actor)
        except (WracajError, HTTPException, OSError) as error:
            self.stage.scene.ledger.trouble(actor.persona.name, f"{doing.told}: {error}")

    def look_into_outbox(self) -> None:
        begins = OPENING.of(self.year).astimezone(UTC)
        found = told_apart(
            (sent for sent in self.stage.outbox.read() if sent.at >= begins), self.everybody
        )
        seen = {message.sent.message_id for message in self.messages}
        inboxes = {actor.persona.name: actor.inbox for actor in (*self.actors, *self.participating)}
        for message in (message for message in found if message.sent.message_id not in seen):
            name = message.origin.shopper if message.origin else "somebody unknown"
            inboxes.get(name, []).append(message)
            self.happened(message.at, name, f"gets an e-mail: {message.sent.subject}")
        self.messages, self._looked = found, time.monotonic()
