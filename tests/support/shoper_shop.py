"""A Shoper shop on loopback: its REST API as far as we use it, stricter than the real one. What is
not documented, and what we have no reason to ask, is answered 400."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.shoper_bodies import API_TOKEN, CURRENCIES, STATUSES
from support.webhook_bodies import Json

IDS = {
    "orders": "order_id",
    "order-products": "order_product_id",
    "users": "user_id",
    "subscribers": "subscriber_id",
    "statuses": "status_id",
    "currencies": "currency_id",
    "webhooks": "webhook_id",
}
ON_A_PAGE = 10  # where no limit is given
MOST_ON_A_PAGE = 50
_PATH = "/webapi/rest/"


class RefusedError(Exception):
    """What the API answers in place of an entry."""

    def __init__(self, status: int, error: str, description: str = "", **headers: str) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers
        self.body = {"error": error, "error_description": description}


@dataclass
class ShoperShop:
    url: str = ""
    entries: dict[str, list[Json]] = field(
        default_factory=lambda: {
            **{resource: [] for resource in IDS},
            "statuses": list(STATUSES),
            "currencies": list(CURRENCIES),
        }
    )
    token: str = API_TOKEN
    forbidden: set[str] = field(default_factory=set)  # resources that the token may not read
    answers: list[int] = field(default_factory=list)  # statuses of the next answers; then its own
    retry_after: str = "3"
    bucket_of: float = 10
    level: float = 0
    clock: Callable[[], float] = monotonic  # in seconds
    poured_at: float = field(default_factory=monotonic)
    secrets: dict[str, str] = field(default_factory=dict)  # of webhooks
    asked: list[str] = field(default_factory=list)  # paths with their queries

    def keep(self, resource: str, *entries: Json) -> None:
        """Add entries, in place of those with the same id."""
        for entry in entries:
            self.drop(resource, entry[IDS[resource]])
            self.entries[resource].append(entry)

    def drop(self, resource: str, id_: str) -> None:
        kept = self.entries[resource]
        kept[:] = [entry for entry in kept if entry[IDS[resource]] != id_]

    def write(self, method: str, path: str, body: bytes) -> Any:
        """Only webhooks can be written. Their secret is never shown."""
        told = json.loads(body)
        resource, _, id_ = path.removeprefix(_PATH).partition("/")
        if resource != "webhooks" or "webhooks" in self.forbidden:
            raise RefusedError(403, "insufficient_scope")
        if method == "PUT":
            known = next(one for one in self.entries["webhooks"] if one["webhook_id"] == id_)
            known["active"] = str(told["active"])
            return 1
        if not (told["url"].startswith("https://") and told["events"] and told["format"] == 0):
            raise RefusedError(400, "invalid_request", "url, events and format are needed")
        number = str(1 + len(self.entries["webhooks"]))
        self.secrets[number] = told["secret"]
        kept = {"url": told["url"], "active": "1", "format": "0", "events": told["events"]}
        self.keep("webhooks", {"webhook_id": number, **kept})
        return int(number)

    def answer(self, target: str, authorization: str | None) -> Any:
        """Raises RefusedError."""
        self.asked.append(target)
        if self.answers:
            self._refuse_as_told(self.answers.pop(0))
        parts = urlsplit(target)
        if not parts.path.startswith(_PATH):
            raise RefusedError(404, "not_found")
        if authorization != f"Bearer {self.token}":
            raise RefusedError(401, "unauthorized_client", "Provided access token is invalid")
        self._pour()
        resource, _, id_ = parts.path.removeprefix(_PATH).partition("/")
        if resource not in IDS or "/" in id_:
            raise RefusedError(400, "invalid_request", f"nobody needs {resource}")
        if resource in self.forbidden:
            raise RefusedError(403, "insufficient_scope")
        return self._one(resource, id_) if id_ else self._list(resource, parse_qs(parts.query))

    def _refuse_as_told(self, status: int) -> None:
        if status != 200:
            more = {"Retry-After": self.retry_after} if status == 429 else {}
            raise RefusedError(status, "told so", **more)

    def _pour(self) -> None:
        moment = self.clock()
        self.level = max(0.0, self.level - 2 * (moment - self.poured_at)) + 1
        self.poured_at = moment
        if self.level > self.bucket_of + 1:
            raise RefusedError(429, "temporarily_unavailable", **{"Retry-After": self.retry_after})

    def _one(self, resource: str, id_: str) -> Json:
        for entry in self.entries[resource]:
            if entry[IDS[resource]] == id_:
                return entry
        raise RefusedError(404, "invalid_request", "Resource not found")

    def _list(self, resource: str, query: dict[str, list[str]]) -> Json:
        if not query.keys() <= {"limit", "page", "filters"}:
            raise RefusedError(400, "invalid_request", "unknown parameter")
        told = {name: values[0] for name, values in query.items()}
        found = [
            entry
            for entry in self.entries[resource]
            if all(_fits(entry, *one) for one in json.loads(told.get("filters", "{}")).items())
        ]
        size = min(int(told.get("limit", ON_A_PAGE)), MOST_ON_A_PAGE)
        page = int(told.get("page", 1))
        return {
            "count": str(len(found)),
            "pages": -(-len(found) // size),
            "page": page,
            "list": found[(page - 1) * size : page * size],
        }


def _fits(entry: Json, name: str, wanted: Any) -> bool:
    if name not in entry:
        raise RefusedError(400, "invalid_request", f"no field {name}")
    if not isinstance(wanted, dict):
        return bool(entry[name] == wanted)
    ((operator, value),) = wanted.items()
    if operator != ">=" or not isinstance(value, str):
        raise RefusedError(400, "invalid_request", f"no filter {operator}")
    return entry[name] is not None and bool(entry[name] >= value)


@contextmanager
def a_shoper_shop() -> Iterator[ShoperShop]:
    shop = ShoperShop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                answer, status, headers = (
                    shop.answer(self.path, self.headers.get("Authorization")),
                    200,
                    {},
                )
            except RefusedError as refused:
                answer, status, headers = refused.body, refused.status, refused.headers
            raw = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def _written(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                told, status = shop.write(self.command, self.path, body), 200
            except RefusedError as refused:
                told, status = refused.body, refused.status
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_PUT = _written  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Log nothing, to keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        shop.url = f"http://127.0.0.1:{server.server_port}"
        yield shop
        server.shutdown()
