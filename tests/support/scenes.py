"""Plays events and steps on the real store, with a provider that keeps the messages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from loyalty_check.check import Checker
from reminder_step.step import Stepper
from support.builders import a_shop, a_step
from support.episodes import Episodes
from wracaj.channels import OutgoingMessage
from wracaj.consent.channel import Channel
from wracaj.customers.shopper import Shopper
from wracaj.discounts.code import DiscountCode
from wracaj.events import ShopEvent
from wracaj.services.discount_codes import create_discount
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.shop import Shop
from wracaj.store import Store
from wracaj.store.message_links import message_id
from wracaj.timelines.steps import LoyaltyAnswer, Step, StepRequest, StepResult


@dataclass
class Provider:
    """A channel that keeps every message. An entry of `script` is used first: an exception is
    raised, any other entry is ignored."""

    sent: list[OutgoingMessage] = field(default_factory=list)
    script: list[BaseException | None] = field(default_factory=list)

    def send(self, message: OutgoingMessage) -> str:
        problem = self.script.pop(0) if self.script else None
        if problem is not None:
            raise problem
        self.sent.append(message)
        return f"provider-{len(self.sent)}"


@dataclass
class Scene:
    """One shop, its store, and the messages that it sent."""

    store: Store
    shop: Shop
    provider: Provider = field(default_factory=Provider)
    started: list[tuple[str, int]] = field(default_factory=list)
    timelines: list[str] = field(default_factory=list)
    messages: list[Step] = field(default_factory=list)  # the messages in the start of a timeline
    created: list[DiscountCode] = field(default_factory=list)
    episodes: Episodes = field(default_factory=Episodes)
    on_discount: Callable[[Shop, DiscountCode, str], DiscountCode] | None = None
    start_fails: bool = False

    def take(self, *events: ShopEvent) -> None:
        self.take_with(self._start, *events)

    def take_with(self, start: Callable[..., None], *events: ShopEvent) -> None:
        """`start`: starts timelines."""
        intake = Intake(self.store, start)
        for event in events:
            intake.take(self.shop.settings, event)

    def _start(
        self, shop: str, cart_id: str, episode: int, timeline: str, message: Any = None
    ) -> None:
        if self.start_fails:
            raise ConnectionError("Step Functions does not answer")
        self.started.append((cart_id, self.episodes.counted(shop, cart_id, episode)))
        self.timelines.append(timeline)
        if message:
            self.messages.append(Step.model_validate({**message, "after_seconds": 0}))

    def step(
        self, step: Step | None = None, cart_id: str = "c1", episode: int = 1, **changes: Any
    ) -> StepResult:
        step = step or a_step()
        return self.stepper(**changes).run(self.shop, self.request(step, cart_id, episode), step)

    def check(self, cart_id: str) -> LoyaltyAnswer:
        return Checker(self.store, self._discount).check(self.shop, cart_id)

    def close(self, cart_id: str = "c1", episode: int = 1) -> None:
        self.stepper().close(
            StepRequest(
                shop=self.shop.id,
                cart_id=cart_id,
                episode=self._number(cart_id, episode),
                close=True,
            )
        )

    def request(self, step: Step, cart_id: str = "c1", episode: int = 1) -> StepRequest:
        return StepRequest(
            shop=self.shop.id,
            cart_id=cart_id,
            episode=self._number(cart_id, episode),
            step=step,
            timings={},
        )

    def _number(self, cart_id: str, episode: int) -> int:
        self.cart(cart_id)  # another scene may have begun an episode
        return self.episodes.number(self.shop.id, cart_id, episode)

    def message_id(self, step: str, cart_id: str = "c1", episode: int = 1) -> str:
        return message_id(self.shop.id, cart_id, self._number(cart_id, episode), step)

    def stepper(self, switched_on: bool = True) -> Stepper:
        return Stepper(
            self.store,
            self.channel,
            self._discount,
            b"k" * 32,
            "https://wracaj.example",
            switched_on,
        )

    def channel(self, name: Channel) -> Any:
        return SimpleNamespace(send=self.provider.send)

    def _discount(self, shop: Shop, voucher: DiscountCode, cart_id: str) -> DiscountCode:
        if self.on_discount:
            return self.on_discount(shop, voucher, cart_id)
        if shop.settings.discount.source == "pool":
            return create_discount(self.store, shop, voucher, cart_id)
        self.created.append(voucher)
        return voucher

    def shopper(self, cart_id: str = "c1") -> Shopper:
        """Return the shopper whom the cart names at present."""
        found = self.store.customers.shopper(self.shop.id, self.cart(cart_id).contact)
        assert found is not None
        return found

    def cart(self, cart_id: str = "c1") -> Any:
        """Return the stored cart, with its episodes numbered from 1."""
        cart = self.store.carts.get_with_records(self.shop.id, cart_id)
        return self.episodes.of(cart) if cart else None


def a_scene(store: Store, shop_id: str, **settings: Any) -> Scene:
    return Scene(store, a_shop(shop=shop_id, **settings))


def everything(scene: Scene) -> str:
    """Return all items of this shop as text."""
    return str(items_of(scene.store, scene.shop.id))


def items_of(store: Store, shop: str) -> list[dict[str, Any]]:
    """Return the shop's items in DynamoDB's format, including the links of its messages."""
    pages = store.table.dynamodb.get_paginator("scan").paginate(
        TableName=store.table.name, ConsistentRead=True
    )
    items = [item for page in pages for item in page["Items"]]
    return [
        item
        for item in items
        if f"SHOP#{shop}#" in item["PK"]["S"] or item.get("shop", {}).get("S") == shop
    ]


class Requests:
    """Records the requests that a client really sends: `["UpdateItem", …]`."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.names: list[str] = []

    def __enter__(self) -> list[str]:
        self.client.meta.events.register("before-send", self._note, unique_id="requests")
        return self.names

    def __exit__(self, *_: object) -> None:
        self.client.meta.events.unregister("before-send", unique_id="requests")

    def _note(self, request: Any, **_: Any) -> None:
        target = request.headers.get("X-Amz-Target", b"")
        self.names.append(
            (target.decode() if isinstance(target, bytes) else target).partition(".")[2]
        )


def at(moments: Iterable[datetime]) -> Callable[[], datetime]:
    """Return a clock that shows these moments one after another, then stays at the last one."""
    left = list(moments)
    return lambda: left.pop(0) if len(left) > 1 else left[0]
