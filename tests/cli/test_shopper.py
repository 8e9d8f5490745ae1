"""`wracaj shopper`: from an e-mail address, support finds everything about the shopper."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from support.local_stack import RunningStack
from support.shop_files import GOOD, Wracaj, a_file, named, run, stored
from wracaj.discounts.code import DiscountTerms
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.target import Target, find_target
from wracaj_cli.timelines.model import timeline
from wracaj_cli.timelines.reading import read_named

CLUB = """
discount: { source: pool }
timelines: [abandoned_cart, loyalty]
timings: { abandoned_cart: { discount_percent: 10 } }
loyalty:
  currency: PLN
  margin_percent: 40
  points:
    per_unit: 1
    value: 0.01
    exchange: { points: 5000, discount: { amount: 50, minimum_total: 200 } }
"""

# whichever arm it is, both messages come
TRIES = """
experiments:
  later_sms:
    timeline: abandoned_cart
    smallest_lift: 1
    begins: {begins}
    ends: {ends}
    arms:
      now: {{ share_percent: 50 }}
      later: {{ share_percent: 50, timings: {{ sms_after_hours: 30 }} }}
"""


@pytest.fixture
def support(stack: RunningStack, environment: pytest.MonkeyPatch) -> Wracaj:
    environment.setattr(
        "wracaj_cli.shopper.command.find_target", lambda name: find_target(name, home=stack.home)
    )
    return lambda *arguments: run("shopper", *arguments)


def an_event(topic: str, target: Target, **data: Any) -> dict[str, Any]:
    at = target.now().isoformat()
    cart = {
        "schema": 1,
        "cart_id": "koszyk-1",
        "checkout_id": "koszyk-1",
        "currency": "PLN",
        "total": "250.00",
        "customer": {
            "id": "77",
            "email": "ola@wsparcie.example",
            "first_name": "Ola",
            "locale": "pl",
        },
        "consent": {"email": {"state": "subscribed", "updated_at": at, "source": "checkout"}},
        "recovery_url": "https://kubek.example/koszyk/1",
        "created_at": at,
        "updated_at": at,
        "items": [{"product_id": "1", "title": "Kubek", "quantity": 1, "unit_price": "250.00"}],
    }
    return {"type": topic, "timestamp": at, "data": cart | data}


def test_support_finds_all_of_a_shopper_by_an_address(
    wracaj: Wracaj, support: Wracaj, stack: RunningStack, target: Target, tmp_path: Path
) -> None:
    begins, ends = (
        (target.now() + timedelta(days=days)).isoformat(timespec="seconds") for days in (-1, 30)
    )
    settings = GOOD.replace("discount:", "# discount:") + CLUB
    settings += TRIES.format(begins=begins, ends=ends)
    put = wracaj("put", a_file(tmp_path, named("wsparcie", settings)))
    assert put.exit_code == 0, put.output
    target.store().codes.upload("wsparcie", DiscountTerms(percent=10), ["WSPARCIE-1"])
    shop = stored(target, "wsparcie")
    assert (
        post_webhook(
            target.api_url, shop, "checkout.updated", an_event("checkout.updated", target)
        ).status
        == 200
    )
    stack.skip(timedelta(seconds=timeline(read_named("abandoned_cart")).total, days=2))
    told = support("wsparcie", "Ola@Wsparcie.example")
    assert told.exit_code == 0, told.output
    for words in (
        "Ola",
        "koszyk-1",
        "1 × Kubek",
        "abandoned_cart; episode 1, ended",
        "not sent: no address for it",
        "arrived",
    ):
        assert words in told.stdout
    assert "checkout" in told.stdout and "WSPARCIE-1" in told.stdout
    (by_id,) = json.loads(support("wsparcie", "77", "--json").stdout)
    (by_email,) = json.loads(support("wsparcie", "ola@wsparcie.example", "--json").stdout)
    assert by_id == by_email
    states = {one["step"]: (one["state"], one["reason"]) for one in by_id["carts"][0]["messages"]}
    expected = {
        "first_email": ("sent", "due"),
        "sms": ("skipped", "no_address"),
        "discount_email": ("sent", "due"),
    }
    assert states | expected == states
    assert [code["code"] for code in by_id["codes"]] == ["WSPARCIE-1"]
    assert (by_id["points"], by_id["email"]) == (0, "ola@wsparcie.example")
    (tried,) = by_id["experiments"]
    assert tried["experiment"] == "later_sms" and tried["arm"] in {"now", "later"}
    assert f"later_sms: {tried['arm']}, since " in told.stdout
    assert f"later_sms: {tried['arm']}, since " in wracaj("cart", "wsparcie", "koszyk-1").stdout
    assert json.loads(wracaj("cart", "wsparcie", "koszyk-1", "--json").stdout) == by_id["carts"][0]
    assert (
        "niewysłana: brak adresu"
        in wracaj("cart", "wsparcie", "koszyk-1", "--language", "pl").stdout
    )


def test_who_is_not_known_is_told_with_what_would_do(
    wracaj: Wracaj, support: Wracaj, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("nikt-tu")))
    told = support("nikt-tu", "nikt@example.com")
    assert told.exit_code == 1
    assert (
        "Nobody in nikt-tu is known by nikt@example.com: look at how it is written" in told.stderr
    )
    assert "there is no shop 'nie-ma'" in support("nie-ma", "nikt@example.com").stderr


def test_of_who_asked_to_be_forgotten_support_reads_that_and_when(
    wracaj: Wracaj, support: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("zapomniani")))
    shop = stored(target, "zapomniani")
    for topic in ("checkout.updated", "privacy.customer_redact"):
        assert post_webhook(target.api_url, shop, topic, an_event(topic, target)).status == 200
    today = f"{target.now().astimezone(shop.settings.zone):%Y-%m-%d}"
    for who in ("ola@wsparcie.example", "77"):
        told = support("zapomniani", who)
        assert told.exit_code == 1
        assert f"{who} asked to be forgotten by zapomniani, and was on {today}" in told.stderr
