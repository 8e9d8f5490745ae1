"""A message with a code in a WooCommerce shop: the coupon is in the shop before the mail leaves."""

from collections.abc import Iterator

import pytest

from support.lambdas import Json, Lambdas, a_cart_body, a_step
from support.woocommerce_shop import KEY, SECRET, WooCommerceShop, a_woocommerce_shop
from wracaj.settings.shop import Shop


@pytest.fixture
def woo() -> Iterator[WooCommerceShop]:
    with a_woocommerce_shop() as shop:
        yield shop


@pytest.fixture
def shop(lambdas: Lambdas, woo: WooCommerceShop) -> Shop:
    shop = lambdas.register("woocommerce", woocommerce={"site_url": woo.url})
    lambdas.add_secrets(shop, consumer_key=KEY, consumer_secret=SECRET)
    lambdas.post(shop, *a_cart_body("woocommerce", "c1"))
    return shop


def a_discount(if_unavailable: str = "send_without", **gives: object) -> Json:
    told = gives | {"valid_days": 3, "if_unavailable": if_unavailable}
    return a_step("discount_email", template="cart_discount", discount=told)


@pytest.mark.parametrize(
    ("gives", "coupon"),
    [
        ({"percent": 10}, {"discount_type": "percent", "amount": "10"}),
        ({"amount": "20", "currency": "PLN"}, {"discount_type": "fixed_cart", "amount": "20.00"}),
        ({"free_shipping": True}, {"free_shipping": True, "amount": "0"}),
    ],
    ids=["percent", "amount", "free_shipping"],
)
def test_the_code_of_a_mail_is_a_coupon_of_the_shop(
    lambdas: Lambdas, woo: WooCommerceShop, shop: Shop, gives: Json, coupon: Json
) -> None:
    assert lambdas.step(shop.id, "c1", a_discount(**gives))["outcome"] == "sent"
    code = lambdas.cart(shop, "c1").record(1, "discount_email").voucher.code
    made = woo.coupons[code.lower()]
    assert made | coupon == made
    assert made["usage_limit"] == 1
    assert made["date_expires_gmt"]


@pytest.mark.parametrize("trouble", ["a wrong key", "busy", "plain permalinks", "another currency"])
@pytest.mark.parametrize(
    ("if_unavailable", "outcome"), [("send_without", "sent"), ("skip", "skipped")]
)
def test_without_a_coupon_the_mail_leaves_without_one_or_not_at_all(
    lambdas: Lambdas,
    woo: WooCommerceShop,
    shop: Shop,
    trouble: str,
    if_unavailable: str,
    outcome: str,
) -> None:
    if trouble == "a wrong key":
        lambdas.add_secrets(shop, consumer_key="ck_inny", consumer_secret=SECRET)
    woo.has_pretty_permalinks = trouble != "plain permalinks"
    woo.currency = "EUR" if trouble == "another currency" else "PLN"
    if trouble == "busy":
        woo.fails(503, "<html>", times=20)
    step = a_discount(if_unavailable, amount="20", currency="PLN")
    answer = lambdas.step(shop.id, "c1", step)
    assert answer["outcome"] == outcome, answer
    record = lambdas.cart(shop, "c1").record(1, "discount_email")
    assert record.without_discount == (outcome == "sent")
    assert woo.coupons == {}
