"""A shop with a running campaign. Its dispatch and its timelines are played as the state machines
do."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from campaign_page.page import PageAnswer, PageOutcome, Pager
from support.builders import HOUR, NOON, an_order, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact
from wracaj.segments.rfm import Rfm, Segment
from wracaj.store import Store
from wracaj.store.customer_keys import account_key
from wracaj.store.table import Change, dump
from wracaj.timelines.campaign import Campaign, Course
from wracaj.timelines.steps import Step, StepResult

MINUTE, DAY = timedelta(minutes=1), 24 * HOUR
DISCOUNT = {"percent": 10, "valid_days": 7}
CLUB = {
    "currency": "PLN",
    "margin_percent": 50,
    "points": {"per_unit": 1, "value": "0.01"},
    "tiers": [{"name": "Gold", "threshold": 500}],
}
_numbers = itertools.count()


@dataclass
class Hall:
    """A shop with its customers, a campaign, and the timelines that it started."""

    scene: Scene
    clock: Clock
    campaign: Campaign
    started: list[str] = field(default_factory=list)  # cart ids
    messages: list[dict[str, Any]] = field(default_factory=list)
    paged_at: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.scene.store

    @property
    def shop(self) -> str:
        return self.scene.shop.id

    @property
    def course(self) -> Course:
        course = self.store.campaigns.get(self.shop, self.campaign.id)
        assert course is not None
        return course

    def pager(self, *, switched_on: bool = True) -> Pager:
        return Pager(self.store, self._start, switched_on)

    def _start(
        self, shop: str, cart_id: str, episode: int, timeline: str, *, message: dict[str, Any]
    ) -> None:
        assert (shop, episode, timeline) == (self.shop, 1, "campaign")
        self.started.append(cart_id)
        self.messages.append(message)

    def page(self, **how: Any) -> PageAnswer:
        before = len(self.started)
        answer = self.pager(**how).take(self.scene.shop.settings, self.campaign.id)
        self.paged_at.append((self.clock.time, len(self.started) - before))
        return answer

    def dispatch(self) -> PageOutcome:
        """Play the dispatch as its state machine does: page, wait, page …"""
        while (answer := self.page()).outcome is PageOutcome.MORE:
            self.clock.time += max(1, answer.wait_seconds) * timedelta(seconds=1)
        return answer.outcome

    @property
    def step_asked(self) -> Step:
        return Step.model_validate(self.campaign.message | {"after_seconds": 180})

    def send(self, cart_id: str, **how: Any) -> StepResult:
        return self.scene.step(self.step_asked, cart_id, **how)

    def send_all(self) -> Counter[str]:
        self.clock.time += 4 * MINUTE
        return Counter(self.send(cart_id).reason for cart_id in self.started)

    def stop(self) -> None:
        self.store.campaigns.stop(self.shop, self.campaign.id, self.clock.time)

    def addresses(self) -> list[str]:
        return sorted(message.to for message in self.scene.provider.sent)

    def score(self, contact: Contact, segment: Segment) -> None:
        """Write the score as the nightly job does."""
        (customer,) = self.store.customers.behind(self.shop, contact)
        rfm = Rfm(recency=5, frequency=5, monetary=5, segment=segment, at=NOON)
        self.store.table.update(account_key(self.shop, customer.id), Change().set(rfm=dump(rfm)))


def person(number: int, **changes: Any) -> Contact:
    return Contact(**({"email": f"customer{number:03}@example.com", "locale": "pl"} | changes))


def buys(
    scene: Scene,
    contact: Contact,
    *,
    total: int = 100,
    agrees: bool = True,
    at: datetime = NOON - 30 * DAY,
) -> None:
    scene.take(
        an_order(order_id=f"o{next(_numbers)}", contact=contact, total=Decimal(total), placed_at=at)
    )
    if agrees:
        scene.take(ConsentChanged(at=at, contact=contact, channel=Channel.EMAIL, consent=yes(at)))


Open = Callable[..., Hall]


@pytest.fixture
def open_hall(store: Store, shop_id: str, clock: Clock) -> Open:
    """Return a function that opens a hall in a new shop, with a number of customers who agree."""
    halls = itertools.count()

    def opening(customers: int = 3, *, shop: dict[str, Any] | None = None, **campaign: Any) -> Hall:
        clock.time = NOON
        scene = a_scene(store, f"{shop_id}-{next(halls)}", **(shop or {}))
        for number in range(customers):
            buys(scene, person(number))
        return begun(Hall(scene, clock, a_campaign(**campaign)))

    return opening


def begun(hall: Hall) -> Hall:
    hall.store.campaigns.create(hall.shop, hall.campaign, 0, hall.clock.time)
    return hall


def a_campaign(**changes: Any) -> Campaign:
    told: dict[str, Any] = {
        "id": "winter_2026",
        "template": "campaign_season",
        "rate": 300,
        "begins_at": NOON,
    }
    return Campaign.model_validate(told | {"until": NOON + 3 * DAY} | changes)
