"""Discount codes, created over real HTTP in a shop on loopback."""

import base64
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from support.http_shop import HttpShop, an_http_shop
from support.webhook_bodies import GENERIC_SECRET, SHOPIFY_SECRET, a_request, a_shop, with_secrets
from wracaj import clock
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import DiscountError
from wracaj.platforms import calls, platform
from wracaj.platforms.generic import standard_webhooks
from wracaj.platforms.generic import webhooks as generic
from wracaj.settings.shop import Shop

STARTS = datetime(2026, 10, 16, 9, 30, tzinfo=UTC)
VOUCHER = DiscountCode(
    code="K7DM-4XRA-PL9C",
    percent=10,
    starts_at=STARTS,
    expires_at=STARTS + timedelta(days=3),
    minimum_total=Decimal("100"),
    currency="PLN",
)
AMOUNT = mint(
    DiscountTerms(amount=Decimal("20.5"), currency="PLN"),
    STARTS,
    STARTS + timedelta(days=30),
    Decimal(100),
)
GIFT = mint(
    DiscountTerms(product_id="8100200300", product_title="Kubek w kropki"),
    STARTS,
    STARTS + timedelta(days=30),
)
FREE_SHIPPING = mint(
    DiscountTerms(free_shipping=True), STARTS, STARTS + timedelta(days=3), Decimal(100), "PLN"
)
EACH_KIND = pytest.mark.parametrize(
    "voucher",
    [VOUCHER, AMOUNT, GIFT, FREE_SHIPPING],
    ids=["percent", "amount", "gift", "free_shipping"],
)
TOKEN = "shpat_0123456789abcdef0123456789abcdef"


@pytest.fixture
def http() -> Iterator[HttpShop]:
    with an_http_shop() as shop:
        yield shop


