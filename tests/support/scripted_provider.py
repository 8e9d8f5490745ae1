"""A provider's address on loopback. As the test says, it answers, is slow, hangs up or sends
nothing. It keeps the requests."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Behaviour = Callable[["Exchange"], None]


@dataclass(frozen=True)
class Asked:
    connection: int
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Provider:
    url: str = ""
    # one entry for each request; the last entry is repeated
    script: list[Behaviour] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    closing: Event = field(default_factory=Event)


class Exchange(BaseHTTPRequestHandler):
    """One request and the reaction to it."""

    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.provider.asked.append(Asked(self.client_address[1], self.path, headers, body))
        script = self.provider.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Log nothing, to keep the tests' output clean."""


def answers(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    def answer(exchange: Exchange) -> None:
        exchange.send_response(status)
        for name, value in headers.items():
            exchange.send_header(name.replace("_", "-"), value)
        exchange.send_header("Content-Length", str(len(body)))
        exchange.end_headers()
        exchange.wfile.write(body)

    return answer


def hangs_up(exchange: Exchange) -> None:
    """Hang up after reading the whole request."""
    exchange.hang_up()


def says_nothing(exchange: Exchange) -> None:
    exchange.provider.closing.wait(30)
    exchange.hang_up()


def breaks_off(exchange: Exchange) -> None:
    """Hang up in the middle of a good answer."""
    exchange.send_response(200)
    exchange.send_header("Content-Length", "500")
    exchange.end_headers()
    exchange.wfile.write(b'{"Mess')
    exchange.wfile.flush()
    exchange.hang_up()


def drips(head: bytes, word: bytes = b"x", seconds: float = 0.02) -> Behaviour:
    """Send the head, and then the same word without end, so often that no read times out."""

    def drip(exchange: Exchange) -> None:
        with suppress(OSError):
            exchange.wfile.write(head)
            while not exchange.provider.closing.wait(seconds):
                exchange.wfile.write(word)
                exchange.wfile.flush()
        exchange.close_connection = True

    return drip


def talks_nonsense(exchange: Exchange) -> None:
    exchange.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    exchange.wfile.flush()
    exchange.hang_up()


@contextmanager
def a_provider() -> Iterator[Provider]:
    provider = Provider()
    handler: Any = type("Scripted", (Exchange,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        provider.url = f"http://127.0.0.1:{server.server_port}"
        yield provider
        provider.closing.set()
        server.shutdown()
