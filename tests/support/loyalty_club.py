"""A shop with a loyalty programme, for tests on a real table."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from support.builders import ANNA, HOUR, NOON, a_step, an_order, yes
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact, OrderPlaced, OrderRefunded
from wracaj.loyalty.grants import Grant
from wracaj.timelines.occasion import OccasionKind, occasion_id

DAY = 24 * HOUR
FIFTEEN = 15 * DAY + HOUR / 60
AFTER = 15 * 86_400
REWARD = a_step(name="reward", template="reward", after_seconds=AFTER, content="reward")
NUDGE = a_step(name="nudge", template="nudge", after_seconds=AFTER, content="nudge")
LOYALTY: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 50,
    "points": {"per_unit": 1, "value": "0.01"},
    "tiers": [{"name": "Gold", "threshold": 1000, "perks": ["darmowa dostawa"]}],
    "rewards": [
        {
            "name": "300 zł w kwartale",
            "threshold": 300,
            "per": "quarter",
            "discount": {"amount": "20"},
        }
    ],
    "achievements": [
        {"name": "Trzy w 90 dni", "action": "orders", "points": 100, "spent_from": 30},
        {"name": "Opinia", "action": "review", "per": "month", "points": 50, "spent_from": 30},
    ],
}


ANNAS = Contact(email=ANNA.email, locale=ANNA.locale)  # the owner of what Anna earned as a guest


def a_club(store: Any, shop_id: str, **changes: Any) -> Scene:
    timelines = ["abandoned_cart", "loyalty", *({"birthday", "anniversary"} & changes.keys())]
    scene = a_scene(store, shop_id, timelines=timelines, loyalty=LOYALTY | changes)
    scene.take(
        ConsentChanged(at=NOON - 100 * HOUR, contact=ANNA, channel=Channel.EMAIL, consent=yes())
    )
    return scene


def bought(order_id: str, total: str, at: datetime = NOON, **changes: Any) -> OrderPlaced:
    return an_order(order_id=order_id, total=Decimal(total), placed_at=at, **changes)


def about(order_id: str) -> str:
    return occasion_id(OccasionKind.LOYALTY, order_id)


def refund(order_id: str, amount: str, at: datetime = NOON + DAY) -> OrderRefunded:
    return OrderRefunded(
        at=at, order_id=order_id, refund_id=f"r-{order_id}", currency="PLN", amount=Decimal(amount)
    )


def grants(scene: Scene) -> dict[str, Grant]:
    return {
        held.grant.key: held.grant
        for one in who(scene)
        for held in scene.store.grants.of(scene.shop.id, one)
    }


def who(scene: Scene, contact: Contact = ANNA) -> list[Any]:
    return scene.store.customers.behind(scene.shop.id, contact)


def balance(scene: Scene) -> int:
    return sum(
        scene.store.accounts.get(scene.shop.id, one).points(NOON.date()) for one in who(scene)
    )


def subjects(scene: Scene) -> list[str]:
    return [message.rendered.subject.replace("\xa0", " ") for message in scene.provider.sent]


def text_of(scene: Scene) -> str:
    (message,) = scene.provider.sent
    return message.rendered.text.replace("\xa0", " ")
