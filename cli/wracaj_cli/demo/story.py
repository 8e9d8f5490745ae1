"""A shopper of the demo: a short script that reads as a story, and the outcome that must follow."""

from collections.abc import Callable
from dataclasses import dataclass

from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.week import Person, When


@dataclass(frozen=True)
class Action:
    told: str
    play: Callable[[Actor], None]


Script = tuple[tuple[When, Action], ...]


@dataclass(frozen=True)
class Persona(Person):
    script: Script
