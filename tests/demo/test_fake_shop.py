"""The demo's shop server answers our own clients as the real servers would."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.demo_evidence import A_CODE, MONDAY_10, SHOPS
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import DiscountError
from wracaj.platforms import platform
from wracaj.platforms.generic import standard_webhooks
from wracaj.settings.shop import Shop, ShopSecrets
from wracaj_cli.demo.cast.goods import EVERYTHING, KETTLE, MUG, POT
from wracaj_cli.demo.coupons import API, COUPONS, OWN_CURRENCY
from wracaj_cli.demo.fake_shop import GENERIC, GRAPHQL, FakeShop, open_on_loopback
from wracaj_cli.demo.shopify_front import product_gid
from wracaj_cli.demo.stage import CONSUMER, served_by
from wracaj_cli.demo.week import KUBEK, PARAPET, ZIARNA
from wracaj_cli.demo.woocommerce_front import product_number
from wracaj_cli.shops.registry import generate_secret

SECRET = generate_secret()
TEN_PERCENT = DiscountTerms(percent=10)
VOUCHER = mint(TEN_PERCENT, MONDAY_10, MONDAY_10 + timedelta(days=3)).model_copy(
    update={"code": A_CODE}
)
TWENTY = DiscountTerms(amount=Decimal("20"), currency="PLN")
GIFTS = {
    KUBEK: DiscountTerms(product_id=product_gid(MUG), product_title=MUG.title),
    PARAPET: DiscountTerms(product_id=POT.sku, product_title=POT.title),
    ZIARNA: DiscountTerms(product_id=str(product_number(KETTLE)), product_title=KETTLE.title),
}
EVERY_SHOP = [KUBEK, PARAPET, ZIARNA]


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with open_on_loopback(
        FakeShop(lambda: MONDAY_10, lambda at: False, "token", SECRET, EVERYTHING, CONSUMER)
    ) as found:
        yield found


def a_shop(name: str, server: FakeShop, secret: str = SECRET, token: str = "token") -> Shop:
    return Shop(
        settings=served_by(server.url, SHOPS[name]),
        secrets=ShopSecrets(
            webhook_secrets=(secret,),
            api_token=token,
            consumer_key=CONSUMER[0],
            consumer_secret=CONSUMER[1] if token == "token" else token,
        ),
    )


def create(shop: Shop, voucher: DiscountCode = VOUCHER) -> None:
    platform(shop.settings.platform).create_discount(shop, voucher, "cart-1")


@pytest.mark.parametrize("name", EVERY_SHOP)
def test_a_code_is_created_once_however_often_it_is_asked_for(server: FakeShop, name: str) -> None:
    create(a_shop(name, server))
    create(a_shop(name, server))

    assert [(code.shop, code.code, code.worth) for code in server.codes.values()] == [
        (name, A_CODE, TEN_PERCENT)
    ]
    assert server.refused == []


@pytest.mark.parametrize("name", EVERY_SHOP)
@pytest.mark.parametrize("kind", ["percent", "amount", "gift", "free_shipping"])
def test_the_shop_knows_what_each_kind_of_code_gives(
    server: FakeShop, name: str, kind: str
) -> None:
    worths = {"percent": TEN_PERCENT, "amount": TWENTY, "gift": GIFTS[name]}
    worth = (worths | {"free_shipping": DiscountTerms(free_shipping=True)})[kind]
    create(
        a_shop(name, server),
        mint(worth, MONDAY_10, MONDAY_10 + timedelta(days=3), Decimal(100), "PLN"),
    )

    (code,) = server.codes.values()
    assert (code.worth, server.refused) == (worth, [])
    expected = {"percent": Decimal("12.05"), "amount": Decimal("20")}
    assert server.takes_off(code.code, Decimal("120.49")) == expected.get(kind, Decimal(0))


def test_no_two_goods_share_an_id() -> None:
    assert (
        len({product_gid(product) for product in EVERYTHING})
        == len({product_number(product) for product in EVERYTHING})
        == len({product.sku for product in EVERYTHING})
        == len(EVERYTHING)
    )


def test_a_code_never_takes_off_more_than_there_is(server: FakeShop) -> None:
    create(a_shop(PARAPET, server), mint(TWENTY, MONDAY_10, MONDAY_10 + timedelta(days=3)))
    assert [server.takes_off(code, Decimal("12.50")) for code in (*server.codes, "UNKNOWN")] == [
        Decimal("12.50"),
        Decimal(0),
    ]


@pytest.mark.parametrize("name", EVERY_SHOP)
def test_a_gift_that_the_shop_does_not_sell_is_refused(server: FakeShop, name: str) -> None:
    nothing = DiscountTerms(product_id="404", product_title="Nic")
    with pytest.raises(DiscountError):
        create(a_shop(name, server), mint(nothing, MONDAY_10, MONDAY_10 + timedelta(days=3)))
    assert server.codes == {}


def only(product: str) -> dict[str, Any]:
    return {"products": {"productsToAdd": [product]}}


ALL = {"all": True}
OFF = {"discountAmount": {"amount": "20.00", "appliesOnEachItem": False}}
UNREADABLE: dict[str, dict[str, Any]] = {
    "pieces counted in a basic code": {
        "value": {"discountOnQuantity": {"quantity": "1"}},
        "items": ALL,
    },
    "two values": {"value": {"percentage": 0.1, **OFF}, "items": ALL},
    "an amount for each piece": {
        "value": {"discountAmount": {"amount": "20.00", "appliesOnEachItem": True}},
        "items": ALL,
    },
    "an amount as a number": {
        "value": {"discountAmount": {"amount": 20.0, "appliesOnEachItem": False}},
        "items": ALL,
    },
    "all pieces of a product for nothing": {
        "value": {"percentage": 1},
        "items": only(product_gid(MUG)),
    },
    "a product that there is not": {
        "value": OFF,
        "items": only("gid://shopify/Product/404"),
    },
    "less than the gift costs": {
        "value": OFF,
        "items": only(product_gid(MUG)),
    },
    "nothing off": {"value": {"percentage": 0}, "items": ALL},
    "more than all off": {"value": {"percentage": 10}, "items": ALL},
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_shopify_would_not_take_is_refused_and_remembered(server: FakeShop, what: str) -> None:
    body = {"query": "mutation { discountCodeBasicCreate(…) }"}
    body |= {"variables": {"discount": {"code": A_CODE, "customerGets": UNREADABLE[what]}}}  # type: ignore[dict-item]
    status, answer = server.answer(
        GRAPHQL, {"x-shopify-access-token": "token"}, json.dumps(body).encode()
    )
    assert (
        status == 400
        or answer["data"]["discountCodeBasicCreate"]["userErrors"][0]["code"] == "INVALID"
    )
    assert (server.codes, len(server.refused)) == ({}, 1)


@pytest.mark.parametrize(
    "given",
    [
        {"destination": {"all": True}, "customerGets": {"value": OFF, "items": ALL}},
        {"destination": {"countries": {"add": ["PL"]}}},
        {},
    ],
    ids=["with an amount", "of one country", "to nowhere"],
)
def test_free_delivery_that_shopify_would_not_take_is_refused(
    server: FakeShop, given: dict[str, Any]
) -> None:
    body = {"query": "mutation { discountCodeFreeShippingCreate(…) }"}
    body |= {"variables": {"discount": {"code": A_CODE} | given}}  # type: ignore[dict-item]
    status, _ = server.answer(
        GRAPHQL, {"x-shopify-access-token": "token"}, json.dumps(body).encode()
    )
    assert (status, server.codes, len(server.refused)) == (400, {}, 1)


NOTHING = {
    "percent": None,
    "amount": None,
    "product_id": None,
    "currency": None,
    "minimum_total": None,
}
AGAINST_THE_DOCS: dict[str, dict[str, Any]] = {
    "no kind": {"percent": 10},
    "a kind that there is not": {"kind": "shipping"},
    "another thing than the kind says": {"kind": "gift", "percent": 10},
    "two things": {"kind": "percent", "percent": 10, "amount": "20.00", "currency": "PLN"},
    "an amount of no currency": {"kind": "amount", "amount": "20.00"},
    "an amount as a number": {"kind": "amount", "amount": 20, "currency": "PLN"},
    "free delivery and a percent": {"kind": "free_shipping", "percent": 10},
    "a gift with a minimum": {"kind": "gift", "product_id": POT.sku, "minimum_total": "100.00"},
}


@pytest.mark.parametrize("what", AGAINST_THE_DOCS)
def test_what_the_guide_does_not_say_is_refused_and_remembered(server: FakeShop, what: str) -> None:
    body = json.dumps(
        {"type": "discount.requested", "data": NOTHING | {"code": A_CODE} | AGAINST_THE_DOCS[what]}
    ).encode()
    status, _ = server.answer(
        GENERIC, standard_webhooks.sign("msg_1", body, SECRET, datetime.now(UTC)), body
    )
    assert status == 400
    assert (server.codes, len(server.refused)) == ({}, 1)


@pytest.mark.parametrize("name", EVERY_SHOP)
def test_in_the_outage_no_code_is_created(server: FakeShop, name: str) -> None:
    def down(at: datetime) -> bool:
        return at == MONDAY_10

    server.down = down
    with pytest.raises(DiscountError, match="503"):
        create(a_shop(name, server))

    assert server.codes == {}
    assert server.turned_away == [(name, MONDAY_10)]


def test_a_call_that_proves_nothing_is_refused_and_remembered(server: FakeShop) -> None:
    for shop in (
        a_shop(KUBEK, server, token="guessed"),
        a_shop(PARAPET, server, secret=generate_secret()),
        a_shop(ZIARNA, server, token="guessed"),
    ):
        with pytest.raises(DiscountError):
            create(shop)

    assert server.codes == {}
    assert len(server.refused) == 3


# --- WooCommerce's REST API

COUPON = {
    "code": A_CODE,
    "discount_type": "percent",
    "amount": "10",
    "individual_use": True,
    "usage_limit": 1,
    "date_expires": "2026-11-26T09:00:00+00:00",
}
NO_COUPONS: dict[str, tuple[dict[str, Any], str]] = {
    "no code": ({"code": ""}, "rest_missing_callback_param"),
    "a field that there is not": ({"valid_until": "2026-11-26"}, "rest_invalid_param"),
    "a field that is read only": (
        {"date_expires_gmt": "2026-11-26T09:00:00"},
        "rest_invalid_param",
    ),
    "a time without an offset": ({"date_expires": "2026-11-26T09:00:00"}, "rest_invalid_param"),
    "a time that is over": ({"date_expires": "2026-11-23T09:00:00Z"}, "rest_invalid_param"),
    "no time": ({"date_expires": None}, "rest_invalid_param"),
    "a time that there is not": ({"date_expires": "2026-11-31T09:00:00Z"}, "rest_invalid_param"),
    "an amount as a number": ({"amount": 10}, "rest_invalid_param"),
    "an amount in words": ({"amount": "dziesięć"}, "rest_invalid_param"),
    "no amount": ({"amount": "0"}, "coupon_invalid_amount"),
    "more than all off": ({"amount": "110"}, "coupon_invalid_amount"),
    "a kind that there is not": ({"discount_type": "percentage"}, "rest_invalid_param"),
    "a code that works twice": ({"usage_limit": 2}, "rest_invalid_param"),
    "a code beside others": ({"individual_use": False}, "rest_invalid_param"),
    "all pieces of a product for nothing": (
        {"amount": "100", "product_ids": [product_number(KETTLE)]},
        "rest_invalid_param",
    ),
    "a product that there is not": (
        {"amount": "100", "product_ids": [404], "limit_usage_to_x_items": 1},
        "rest_invalid_param",
    ),
    "free shipping and a percent": ({"free_shipping": True}, "rest_invalid_param"),
}


def signed_in(key: str = CONSUMER[0], secret: str = CONSUMER[1]) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{key}:{secret}".encode()).decode()}


def ask_for(server: FakeShop, headers: dict[str, str], **coupon: Any) -> tuple[int, Any]:
    return server.answer(COUPONS, headers, json.dumps(COUPON | coupon).encode())


def test_a_coupon_is_stored_in_lower_case_and_is_unique_in_any_case(server: FakeShop) -> None:
    status, made = ask_for(server, signed_in())
    assert (status, made["code"]) == (201, A_CODE.lower())
    status, refusal = ask_for(server, signed_in(), code=A_CODE.lower(), amount="20")
    assert (status, refusal["code"]) == (400, "woocommerce_rest_coupon_code_already_exists")
    assert [code.worth for code in server.codes.values()] == [TEN_PERCENT]
    assert server.refused == []


@pytest.mark.parametrize("what", NO_COUPONS)
def test_what_woocommerce_would_not_take_is_refused_and_remembered(
    server: FakeShop, what: str
) -> None:
    changes, code = NO_COUPONS[what]
    status, refusal = ask_for(server, signed_in(), **changes)
    assert (status, refusal["code"]) == (400, code)
    assert (server.codes, len(server.refused)) == ({}, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed_in(secret="cs_guessed"),
        signed_in(key="ck_guessed"),
        {"authorization": "Bearer " + CONSUMER[1]},
        {"authorization": "Basic ***"},
    ],
)
def test_without_the_key_woocommerce_makes_no_coupon(
    server: FakeShop, headers: dict[str, str]
) -> None:
    status, refusal = ask_for(server, headers)
    assert (status, refusal["data"]) == (401, {"status": 401})
    assert (server.codes, len(server.refused)) == ({}, 1)


def test_the_rest_api_has_no_other_routes(server: FakeShop) -> None:
    asked = [
        ("POST", API + "/orders"),
        ("GET", COUPONS),
        ("POST", OWN_CURRENCY),
        ("GET", OWN_CURRENCY),
    ]
    answers = [server.answer(path, signed_in(), b"{}", method)[0] for method, path in asked]
    assert answers == [404, 404, 404, 200]


def test_a_body_that_is_no_json_is_no_coupon(server: FakeShop) -> None:
    status, refusal = server.answer(COUPONS, signed_in(), b"code=" + A_CODE.encode())
    assert (status, refusal["code"]) == (400, "rest_invalid_json")
