"""Meta's Graph API on loopback: the Send API and custom audiences, as strict as their
documentation.

It refuses what Meta refuses. It also refuses unknown fields, which Meta would ignore.
"""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"
PATH = re.compile(r"/v(\d\d)\.\d/(\d{5,25})/(messages|users)")
WINDOW = timedelta(hours=24)
MOST_MEMBERS = 10_000  # in one call
HASH = re.compile(r"[0-9a-f]{64}|")  # a multi-key row has "" for an unknown value
Member = tuple[str, str]  # the SHA-256 of the e-mail and of the phone, or ""


@dataclass(frozen=True)
class SentOnMessenger:
    page_id: str
    to: str
    text: str
    button: str
    url: str
    at: datetime


class GraphRefusedError(Exception):
    """An error that Meta answers with."""

    def __init__(self, code: int, why: str, subcode: int | None = None, status: int = 400) -> None:
        super().__init__(why)
        self.code, self.why, self.subcode, self.status = code, why, subcode, status

    @property
    def answer(self) -> dict[str, Any]:
        error = {
            "message": self.why,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AfAkE",
        }
        return {"error": error | ({"error_subcode": self.subcode} if self.subcode else {})}


def _needs(holds: object, why: str, code: int = 100, subcode: int | None = None) -> None:
    if not holds:
        raise GraphRefusedError(code, why, subcode)


def _only(told: object, *names: str, needed: tuple[str, ...] | None = None) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise GraphRefusedError(100, "an object is expected")
    _needs(not told.keys() - set(names), f"unexpected fields: {sorted(told.keys() - set(names))}")
    _needs(told.keys() >= set(needed if needed is not None else names), "a field is missing")
    return told


