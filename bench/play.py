"""A shop on the emulator's real table, whose requests are counted. Its messages are not sent
anywhere."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from bench import shopper
from bench.meter import Meter, Request
from wracaj import clock
from wracaj.customers.audiences import Place
from wracaj.customers.identity import IdentifierKind, identifiers_of
from wracaj.discounts.code import DiscountCode
from wracaj.keyed_hashes import keyed_by
from wracaj.messages.links import Purpose
from wracaj.services.link_clicks import record_opening
from wracaj.settings.shop import Shop, ShopSecrets, ShopSettings
from wracaj.store import Store
from wracaj.store.message_links import message_id
from wracaj.store.table import Table
from wracaj.timelines.steps import Step, StepRequest


@dataclass
class Counted:
    """One event of a cart, and its cost."""

    what: str
    requests: list[Request]
    starts: int = 0

    @property
    def operations(self) -> str:
        names = [re.sub("(Write)?Items?$", "", request.operation) for request in self.requests]
        return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))

    @property
    def read_again(self) -> int:
        """The number of items that were requested more than once."""
        return sum(
            times > 1
            for times in Counter(key for request in self.requests for key in request.seen).values()
        )

    @property
    def writes(self) -> float:
        return sum(request.writes for request in self.requests)

    @property
    def reads(self) -> float:
        return sum(request.reads for request in self.requests)


@dataclass
class Play:
    """A shop on the real table. Its messages are not sent anywhere."""

    table: str
    client: Any
    observer: Any
    counted: dict[str, Counted] = field(default_factory=dict)
    name: str = "bench"
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keyed_by(lambda: b"the key of the bench")
        self.store = Store(Table(self.table, self.client))
        self.shop = Shop(
            settings=shopper.shop(self.name, **self.settings),
            secrets=ShopSecrets(webhook_secrets=("unused",)),
        )
        self.starts: list[str] = []

    def count(self, what: str, act: Callable[[], object]) -> None:
        before = len(self.starts)
        with Meter(self.client, self.observer) as requests:
            act()
        self.counted[what] = Counted(what, requests, len(self.starts) - before)

    def take(self, event: Any, settings: ShopSettings | None = None) -> None:
        from wracaj.services.intake.dispatch import Intake

        Intake(
            self.store, lambda _shop, cart_id, _episode, _timeline: self.starts.append(cart_id)
        ).take(settings or self.shop.settings, event)

    def step(self, name: str, step: Step | None) -> None:
        from reminder_step.step import Stepper

        send = SimpleNamespace(send=lambda _: "provider-id")
        stepper = Stepper(
            self.store,
            lambda _: send,
            _created,
            b"k" * 32,
            "https://wracaj.example",
            switched_on=True,
        )
        request = StepRequest(
            shop=self.shop.id, cart_id=name, episode=1, step=step, close=step is None
        )
        stepper.run(self.shop, request, step) if step else stepper.close(request)

    def check(self, name: str) -> None:
        from loyalty_check.check import Checker

        Checker(self.store, _created).check(self.shop, name)

    def hears(self, fate: str, name: str, step: Step) -> None:
        """Process a delivery event of a message."""
        from delivery_events.event import DeliveryEvent, DeliveryStatus, Tags
        from delivery_events.processing import DeliveryEventProcessor

        moment, tags = (
            clock.now(),
            Tags(shop=self.shop.id, step=step.name, message=self.message_id(name, step)),
        )
        DeliveryEventProcessor(self.store).process(
            DeliveryEvent(
                channel=step.channel,
                tags=tags,
                fate=DeliveryStatus(fate),
                at=moment,
                sent_at=moment,
            )
        )

    def writes_on_messenger(self, name: str, at: datetime) -> None:
        cart = self.store.carts.get(self.shop.id, name)
        assert cart is not None
        conversation = identifiers_of(self.shop.id, cart.contact)[IdentifierKind.MESSENGER]
        self.store.customers.amend_one(self.shop.id, conversation, lambda known: known.wrote(at))

    def tells_meta(self) -> None:
        from audience_sync.sync import Sync

        def taken(shop: Shop, places: Sequence[Place], *, joins: bool) -> int:  # noqa: ARG001
            return len(places)

        Sync(self.store.audiences, taken, lambda: 60.0).run(self.shop)

    def message_id(self, name: str, step: Step) -> str:
        return message_id(self.shop.id, name, 1, step.name)

    def click(self, name: str, step: Step) -> None:
        target = self.store.message_links.target(self.message_id(name, step))
        assert target is not None
        self.store.carts.get(self.shop.id, name)
        record_opening(self.store, target, Purpose.CART, clock.now())


def _created(_shop: Shop, voucher: DiscountCode, _cart_id: str) -> DiscountCode:
    return voucher


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Set a clock that stands still."""
    os.environ |= {clock.STARTED_AT: moment.isoformat(), clock.SPEED: "0"}
    try:
        yield
    finally:
        del os.environ[clock.STARTED_AT], os.environ[clock.SPEED]
