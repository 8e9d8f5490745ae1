"""Shopify before 2026-04: a checkout has a numeric id, and this may be the only id in an order."""

import itertools
from typing import Any, cast

import pytest

from support import webhook_bodies as a
from support.builders import NOON
from support.clocks import Clock
from support.scenes import Scene, a_scene
from support.webhook_bodies import a_shopify_request, settings_of
from wracaj.events import ShopEvent
from wracaj.platforms.shopify import webhooks as shopify

NUMBER = 36100200300
NOBODY: dict[str, Any] = {
    "cart_token": None,
    "checkout_token": None,
    "email": None,
    "contact_email": None,
    "customer": None,
}


def read(topic: str, body: dict[str, Any]) -> tuple[ShopEvent, ...]:
    request = a_shopify_request(topic, body)
    return cast("tuple[ShopEvent, ...]", shopify.parse(request, settings_of("shopify")).told)


def warned(body: dict[str, Any]) -> dict[str, str]:
    request = a_shopify_request("orders/create", body)
    return dict(shopify.parse(request, settings_of("shopify")).warnings)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    clock.time = NOON.replace(month=10, day=14)
    return a_scene(store, shop_id)


def test_an_order_that_names_only_the_number_of_its_checkout_stops_it(
    store: Any, shop_id: str, clock: Clock
) -> None:
    clock.time = NOON.replace(month=10, day=14)
    checkout = read("checkouts/update", a.a_shopify_checkout(id=NUMBER))
    order = read("orders/create", a.a_shopify_order(checkout_id=NUMBER, **NOBODY))
    for number, told in enumerate(itertools.permutations([*checkout, *order])):
        scene = a_scene(store, f"{shop_id}-{number}")
        scene.take(*told)
        assert scene.cart("hWN9cart0001").ordered


def test_an_order_of_another_checkout_stops_nothing(scene: Scene) -> None:
    checkout = read("checkouts/update", a.a_shopify_checkout(id=NUMBER))
    order = read("orders/create", a.a_shopify_order(checkout_id=NUMBER + 1, **NOBODY))
    scene.take(*checkout, *order)
    assert not scene.cart("hWN9cart0001").ordered


def test_whoever_names_nothing_but_the_number_is_told_when_it_stops_something() -> None:
    assert warned(a.a_shopify_order(checkout_id=NUMBER, **NOBODY)) == {
        "checkout_id": (
            "is all that names the cart: the order stops its reminders only if a checkout's"
            " webhook had this id"
        )
    }
    assert warned(a.a_shopify_order(checkout_id=NUMBER)) == {}


def test_without_an_order_id_the_number_is_enough() -> None:
    body = a.a_shopify_order(checkout_id=NUMBER, id=None, **NOBODY)
    (order,) = cast(Any, read("orders/create", body))
    assert order.checkout_ids == (str(NUMBER),)


def test_a_token_says_it_all() -> None:
    (order,) = cast(Any, read("orders/create", a.a_shopify_order(checkout_id=NUMBER)))
    assert order.checkout_ids == ("c0ffee00c0ffee00",)
