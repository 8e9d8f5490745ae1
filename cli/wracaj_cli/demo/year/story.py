"""A regular customer of the demo's year: orders and other actions, and the messages that must
follow, day by day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING

from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import PARAPET, ZONE

if TYPE_CHECKING:
    from wracaj_cli.demo.actor import Actor


class Kind(StrEnum):
    """A kind of message, by what it is about."""

    WELCOME = "welcome"
    WELCOME_AGAIN = "reminder of the code"
    THANKS = "thanks"
    INVITATION = "invitation to the programme"
    REVIEW = "request for a review"
    RECOMMENDED = "recommendations"
    REWARD = "reward"
    NUDGE = "nudge"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    EXPIRING = "points about to expire"
    SILENT_30 = "win-back, 30 days"
    SILENT_60 = "win-back, 60 days"
    SILENT_90 = "win-back, 90 days"
    SILENT_120 = "win-back, 120 days"
    SILENT_180 = "win-back, 180 days"
    CART = "cart"
    CART_CODE = "cart, with a discount"


KINDS: Mapping[tuple[str, str], Kind] = {  # timeline and step, as the message's tags say
    ("welcome", "welcome_email"): Kind.WELCOME,
    ("welcome", "code_reminder"): Kind.WELCOME_AGAIN,
    ("after_purchase", "thank_you"): Kind.THANKS,
    ("after_purchase", "programme_invitation"): Kind.INVITATION,
    ("after_purchase", "review_request"): Kind.REVIEW,
    ("after_purchase", "recommendations"): Kind.RECOMMENDED,
    ("loyalty", "reward"): Kind.REWARD,
    ("loyalty", "nudge"): Kind.NUDGE,
    ("birthday", "birthday_email"): Kind.BIRTHDAY,
    ("anniversary", "anniversary_email"): Kind.ANNIVERSARY,
    ("points_expiring", "points_email"): Kind.EXPIRING,
    ("win_back", "first_email"): Kind.SILENT_30,
    ("win_back", "second_email"): Kind.SILENT_60,
    ("win_back", "third_email"): Kind.SILENT_90,
    ("win_back", "fourth_email"): Kind.SILENT_120,
    ("win_back", "fifth_email"): Kind.SILENT_180,
    ("abandoned_cart", "first_email"): Kind.CART,
    ("abandoned_cart", "discount_email"): Kind.CART_CODE,
}
OFFERS = frozenset({Kind.SILENT_60, Kind.SILENT_90, Kind.SILENT_120, Kind.SILENT_180})
WITH_CODE = OFFERS | {Kind.WELCOME, Kind.WELCOME_AGAIN, Kind.BIRTHDAY, Kind.ANNIVERSARY}
ENDED_BY_ORDERS = frozenset(Kind) - {
    Kind.REWARD,
    Kind.NUDGE,
    Kind.BIRTHDAY,
    Kind.ANNIVERSARY,
    Kind.EXPIRING,
}


@dataclass(frozen=True, order=True)
class On:
    """A day of the year, by the shop's wall clock."""

    month: int
    day: int
    hour: int = 12
    minute: int = 0

    def of(self, year: int) -> datetime:
        return datetime.combine(
            date(year, self.month, self.day), time(self.hour, self.minute), tzinfo=ZONE
        )

    def __str__(self) -> str:
        return f"{date(2028, self.month, self.day):%d %b}"


@dataclass(frozen=True)
class Doing:
    told: str
    play: "Callable[[Actor], None]"
    reads_mail: bool = False


@dataclass(frozen=True)
class Regular:
    """`gets`: every message of the year, in order. `points`, `tier`: on its last day; `tier` is
    None if none was reached."""

    name: str
    story: str
    does: tuple[tuple[On, Doing], ...]
    gets: tuple[tuple[On, Kind], ...]
    points: int
    tier: str | None
    # words that the message of that day must have
    says: Mapping[On, str] = field(default_factory=dict)
    english: bool = False

    @property
    def persona(self) -> Persona:
        return Persona(self.name, PARAPET, self.story, (), member=True, english=self.english)
