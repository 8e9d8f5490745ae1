"""Messenger and an audience, end to end: Meta's webhook over HTTP, the stack's functions,
permissions and queue, and the audience at Meta."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest

from support.local_stack import RunningStack
from support.timeline_on_stack import Shopper, a_shopper
from support.webhook_bodies import a_generic_cart, a_generic_order, a_word, an_envelope
from wracaj.customers.audiences import email_hash, phone_hash
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj_cli.local.fake_meta import FakeMeta, serving, signature
from wracaj_cli.shops.meta_setup import messenger_url
from wracaj_cli.shops.post import post_raw, post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

PAGE, RESCUE, PSID = "100200300400", "238000111", "2400000000000007"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def meta(stack: RunningStack) -> Iterator[FakeMeta]:
    fake = FakeMeta(
        app_secret="5ecret", page_token="EAApage", ads_token="EAAads", now=stack.now, pages={PAGE}
    )
    fake.audiences[RESCUE] = set()
    with serving(fake):
        yield fake


@pytest.fixture(scope="module")
def shop(stack: RunningStack, meta: FakeMeta) -> Shop:
    settings = parse_settings(
        {
            "shop": "u-mety",
            "platform": "generic",
            "name": "Kubek i Spółka",
            "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
            "url": "https://kubek.example",
            "recovery_hosts": ["kubek.example"],
            "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
            "send_window": {"opens": "0:00", "closes": "23:59:59"},
            "switched_on_at": (stack.now() - timedelta(days=1)).isoformat(),
            "messenger": {"page_id": PAGE, "graph_url": meta.url},
            "audiences": {"cart_rescue": {"id": RESCUE, "graph_url": meta.url}},
        }
    )
    given = Given(
        page_token="EAApage", app_secret="5ecret", verify_token="znane", ads_token="EAAads"
    )
    return put_shop(local_target(stack.home), settings, given)


def post(stack: RunningStack, shop: Shop, topic: str, data: dict[str, Any]) -> None:
    body = an_envelope(topic, data, timestamp=stack.now().isoformat())
    assert post_webhook(stack.info.api_url, shop, topic, body).status == 200


def fills(stack: RunningStack, shop: Shop, shopper: Shopper) -> None:
    at, before = (
        (stack.now() - timedelta(hours=2)).isoformat(),
        (stack.now() - timedelta(days=1)).isoformat(),
    )
    person = {
        "id": None,
        "email": shopper.email,
        "phone": shopper.phone,
        "first_name": "Ala",
        "locale": "pl-PL",
    }
    words = {channel: a_word(updated_at=before) for channel in ("email", "audience")}
    told = {"cart_id": shopper.cart_id, "checkout_id": None, "customer": person, "consent": words}
    post(stack, shop, "checkout.updated", a_generic_cart(**told, created_at=at, updated_at=at))


def step(stack: RunningStack, shop: Shop, shopper: Shopper, **told: Any) -> dict[str, Any]:
    asked = {
        "shop": shop.id,
        "cart_id": shopper.cart_id,
        "episode": 1,
        "step": {"after_seconds": 60} | told,
    }
    answer = stack.client("lambda").invoke(
        FunctionName=local_target(stack.home).reminder_step, Payload=json.dumps(asked)
    )
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    return result


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "it did not come to this in time"
        time.sleep(0.2)


def test_meta_s_question_is_answered_over_http(stack: RunningStack, shop: Shop) -> None:
    asked = "?hub.mode=subscribe&hub.verify_token=znane&hub.challenge=1158201444"
    with build_opener(ProxyHandler({})).open(
        messenger_url(stack.info.api_url, shop) + asked, timeout=30
    ) as response:
        assert response.read() == b"1158201444"


def test_a_click_on_messenger_brings_the_cart_s_message_there(
    stack: RunningStack, shop: Shop, meta: FakeMeta
) -> None:
    shopper = a_shopper("came-from-messenger")
    fills(stack, shop, shopper)
    clicked = stack.now() - timedelta(hours=1)
    event = {
        "sender": {"id": PSID},
        "recipient": {"id": PAGE},
        "timestamp": round(clicked.timestamp() * 1000),
    }
    event |= {"referral": {"ref": shopper.cart_id, "source": "SHORTLINK", "type": "OPEN_THREAD"}}
    body = json.dumps(
        {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [event]}]}
    ).encode()
    signed = {"x-hub-signature-256": signature("5ecret", body)}
    assert post_raw(messenger_url(stack.info.api_url, shop), body, signed).status == 200
    meta.wrote[PSID] = clicked
    result = step(stack, shop, shopper, name="chat", channel="messenger", template="cart_messenger")
    assert (result["outcome"], result["reason"]) == ("sent", "due"), result
    assert [sent.to for sent in meta.messages] == [PSID]


def test_a_shopper_joins_an_audience_and_leaves_it_with_the_order(
    stack: RunningStack, shop: Shop, meta: FakeMeta
) -> None:
    shopper = a_shopper("audience")
    fills(stack, shop, shopper)
    result = step(stack, shop, shopper, name="join", channel="audience", audience="cart_rescue")
    assert (result["outcome"], result["reason"]) == ("sent", "due"), result
    until(
        lambda: meta.audiences[RESCUE] == {(email_hash(shopper.email), phone_hash(shopper.phone))}
    )
    moment = stack.now().isoformat()
    person = {"email": shopper.email, "locale": "pl"}
    order = {
        "order_id": f"o-{shopper.cart_id}",
        "cart_id": shopper.cart_id,
        "checkout_id": None,
        "customer": person,
    }
    post(
        stack, shop, "order.created", a_generic_order(**order, created_at=moment, updated_at=moment)
    )
    until(lambda: meta.audiences[RESCUE] == set())
    assert meta.refused == []
