"""A small world for tests of the simulation: one shop, and one cart of one shopper."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from simulation.world.faults import FaultPlan, Planned
from simulation.world.world import SECRETS, World

from support.webhook_bodies import a_generic_cart, a_generic_order, a_word, an_envelope
from wracaj.platforms import platform
from wracaj.settings.reading import parse_settings

Json = dict[str, Any]
SHOP: Json = {
    "shop": "kubek",
    "platform": "generic",
    "name": "Kubek i Spółka",
    "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
    "url": "https://kubek.example",
    "recovery_hosts": ["kubek.example"],
    "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
    "generic": {"discount_url": "https://kubek.example/codes"},
}
ANNA = "anna@poczta.example"


def a_world(*planned: Planned, seed: int = 1, rate: float = 0.0, **settings: Any) -> World:
    """`planned`: faults at certain calls. `settings`: changes of the shop's."""
    plan = FaultPlan(rate, planned=planned, cold_start_rate=0.0)
    return World(seed, [SHOP | settings], plan)


def only(world: World, **faults: Callable[[], str]) -> None:
    """No faults but these, by where they strike: at_call, at_gateway, at_queue, at_machine."""
    for name in ("at_call", "at_gateway", "at_queue", "at_machine"):
        kind = faults.get(name, str)
        setattr(world.faults, name, lambda *_, kind=kind: kind())


def put_cart(world: World, cart_id: str = "cart-1", **changes: Any) -> Json:
    """The shop reports a cart of Anna, who agreed to mails yesterday."""
    at = world.now.isoformat()
    told: Json = {
        "cart_id": cart_id,
        "checkout_id": None,
        "customer": {"id": None, "email": ANNA, "phone": None, "first_name": "Anna"},
        "consent": {"email": a_word(updated_at=(world.now - timedelta(days=1)).isoformat())},
        "created_at": at,
        "updated_at": at,
    }
    cart = a_generic_cart(**(told | changes))
    return post(world, "checkout.updated", an_envelope("checkout.updated", cart, timestamp=at))


def put_order(world: World, **changes: Any) -> Json:
    """The shop reports that Anna ordered the cart."""
    at = world.now.isoformat()
    told: Json = {
        "cart_id": "cart-1",
        "customer": {"id": None, "email": ANNA},
        "created_at": at,
        "updated_at": at,
    }
    order = a_generic_order(**(told | changes))
    return post(world, "order.created", an_envelope("order.created", order, timestamp=at))


def post(world: World, topic: str, told: Json) -> Json:
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = platform("generic").sign(
        topic, body, parse_settings(SHOP), SECRETS["generic"], world.now
    )
    return world.post("generic", "kubek", headers | {"content-type": "application/json"}, body)


def mails(world: World) -> list[str]:
    return [left.subject for left in world.outbox if left.channel == "email"]


def records(world: World) -> dict[str, Json]:
    """Return the records of messages, by their keys."""
    return {
        item["SK"]["S"]: item
        for item in world.table.items()
        if item["SK"]["S"].startswith("MESSAGE#")
    }