class DiscountContract:
    name: ClassVar[str]
    created: ClassVar[tuple[int, Any]]
    already_there: ClassVar[tuple[int, Any]]

    def shop_at(self, url: str) -> Shop:
        raise NotImplementedError

    def create(self, url: str, voucher: DiscountCode = VOUCHER) -> None:
        platform(self.name).create_discount(self.shop_at(url), voucher, "cart-12")

    def failure(self, url: str, voucher: DiscountCode = VOUCHER) -> str:
        with pytest.raises(DiscountError) as failed:
            self.create(url, voucher)
        for secret in (TOKEN, GENERIC_SECRET, voucher.code):
            assert secret not in str(failed.value)
        return str(failed.value)

    def test_a_code_is_created_by_one_call(self, http: HttpShop) -> None:
        http.says(*self.created)
        self.create(http.url)
        assert len(http.calls) == 1

    @EACH_KIND
    def test_a_code_that_is_already_there_is_ours_from_a_lost_answer(
        self, http: HttpShop, voucher: DiscountCode
    ) -> None:
        http.says(*self.already_there)
        self.create(http.url, voucher)
        assert voucher.code.encode() in http.calls[-1].body

    @EACH_KIND
    def test_every_kind_of_code_is_created_the_same_way_twice(
        self, http: HttpShop, voucher: DiscountCode
    ) -> None:
        http.says(*self.created)
        self.create(http.url, voucher)
        first = [call.body for call in http.calls]
        self.create(http.url, voucher)
        assert [call.body for call in http.calls] == first * 2

    @EACH_KIND
    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    def test_a_busy_or_broken_shop_may_be_asked_later(
        self, http: HttpShop, status: int, voucher: DiscountCode
    ) -> None:
        http.says(status, b"<html>")
        assert "later may help" in self.failure(http.url, voucher)
        assert len(http.calls) == 1

    @EACH_KIND
    @pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 422])
    def test_a_refusal_stays_one_and_nothing_is_followed(
        self, http: HttpShop, status: int, voucher: DiscountCode
    ) -> None:
        http.says(status, None, Location=f"{http.url}/elsewhere")
        assert "will not help" in self.failure(http.url, voucher)
        assert len(http.calls) == 1

    def test_a_silent_shop_is_given_up(
        self, http: HttpShop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calls, "SECONDS_TO_ANSWER", 0.3)
        http.may_answer.clear()
        assert "later may help" in self.failure(http.url)
        assert http.has_heard.wait(60)
        http.may_answer.set()
        assert len(http.calls) == 1

    def test_an_unreachable_shop_is_given_up(self, http: HttpShop) -> None:
        closed = http.url
        with an_http_shop() as other:
            closed = other.url
        assert "no answer" in self.failure(closed)

    def test_no_secret_is_ever_logged(
        self, http: HttpShop, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        http.says(*self.created)
        self.create(http.url)
        http.says(503)
        self.failure(http.url)
        assert TOKEN not in caplog.text
        assert GENERIC_SECRET not in caplog.text


def _price(amount: str) -> dict[str, Any]:
    return {"priceRangeV2": {"maxVariantPrice": {"amount": amount}}}


def _answer(errors: list[Any] | None = None, node: Any = None, **asked: Any) -> dict[str, Any]:
    """One answer to every call: what was asked for beforehand, and what came of the code."""
    known = {"shop": {"currencyCode": "PLN"}, "product": _price("49.9")} | asked
    created = {"codeDiscountNode": node, "userErrors": errors or []}
    return {
        "data": known
        | {"discountCodeBasicCreate": created, "discountCodeFreeShippingCreate": created}
    }


def _taken(**changes: Any) -> dict[str, Any]:
    return {
        "field": ["basicCodeDiscount", "code"],
        "code": "TAKEN",
        "message": "Code must be unique.",
        **changes,
    }


class TestShopify(DiscountContract):
    name = "shopify"
    node: ClassVar[dict[str, str]] = {"id": "gid://shopify/DiscountCodeNode/1"}
    created = (200, _answer(node=node))
    already_there = (200, _answer([_taken()]))

    def shop_at(self, url: str, api_token: str | None = TOKEN) -> Shop:
        return a_shop(
            "shopify",
            SHOPIFY_SECRET,
            api_token,
            shopify={"shop_domain": "kubek.myshopify.com", "admin_url": url},
        )

    def test_the_code_is_for_anybody_once_until_it_expires(self, http: HttpShop) -> None:
        http.says(*self.created)
        self.create(http.url)
        (call,) = http.calls
        assert call.path == "/admin/api/2026-07/graphql.json"
        assert call.headers["x-shopify-access-token"] == TOKEN
        assert "discountCodeBasicCreate" in call.json["query"]
        assert call.json["variables"]["discount"] == {
            "title": "Wracaj K7DM-4XRA-PL9C",
            "code": "K7DM-4XRA-PL9C",
            "startsAt": "2026-10-16T09:30:00+00:00",
            "endsAt": "2026-10-19T09:30:00+00:00",
            "usageLimit": 1,
            "appliesOncePerCustomer": True,
            "context": {"all": "ALL"},
            "customerGets": {"value": {"percentage": 0.1}, "items": {"all": True}},
            "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "100"}},
        }

    def gets(self, http: HttpShop, voucher: DiscountCode) -> Any:
        """What is said of the code, after one question."""
        http.says(*self.created)
        self.create(http.url, voucher)
        asking, creating = http.calls
        assert "discountCodeBasicCreate" not in asking.json["query"]
        return creating.json["variables"]["discount"]

    def test_an_amount_is_taken_once_off_the_whole_cart(self, http: HttpShop) -> None:
        discount = self.gets(http, AMOUNT)
        assert discount["customerGets"] == {
            "value": {"discountAmount": {"amount": "20.50", "appliesOnEachItem": False}},
            "items": {"all": True},
        }
        assert discount["minimumRequirement"] == {
            "subtotal": {"greaterThanOrEqualToSubtotal": "100"}
        }
        assert discount["usageLimit"] == 1

    @pytest.mark.parametrize("theirs", ["EUR", "CZK"])
    def test_twenty_zloty_never_become_twenty_euro(self, http: HttpShop, theirs: str) -> None:
        http.says(200, _answer(node=self.node, shop={"currencyCode": theirs}))
        failure = self.failure(http.url, AMOUNT)
        assert f"in PLN, the shop sells in {theirs}" in failure
        assert "will not help" in failure
        assert len(http.calls) == 1

    def test_a_shop_that_names_no_currency_may_be_asked_later(self, http: HttpShop) -> None:
        http.says(200, {"data": {}})
        assert "later may help" in self.failure(http.url, AMOUNT)

    @pytest.mark.parametrize("written", ["8100200300", "gid://shopify/Product/8100200300"])
    def test_a_gift_is_the_price_of_one_piece_off_that_product_once(
        self, http: HttpShop, written: str
    ) -> None:
        discount = self.gets(http, GIFT.model_copy(update={"product_id": written}))
        product = "gid://shopify/Product/8100200300"
        assert http.calls[0].json["variables"] == {"id": product}
        assert discount["customerGets"] == {
            "value": {"discountAmount": {"amount": "49.9", "appliesOnEachItem": False}},
            "items": {"products": {"productsToAdd": [product]}},
        }
        assert "minimumRequirement" not in discount
        assert discount["usageLimit"] == 1

    @pytest.mark.parametrize("product", [None, _price("0.0"), {}, {"priceRangeV2": {}}])
    def test_a_gift_that_is_not_for_sale_is_told(self, http: HttpShop, product: Any) -> None:
        http.says(200, _answer(node=self.node, product=product))
        failure = self.failure(http.url, GIFT)
        assert "gid://shopify/Product/8100200300" in failure
        assert "will not help" in failure
        assert len(http.calls) == 1

    @pytest.mark.parametrize("written", ["KUB-350", "gid://shopify/ProductVariant/7", "7; 8", "٧"])
    def test_a_gift_that_is_no_product_of_shopify_is_told_without_a_call(
        self, http: HttpShop, written: str
    ) -> None:
        failure = self.failure(http.url, GIFT.model_copy(update={"product_id": written}))
        assert "product_id must be the number" in failure
        assert http.calls == []

    def test_a_gift_needs_one_scope_more(self, http: HttpShop) -> None:
        http.says(
            200,
            {
                "errors": [{"message": "…", "extensions": {"code": "ACCESS_DENIED"}}],
                "data": {"product": None},
            },
        )
        assert "read_products" in self.failure(http.url, GIFT)

    def test_free_delivery_is_a_discount_type_of_its_own(self, http: HttpShop) -> None:
        http.says(*self.created)
        self.create(http.url, FREE_SHIPPING)
        (call,) = http.calls
        assert "$discount: DiscountCodeFreeShippingInput!" in call.json["query"]
        assert (
            "discountCodeFreeShippingCreate(freeShippingCodeDiscount: $discount)"
            in call.json["query"]
        )
        assert call.json["variables"]["discount"] == {
            "title": f"Wracaj {FREE_SHIPPING.code}",
            "code": FREE_SHIPPING.code,
            "startsAt": "2026-10-16T09:30:00+00:00",
            "endsAt": "2026-10-19T09:30:00+00:00",
            "usageLimit": 1,
            "appliesOncePerCustomer": True,
            "context": {"all": "ALL"},
            "destination": {"all": True},
            "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "100"}},
        }

    def test_an_answer_about_another_kind_of_code_is_no_creation(self, http: HttpShop) -> None:
        node = {"codeDiscountNode": self.node, "userErrors": []}
        http.says(200, {"data": {"discountCodeBasicCreate": node}})
        assert "names no created code" in self.failure(http.url, FREE_SHIPPING)

    def test_a_refused_field_of_free_delivery_is_named(self, http: HttpShop) -> None:
        refused = {
            "field": ["freeShippingCodeDiscount", "destination"],
            "code": "INVALID",
            "message": "…",
        }
        http.says(200, _answer([refused]))
        told = self.failure(http.url, FREE_SHIPPING)
        assert "freeShippingCodeDiscount.destination (INVALID)" in told

    def test_without_a_minimum_the_code_works_for_any_cart(self, http: HttpShop) -> None:
        http.says(*self.created)
        self.create(http.url, VOUCHER.model_copy(update={"minimum_total": None}))
        assert "minimumRequirement" not in http.calls[0].json["variables"]["discount"]

    def test_an_older_api_says_taken_in_words(self, http: HttpShop) -> None:
        http.says(
            200,
            _answer(
                [_taken(code=None, message="Code must be unique. Please try a different code.")]
            ),
        )
        self.create(http.url)
        assert len(http.calls) == 1

    def test_a_refused_field_is_named(self, http: HttpShop) -> None:
        refused = {
            "field": ["basicCodeDiscount", "endsAt"],
            "code": "END_DATE_BEFORE_START_DATE",
            "message": "…",
        }
        http.says(200, _answer([_taken(), refused]))
        failure = self.failure(http.url)
        assert "basicCodeDiscount.endsAt (END_DATE_BEFORE_START_DATE)" in failure
        assert "TAKEN" not in failure

    def test_a_throttled_call_may_be_made_later(self, http: HttpShop) -> None:
        http.says(200, {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]})
        assert "later may help" in self.failure(http.url)

    def test_a_missing_scope_is_named(self, http: HttpShop) -> None:
        http.says(200, {"errors": [{"message": "…", "extensions": {"code": "ACCESS_DENIED"}}]})
        failure = self.failure(http.url)
        assert "ACCESS_DENIED" in failure
        assert "write_discounts" in failure

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"<html>",
            [],
            None,
            {},
            {"data": None},
            {"data": [1]},
            {"errors": "x"},
            _answer(),
            _answer([1]),
        ],
    )
    def test_an_answer_that_promises_nothing_is_no_creation(
        self, http: HttpShop, answer: Any
    ) -> None:
        http.says(200, answer)
        assert "Shopify" in self.failure(http.url)

    def test_without_a_token_no_call_is_made(self, http: HttpShop) -> None:
        shop = self.shop_at(http.url, api_token=None)
        with pytest.raises(DiscountError, match="api_token"):
            platform("shopify").create_discount(shop, VOUCHER, "cart-12")
        assert http.calls == []

    def test_a_token_that_no_header_can_hold_is_not_shown(self, http: HttpShop) -> None:
        for token in ("geheim\n", "sekretny-ł"):
            with pytest.raises(DiscountError) as failed:
                platform("shopify").create_discount(
                    self.shop_at(http.url, token), VOUCHER, "cart-12"
                )
            assert token.strip() not in str(failed.value)


