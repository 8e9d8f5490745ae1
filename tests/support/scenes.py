"""Plays events and steps on the real store, with a provider that remembers what it was given."""

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
    """A channel that keeps every message. `script` answers before it: an exception is raised,
    anything else is passed over."""

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
    """One shop, its store, and what left it."""

    store: Store
    shop: Shop
    provider: Provider = field(default_factory=Provider)
    started: list[tuple[str, int]] = field(default_factory=list)
    timelines: list[str] = field(default_factory=list)
    messages: list[Step] = field(default_factory=list)  # what came with the start of a timeline
    created: list[DiscountCode] = field(default_factory=list)
    episodes: Episodes = field(default_factory=Episodes)
    on_discount: Callable[[Shop, DiscountCode, str], DiscountCode] | None = None
    start_fails: bool = False

    def take(self, *events: ShopEvent) -> None:
        intake = Intake(self.store, self._start)
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
            shop=self.shop.id, cart_id=cart_id, episode=self._number(cart_id, episode), step=step
        )

    def _number(self, cart_id: str, episode: int) -> int:
        self.cart(cart_id)  # another scene may have begun one
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
        """Whom the cart names, as it is now."""
        found = self.store.customers.shopper(self.shop.id, self.cart(cart_id).contact)
        assert found is not None
        return found

    def cart(self, cart_id: str = "c1") -> Any:
        """As it is kept, but for the numbers of its episodes."""
        cart = self.store.carts.get_with_records(self.shop.id, cart_id)
        return self.episodes.of(cart) if cart else None


def a_scene(store: Store, shop_id: str, **settings: Any) -> Scene:
    return Scene(store, a_shop(shop=shop_id, **settings))


def everything(scene: Scene) -> str:
    """All that the table holds of this shop."""
    return str(items_of(scene.store, scene.shop.id))


def items_of(store: Store, shop: str) -> list[dict[str, Any]]:
    """As DynamoDB has them, links of its messages included."""
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
    """Counts the requests that really leave a client: `["UpdateItem", …]`."""

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
    """A clock that shows these moments one after another, then stays."""
    left = list(moments)
    return lambda: left.pop(0) if len(left) > 1 else left[0]
