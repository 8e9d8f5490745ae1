"""A push service on loopback, as strict as RFC 8030, 8291 and 8292, with the browsers that it
delivers to.

It decrypts each message as the browser would, and keeps it. `on_delivery` is called with each
message.
"""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Self

from wracaj_cli.local.push_reading import Browser, PushError, claims_of, padless, unpadded

DAY = 86_400
LONGEST_BODY = 4096
MESSAGE = {"content-encoding": "aes128gcm", "content-type": "application/octet-stream"}


@dataclass(frozen=True)
class Pushed:
    """A message as the browser got it."""

    subscription: str
    text: bytes
    topic: str
    urgency: str
    ttl: int
    claims: Mapping[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.text)
        return told


@dataclass
class Refusal:
    """An error that the service returns in place of accepting a message."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    browser: Browser
    # the subscription accepts only messages signed with this key; None: with any key
    server_key: str | None


class PushService:
    """Example: `with PushService() as service: service.subscribe(public_key) …`"""

    def __init__(self, on_delivery: Callable[[Pushed], None] = lambda _: None) -> None:
        self.pushed: list[Pushed] = []
        self.problems: list[str] = []  # problems of the messages that were refused as malformed
        self.refusals: list[Refusal] = []  # each is returned once, in place of accepting a message
        self.on_delivery = on_delivery
        self._known: dict[str, _Known] = {}
        self._gone: set[str] = set()
        self._lock = Lock()
        handler: Any = type("Taking", (_Taking,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def subscribe(self, server_key: str | None = None) -> dict[str, Any]:
        """Return a new subscription as `PushSubscription.toJSON()` does. `server_key`: the shop's
        public key."""
        name, browser = secrets.token_urlsafe(16), Browser()
        self._known[name] = _Known(browser, server_key)
        return {
            "endpoint": f"{self.url}/push/{name}",
            "expirationTime": None,
            "keys": browser.keys(),
        }

    def unsubscribe(self, endpoint: str) -> None:
        """End the subscription. From now on it is gone (410)."""
        self._gone.add(endpoint.rpartition("/")[2])

    def take(self, path: str, headers: Message, body: bytes) -> Refusal | None:
        name = path.removeprefix("/push/")
        with self._lock:
            if self.refusals:
                return self.refusals.pop(0)
        if name in self._gone:
            return Refusal(410)
        if name not in self._known:
            return Refusal(404)
        if len(body) > LONGEST_BODY:
            return Refusal(413)
        try:
            pushed = self._read(name, headers, body)
        except (PushError, ValueError, IndexError) as problem:
            self.problems.append(str(problem))
            return Refusal(403 if "signature" in str(problem) or "key" in str(problem) else 400)
        with self._lock:
            self.pushed.append(pushed)
        self.on_delivery(pushed)
        return None

    def _read(self, name: str, headers: Message, body: bytes) -> Pushed:
        known = self._known[name]
        for header, value in MESSAGE.items():
            _demand(headers.get(header) == value, f"{header} must be {value}")
        ttl, topic, urgency = (
            headers.get("ttl", ""),
            headers.get("topic", ""),
            headers.get("urgency", ""),
        )
        _demand(ttl.isdecimal() and int(ttl) >= DAY, "TTL must be a day at least")
        _demand(
            re.fullmatch(r"[A-Za-z0-9_-]{1,32}", topic) is not None,
            "Topic is up to 32 of base64url: RFC 8030 section 5.4",
        )
        _demand(
            urgency in {"very-low", "low", "normal", "high"},
            "Urgency is one of four words: RFC 8030 section 5.3",
        )
        claims = self._signed_by(known, headers.get("authorization", ""))
        return Pushed(name, known.browser.read(body), topic, urgency, int(ttl), claims)

    def _signed_by(self, known: _Known, authorization: str) -> dict[str, Any]:
        found = re.fullmatch(r"vapid t=([A-Za-z0-9_.-]+), ?k=([A-Za-z0-9_-]+)", authorization)
        _demand(
            found is not None, "Authorization must be `vapid t=…, k=…`: RFC 8292 section 3 (key)"
        )
        assert found is not None
        claims = claims_of(found[1], unpadded(found[2]))
        _demand(
            known.server_key in {None, padless(unpadded(found[2]))},
            "the subscription was made with another key",
        )
        _demand(claims.get("aud") == self.url, f"the key's token must be for {self.url}")
        _demand(
            0 < claims.get("exp", 0) - time.time() <= DAY,
            "the key's token must expire within a day",
        )
        mail = re.fullmatch(r"mailto:[^@\s]+@[^@\s]+\.[^@\s]+|https://\S+", str(claims.get("sub")))
        _demand(mail is not None, "the key's token must say whom to write to")
        return claims


def _demand(holds: bool, rule: str) -> None:
    if not holds:
        raise PushError(rule)


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refusal = self.service.take(self.path, self.headers, body)
        self.send_response(refusal.status if refusal else 201)
        for name, value in (
            refusal.headers
            if refusal
            else {"Location": f"{self.service.url}/message/{len(self.service.pushed)}"}
        ).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing, because the messages are in `pushed`."""
