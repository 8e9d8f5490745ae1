"""What each event and each step asks of DynamoDB, counted on the emulator's real table."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from bench import shopper
from bench.figures import Figures
from bench.meter import Meter, Request
from wracaj import clock
from wracaj.consent import Channel
from wracaj.events import CustomerUpdated
from wracaj.occasion import Occasion, occasion_id
from wracaj.settings import Shop, ShopSecrets, ShopSettings
from wracaj.steps import Discount, Step, StepRequest
from wracaj.store import Store
from wracaj.store.step_records import message_id
from wracaj.store.table import Table
from wracaj.together import MOST_COMPANIONS
from wracaj.vouchers import Voucher

NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = Step(name="first_email", channel=Channel.EMAIL, template="cart_reminder", after_seconds=3 * 3600)
SMS = Step(name="sms", channel=Channel.SMS, template="cart_sms", after_seconds=24 * 3600)
DISCOUNT = Step(
    name="discount_email", channel=Channel.EMAIL, template="cart_discount", after_seconds=24 * 3600,
    discount=Discount(percent=10, valid_days=3),
)  # fmt: skip

INVITATION = Step(
    name="programme_invitation", channel=Channel.EMAIL, template="programme_invitation", after_seconds=3 * 86_400,
    tells="invitation",
)  # fmt: skip
RECOMMENDATIONS = Step(
    name="recommendations", channel=Channel.EMAIL, template="recommendations", after_seconds=18 * 86_400,
    tells="recommendations",
)  # fmt: skip
AFTER_PURCHASE: dict[str, Any] = {
    "timelines": ["after_purchase"],
    "loyalty": {"currency": "PLN", "margin_percent": 30, "points": {}},
}
RULES: dict[str, Any] = {
    "timelines": ["abandoned_cart", "regular_cart"],
    "cart_timelines": [{"timeline": "regular_cart", "segments": ["champions", "loyal"]}],
}


@dataclass
class Counted:
    """One thing that happened to a cart, and what it cost."""

    what: str
    requests: list[Request]
    starts: int = 0

    @property
    def operations(self) -> str:
        names = [re.sub("(Write)?Items?$", "", request.operation) for request in self.requests]
        return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))

    @property
    def writes(self) -> float:
        return sum(request.writes for request in self.requests)

    @property
    def reads(self) -> float:
        return sum(request.reads for request in self.requests)


@dataclass
class Play:
    """A shop on the real table; whatever it sends goes nowhere."""

    table: str
    client: Any
    observer: Any
    counted: dict[str, Counted] = field(default_factory=dict)
    name: str = "bench"
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(Table(self.table, self.client))
        self.shop = Shop(settings=shopper.shop(self.name, **self.settings), secrets=ShopSecrets(webhook_secrets=("unused",)))
        self.starts: list[str] = []

    def count(self, what: str, act: Callable[[], object]) -> None:
        before = len(self.starts)
        with Meter(self.client, self.observer) as requests:
            act()
        self.counted[what] = Counted(what, requests, len(self.starts) - before)

    def take(self, event: Any, settings: ShopSettings | None = None) -> None:
        from wracaj.intake import Intake

        Intake(self.store, lambda _shop, cart_id, _episode, _timeline: self.starts.append(cart_id)).take(
            settings or self.shop.settings, event
        )

    def step(self, name: str, step: Step | None) -> None:
        from reminder_step.step import Stepper

        send = SimpleNamespace(send=lambda _: "provider-id")
        stepper = Stepper(self.store, lambda _: send, _created, b"k" * 32, "https://wracaj.example", switched_on=True)
        request = StepRequest(shop=self.shop.id, cart_id=name, episode=1, step=step, close=step is None)
        stepper.run(self.shop, request, step) if step else stepper.close(request)

    def click(self, name: str) -> None:
        target = self.store.step_records.link_target(message_id(self.shop.id, name, 1, FIRST.name))
        assert target is not None
        self.store.carts.get(self.shop.id, name)
        self.store.step_records.click(target, clock.now())


def _created(_shop: Shop, voucher: Voucher, _cart_id: str) -> Voucher:
    return voucher


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """A clock that stands still."""
    os.environ |= {clock.STARTED_AT: moment.isoformat(), clock.SPEED: "0"}
    try:
        yield
    finally:
        del os.environ[clock.STARTED_AT], os.environ[clock.SPEED]


def play(table: str, client: Any, observer: Any) -> dict[str, Counted]:
    scene = Play(table, client, observer)
    with clock_at(NOON):
        _webhooks(scene)
        _views(scene)
    _timeline(scene)
    _after_purchase(Play(table, client, observer, scene.counted, "bench-after", AFTER_PURCHASE))
    return scene.counted


def _webhooks(scene: Play) -> None:
    scene.count("cart without a contact", lambda: scene.take(shopper.cart_event("nobody", NOON - 4 * HOUR, known=False)))
    first = shopper.cart_event("anna", NOON - 4 * HOUR)
    later = shopper.cart_event("anna", NOON - 3.9 * HOUR, begun=NOON - 4 * HOUR)
    scene.count("first event of a cart, new shopper", lambda: scene.take(first))
    scene.count("later event", lambda: scene.take(later))
    scene.count("the same event again", lambda: scene.take(later))
    scene.count("older event after a newer one", lambda: scene.take(first))
    again = shopper.cart_event("anna-2", NOON - 5 * HOUR, contact=shopper.contact("anna"))
    scene.count("first event of a cart, known shopper", lambda: scene.take(again))
    with_rules = shopper.shop("bench", **RULES)
    third = shopper.cart_event("anna-3", NOON - 5.5 * HOUR, contact=shopper.contact("anna"))
    scene.count("the same, rules ask what was bought", lambda: scene.take(third, with_rules))
    for name in ("buyer", "guest"):
        scene.take(shopper.cart_event(name, NOON - 4 * HOUR))
    told = shopper.order("buyer", NOON - HOUR, cart_ids=("buyer",), contact=shopper.contact("buyer"))
    scene.count("order that names its cart", lambda: scene.take(told))
    scene.count("the same order again (paid)", lambda: scene.take(told))
    guest = shopper.order("guest", NOON - HOUR, contact=shopper.contact("guest"))
    scene.count("order matched by e-mail", lambda: scene.take(guest))


def _views(scene: Play) -> None:
    """After the carts: their shoppers have agreed there, and not everywhere."""
    scene.count("a product viewed by a stranger", lambda: scene.take(shopper.view("stranger", NOON - 3 * HOUR)))
    scene.take(CustomerUpdated(at=NOON - 4 * HOUR, contact=shopper.contact("silent")))
    scene.count("a product viewed by who has not agreed", lambda: scene.take(shopper.view("silent", NOON - 3 * HOUR)))
    scene.take(shopper.agreed("looker", NOON - 4 * HOUR))
    first, later = (shopper.view("looker", NOON - hours * HOUR, product) for hours, product in ((3, "1"), (2, "2")))
    scene.count("first product viewed", lambda: scene.take(first))
    scene.count("later product viewed", lambda: scene.take(later))
    scene.count("the same view again", lambda: scene.take(later))


def _timeline(scene: Play) -> None:
    with clock_at(NOON):
        scene.count("step: the cart was ordered", lambda: scene.step("buyer", FIRST))
        scene.count("step: first e-mail sent", lambda: scene.step("anna", FIRST))
        scene.count("click in a message", lambda: scene.click("anna"))
    with clock_at(NOON + 24 * HOUR):
        scene.count("step: SMS sent", lambda: scene.step("anna", SMS))
    with clock_at(NOON + 48 * HOUR):
        scene.count("step: discount e-mail sent", lambda: scene.step("anna", DISCOUNT))
        scene.count("step: close the timeline", lambda: scene.step("anna", None))
        scene.take(shopper.cart_event("late", NOON + 47 * HOUR))
        scene.count("step: held, the shopper is active", lambda: scene.step("late", FIRST))


def _after_purchase(scene: Play) -> None:
    """Three products in each order, in a shop where 100 others were bought with each of them."""
    with clock_at(NOON):
        for number in range(MOST_COMPANIONS):
            scene.take(shopper.order(f"other-{number}", NOON, products=shopper.products("1", f"other-{number}")))
        for number in range(2):
            scene.take(shopper.order(f"alike-{number}", NOON, products=shopper.products("1", "2", "3", "4")))
        scene.take(shopper.agreed("member", NOON - 4 * HOUR))
        told = shopper.order("member", NOON, contact=shopper.contact("member"), products=shopper.products("1", "2", "3"))
        scene.count("order of three products, with a timeline after it", lambda: scene.take(told))
        scene.count("the same order again, with its timeline", lambda: scene.take(told))
    occasion = occasion_id(Occasion.AFTER_PURCHASE, "order-member")
    for step in (INVITATION, RECOMMENDATIONS):
        moment = NOON + timedelta(seconds=step.after_seconds + 60)
        with clock_at(moment):
            scene.count(f"step: {step.name.replace('_', ' ')} sent", partial(scene.step, occasion, step))


def figures(counted: dict[str, Counted]) -> Figures:
    rows = [(one.what, one.operations, one.writes, one.reads, one.starts) for one in counted.values()]
    columns = ("what happens", "requests to DynamoDB", "write units", "read units", "StartExecution")
    note = "On the emulator's table, with three products in the cart. Units by DynamoDB's rules, index writes included."
    return Figures("Requests", columns, rows, note)
