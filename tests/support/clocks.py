"""A clock that tests set, in place of the functions' clock."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from support.builders import NOON

FUNCTIONS = (
    "campaign_page.page",
    "wracaj.services.intake.product_views",
    "wracaj.services.intake.select_timeline",
    "wracaj.services.intake.dispatch",
    "wracaj.services.intake.settling",
    "wracaj.services.intake.orders",
    "wracaj.services.intake.occasions",
    "wracaj.services.intake.credits",
    "daily_occasions.search",
    "loyalty_check.check",
    "preferences.choosing",
    "preferences.data",
    "push_subscribe.subscribing",
    "reminder_step.step",
    "wracaj.services.unsubscribe",
)
STORES = (
    "accounts",
    "carts",
    "page_carts",
    "customers",
    "orders",
    "product_views",
    "push_limits",
    "request_limits",
)
READERS = (*FUNCTIONS, *(f"wracaj.store.{name}" for name in STORES))


@dataclass
class Clock:
    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """One clock for all functions. It shows NOON until a test changes it."""
    clock = Clock()
    for module in READERS:
        monkeypatch.setattr(f"{module}.now", clock)
    return clock
