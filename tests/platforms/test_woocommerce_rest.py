"""WooCommerce's REST API, asked over real HTTP in a shop as strict as the real one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.webhook_bodies import a_shop, with_secrets
from support.woocommerce_bodies import (
    WOOCOMMERCE_SECRET,
    a_woo_draft,
    the_way_back,
)
from support.woocommerce_shop import KEY, SECRET, WooCommerceShop, a_woocommerce_shop
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import DiscountError
from wracaj.platforms import calls, platform
from wracaj.platforms.woocommerce import rest
from wracaj.platforms.woocommerce.rest import RestError
from wracaj.settings.shop import Shop

STARTS = datetime(2026, 10, 16, 9, 30, tzinfo=UTC)
EXPIRES = STARTS + timedelta(days=3)


@pytest.fixture
def woo() -> Iterator[WooCommerceShop]:
    with a_woocommerce_shop() as shop:
        yield shop


def shop_of(woo: WooCommerceShop, **secrets: str | None) -> Shop:
    shop = a_shop("woocommerce", WOOCOMMERCE_SECRET, woocommerce={"site_url": f"{woo.url}/"})
    return with_secrets(shop, **({"consumer_key": KEY, "consumer_secret": SECRET} | secrets))


def a_code(minimum: str | None = None, **gives: Any) -> DiscountCode:
    terms = DiscountTerms(**(gives or {"percent": 10}))
    return mint(terms, STARTS, EXPIRES, Decimal(minimum) if minimum else None, "PLN")


def create(woo: WooCommerceShop, code: DiscountCode, **secrets: str | None) -> None:
    platform("woocommerce").create_discount(shop_of(woo, **secrets), code, "cart-12")


def failure(
    woo: WooCommerceShop, code: DiscountCode | None = None, /, **secrets: str | None
) -> str:
    code = code or a_code()
    with pytest.raises(DiscountError) as failed:
        create(woo, code, **secrets)
    for secret in (KEY, SECRET, code.code):
        assert secret not in str(failed.value)
    return str(failed.value)


# --- coupons


def test_a_percent_works_once_alone_until_it_expires_from_the_minimum_on(
    woo: WooCommerceShop,
) -> None:
    code = a_code("100")
    create(woo, code)
    coupon = woo.coupons[code.code.lower()]
    assert (coupon["discount_type"], coupon["amount"]) == ("percent", "10")
    assert (coupon["usage_limit"], coupon["individual_use"]) == (1, True)
    assert coupon["minimum_amount"] == "100"
    assert coupon["date_expires_gmt"] == "2026-10-19T09:30:00"
    assert coupon["date_expires"] == "2026-10-19T11:30:00"  # the shop's own time
    assert len(woo.asked) == 1


def test_an_amount_is_off_the_whole_cart_in_the_shops_currency(woo: WooCommerceShop) -> None:
    code = a_code(amount=Decimal("20.5"), currency="PLN")
    create(woo, code)
    coupon = woo.coupons[code.code.lower()]
    assert (coupon["discount_type"], coupon["amount"]) == ("fixed_cart", "20.50")
    assert "minimum_amount" not in coupon


def test_free_delivery_is_a_coupon_of_nothing_that_frees_the_shipping(
    woo: WooCommerceShop,
) -> None:
    code = a_code("100", free_shipping=True)
    create(woo, code)
    coupon = woo.coupons[code.code.lower()]
    assert (coupon["free_shipping"], coupon["amount"]) == (True, "0")
    assert (coupon["usage_limit"], coupon["minimum_amount"]) == (1, "100")
    assert coupon["date_expires_gmt"] == "2026-10-19T09:30:00"
    assert len(woo.asked) == 1


@pytest.mark.parametrize("theirs", ["EUR", "CZK"])
def test_twenty_zloty_never_become_twenty_euro(woo: WooCommerceShop, theirs: str) -> None:
    woo.currency = theirs
    told = failure(woo, a_code(amount=Decimal(20), currency="PLN"))
    assert f"in PLN, the shop sells in {theirs}" in told
    assert woo.coupons == {}


def test_a_gift_is_one_piece_of_that_product_however_many_are_in_the_cart(
    woo: WooCommerceShop,
) -> None:
    code = a_code(product_id="10", product_title="Kubek")
    create(woo, code)
    coupon = woo.coupons[code.code.lower()]
    assert (coupon["discount_type"], coupon["amount"]) == ("percent", "100")
    assert (coupon["product_ids"], coupon["limit_usage_to_x_items"]) == ([10], 1)


@pytest.mark.parametrize("written", ["KUB-350", "7; 8", "٧", "1" * 19])
def test_a_gift_that_is_no_product_number_is_told_without_a_call(
    woo: WooCommerceShop, written: str
) -> None:
    told = failure(woo, a_code(product_id=written, product_title="Kubek"))
    assert "product's number" in told
    assert woo.asked == []


def test_the_same_code_twice_is_one_coupon(woo: WooCommerceShop) -> None:
    code = a_code()
    create(woo, code)
    create(woo, code)
    assert list(woo.coupons) == [code.code.lower()]


def test_a_coupon_whose_answer_was_lost_is_ours(woo: WooCommerceShop) -> None:
    code, woo.hang_ups = a_code(), 1
    assert "later may help" in failure(woo, code)
    create(woo, code)
    assert list(woo.coupons) == [code.code.lower()]
    assert len(woo.asked) == 2


# --- signing in


@pytest.mark.parametrize("secrets", [{"consumer_key": None}, {"consumer_secret": None}])
def test_without_its_key_no_call_is_made(
    woo: WooCommerceShop, secrets: dict[str, str | None]
) -> None:
    told = failure(woo, **secrets)
    assert "consumer_key and consumer_secret" in told
    assert "Settings, Advanced, REST API" in told
    assert woo.asked == []


def test_a_wrong_key_says_what_to_look_at(woo: WooCommerceShop) -> None:
    for secrets in ({"consumer_key": "ck_inny"}, {"consumer_secret": "cs_inny"}):
        told = failure(woo, **secrets)
        assert "401, woocommerce_rest_authentication_error" in told
        assert "will not help" in told


def test_a_key_that_may_only_read_cannot_make_a_coupon(woo: WooCommerceShop) -> None:
    woo.may_write = False
    assert "may it read and write" in failure(woo)


def test_a_site_that_does_not_know_of_its_https_refuses_the_key(woo: WooCommerceShop) -> None:
    woo.is_https = False
    assert "over HTTPS" in failure(woo)


def test_a_server_that_drops_the_header_is_named(woo: WooCommerceShop) -> None:
    woo.strips_authorization = True
    assert "drops the header Authorization" in failure(woo)


def test_the_rest_api_may_be_elsewhere_for_tests(woo: WooCommerceShop) -> None:
    elsewhere: dict[str, str] = {"site_url": "https://kubek.example", "rest_url": f"{woo.url}/"}
    shop = a_shop("woocommerce", WOOCOMMERCE_SECRET, woocommerce=elsewhere)
    signed_in = with_secrets(shop, consumer_key=KEY, consumer_secret=SECRET)
    code = a_code()
    platform("woocommerce").create_discount(signed_in, code, "cart-12")
    assert list(woo.coupons) == [code.code.lower()]


def test_plain_permalinks_are_named(woo: WooCommerceShop) -> None:
    woo.has_pretty_permalinks = False
    told = failure(woo)
    assert "permalinks" in told
    assert "will not help" in told


def test_a_site_that_redirects_is_told_to_be_written_as_it_is(woo: WooCommerceShop) -> None:
    woo.fails(301, "", Location="https://www.kubek.example/")
    assert "woocommerce.site_url" in failure(woo)
    assert len(woo.asked) == 1


def test_a_key_that_no_header_can_hold_is_not_shown(woo: WooCommerceShop) -> None:
    assert "geheim" not in failure(woo, consumer_secret="geheim\n")


# --- a shop that does not answer as it should


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_shop_says_when_to_come_again(woo: WooCommerceShop, status: int) -> None:
    woo.fails(status, "<html>", Retry_After="30")
    with pytest.raises(RestError) as failed:
        rest.get(shop_of(woo), "/orders", {})
    told = failed.value
    assert (told.may_pass, told.status, told.retry_after_seconds) == (True, status, 30)
    assert "later may help" in str(told)


def test_a_silent_shop_is_given_up(monkeypatch: pytest.MonkeyPatch, woo: WooCommerceShop) -> None:
    monkeypatch.setattr(calls, "SECONDS_TO_ANSWER", 0.0)
    with pytest.raises(RestError, match="gave no answer") as failed:
        rest.get(shop_of(woo), "/orders", {})
    assert failed.value.may_pass


@pytest.mark.parametrize("answer", ["", "<html>Konserwacja</html>", '{"id": 1', "[1", '"x'])
def test_an_answer_that_is_no_json_is_no_answer(woo: WooCommerceShop, answer: str) -> None:
    woo.fails(200, answer)
    with pytest.raises(RestError, match="not JSON"):
        rest.get(shop_of(woo), "/orders", {})
    woo.fails(201, answer)
    assert "not JSON" in failure(woo)


def test_what_other_plugins_write_before_the_answer_is_skipped(woo: WooCommerceShop) -> None:
    woo.fails(200, '\ufeff\r\n\n[{"id": 1}]')
    assert rest.get(shop_of(woo), "/orders", {})[0] == [{"id": 1}]


def test_a_foreign_error_code_is_not_repeated(woo: WooCommerceShop) -> None:
    woo.fails(400, {"code": "ala@poczta.example <b>"})
    assert "ala@" not in failure(woo)


# --- the way back


def test_the_shop_takes_the_way_back(woo: WooCommerceShop) -> None:
    """The link is built for the shop's own host; here its path and query are asked for."""
    link = the_way_back(a_woo_draft())
    status = woo.visit(link.removeprefix("https://kubek.example"))
    assert status == 302
    assert woo.restored == [{"products": "10:2"}]
