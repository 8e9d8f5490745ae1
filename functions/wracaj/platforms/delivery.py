"""One verified webhook on its way through a shop module."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from wracaj.errors import PayloadError, Problem
from wracaj.events import ShopEvent
from wracaj.platforms import Ignored, Parsed
from wracaj.platforms.bodies import Body
from wracaj.platforms.fields import BELOW_ZERO, in_units
from wracaj.platforms.reading import ReceivedWebhook, read
from wracaj.platforms.unknown_keys import unknown_keys
from wracaj.settings.shop import ShopSettings

Reading = tuple[ShopEvent, ...] | Ignored
Read = TypeVar("Read", bound=Body)


@dataclass(frozen=True)
class Delivery:
    """`sent_at` stands in where the body names no time. `warnings` grows while the body is read."""

    topic: str
    body: dict[str, Any]
    settings: ShopSettings
    sent_at: datetime
    sequence: str = ""  # see wracaj.events.Event
    warnings: list[Problem] = field(default_factory=list)

    @property
    def region(self) -> str:
        return self.settings.phone_region

    def read(self, model: type[Read]) -> Read:
        """Whatever cannot be read costs only itself. Raises PayloadError where that is something
        the model cannot do without."""
        misspelt = list(unknown_keys(model, self.body))  # before what cannot be read is taken out
        problems: list[Problem] = []
        try:
            read_so, problems = read(model, self.body, ReceivedWebhook(self.sent_at, self.settings))
        finally:
            for name, problem in (*problems, *misspelt):
                self.warn(name, problem)
        return read_so

    def warn(self, name: str, problem: str) -> None:
        """Once for a field: what was found wrong with it first says why there is nothing in it."""
        if all(name != told for told, _ in self.warnings):
            self.warnings.append((name, problem))

    def is_doubtful(self, name: str) -> bool:
        """Whether this field, or something in it, could not be read."""
        return any(
            (told == name or told.startswith(f"{name}.")) and problem != BELOW_ZERO
            for told, problem in self.warnings
        )

    def doubts(self, *names: str) -> list[Problem]:
        """What is wrong with these fields: who names none of them made another mistake than who
        names one badly."""
        return [(told, problem) for told, problem in self.warnings if told in names]

    def money(self, amount: Decimal | None, currency: str | None, field: str) -> Decimal | None:
        """An amount of no currency is none. `field`: where the currency is told."""
        if amount is not None and currency is None:
            self.warn(field, "is missing: amounts without it count for nothing")
        return in_units(amount, currency) if amount is not None and currency else None


def parsed(reader: Callable[[Delivery], Reading], delivery: Delivery) -> Parsed:
    try:
        told = reader(delivery)
    except PayloadError as error:
        known = {name for name, _ in error.problems}
        problems = [
            *error.problems,
            *(warning for warning in delivery.warnings if warning[0] not in known),
        ]
        raise PayloadError(problems, delivery.topic) from None
    return Parsed(told, tuple(delivery.warnings), delivery.topic)
