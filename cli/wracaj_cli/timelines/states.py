"""A state of a job. A value that is missing or has the wrong type is read as absent."""

from dataclasses import dataclass
from typing import Any


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
    def retriers(self) -> list[dict[str, Any]]:
        return mappings(self.body.get("Retry"))
