"""What a shopper chose on the preference page: how often, and about what."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime

from wracaj.consent.preferences import Pace, Topic
from wracaj.customers.birthday import Celebrated

PACE, TOPICS = "pace", "topics"


class Choosing(Celebrated):
    """The choices of a customer. An older choice never replaces a newer one."""

    pace: Pace | None = None
    declined: frozenset[Topic] = frozenset()
    chosen_at: dict[str, AwareDatetime] = {}  # PACE or TOPICS → when it was last chosen

    def with_pace(self, pace: Pace | None, at: datetime) -> Self:
        return self._choosing(PACE, at, pace=pace)

    def with_declined(self, topics: Collection[Topic], at: datetime) -> Self:
        """Set the declined topics. All others are wanted."""
        return self._choosing(TOPICS, at, declined=frozenset(topics))

    def _choosing(self, what: str, at: datetime, **chosen: Any) -> Self:
        if at < self.chosen_at.get(what, at):
            return self
        return self.model_copy(update=chosen | {"chosen_at": self.chosen_at | {what: at}})

    def choices_with(self, other: Self) -> dict[str, Any]:
        """Return the choices of two customers who are one: the fewest messages of both."""
        return {
            "pace": max(
                filter(None, (self.pace, other.pace)), key=lambda pace: pace.days, default=None
            ),
            "declined": self.declined | other.declined,
            "chosen_at": {
                what: max(filter(None, (self.chosen_at.get(what), other.chosen_at.get(what))))
                for what in sorted(self.chosen_at.keys() | other.chosen_at.keys())
            },
        }
