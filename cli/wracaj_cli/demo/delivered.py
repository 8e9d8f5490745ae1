"""A message that was really sent, and the shopper it belongs to. The shopper is read from the links
in the message, not from our records."""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wracaj.carts.cart import MOST_EPISODES
from wracaj.consent.channel import Channel
from wracaj.discounts.code import ALPHABET
from wracaj.store.message_links import message_id
from wracaj_cli.demo.week import STEP_WORDS, STEPS
from wracaj_cli.local import SentMessage

CART_LINK = re.compile(r"https?://[^\s\"<>]+/c/([A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])")
_CODE = re.compile(
    rf"(?<![A-Za-z0-9_-])[{ALPHABET}]{{4}}(?:-[{ALPHABET}]{{4}}){{2}}(?![A-Za-z0-9_-])"
)
EPISODES = 3
# fortnights of the local stack's time; a cart's first episode gets another number in each
FORTNIGHTS = 60


@dataclass(frozen=True)
class Origin:
    """The step of a cart's timeline that a message belongs to."""

    shopper: str
    basket: str
    episode: int
    step: str


@dataclass(frozen=True)
class Delivered:
    """A message that was sent. `origin` is None if it belongs to no cart of the demo."""

    sent: SentMessage
    origin: Origin | None

    @property
    def channel(self) -> Channel:
        return Channel(self.sent.channel)

    @property
    def at(self) -> datetime:
        return self.sent.at

    @property
    def step(self) -> str | None:
        return self.origin.step if self.origin else None

    @property
    def kind(self) -> str:
        """The kind of message in words, such as "SMS" or "thanks"."""
        return STEP_WORDS.get(self.step, self.step) if self.step else "message"

    @property
    def code(self) -> str | None:
        return next(iter(self.codes), None)

    @property
    def codes(self) -> list[str]:
        return list(dict.fromkeys(_CODE.findall(self.sent.text)))

    @property
    def cart_link(self) -> str | None:
        found = CART_LINK.search(self.sent.text)
        return found.group() if found else None

    @property
    def linked_message(self) -> str | None:
        """The message id in the link to the cart."""
        found = CART_LINK.search(self.sent.text)
        return base64.urlsafe_b64decode(found.group(1) + "=")[4:14].hex() if found else None

    @property
    def unsubscribe_link(self) -> str | None:
        given = self.sent.headers.get("List-Unsubscribe", "")
        return given.strip("<>") or None


def possible_origins(
    shop: str, cart_id: str, shopper: str, basket: str, steps: Iterable[str] = STEPS
) -> dict[str, Origin]:
    """Message id → where it would come from, for all that a cart's timelines may send."""
    return {
        message_id(shop, cart_id, fortnight * MOST_EPISODES + episode, step): Origin(
            shopper, basket, episode, step
        )
        for fortnight in range(FORTNIGHTS)
        for episode in range(1, EPISODES + 1)
        for step in steps
    }


def told_apart(messages: Iterable[SentMessage], origins: Mapping[str, Origin]) -> list[Delivered]:
    return [
        Delivered(message, origins.get(Delivered(message, None).linked_message or ""))
        for message in messages
    ]
