"""One state, read leniently: whatever is missing or of the wrong kind reads as absent, and the
rules say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wracaj_cli.timelines.expressions import is_expression

ENDS = ("Succeed", "Fail")


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    return [mapping(item) for item in value] if isinstance(value, list) else []


@dataclass(frozen=True, eq=False)
class State:
    name: str
    body: dict[str, Any]

    @property
    def type(self) -> object:
        return self.body.get("Type")

    @property
    def ends(self) -> bool:
        return self.type in ENDS or self.body.get("End") is True

    @property
    def assign(self) -> dict[str, Any]:
        return mapping(self.body.get("Assign"))

    @property
    def choices(self) -> list[dict[str, Any]]:
        return mappings(self.body.get("Choices"))

    @property
    def retriers(self) -> list[dict[str, Any]]:
        return mappings(self.body.get("Retry"))

    @property
    def catchers(self) -> list[dict[str, Any]]:
        return mappings(self.body.get("Catch"))

    @property
    def payload(self) -> dict[str, Any]:
        return mapping(mapping(self.body.get("Arguments")).get("Payload"))

    @property
    def step(self) -> dict[str, Any]:
        return mapping(self.payload.get("step"))

    def step_text(self, key: str) -> str | None:
        """What is written there, unless it is worked out only when the timeline runs."""
        value = self.step.get(key)
        return value if isinstance(value, str) and not is_expression(value) else None

    @property
    def is_message(self) -> bool:
        return self.type == "Task" and "step" in self.payload

    @property
    def is_close(self) -> bool:
        return self.type == "Task" and "close" in self.payload and not self.is_message

    @property
    def is_question(self) -> bool:
        """Asks what the shopper should hear of; the Choice behind it leads to a message
        or to none."""
        return (
            self.type == "Task" and bool(self.payload) and not self.is_message and not self.is_close
        )

    def transitions(self) -> Iterator[tuple[tuple[str | int, ...], object]]:
        """Every way out, as (where it is written, the state it names)."""
        if "Next" in self.body:
            yield ("Next",), self.body["Next"]
        if self.type == "Choice" and "Default" in self.body:
            yield ("Default",), self.body["Default"]
        for key, entries in (("Choices", self.choices), ("Catch", self.catchers)):
            yield from (
                ((key, index, "Next"), entry.get("Next")) for index, entry in enumerate(entries)
            )

    def targets(self) -> list[str]:
        return [target for _, target in self.transitions() if isinstance(target, str)]
