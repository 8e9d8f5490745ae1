"""A shopper of the week: a script, what must reach them on each channel, and why the rest must
not."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from wracaj.consent.channel import Channel
from wracaj.timelines.steps import Reason
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import LEN, At

if TYPE_CHECKING:
    from wracaj_cli.demo.actor import Actor
    from wracaj_cli.demo.rescue.providers import Providers

TIMELINE = "multichannel_rescue"

Step = Literal["messenger", "email", "join_audience", "sms", "push", "last_push"]
STEPS: tuple[Step, ...] = ("messenger", "email", "join_audience", "sms", "push", "last_push")
WORDS: Mapping[str, str] = {
    "messenger": "Messenger",
    "email": "e-mail",
    "join_audience": "audience",
    "sms": "SMS",
    "push": "web push",
    "last_push": "last web push",
}


@dataclass(frozen=True)
class Doing:
    told: str
    play: "Callable[[Actor, Providers], None]"


@dataclass(frozen=True)
class Visitor:
    """`gets`: the steps that must reach the shopper, and no others. `why`: the reason of each step
    that must not.

    `advertised_hours`: how long the shopper sees the shop's advertisements, to the minute; None if
    never.
    """

    name: str
    story: str
    does: tuple[tuple[At, Doing], ...]
    gets: tuple[Step, ...]
    why: Mapping[Step, Reason] = field(default_factory=dict)
    advertised_hours: float | None = None
    suppressed: tuple[Channel, ...] = ()  # channels whose address must not be used again
    mailbox: str | None = None  # the e-mail address, if it is not made from the name
    with_email: bool = True
    with_phone: bool = True

    @property
    def persona(self) -> Persona:
        return Persona(
            self.name,
            LEN,
            self.story,
            (),
            with_email=self.with_email,
            with_phone=self.with_phone,
            mailbox=self.mailbox,
            cart_id=self.cart_id,
        )

    @property
    def cart_id(self) -> str:
        """An id that is hard to guess, as a shop's ids are. Anybody who knows it may subscribe a
        browser to the cart."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:24]
