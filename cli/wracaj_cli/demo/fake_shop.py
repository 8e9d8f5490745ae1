"""The shops' own servers for discount codes: Shopify's Admin API, WooCommerce's REST API, and the
discount address of a generic shop."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wracaj.discounts.code import DiscountTerms
from wracaj.errors import SignatureError
from wracaj.platforms import WebhookRequest
from wracaj.platforms.generic import standard_webhooks
from wracaj_cli.demo.code_orders import (
    CURRENCY,
    RefusedFieldError,
    asked_of_generic,
    asked_of_shopify,
    free_shipping_asked_of_shopify,
)
from wracaj_cli.demo.coupons import (
    API,
    COUPONS,
    OWN_CURRENCY,
    RefusedCallError,
    asked_of_woocommerce,
    sign_in,
    taken,
)
from wracaj_cli.demo.shopify_front import product_gid
from wracaj_cli.demo.week import KUBEK, PARAPET, ZIARNA, Product
from wracaj_cli.demo.woocommerce_front import product_number

GRAPHQL, GENERIC = "/admin/api/", "/wracaj/discount"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class KnownCode:
    shop: str
    code: str
    worth: DiscountTerms
    created_at: datetime

    def takes_off(self, total: Decimal) -> Decimal:
        """Return what the code takes off the total. A gift takes off nothing, because it comes in
        addition to the cart; nor does free delivery, because these shops deliver for nothing."""
        if self.worth.percent is not None:
            return (total * self.worth.percent / 100).quantize(Decimal("0.01"))
        return min(total, self.worth.amount or Decimal(0))


@dataclass
class FakeShop:
    """The server of all shops. `down`: whether the API is out at the moment. `api_token`, `secret`
    and `consumer` (WooCommerce's key and secret): what its callers must prove to have."""

    now: Callable[[], datetime]
    down: Callable[[datetime], bool]
    api_token: str
    secret: str
    goods: tuple[Product, ...] = ()  # what can be a gift
    consumer: tuple[str, str] = ("", "")
    url: str = ""
    codes: dict[str, KnownCode] = field(default_factory=dict)
    # calls during the outage: (shop, time)
    turned_away: list[tuple[str, datetime]] = field(default_factory=list)
    # calls that a real shop would have refused
    refused: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def takes_off(self, code: str, total: Decimal) -> Decimal:
        return self.codes[code].takes_off(total) if code in self.codes else Decimal(0)

    def answer(
        self, path: str, headers: dict[str, str], body: bytes, method: str = "POST"
    ) -> tuple[int, Any]:
        with self._lock:
            shop = _shop_at(path)
            if self.down(self.now()):
                self.turned_away.append((shop, self.now()))
                return 503, {"error": "down for maintenance"}
            try:
                if shop == KUBEK:
                    return self._graphql(headers, body)
                if shop == ZIARNA:
                    return self._rest(method, path, headers, body)
                return self._generic(path, headers, body)
            except (SignatureError, LookupError, TypeError, ValueError) as error:
                self.refused.append(f"{path}: {type(error).__name__}: {error}")
                return 400, {"error": "not understood"}

    def _rest(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        try:
            sign_in(headers.get("authorization"), self.consumer)
            if (method, path) == ("GET", OWN_CURRENCY):
                return 200, {"code": CURRENCY}
            if (method, path) != ("POST", COUPONS):
                raise RefusedCallError(404, "rest_no_route", "No route was found.")
            return self._coupon(body)
        except RefusedCallError as error:
            self.refused.append(f"{path}: {error}")
            return error.status, error.answer

    def _coupon(self, body: bytes) -> tuple[int, Any]:
        """Codes may be typed in any case, so two that differ in nothing else are one."""
        goods = {str(product_number(product)): product for product in self.goods}
        code, worth = asked_of_woocommerce(body, goods, self.now())
        if not self._create(ZIARNA, code.upper(), worth):
            return taken().status, taken().answer
        return 201, {"id": len(self.codes), "code": code.lower()}

    def _graphql(self, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if headers.get("x-shopify-access-token") != self.api_token:
            self.refused.append("Admin API: wrong access token")
            return 401, {"errors": "[API] Invalid API key or access token"}
        request = json.loads(body)
        query, variables = request["query"], request["variables"]
        for name, argument, worth_of in (
            ("discountCodeBasicCreate", "basicCodeDiscount", self._basic_worth),
            (
                "discountCodeFreeShippingCreate",
                "freeShippingCodeDiscount",
                free_shipping_asked_of_shopify,
            ),
        ):
            if f"{name}(" in query:
                return 200, {"data": {name: self._code(variables["discount"], argument, worth_of)}}
        if "priceRangeV2" in query:
            return 200, {"data": {"product": self._priced(variables["id"])}}
        if "currencyCode" in query:
            return 200, {"data": {"shop": {"currencyCode": CURRENCY}}}
        raise ValueError("a query that this shop does not know")

    def _basic_worth(self, discount: Mapping[str, Any]) -> DiscountTerms:
        return asked_of_shopify(discount, self._by_gid())

    def _code(
        self,
        discount: Mapping[str, Any],
        argument: str,
        worth_of: Callable[[Mapping[str, Any]], DiscountTerms],
    ) -> dict[str, Any]:
        problem = {
            "field": [argument, "code"],
            "code": "TAKEN",
            "message": "Code must be unique.",
        }
        try:
            if self._create(KUBEK, discount["code"], worth_of(discount)):
                return {
                    "codeDiscountNode": {"id": f"gid://shopify/DiscountCodeNode/{len(self.codes)}"},
                    "userErrors": [],
                }
        except RefusedFieldError as error:
            self.refused.append(f"Admin API: {error}")
            problem = {
                "field": [argument, *error.field],
                "code": "INVALID",
                "message": error.message,
            }
        return {"codeDiscountNode": None, "userErrors": [problem]}

    def _priced(self, gid: str) -> dict[str, Any] | None:
        known = self._by_gid().get(gid)
        return (
            {"priceRangeV2": {"maxVariantPrice": {"amount": f"{known.price:f}"}}} if known else None
        )

    def _by_gid(self) -> dict[str, Product]:
        return {product_gid(product): product for product in self.goods}

    def _generic(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if path != GENERIC:
            raise LookupError("no such address")
        standard_webhooks.verify(WebhookRequest(headers, body, datetime.now(UTC)), [self.secret])
        data = json.loads(body)["data"]
        worth = asked_of_generic(data, {product.sku: product for product in self.goods})
        return (201 if self._create(PARAPET, data["code"], worth) else 409), {}

    def _create(self, shop: str, code: str, worth: DiscountTerms) -> bool:
        if code in self.codes:
            return False
        self.codes[code] = KnownCode(shop, code, worth, self.now())
        return True


def _shop_at(path: str) -> str:
    if path.startswith(GRAPHQL):
        return KUBEK
    return ZIARNA if path.startswith(API) else PARAPET


@contextmanager
def open_on_loopback(shop: FakeShop) -> Iterator[FakeShop]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = shop.answer(self.path, headers, body, self.command)
            raw = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Log nothing, because the terminal belongs to the display."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        shop.url = f"http://{HOST}:{server.server_port}"
        try:
            yield shop
        finally:
            server.shutdown()
