"""A WooCommerce shop on loopback, as strict as the real one about signing in, values and paging.

It holds orders and coupons, and answers `/wp-json/wc/v3` and `/checkout-link/`. Seen on WooCommerce
10.5.2: 401 over HTTP, the refusal of a code that exists, that `date_expires_gmt` is ignored, that
codes are stored in lower case, the headers of pages, and that drafts are listed with all others.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from support.woocommerce_values import RefusalError, coupon_from, page_of

KEY = "ck_0123456789abcdef0123456789abcdef01234567"
SECRET = "cs_89abcdef0123456789abcdef0123456789abcdef"
API = "/wp-json/wc/v3"
PRODUCTS = re.compile(r"\d+(:\d+)?(,\d+(:\d+)?)*")
Json = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]


@dataclass(frozen=True)
class Asked:
    """One request. `query` has each parameter once, as PHP reads it: the last one counts."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class WooCommerceShop:
    """`is_https`: whether the site believes that it is asked over HTTPS. Here it stands behind a
    proxy that ends TLS, so that tests can ask it over HTTP."""

    url: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Warsaw"))
    currency: str = "PLN"
    is_https: bool = True
    may_write: bool = True  # the key's permission: read and write, or read only
    has_pretty_permalinks: bool = True
    strips_authorization: bool = False  # as Apache does in front of PHP as CGI
    orders: dict[int, Json] = field(default_factory=dict)
    coupons: dict[str, Json] = field(default_factory=dict)  # by code, in lower case
    webhooks: dict[int, Json] = field(default_factory=dict)
    webhook_secrets: dict[int, str] = field(default_factory=dict)
    restored: list[dict[str, str]] = field(default_factory=list)  # queries of checkout links
    asked: list[Asked] = field(default_factory=list)
    failures: list[Answer] = field(default_factory=list)  # what the next requests get instead
    longest_address: int = 8190  # as Apache takes it
    hang_ups: int = 0  # so many of the next requests are carried out and get no answer

    def put(self, order: Json) -> Json:
        """Store an order, or a draft. It needs `id`, `status` and `date_modified_gmt`; the local
        time is worked out."""
        modified = datetime.fromisoformat(order["date_modified_gmt"]).replace(tzinfo=UTC)
        local = modified.astimezone(self.zone).replace(tzinfo=None).isoformat()
        self.orders[order["id"]] = order | {"date_modified": local}
        return self.orders[order["id"]]

    def fails(self, status: int, answer: Any = None, *, times: int = 1, **headers: str) -> None:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.failures += [(status, told, answer)] * times

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.failures:
            return self.failures.pop(0)
        if asked.path == "/checkout-link/":
            return self._restore(asked.query)
        if not asked.path.startswith(API) or not self.has_pretty_permalinks:
            return 404, {}, "<!DOCTYPE html><title>Nie znaleziono strony</title>"
        try:
            self._sign_in(asked)
            return self._routed(asked)
        except RefusalError as refusal:
            return refusal.status, {}, refusal.body

    def _restore(self, query: dict[str, str]) -> Answer:
        """Fill a new cart. Other keys than these two stay in the address, and do nothing."""
        if not PRODUCTS.fullmatch(query.get("products", "")):
            return 404, {}, "<!DOCTYPE html><title>Nie znaleziono produktu</title>"
        self.restored.append(query)
        return 302, {"Location": f"{self.url}/zamowienie/"}, None

    def visit(self, path: str) -> int:
        """What a browser gets that follows a link to the shop: the status."""
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return self.answer(Asked("GET", parts.path, query, {}, b""))[0]

    def _sign_in(self, asked: Asked) -> None:
        """Over HTTP, WooCommerce does not look at Basic auth at all."""
        given = None if self.strips_authorization else asked.headers.get("authorization")
        if given is None or not self.is_https:
            raise RefusalError(
                401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources."
            )
        kind, _, encoded = given.partition(" ")
        key, _, secret = base64.b64decode(encoded).decode().partition(":")
        if kind.lower() != "basic" or key != KEY:
            raise RefusalError(
                401, "woocommerce_rest_authentication_error", "Consumer key is invalid."
            )
        if secret != SECRET:
            raise RefusalError(
                401, "woocommerce_rest_authentication_error", "Consumer secret is invalid."
            )
        if asked.method != "GET" and not self.may_write:
            raise RefusalError(
                401,
                "woocommerce_rest_authentication_error",
                "The API key provided does not have write permissions.",
            )

    def _routed(self, asked: Asked) -> Answer:
        routes: dict[tuple[str, str], Callable[[Asked], Answer]] = {
            ("GET", "/orders"): self._list_orders,
            ("GET", "/refunds"): self._list_refunds,
            ("GET", "/coupons"): self._list_coupons,
            ("POST", "/coupons"): self._create_coupon,
            ("GET", "/webhooks"): self._list_webhooks,
            ("POST", "/webhooks"): self._create_webhook,
            ("GET", "/data/currencies/current"): lambda _: (200, {}, {"code": self.currency}),
        }
        path = asked.path.removeprefix(API)
        if route := routes.get((asked.method, path)):
            return route(asked)
        if asked.method == "PUT" and path.startswith("/webhooks/"):
            return self._change_webhook(path.removeprefix("/webhooks/"), asked)
        number = path.removeprefix("/orders/")
        if asked.method == "GET" and number.isdigit():
            if int(number) not in self.orders:
                raise RefusalError(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
            return 200, {}, self.orders[int(number)]
        raise RefusalError(404, "rest_no_route", "No route was found matching the URL and method.")

    def _list_orders(self, asked: Asked) -> Answer:
        return page_of(list(self.orders.values()), asked.query, self.zone)

    def _list_refunds(self, asked: Asked) -> Answer:
        refunds = [
            refund | {"parent_id": order["id"], "status": "completed"}
            for order in self.orders.values()
            for refund in order.get("refunds", ())
        ]
        return page_of(refunds, asked.query, self.zone)

    def _list_webhooks(self, asked: Asked) -> Answer:
        """Only those of which no parameter asks otherwise: all statuses, ten a page."""
        per_page, page = int(asked.query.get("per_page", "10")), int(asked.query.get("page", "1"))
        return 200, {}, list(self.webhooks.values())[(page - 1) * per_page : page * per_page]

    def _create_webhook(self, asked: Asked) -> Answer:
        """Its secret is never shown. Without a topic or an address there is none."""
        told = json.loads(asked.body)
        if not re.fullmatch(
            "(order|customer|product|coupon)[.](created|updated|deleted|restored)",
            told.get("topic", ""),
        ):
            raise RefusalError(
                400, "woocommerce_rest_webhook_topic_invalid", "Webhook topic must be valid."
            )
        if not told.get("delivery_url", "").startswith(("https://", "http://")):
            raise RefusalError(
                400,
                "woocommerce_rest_webhook_delivery_url_invalid",
                "Webhook delivery URL must be a valid URL starting with http:// or https://.",
            )
        number = 1 + len(self.webhooks)
        self.webhook_secrets[number] = told.get("secret", "")
        kept = {name: told[name] for name in ("name", "topic", "delivery_url")}
        self.webhooks[number] = kept | {"id": number, "status": told.get("status", "active")}
        return 201, {}, self.webhooks[number]

    def _change_webhook(self, number: str, asked: Asked) -> Answer:
        known = self.webhooks.get(int(number))
        if known is None:
            raise RefusalError(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        told = json.loads(asked.body)
        known["status"] = told.get("status", known["status"])
        self.webhook_secrets[int(number)] = told.get("secret", self.webhook_secrets[int(number)])
        return 200, {}, known

    def _list_coupons(self, asked: Asked) -> Answer:
        code = asked.query.get("code", "").lower()
        return 200, {}, [coupon for name, coupon in self.coupons.items() if code in ("", name)]

    def _create_coupon(self, asked: Asked) -> Answer:
        coupon = coupon_from(asked.body, self.zone)
        if coupon["code"] in self.coupons:
            raise RefusalError(
                400,
                "woocommerce_rest_coupon_code_already_exists",
                "The coupon code already exists",
            )
        made = coupon | {"id": 100 + len(self.coupons), "usage_count": 0}
        self.coupons[coupon["code"]] = made
        return 201, {}, made


@contextmanager
def a_woocommerce_shop() -> Iterator[WooCommerceShop]:
    shop = WooCommerceShop()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            asked = Asked(self.command, parts.path, query, headers, body)
            is_long = len(self.path) > shop.longest_address
            status, told, answer = (414, {}, "<html>") if is_long else shop.answer(asked)
            if shop.hang_ups:
                shop.hang_ups -= 1
                return
            content = answer if isinstance(answer, str) else json.dumps(answer)
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content.encode())))
            self.end_headers()
            self.wfile.write(content.encode())

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Log nothing, because the requests are in `asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        shop.url = f"http://127.0.0.1:{server.server_port}"
        yield shop
        server.shutdown()
