"""Notifications in browsers on the local stack: the real template with its permissions enforced,
its route, and the code of its own layer."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from support.local_stack import RunningStack
from support.timeline_on_stack import browser
from support.webhook_bodies import a_generic_cart, an_envelope
from wracaj.aws.step_functions import execution_name
from wracaj.consent.channel import Channel
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj.web_push.encryption import public_key
from wracaj_cli.local import let_push_to
from wracaj_cli.local.push_service import PushService
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

CART = "a-cart-with-a-long-name"
ORIGIN = "https://kubek.example"


@pytest.fixture(scope="module")
def service(stack: RunningStack) -> Iterator[PushService]:
    with PushService() as service:
        let_push_to(service.url, stack.home)
        yield service


@pytest.fixture(scope="module")
def shop(stack: RunningStack) -> Shop:
    raw = {
        "shop": "dzwonek",
        "platform": "generic",
        "name": "Kubek i Spółka",
        "url": ORIGIN,
        "recovery_hosts": ["kubek.example"],
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "email": {"sender": "Kubek <sklep@kubek.example>"},
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
        "quiet_minutes_after_activity": 0,
        "web_push": {"contact": "mailto:sklep@kubek.example"},
    }
    return put_shop(local_target(stack.home), parse_settings(raw), Given())


def subscribe(
    stack: RunningStack, shop: Shop, subscription: dict[str, Any], origin: str = ORIGIN
) -> tuple[int, Any]:
    body = {"cart_id": CART, "subscription": subscription, "wording": "Przypomnieć o koszyku?"}
    headers = {"content-type": "text/plain;charset=UTF-8", "origin": origin}
    url = f"{stack.info.api_url.rstrip('/')}/push/{shop.id}"
    try:
        with browser.open(
            Request(url, json.dumps(body).encode(), headers, method="POST"), timeout=30
        ) as answer:
            return answer.status, answer.headers["access-control-allow-origin"]
    except HTTPError as refused:
        return refused.code, None


def test_a_cart_known_by_a_browser_alone_gets_its_timeline_and_its_notification(
    stack: RunningStack, shop: Shop, service: PushService
) -> None:
    moment = stack.now().isoformat()
    told = a_generic_cart(
        cart_id=CART,
        checkout_id=None,
        customer=None,
        consent={},
        created_at=moment,
        updated_at=moment,
    )
    assert (
        post_webhook(
            stack.info.api_url,
            shop,
            "checkout.updated",
            an_envelope("checkout.updated", told, timestamp=moment),
        ).status
        == 200
    )
    key = shop.secrets.vapid_private_key
    assert key
    subscription = service.subscribe(public_key(key))
    assert subscribe(stack, shop, subscription, "https://evil.example") == (403, None)
    assert subscribe(stack, shop, subscription) == (200, ORIGIN)
    cart = local_target(stack.home).store().carts.get(shop.id, CART)
    assert cart is not None and cart.episode
    assert cart.consent[Channel.WEB_PUSH].source == "storefront: Przypomnieć o koszyku?"
    machine = stack.info.state_machines["abandoned_cart"].replace(":stateMachine:", ":execution:")
    assert stack.client("stepfunctions").describe_execution(
        executionArn=f"{machine}:{execution_name(shop.id, CART, 1)}"
    )

    step = {"name": "push", "channel": "web_push", "template": "cart_push", "after_seconds": 0}
    event = {"shop": shop.id, "cart_id": CART, "episode": cart.episode, "step": step}
    answer = stack.client("lambda").invoke(
        FunctionName=stack.info.reminder_step, Payload=json.dumps(event)
    )
    assert json.loads(answer["Payload"].read())["outcome"] == "sent"
    (pushed,) = service.pushed
    assert service.problems == []
    assert pushed.payload["title"] == "Twój koszyk wciąż tu jest"
    with pytest.raises(HTTPError) as redirect:
        browser.open(pushed.payload["url"], timeout=30)
    assert redirect.value.code == 302 and redirect.value.headers["location"].startswith(ORIGIN)
