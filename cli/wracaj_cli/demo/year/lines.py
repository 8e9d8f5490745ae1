"""The outcome for a regular customer, as it is shown."""

from dataclasses import dataclass

from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import Noted
from wracaj_cli.demo.year.promises import Standing
from wracaj_cli.demo.year.story import Kind, Regular


@dataclass(frozen=True)
class YearLine:
    """A regular customer's row in the table."""

    regular: Regular
    sent: tuple[Delivered, ...]
    deeds: tuple[Noted, ...]
    standing: Standing

    @property
    def by_kind(self) -> list[tuple[Kind, list[Delivered]]]:
        """Return the messages by kind, in the order in which the kinds first came."""
        kinds: dict[str, list[Delivered]] = {}
        for message in self.sent:
            kinds.setdefault(message.kind, []).append(message)
        return [(Kind(kind), messages) for kind, messages in kinds.items()]
