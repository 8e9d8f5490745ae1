"""The address at which Wracaj's generic platform asks the PrestaShop module for codes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from support.prestashop import PrestaShop
from support.webhook_bodies import GENERIC_SECRET, Json, a_shop
from wracaj.discounts.code import DiscountCode
from wracaj.platforms.generic import discounts


@dataclass
class Gate:
    """Hands the calls of our platform to the shop, with the header that names its database."""

    shop: PrestaShop
    url: str = ""

    @property
    def discount_url(self) -> str:
        return f"{self.url}/module/wracaj/discount"

    def ask(self, voucher: DiscountCode, cart_id: str = "", secret: str = GENERIC_SECRET) -> None:
        settings = {"discount_url": self.discount_url}
        discounts.create(a_shop("generic", secret, generic=settings), voucher, cart_id)

    def rules(self) -> list[Json]:
        return [json.loads(row["json"]) for row in self.shop.sql("SELECT json FROM ps_cart_rule")]


@contextmanager
def a_gate(shop: PrestaShop) -> Iterator[Gate]:
    made = Gate(shop)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = ("webhook-id", "webhook-timestamp", "webhook-signature")
            given = {name: self.headers[name] for name in names}
            shop.headers = given
            answer = shop.call("POST", self.path, body)
            shop.headers = {}
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body.encode())))
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: object) -> None:
            """Log nothing, to keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        yield made
        server.shutdown()
