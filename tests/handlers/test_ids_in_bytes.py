"""The longest allowed ids are stored, whichever endpoint they come through. An id that is one byte
longer is refused with a problem, and nothing is stored."""

import json
from typing import Any

import pytest

from support.lambdas import Json, Lambdas, a_cart_body, ago, unique
from support.webhook_bodies import a_generic_order, an_envelope
from wracaj import store
from wracaj.external_ids import MOST_BYTES
from wracaj.settings.shop import Shop
from wracaj_cli.local.push_reading import Browser

LETTERS = {"one byte": "a", "two": "ż", "three": "€", "four": "🛒"}
each_letter = pytest.mark.parametrize("letter", LETTERS.values(), ids=list(LETTERS))


def longest(letter: str) -> str:
    """Of this test alone, and as long as an id may be."""
    own = unique("id")
    left = MOST_BYTES - len(own)
    return own + letter * (left // len(letter.encode())) + "a" * (left % len(letter.encode()))


def items_of(shop: Shop) -> list[Json]:
    """Everything that stands under the shop's name, but what its people are told of its
    webhooks."""
    table = store.open_store().table
    pages = table.dynamodb.get_paginator("scan").paginate(TableName=table.name)
    found = [
        item
        for page in pages
        for item in page["Items"]
        if item["PK"]["S"].startswith(f"SHOP#{shop.id}#")
    ]
    return [item for item in found if item["PK"]["S"] != f"SHOP#{shop.id}#WEBHOOKS"]


def a_cart(id_: str, **customer: Any) -> tuple[str, Any]:
    who = {
        "id": id_,
        "email": "ala@poczta.example",
        "phone": None,
        "first_name": "Ala",
        "locale": "pl-PL",
    } | customer
    topic, body = a_cart_body("generic", id_, checkout_id=id_, customer=who)
    return topic, body


def an_order(id_: str) -> tuple[str, Any]:
    at = ago(hours=1)
    who = {
        "id": id_,
        "email": "ala@poczta.example",
        "phone": None,
        "first_name": "Ala",
        "locale": "pl-PL",
    }
    order = a_generic_order(
        order_id=id_, cart_id=id_, checkout_id=id_, customer=who, created_at=at, updated_at=at
    )
    return "order.created", an_envelope("order.created", order, timestamp=at)


@each_letter
def test_the_longest_ids_of_a_shop_are_stored(lambdas: Lambdas, letter: str) -> None:
    shop, id_ = lambdas.register(), longest(letter)
    assert len(id_.encode()) == MOST_BYTES
    assert lambdas.post(shop, *a_cart(id_))["statusCode"] == 200
    assert lambdas.post(shop, *an_order(id_))["statusCode"] == 200
    assert lambdas.cart(shop, id_).orders


@each_letter
@pytest.mark.parametrize("event", [a_cart, an_order])
def test_a_byte_more_is_told_by_its_field_and_leaves_nothing(
    lambdas: Lambdas, letter: str, event: Any
) -> None:
    shop = lambdas.register()
    answer = lambdas.post(shop, *event(longest(letter) + "a"))
    if answer["statusCode"] == 422:
        problems = {error["problem"] for error in answer["json"]["errors"]}
        assert (
            "must be an id of at most 255 bytes in UTF-8, all of them printable characters"
            in problems
        )
        assert items_of(shop) == []
    else:  # what can still be read of it counts, and says what could not
        assert answer["statusCode"] == 200 and answer["json"]["warnings"]


@each_letter
def test_a_page_of_the_shop_speaks_of_a_cart_with_the_longest_id(
    lambdas: Lambdas, letter: str
) -> None:
    shop = lambdas.register(web_push={"contact": "mailto:sklep@kubek.example"})
    asked = {"subscription": a_subscription(), "wording": "Powiadomić Cię?"}
    assert lambdas.push(shop.id, asked | {"cart_id": longest(letter)})["statusCode"] == 200


@pytest.mark.parametrize(
    "end",
    ["a", "\x00", "\n", "\u2028", "\ud800"],
    ids=["a byte more", "NUL", "LF", "LS", "half a sign"],
)
@each_letter
def test_a_page_is_told_of_an_id_that_is_none_and_nothing_is_written(
    lambdas: Lambdas, letter: str, end: str
) -> None:
    shop = lambdas.register(web_push={"contact": "mailto:sklep@kubek.example"})
    id_ = longest(letter) if end == "a" else unique("cart-that-is-hard-to-guess")
    raw = '{"cart_id": %s, "subscription": %s, "wording": "?"}'
    answer = lambdas.push(shop.id, raw % (json.dumps(id_ + end), json.dumps(a_subscription())))
    assert answer["statusCode"] == 422
    (error,) = answer["json"]["errors"]
    assert error["field"] == "cart_id"
    assert items_of(shop) == []


@each_letter
@pytest.mark.parametrize("name", ["one too long", "half a sign"])
def test_a_shop_s_name_in_an_address_is_none_of_these(
    lambdas: Lambdas, wire: list[str], letter: str, name: str
) -> None:
    wire.clear()
    odd = letter * 2048 if name == "one too long" else "kubek\ud800"
    told = {
        lambdas.webhook("generic", odd, "{}", {})["statusCode"],
        lambdas.push(odd, {})["statusCode"],
    }
    assert (told, wire) == ({401, 404}, [])


def a_subscription() -> Json:
    return {
        "endpoint": f"https://fcm.googleapis.com/fcm/send/{unique('browser')}",
        "keys": Browser().keys(),
    }
