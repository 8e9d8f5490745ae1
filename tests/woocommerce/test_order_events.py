"""Which events an order's states make: the plugin's pure part, read by our platform."""

import json
from typing import Any

import pytest

from support.webhook_bodies import a_request, settings_of
from support.woocommerce_plugin import needs_php, php
from wracaj.events import Event, OrderCancelled, OrderPlaced, OrderRefunded
from wracaj.platforms.generic import webhooks as generic

pytestmark = needs_php
ORDER = {
    "order_id": "14",
    "status": "pending",
    "created_at": 1_800_000_000,
    "paid_at": 0,
    "cart_id": "8f1c0d5e-6a3b-4f0e-9d1c-2b7a5e4c3d21",
    "restored_cart_id": "",
    "customer": {"id": None, "email": "ala@poczta.example"},
    "consent": None,
    "currency": "PLN",
    "total": "199.00",
    "tax": "37.21",
    "shipping": "12.00",
    "discount": "0.00",
    "discount_codes": [],
    "items": [{"product_id": "7", "title": "Kubek", "quantity": 1}],
    "refunds": {},
}
PLAY = """
$reported = []; $all = []; $now = 1800000100.0;
foreach ($given as $state) {
    $made = new OrderEvents(new OrderSnapshot($state), $reported, $now);
    $reported = json_decode(json_encode($made->reported), true);
    foreach ($made->events as [$type, $data]) {
        $all[] = ['type' => $type, 'timestamp' => Clock::iso($now),
            'data' => ['schema' => 1] + $data];
    }
    $now += 60;
}
return $all;
"""


def play(*states: dict[str, Any]) -> list[dict[str, Any]]:
    """Let an order go through states, one change after the other; return the events' bodies."""
    whole: dict[str, Any] = dict(ORDER)
    steps = []
    for state in states:
        whole = whole | state
        steps.append(whole)
    return list(php(PLAY, steps))


def types(*states: dict[str, Any]) -> list[str]:
    return [event["type"] for event in play(*states)]


def told(*states: dict[str, Any]) -> list[Event]:
    """What our platform makes of it; it warns of nothing."""
    all_told: list[Event] = []
    for body in play(*states):
        read = generic.parse(a_request(json.dumps(body).encode()), settings_of("generic"))
        assert read.warnings == ()
        all_told += read.told  # type: ignore[arg-type]
    return all_told


@pytest.mark.parametrize(
    "status", ["pending", "checkout-draft", "auto-draft", "failed", "cancelled"]
)
def test_what_is_no_purchase_makes_no_event(status: str) -> None:
    assert types({"status": status}, {"total": "250.00"}) == []


@pytest.mark.parametrize("status", ["on-hold", "processing", "completed", "spakowane"])
def test_a_purchase_is_told_once_whatever_is_saved_afterwards(status: str) -> None:
    assert types({"status": status}, {"status": status}, {}) == ["order.created"]


def test_payment_is_told_when_it_comes() -> None:
    assert types({"status": "on-hold"}, {"status": "processing", "paid_at": 1_800_000_200}, {}) == [
        "order.created",
        "order.paid",
    ]


def test_a_card_payment_is_placed_and_paid_in_one_moment_and_in_this_order() -> None:
    created, paid = told({"status": "pending"}, {"status": "processing", "paid_at": 1_800_000_200})
    assert isinstance(created, OrderPlaced) and isinstance(paid, OrderPlaced)
    assert created.at < paid.at and paid.stands and not created.stands
    assert created.cart_ids == (ORDER["cart_id"],)
    assert created.placed_at.timestamp() == 1_800_000_000


def test_cancelled_and_back_counts_again() -> None:
    back = told({"status": "on-hold"}, {"status": "cancelled"}, {}, {"status": "processing"})
    assert [type(one) for one in back] == [OrderPlaced, OrderPlaced, OrderCancelled, OrderPlaced]
    assert isinstance(back[-1], OrderPlaced) and back[-1].stands


def test_refunds_are_told_each_once_and_none_of_an_unknown_order() -> None:
    one = {"51": {"amount": "50.00", "at": 1}}
    two = one | {"52": {"amount": "20.00", "at": 2}}
    refunds = [
        event
        for event in told(
            {"status": "processing"}, {"refunds": one}, {"refunds": two}, {"status": "refunded"}
        )
        if isinstance(event, OrderRefunded)
    ]
    assert [(event.refund_id, str(event.amount)) for event in refunds] == [
        ("51", "50.00"),
        ("52", "20.00"),
    ]
    assert types({"status": "refunded", "refunds": one}) == []


def test_a_change_of_total_owner_or_lines_is_told_and_nothing_else() -> None:
    assert types(
        {"status": "processing"},
        {"total": "250.00"},
        {"customer": {"id": "42", "email": "ala@poczta.example"}},
        {"items": []},
        {"tax": "1.00"},
    ) == ["order.created", "order.updated", "order.updated", "order.updated"]


def test_an_order_ends_the_cart_whose_link_was_opened_too() -> None:
    (order,) = told({"status": "on-hold", "restored_cart_id": "left-cart-0123456789"})
    assert isinstance(order, OrderPlaced)
    assert order.cart_ids == (ORDER["cart_id"], "left-cart-0123456789")
