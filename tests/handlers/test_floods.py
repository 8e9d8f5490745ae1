"""Floods of requests to the public endpoints. The number of stored items is limited, other shops
stay reachable, and an opt-out is still accepted."""

import hashlib
import hmac
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers.test_push_subscribe import a_subscription, asks
from support.inbox import Inbox
from support.lambdas import Json, Lambdas, unique
from support.preference_pages import data_links, press, send
from wracaj import store
from wracaj.settings.shop import Shop
from wracaj.store import request_limits
from wracaj.store.request_limits import RATE_LIMITS, LimitedAction, RateLimit
from wracaj.storefront import flood

FEW = RateLimit(a_day=3, an_hour=5, a_minute=5)
WEB_PUSH: Json = {"contact": "mailto:sklep@kubek.example"}


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = {
        door: FEW if RATE_LIMITS[door].an_hour else replace(RATE_LIMITS[door], a_day=FEW.a_day)
        for door in LimitedAction
    }
    monkeypatch.setattr(request_limits, "RATE_LIMITS", bounds)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_A_SECOND", 10_000)


def items_of(shop: Shop) -> list[str]:
    table = store.open_store().table
    pages = table.dynamodb.get_paginator("scan").paginate(
        TableName=table.name, ProjectionExpression="PK, SK"
    )
    keys = [(item["PK"]["S"], item["SK"]["S"]) for page in pages for item in page["Items"]]
    return [
        f"{pk} {sk}" for pk, sk in keys if pk.startswith(f"SHOP#{shop.id}#") and "#RATE#" not in pk
    ]


def statuses(lambdas: Lambdas, shop: Shop, many: int) -> Counter[int]:
    """So many browsers, each with a cart of its own."""
    bodies = [asks(unique("a-cart-that-nobody-has")) for _ in range(many)]
    return Counter(lambdas.push(shop.id, body)["statusCode"] for body in bodies)


@pytest.mark.usefixtures("narrow", "patient")
def test_a_flood_at_one_shop_is_written_in_part_and_leaves_the_others_open(
    lambdas: Lambdas,
) -> None:
    flooded, other = lambdas.register(web_push=WEB_PUSH), lambdas.register(web_push=WEB_PUSH)
    assert statuses(lambdas, flooded, 30) == {200: 5, 429: 25}
    written = items_of(flooded)
    assert sum(key.endswith(" CART") and "#CART#" in key for key in written) == 5
    assert statuses(lambdas, flooded, 10) == {429: 10}
    assert items_of(flooded) == written
    assert statuses(lambdas, other, 1) == {200: 1}


@pytest.mark.usefixtures("narrow", "patient")
def test_a_no_is_taken_while_the_door_is_shut(lambdas: Lambdas) -> None:
    shop = lambdas.register(web_push=WEB_PUSH)
    given = asks(unique("a-cart-that-somebody-has"))
    assert lambdas.push(shop.id, given)["statusCode"] == 200
    statuses(lambdas, shop, 30)
    assert lambdas.push(shop.id, given | {"unsubscribe": True})["json"] == {
        "status": "unsubscribed"
    }


@pytest.mark.usefixtures("narrow", "patient")
def test_one_browser_speaks_of_so_many_carts_a_day(lambdas: Lambdas) -> None:
    shop, browser = lambdas.register(web_push=WEB_PUSH), a_subscription()
    told = [
        lambdas.push(shop.id, asks(unique("a-cart-that-nobody-has"), browser))["statusCode"]
        for _ in range(5)
    ]
    assert told == [200] * FEW.a_day + [429] * 2


@pytest.mark.usefixtures("narrow", "patient")
def test_noes_of_browsers_that_nobody_knows_write_nothing_at_all(
    lambdas: Lambdas, wire: list[str]
) -> None:
    shop = lambdas.register(web_push=WEB_PUSH)
    wire.clear()
    for _ in range(10):
        body = asks(unique("a-cart-that-nobody-has")) | {"unsubscribe": True}
        assert lambdas.push(shop.id, body)["statusCode"] == 200
    assert not [
        call
        for call in wire
        if call.startswith("DynamoDB") and ("Put" in call or "Update" in call or "Write" in call)
    ]


def test_beyond_some_a_second_nothing_is_even_asked(
    lambdas: Lambdas, wire: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    flooded, other = lambdas.register(web_push=WEB_PUSH), lambdas.register(web_push=WEB_PUSH)
    monkeypatch.setattr(flood, "MOST_A_SECOND", 3)
    moment = datetime.now(UTC)
    monkeypatch.setattr("push_subscribe.app.real_now", lambda: moment)
    statuses(lambdas, flooded, 3)
    wire.clear()
    assert statuses(lambdas, flooded, 50) == {429: 50}
    assert wire == []
    assert statuses(lambdas, other, 1) == {200: 1}
    no = asks(unique("a-cart-that-nobody-has")) | {"unsubscribe": True}
    assert lambdas.push(flooded.id, no)["statusCode"] == 200


def test_what_a_process_remembers_of_floods_is_bounded() -> None:
    seen = flood.Flood()
    for number in range(5 * flood.MOST_SHOPS):
        seen.is_over(f"shop-{number}", 1.0)
    assert len(seen.seen) <= flood.MOST_SHOPS


# --- Messenger ------------------------------------------------------------------------------------

PAGE, SECRET = "104857600104857", "5ca1ab1e"


def comes_from(lambdas: Lambdas, shop: Shop, cart_id: str, shopper: str) -> Json:
    """A link into Messenger was followed, as Meta tells it."""
    now = round(datetime.now(UTC).timestamp() * 1000)
    event = {
        "sender": {"id": shopper},
        "timestamp": now,
        "referral": {"ref": cart_id, "source": "SHORTLINK"},
    }
    body = json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": [event]}]}).encode()
    return lambdas.messenger(
        shop.id, body, f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"
    )


@pytest.mark.usefixtures("narrow")
def test_one_conversation_is_tied_to_so_many_carts_and_meta_is_not_told(lambdas: Lambdas) -> None:
    shop = lambdas.add_secrets(
        lambdas.register(messenger={"page_id": PAGE}), app_secret=SECRET, page_token="EAAp"
    )
    carts = [unique("a-cart-that-nobody-has") for _ in range(6)]
    assert {
        comes_from(lambdas, shop, cart_id, "7001002003001")["statusCode"] for cart_id in carts
    } == {200}
    assert [lambdas.cart(shop, cart_id) is not None for cart_id in carts] == [True] * FEW.a_day + [
        False
    ] * 3
    last = unique("a-cart-that-nobody-has")
    assert comes_from(lambdas, shop, last, "7001002003009")["statusCode"] == 200
    assert lambdas.cart(shop, last) is not None


# --- the link to one's data -----------------------------------------------------------------------


@pytest.mark.usefixtures("narrow")
def test_an_address_gets_so_many_links_a_day_and_the_page_says_that_none_was_sent(
    lambdas: Lambdas,
) -> None:
    inbox = Inbox(lambdas)
    for _ in range(FEW.a_day):
        assert store.open_store().rate_limits.admit(
            inbox.shop.id, LimitedAction.ASKED_FOR, inbox.email
        )
    assert send(inbox, section="data") == "later"
    assert "alert" in press(inbox, "Wyślij mi link do moich danych").roles
    assert data_links(inbox) == []


@pytest.mark.usefixtures("narrow")
def test_a_link_that_was_sent_is_not_counted_again(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas)
    assert [send(inbox, section="data") for _ in range(3 * FEW.a_day)] == [
        "link_sent"
    ] * 3 * FEW.a_day
    assert len(data_links(inbox)) == 1
