"""One verified webhook while a platform module reads it."""

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
    """`sent_at` is used where the body has no time. `warnings` grows while the body is read."""

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
        """Read the body. A field that cannot be read is dropped alone, with a warning. Raises
        PayloadError where the model requires that field."""
        misspelt = list(unknown_keys(model, self.body))  # before unreadable parts are removed
        problems: list[Problem] = []
        try:
            read_so, problems = read(model, self.body, ReceivedWebhook(self.sent_at, self.settings))
        finally:
            for name, problem in (*problems, *misspelt):
                self.warn(name, problem)
        return read_so

    def warn(self, name: str, problem: str) -> None:
        """Warn once for each field: the first problem explains why the field is empty."""
        if all(name != told for told, _ in self.warnings):
            self.warnings.append((name, problem))

    def is_doubtful(self, name: str) -> bool:
        """Whether this field, or a field in it, could not be read."""
        return any(
            (told == name or told.startswith(f"{name}.")) and problem != BELOW_ZERO
            for told, problem in self.warnings
        )

    def doubts(self, *names: str) -> list[Problem]:
        """The problems of these fields. A field that is missing and one that is wrong are different
        mistakes."""
        return [(told, problem) for told, problem in self.warnings if told in names]

    def money(self, amount: Decimal | None, currency: str | None, field: str) -> Decimal | None:
        """The amount, or None where the currency is unknown. `field` is the field of the
        currency."""
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
