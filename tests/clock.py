"""The clock that tests set, in place of the one that the functions read."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from builders import NOON

FUNCTIONS = (
    "campaign_page.page",
    "wracaj.intake.viewing",
    "wracaj.intake.choosing",
    "wracaj.intake",
    "wracaj.intake.orders",
    "wracaj.intake.occasions",
    "daily_occasions.search",
    "loyalty_check.check",
    "preferences.choosing",
    "preferences.data",
    "push_subscribe.subscribing",
    "reminder_step.step",
    "wracaj.stopping",
)
STORES = ("accounts", "browsing", "carts", "customers", "doors", "orders", "subscriptions")
READERS = (*FUNCTIONS, *(f"wracaj.store.{name}" for name in STORES))


@dataclass
class Clock:
    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """One for all, at NOON until a test moves it."""
    clock = Clock()
    for module in READERS:
        monkeypatch.setattr(f"{module}.now", clock)
    return clock
