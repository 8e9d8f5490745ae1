"""What a report is about, before a platform words it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from simulation.judge.truth import Who

Json = dict[str, Any]
Body = tuple[str, Json]


def number_of(name: str) -> int:
    """Platforms count; stories use names."""
    return 70_000_000 + crc32(name.encode()) % 900_000_000


@dataclass(frozen=True)
class Basket:
    """A cart at one moment. `began` and `at`: by the shop's clock. `mark`: as in CartTold."""

    cart: str
    began: datetime
    at: datetime
    who: Who
    mark: str | None
    total: Decimal
    ticked: dict[str, datetime]
    unticked: frozenset[str]
    is_checkout: bool = True

    @property
    def url(self) -> str:
        return f"https://kubek.example/koszyk/{self.cart}"


@dataclass(frozen=True)
class Purchase:
    """An order at one moment."""

    order: str
    placed_at: datetime
    at: datetime
    who: Who
    cart: str | None
    total: Decimal
    ticked: dict[str, datetime]
    began: datetime
    is_paid: bool = False
    is_cancelled: bool = False
    refunds: tuple[tuple[str, Decimal], ...] = ()
    codes: tuple[str, ...] = ()
