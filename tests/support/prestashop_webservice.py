"""PrestaShop's webservice on loopback, as far as we ask it, and strict about it: keys, rights,
filters of dates, sorting, limits, and `[]` for a list without entries."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from support.webhook_bodies import Json

KEY = "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6"
_SINCE = re.compile(r">\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\]")
_NAMES = {"customers": "customer", "currencies": "currency"}
CREATED, PAID, CANCELLED, ERROR = "1", "2", "6", "8"
SENT_BACK = "31"  # of the shop's own, which PrestaShop takes for paid


def a_configuration(name: str, value: str, id_shop: str | None = None) -> Json:
    number = f"{name}-{id_shop}"
    return {"id": number, "name": name, "value": value, "id_shop_group": None, "id_shop": id_shop}


CONFIGURED = (
    a_configuration("PS_OS_CANCELED", CANCELLED),
    a_configuration("PS_OS_REFUND", "7"),
    a_configuration("PS_OS_ERROR", ERROR),
)


class RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"errors": [{"code": status, "message": message}]}


@dataclass
class PrestaShop:
    url: str = ""
    currency: str = "PLN"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Warsaw"))
    rights: set[str] = field(
        default_factory=lambda: {
            *("orders", "customers", "currencies", "order_states", "configurations"),
        }
    )
    configurations: list[Json] = field(default_factory=lambda: list(CONFIGURED))
    orders: dict[str, Json] = field(default_factory=dict)
    customers: dict[str, Json] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, topic: str, body: Json) -> None:
        """Store an order that a webhook of the module tells of."""
        if not topic.startswith("order."):
            return
        data = body["data"]
        customer = data["customer"]
        kept = {"id": customer["id"], "email": customer["email"], "firstname": "", "is_guest": "0"}
        self.customers[str(customer["id"])] = kept
        before = self.orders.get(data["order_id"], {})
        states = {"order.paid": PAID, "order.cancelled": CANCELLED}
        told = {
            "id": data["order_id"],
            "id_shop": "1",
            "id_customer": customer["id"],
            "id_currency": "1",
            "current_state": states.get(topic, CREATED),
            "date_add": self._local(data.get("created_at") or body["timestamp"]),
            "date_upd": self._local(body["timestamp"]),
            "total_paid_real": "0.000000",
            "total_shipping_tax_incl": "0.000000",
            "total_discounts_tax_incl": "0.000000",
        }
        if "total" in data:
            told["total_paid_tax_incl"] = f"{data['total']}0000"
            rows = [{"product_id": "1", "product_name": one["title"]} for one in data["items"]]
            told["associations"] = {"order_rows": rows}
        added = {"date_add": before["date_add"]} if before else {}
        self.orders[data["order_id"]] = before | told | added

    def _local(self, text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def answer(self, target: str, authorization: str | None) -> Any:
        self.asked.append(target)
        parts = urlsplit(target)
        if authorization != "Basic " + base64.b64encode(f"{KEY}:".encode()).decode():
            raise RefusedError(401, "Invalid authentication key format")
        resource, _, id_ = parts.path.removeprefix("/api/").partition("/")
        if resource not in self.rights:
            raise RefusedError(401, f"Resource of type {resource} is not allowed with this key")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if query.pop("output_format", "XML") != "JSON":
            raise RefusedError(400, "these tests read no XML")
        if id_:
            return self._one(resource, id_)
        if query.get("display") != "full":
            raise RefusedError(400, "without display only ids are listed")
        rows = self._orders(query) if resource == "orders" else self._short(resource, query)
        return {resource: rows} if rows else []

    def _one(self, resource: str, id_: str) -> Json:
        found = {"id": "1", "iso_code": self.currency} if resource == "currencies" else None
        found = self.customers.get(id_) if resource == "customers" else found
        if found is None:
            raise RefusedError(404, "not found")
        return {_NAMES[resource]: found}

    def _orders(self, query: Json) -> list[Json]:
        since = _SINCE.fullmatch(query.get("filter[date_upd]", ""))
        if since is None or query.get("date") != "1":
            raise RefusedError(400, "a filter of dates needs date=1 and an operator")
        if query.get("sort") != "[date_upd_ASC,id_ASC]":
            raise RefusedError(400, "unknown sort")
        first, count = map(int, query["limit"].split(","))
        found = [row for row in self.orders.values() if row["date_upd"] > since[1]]
        found.sort(key=lambda row: (row["date_upd"], row["id"]))
        return found[first : first + count]

    def _short(self, resource: str, query: Json) -> list[Json]:
        if resource == "order_states":
            paid = {CREATED: "0", PAID: "1", CANCELLED: "0", ERROR: "0", SENT_BACK: "1"}
            return [{"id": state, "paid": flag} for state, flag in paid.items()]
        wanted = query["filter[name]"].strip("[]").split("|")
        return [row for row in self.configurations if row["name"] in wanted]


@contextmanager
def a_prestashop() -> Iterator[PrestaShop]:
    shop = PrestaShop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                told, status = shop.answer(self.path, self.headers.get("Authorization")), 200
            except RefusedError as refused:
                told, status = refused.body, refused.status
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Log nothing, to keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        shop.url = f"http://127.0.0.1:{server.server_port}"
        yield shop
        server.shutdown()