class TestWooCommerce(DiscountContract):
    """What a real shop would make of the calls: test_woocommerce_rest.py."""

    name = "woocommerce"
    created = (201, {"id": 15, "code": "k7dm-4xra-pl9c"})
    already_there = (400, {"code": "woocommerce_rest_coupon_code_already_exists"})

    @pytest.fixture
    def http(self) -> Iterator[HttpShop]:
        with an_http_shop() as shop:
            shop.pages["/wp-json/wc/v3/data/currencies/current"] = {"code": "PLN"}
            yield shop

    def shop_at(self, url: str) -> Shop:
        shop = a_shop("woocommerce", GENERIC_SECRET, woocommerce={"site_url": url})
        return with_secrets(shop, consumer_key="ck_klucz", consumer_secret=TOKEN)

    def test_no_secret_is_in_the_address(self, http: HttpShop) -> None:
        http.says(*self.created)
        self.create(http.url)
        (call,) = http.calls
        assert call.path == "/wp-json/wc/v3/coupons"
        assert base64.b64decode(call.headers["authorization"].removeprefix("Basic ")).decode() == (
            f"ck_klucz:{TOKEN}"
        )


class TestGeneric(DiscountContract):
    name = "generic"
    created = (201, {"id": 1})
    already_there = (409, b"")

    def shop_at(self, url: str) -> Shop:
        return a_shop(
            "generic", GENERIC_SECRET, generic={"discount_url": f"{url}/wracaj/discounts"}
        )

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_any_2xx_is_a_creation(self, http: HttpShop, status: int) -> None:
        http.says(status, b"")
        self.create(http.url)
        assert len(http.calls) == 1

    def test_the_call_is_signed_as_the_shop_signs_its_own(self, http: HttpShop) -> None:
        http.says(*self.created)
        self.create(http.url)
        (call,) = http.calls
        generic.verify(a_request(call.body, call.headers, clock.real_now()), [GENERIC_SECRET])
        assert call.path == "/wracaj/discounts"
        assert call.json == {
            "type": "discount.requested",
            "timestamp": "2026-10-16T09:30:00+00:00",
            "data": {
                "schema": 1,
                "code": "K7DM-4XRA-PL9C",
                "kind": "percent",
                "percent": 10,
                "amount": None,
                "product_id": None,
                "starts_at": "2026-10-16T09:30:00+00:00",
                "expires_at": "2026-10-19T09:30:00+00:00",
                "usage_limit": 1,
                "minimum_total": "100",
                "currency": "PLN",
                "cart_id": "cart-12",
            },
        }

    @pytest.mark.parametrize(
        ("voucher", "said"),
        [
            (
                AMOUNT,
                {"kind": "amount", "amount": "20.50", "currency": "PLN", "minimum_total": "100"},
            ),
            (
                GIFT,
                {
                    "kind": "gift",
                    "product_id": "8100200300",
                    "currency": None,
                    "minimum_total": None,
                },
            ),
            (
                FREE_SHIPPING,
                {"kind": "free_shipping", "currency": "PLN", "minimum_total": "100"},
            ),
        ],
        ids=["amount", "gift", "free_shipping"],
    )
    def test_each_kind_says_only_its_own(
        self, http: HttpShop, voucher: DiscountCode, said: dict[str, Any]
    ) -> None:
        http.says(*self.created)
        self.create(http.url, voucher)
        data = http.calls[0].json["data"]
        nothing = {"percent": None, "amount": None, "product_id": None}
        assert {
            name: data[name] for name in (*nothing, "kind", "currency", "minimum_total")
        } == nothing | said

    def test_a_retry_is_the_same_request(self, http: HttpShop) -> None:
        http.says(*self.created)
        for _ in range(2):
            self.create(http.url)
        first, second = http.calls
        assert first.body == second.body
        assert first.headers[standard_webhooks.ID] == second.headers[standard_webhooks.ID]

    def test_two_codes_are_two_requests(self, http: HttpShop) -> None:
        http.says(*self.created)
        self.create(http.url)
        self.create(http.url, VOUCHER.model_copy(update={"code": "AAAA-CCCC-DDDD"}))
        assert (
            http.calls[0].headers[standard_webhooks.ID]
            != http.calls[1].headers[standard_webhooks.ID]
        )

    def test_without_an_address_the_setting_is_named(self) -> None:
        with pytest.raises(DiscountError, match=r"generic\.discount_url"):
            platform("generic").create_discount(
                a_shop("generic", GENERIC_SECRET), VOUCHER, "cart-12"
            )

    def test_a_secret_that_cannot_sign_is_no_crash(self, http: HttpShop) -> None:
        shop = a_shop("generic", "whsec_", generic={"discount_url": http.url})
        with pytest.raises(DiscountError, match="cannot be signed"):
            platform("generic").create_discount(shop, VOUCHER, "cart-12")
