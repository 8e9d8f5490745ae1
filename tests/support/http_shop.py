"""A shop's address on loopback: a real HTTP server that gives the answers of the test and keeps the
requests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class HttpShop:
    url: str = ""
    status: int = 200
    answer: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    pages: dict[str, Any] = field(default_factory=dict)  # what GET answers, which is no call
    has_heard: Event = field(default_factory=Event)
    may_answer: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    def says(self, status: int, answer: Any = None, **headers: str) -> None:
        self.status, self.headers = status, headers
        self.answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()


@contextmanager
def an_http_shop() -> Iterator[HttpShop]:
    shop = HttpShop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            shop.calls.append(
                Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            )
            shop.has_heard.set()
            shop.may_answer.wait()
            self.send_response(shop.status)
            for name, value in shop.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(shop.answer)))
            self.end_headers()
            self.wfile.write(shop.answer)

        def do_GET(self) -> None:
            body = json.dumps(shop.pages[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing, to keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        shop.url = f"http://127.0.0.1:{server.server_port}"
        yield shop
        shop.may_answer.set()
        server.shutdown()
