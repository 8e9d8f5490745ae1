"""The demo's week: its shoppers, their shops, and times as the scripts write them."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from wracaj.timelines.steps import Reason

KUBEK, PARAPET, LEN = "demo-shopify", "demo-generic", "demo-channels"
ZIARNA = "demo-woocommerce"
HOSTS: Mapping[str, str] = {
    KUBEK: "kubek.example",
    PARAPET: "parapet.example",
    LEN: "len.example",
    ZIARNA: "ziarna.example",
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ZONE = ZoneInfo("Europe/Warsaw")

StepName = Literal["first_email", "sms", "discount_email"]
MAIL: StepName = "first_email"
SMS: StepName = "sms"
CODE: StepName = "discount_email"
STEPS: tuple[StepName, ...] = (MAIL, SMS, CODE)
# a kind of message of the year is not listed, because it is its own word
STEP_WORDS: Mapping[str, str] = {MAIL: "e-mail", SMS: "SMS", CODE: "discount e-mail"}


@dataclass(frozen=True)
class Product:
    sku: str
    title: str
    price: Decimal


@dataclass(frozen=True)
class At:
    """A time of the demo's week, by the shops' wall clock."""

    day: int
    hour: int
    minute: int = 0

    def on(self, monday: datetime) -> datetime:
        """Return the moment. `monday`: any moment of the demo's first day."""
        first = monday.astimezone(ZONE).date()
        return datetime.combine(
            first + timedelta(days=self.day), time(self.hour, self.minute), tzinfo=ZONE
        )

    def __str__(self) -> str:
        return f"{DAYS[self.day % 7]} {self.hour:02}:{self.minute:02}"


@dataclass(frozen=True)
class After:
    """Some hours after the shopper got this message."""

    step: StepName
    hours: float

    def __str__(self) -> str:
        return f"{self.hours:g} h after the {STEP_WORDS[self.step]}"


When = At | After


def mon(hour: int, minute: int = 0) -> At:
    return At(0, hour, minute)


def tue(hour: int, minute: int = 0) -> At:
    return At(1, hour, minute)


def wed(hour: int, minute: int = 0) -> At:
    return At(2, hour, minute)


def thu(hour: int, minute: int = 0) -> At:
    return At(3, hour, minute)


def after(step: StepName, hours: float) -> After:
    return After(step, hours)


@dataclass(frozen=True)
class Person:
    """A shopper of a shop. `expects`: the messages that must come, in this order, and no others."""

    name: str
    shop: str
    story: str
    _: KW_ONLY
    expects: tuple[StepName, ...] = ()
    # recorded reason of each message that did not come
    why: Mapping[StepName, Reason] = field(default_factory=dict)
    mentions: str | None = None  # words that the first e-mail must have
    never_mentions: str | None = None
    with_email: bool = True
    with_phone: bool = True
    mailbox: str | None = None  # the e-mail address, if it is not made from the name
    member: bool = False  # logged in from the beginning
    english: bool = False
    cart_id: str | None = None  # id of the first cart, if it matters

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def currency(self) -> str:
        return "EUR" if self.english else "PLN"
