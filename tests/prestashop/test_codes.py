"""Codes that Wracaj's generic platform asks for, made in the shop over real HTTP."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from support.prestashop import NEEDS_PHP, PrestaShop, a_key
from support.prestashop_gate import Gate
from support.webhook_bodies import GENERIC_SECRET, OTHER_GENERIC_SECRET, Json
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import DiscountError
from wracaj.platforms.generic import standard_webhooks

pytestmark = NEEDS_PHP
STARTS = datetime(2026, 7, 16, 9, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(days=3)
PERCENT = mint(DiscountTerms(percent=10), STARTS, ENDS, Decimal(100), "PLN")
AMOUNT = mint(DiscountTerms(amount=Decimal("20.5"), currency="PLN"), STARTS, ENDS)
FREE = mint(DiscountTerms(free_shipping=True), STARTS, ENDS, Decimal(100), "PLN")
GIFT = mint(DiscountTerms(product_id="2", product_title="Talerz"), STARTS, ENDS)


def signed(shop: PrestaShop, body: Any, secret: str = GENERIC_SECRET, age: int = 0) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent_at = datetime.now(UTC) - timedelta(seconds=age)
    shop.headers = standard_webhooks.sign("msg_1", raw, secret, sent_at)
    answer = shop.call("POST", "/module/wracaj/discount", raw)
    shop.headers = {}
    return answer.status, json.loads(answer.body)["message"]


def a_request(**changes: Any) -> Json:
    data = {
        "schema": 1,
        "code": "K7DM-4XRA-PL9C",
        "kind": "percent",
        "percent": 10,
        "amount": None,
        "product_id": None,
        "starts_at": "2026-10-16T09:30:00+00:00",
        "expires_at": "2026-10-19T09:30:00+00:00",
        "usage_limit": 1,
        "minimum_total": None,
        "currency": None,
        "cart_id": "8f1c0d5e-6a3b-4f0e-9d1c-2b7a5e4c3d21",
    }
    return {"type": "discount.requested", "data": data | changes}


def test_a_percent_code_is_a_rule_that_works_once(gate: Gate) -> None:
    gate.ask(PERCENT)
    (rule,) = gate.rules()
    wanted = {
        "code": PERCENT.code,
        "reduction_percent": 10,
        "quantity": 1,
        "quantity_per_user": 1,
        "partial_use": 0,
        "minimum_amount": 100,
        "minimum_amount_tax": 1,
        "minimum_amount_currency": 1,
        "minimum_amount_shipping": 0,
        # in the shop's time zone, summer in Warsaw
        "date_from": "2026-07-16 11:30:00",
        "date_to": "2026-07-19 11:30:00",
        "active": 1,
    }
    assert {name: rule[name] for name in wanted} == wanted
    assert rule["name"] == {"1": "Zniżka", "2": "Discount"}
    assert rule["free_shipping"] == rule["reduction_amount"] == rule["gift_product"] == 0


def test_an_amount_has_tax_and_currency(gate: Gate) -> None:
    gate.ask(AMOUNT)
    (rule,) = gate.rules()
    assert (rule["reduction_amount"], rule["reduction_tax"], rule["reduction_currency"]) == (
        20.5,
        1,
        1,
    )
    assert rule["minimum_amount"] == 0


def test_a_gift_is_one_piece_of_the_product(gate: Gate) -> None:
    gate.ask(GIFT)
    assert gate.rules()[0]["gift_product"] == 2


def test_free_delivery(gate: Gate) -> None:
    gate.ask(FREE)
    (rule,) = gate.rules()
    assert (rule["free_shipping"], rule["minimum_amount"]) == (1, 100)
    assert rule["name"]["1"] == "Darmowa dostawa"
    assert rule["reduction_percent"] == rule["reduction_amount"] == 0


def test_the_same_code_again_changes_nothing(shop: PrestaShop, gate: Gate) -> None:
    gate.ask(PERCENT)
    gate.ask(PERCENT)
    assert len(gate.rules()) == 1
    assert signed(shop, a_request(code=PERCENT.code))[0] == 409


def test_the_same_code_at_the_same_time_is_made_once(shop: PrestaShop, gate: Gate) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: signed_alone(shop, a_request()), range(4)))
    assert len(gate.rules()) == 1


def signed_alone(shop: PrestaShop, body: Json) -> None:
    signed(PrestaShop(shop.port, shop.database), body)


@pytest.mark.parametrize(
    ("secret", "age"), [(OTHER_GENERIC_SECRET, 0), (GENERIC_SECRET, 400), (GENERIC_SECRET, -400)]
)
def test_only_wracaj_may_ask(shop: PrestaShop, gate: Gate, secret: str, age: int) -> None:
    assert signed(shop, a_request(), secret, age)[0] == 401
    assert gate.rules() == []


def test_a_request_without_signature_is_refused(shop: PrestaShop) -> None:
    answer = shop.call("POST", "/module/wracaj/discount", json.dumps(a_request()).encode())
    assert answer.status == 401


def test_during_a_change_of_the_secret_one_of_two_signatures_is_enough(shop: PrestaShop) -> None:
    body = json.dumps(a_request()).encode()
    ours = standard_webhooks.sign("msg_1", body, GENERIC_SECRET, datetime.now(UTC))
    both = f"v1,AAAA {ours['webhook-signature']}"
    shop.headers = ours | {"webhook-signature": both}
    assert shop.call("POST", "/module/wracaj/discount", body).status == 201


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"kind": "points"}, "kind"),
        ({"percent": 0}, "percent"),
        ({"percent": 101}, "percent"),
        ({"percent": 10.5}, "percent"),
        ({"percent": "10"}, "percent"),
        ({"code": ""}, "code"),
        ({"code": "<b>x</b>"}, "code"),
        ({"code": None}, "code"),
        ({"usage_limit": 5}, "usage_limit"),
        ({"starts_at": "2026-10-16 09:30"}, "starts_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": None}, "expires_at"),
        ({"kind": "amount", "amount": "20.00"}, "currency"),
        ({"kind": "amount", "amount": "20.00", "currency": "USD"}, "currency"),
        ({"kind": "amount", "amount": "0.00", "currency": "PLN"}, "amount"),
        ({"kind": "amount", "amount": "-5", "currency": "PLN"}, "amount"),
        ({"kind": "amount", "amount": 20, "currency": "PLN"}, "amount"),
        ({"kind": "gift", "product_id": "99"}, "product_id"),
        ({"kind": "gift", "product_id": "x"}, "product_id"),
        ({"minimum_total": "100", "currency": "USD"}, "currency"),
        ({"minimum_total": "much"}, "minimum_total"),
    ],
)
def test_what_the_shop_cannot_promise_exactly_is_refused(
    shop: PrestaShop, gate: Gate, changes: Json, problem: str
) -> None:
    status, message = signed(shop, a_request(**changes))
    assert status == 422
    assert message.startswith(f"{problem}: ")
    assert gate.rules() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", {"type": "order.paid", "data": {}}])
def test_another_body_is_refused(shop: PrestaShop, body: Any) -> None:
    assert signed(shop, body)[0] == 422


def test_dates_of_a_local_stack_become_real_ones(shop: PrestaShop, gate: Gate) -> None:
    clock = {"real": STARTS.timestamp(), "shows": STARTS.timestamp(), "speed": 60}
    key = a_key("http://127.0.0.1:9/x", clock=clock)
    shop.do({"do": "configure", "name": "WRACAJ_KEY", "value": key})
    gate.ask(PERCENT)
    (rule,) = gate.rules()
    assert rule["date_from"] == "2026-07-16 11:30:00"
    assert rule["date_to"] == "2026-07-16 12:42:00"  # three days, 60 times as fast


def test_a_code_holds_at_once_after_time_was_skipped(shop: PrestaShop, gate: Gate) -> None:
    """On the local stack, whose key was pasted before the skip."""
    clock = {"real": time.time(), "shows": STARTS.timestamp() - 4 * 86400, "speed": 60}
    key = a_key("http://127.0.0.1:9/x", clock=clock)
    shop.do({"do": "configure", "name": "WRACAJ_KEY", "value": key})
    gate.ask(PERCENT)
    (rule,) = gate.rules()
    begins = datetime.fromisoformat(rule["date_from"]).replace(tzinfo=ZoneInfo("Europe/Warsaw"))
    assert begins <= datetime.now(UTC)


def test_wracaj_hears_why_no_code_came(shop: PrestaShop, gate: Gate) -> None:
    shop.do({"do": "configure", "name": "WRACAJ_KEY", "value": ""})
    with pytest.raises(DiscountError, match="503, not 2xx or 409; trying again later may help"):
        gate.ask(PERCENT)


def test_a_code_holds_only_in_the_shop_that_promised_it(shop: PrestaShop, gate: Gate) -> None:
    shop.do({"do": "configure", "name": "TEST_SHOPS", "value": "1,2"})
    gate.ask(PERCENT)
    assert gate.rules()[0]["shop_restriction"] == 1
    assert shop.sql("SELECT * FROM ps_cart_rule_shop") == [{"id_cart_rule": 1, "id_shop": 1}]


class TestInTheRestoredCart:
    def restored(self, shop: PrestaShop, **headers: str) -> Any:
        token = shop.sql("SELECT token FROM ps_wracaj_cart ORDER BY made_at LIMIT 1")[0]["token"]
        return shop.call("GET", f"/module/wracaj/restore?token={token}", **headers)

    def asked_for_the_cart(self, shop: PrestaShop, gate: Gate, voucher: DiscountCode) -> int:
        cart = shop.a_cart()
        gate.ask(voucher, shop.sql("SELECT cart_id FROM ps_wracaj_cart")[0]["cart_id"])
        return cart

    def test_the_code_of_the_cart_is_applied(self, shop: PrestaShop, gate: Gate) -> None:
        self.asked_for_the_cart(shop, gate, PERCENT)
        answer = self.restored(shop)
        told = ["Twój koszyk wrócił.", f"Kod {PERCENT.code} został naliczony."]
        assert answer.told["success"] == told
        again = self.restored(shop, cart=answer.headers["x-cart"])
        assert again.told["success"] == told
        copy = (
            f"SELECT json FROM ps_object WHERE class = 'Cart' AND id = {answer.headers['x-cart']}"
        )
        assert json.loads(shop.sql(copy)[0]["json"])["rules"] == [1]

    def test_a_code_that_does_not_hold_yet_says_why(self, shop: PrestaShop, gate: Gate) -> None:
        dear = mint(DiscountTerms(percent=10), STARTS, ENDS, Decimal(5000), "PLN")
        self.asked_for_the_cart(shop, gate, dear)
        assert self.restored(shop).told == {
            "success": ["Twój koszyk wrócił."],
            "info": ["Minimalna kwota zamówienia to 5000"],
        }

    def test_the_order_says_what_free_delivery_took_off(self, shop: PrestaShop, gate: Gate) -> None:
        cart = shop.a_cart()
        id_ = shop.sql("SELECT cart_id FROM ps_wracaj_cart")[0]["cart_id"]
        signed(shop, a_request(kind="free_shipping", percent=None, cart_id=id_))
        self.restored(shop, cart=str(cart))
        shop.do({"do": "order", "cart": cart, "state": 1, "shipping": 15})
        data = shop.waiting()[-1][1]
        assert (data["shipping"], data["shipping_discount"]) == ("15.00", "15.00")

    def test_the_order_names_the_code(self, shop: PrestaShop, gate: Gate) -> None:
        cart = self.asked_for_the_cart(shop, gate, PERCENT)
        self.restored(shop, cart=str(cart))
        shop.do({"do": "order", "cart": cart, "state": 1})
        assert shop.waiting()[-1][1]["discount_codes"] == [PERCENT.code]