@dataclass
class FakeMeta:
    """The API and its state. `answers_next`: the errors for the next calls, one each, whatever the
    calls are; None is a normal answer."""

    app_secret: str
    page_token: str = ""
    ads_token: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pages: set[str] = field(default_factory=set)
    audiences: dict[str, set[Member]] = field(default_factory=dict)
    # page-scoped id → when the shopper last wrote
    wrote: dict[str, datetime] = field(default_factory=dict)
    url: str = ""
    messages: list[SentOnMessenger] = field(default_factory=list)
    # time, method, member
    history: list[tuple[datetime, str, Member]] = field(default_factory=list)
    # method, audience and number of members of each accepted call
    told: list[tuple[str, str, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # the reason of each refused call
    answers_next: list[GraphRefusedError | None] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        with self._lock:
            try:
                scripted = self.answers_next.pop(0) if self.answers_next else None
                if scripted:
                    raise scripted
                return 200, self._answer(
                    method, urlsplit(url).path, dict(parse_qsl(urlsplit(url).query)), headers, body
                )
            except GraphRefusedError as refusal:
                return self._refuse(refusal)
            # the body has another shape
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                return self._refuse(GraphRefusedError(100, f"Invalid parameter: {error!r}"))

    def _refuse(self, refusal: GraphRefusedError) -> tuple[int, dict[str, Any]]:
        self.refused.append(refusal.why)
        return refusal.status, refusal.answer

    def _answer(
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        match = PATH.fullmatch(path)
        if match is None:
            raise GraphRefusedError(2500, f"Unknown path components: {path}")
        _needs(int(match[1]) >= 22, "this version of the API has expired", 2635)
        node, edge = match[2], match[3]
        self._check_token(query, headers, self.page_token if edge == "messages" else self.ads_token)
        if edge == "messages":
            _needs(
                method == "POST" and headers.get("content-type") == "application/json",
                "Unsupported request",
            )
            return self._message(node, json.loads(body))
        _needs(
            headers.get("content-type") == "application/x-www-form-urlencoded",
            "Unsupported request",
        )
        return self._users(method, node, dict(parse_qsl(body.decode(), keep_blank_values=True)))

    def _check_token(self, query: dict[str, str], headers: Mapping[str, str], token: str) -> None:
        _needs(
            token and headers.get("authorization") == f"Bearer {token}",
            "Invalid OAuth access token.",
            190,
        )
        proof = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        _only(query, "appsecret_proof", needed=())
        _needs(
            query.get("appsecret_proof") == proof,
            "Invalid appsecret_proof provided in the API argument",
        )

    # --- Messenger: https://developers.facebook.com/docs/messenger-platform/reference/send-api ----

    def _message(self, page_id: str, told: object) -> dict[str, Any]:
        _needs(page_id in self.pages, "Unsupported post request", 100, 33)
        asked = _only(told, "recipient", "messaging_type", "message")
        to = _only(asked["recipient"], "id")["id"]
        _needs(
            asked["messaging_type"] == "RESPONSE",
            "a promotional message takes no tag and is no UPDATE",
        )
        attachment = _only(_only(asked["message"], "attachment")["attachment"], "type", "payload")
        payload = _only(attachment["payload"], "template_type", "text", "buttons")
        _needs(
            (attachment["type"], payload["template_type"]) == ("template", "button"),
            "no button template",
        )
        _needs(
            0 < len(payload["text"]) <= 640,
            "Length of param text must be less than or equal to 640",
        )
        _needs(len(payload["buttons"]) == 1, "one button leads back to the cart")
        button = _only(payload["buttons"][0], "type", "url", "title")
        _needs(
            button["type"] == "web_url" and re.match(r"https?://", button["url"]),
            "no button with an address",
        )
        _needs(
            0 < len(button["title"]) <= 20, "Length of param title must be less than or equal to 20"
        )
        _needs(to in self.wrote, "No matching user found", 100, 2018001)
        _needs(
            self.now() - self.wrote[to] < WINDOW,
            "This message is sent outside of allowed window.",
            10,
            2018278,
        )
        self.messages.append(
            SentOnMessenger(
                page_id, to, payload["text"], button["title"], button["url"], self.now()
            )
        )
        return {"recipient_id": to, "message_id": f"m_{len(self.messages)}"}

    # --- audiences: https://developers.facebook.com/docs/marketing-api/reference/custom-audience/users/

    def _users(self, method: str, audience: str, told: dict[str, str]) -> dict[str, Any]:
        _needs(audience in self.audiences, "Unsupported request", 100, 33)
        _needs(method in {"POST", "DELETE"}, "Unsupported request")
        form = _only(
            told,
            "payload",
            "session",
            needed=("payload", "session") if method == "POST" else ("payload",),
        )
        rows = _rows(_only(json.loads(form["payload"]), "schema", "data"))
        session = _session(json.loads(form["session"]), len(rows)) if "session" in form else None
        (
            self.audiences[audience].update
            if method == "POST"
            else self.audiences[audience].difference_update
        )(rows)
        self.told.append((method, audience, len(rows)))
        self.history += [(self.now(), method, member) for member in rows]
        answer = {
            "audience_id": audience,
            "num_received": len(rows),
            "num_invalid_entries": 0,
            "invalid_entry_samples": {},
        }
        return answer | ({"session_id": str(session)} if session else {})


def _rows(payload: Mapping[str, Any]) -> list[Member]:
    _needs(payload["schema"] == ["EMAIL", "PHONE"], "another schema than was expected")
    rows = payload["data"]
    _needs(
        isinstance(rows, list) and 0 < len(rows) <= MOST_MEMBERS,
        "from 1 to 10000 users in one call",
    )
    for row in rows:
        _needs(
            len(row) == 2 and any(row) and all(HASH.fullmatch(value) for value in row),
            "no row of lower-case SHA-256",
        )
    return [(row[0], row[1]) for row in rows]


def _session(told: object, count: int) -> int:
    session = _only(told, "session_id", "batch_seq", "last_batch_flag", "estimated_num_total")
    _needs(0 < session["session_id"] < 2**63, "session_id must be a positive 64-bit integer")
    _needs(
        (session["batch_seq"], session["last_batch_flag"], session["estimated_num_total"])
        == (1, True, count),
        "one batch",
    )
    return int(session["session_id"])


def signature(app_secret: str, body: bytes) -> str:
    """Return the header X-Hub-Signature-256 of Meta's webhooks."""
    return f"sha256={hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()}"


@contextmanager
def serving(meta: FakeMeta) -> Iterator[FakeMeta]:
    """Serve the API. `meta.url` is its address while it runs."""
    handler: Any = type("Graph", (_Exchange,), {"meta": meta})
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        meta.url = f"http://{HOST}:{server.server_port}"
        yield meta
        server.shutdown()


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    meta: FakeMeta

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, told = self.meta.answer(self.command, self.path, headers, body)
        text = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Log nothing, to keep the terminal clean."""
