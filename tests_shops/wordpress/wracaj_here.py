"""Wracaj's side on this machine: receives what the plugin sends, checks every signature and body
with the generic platform's own code, and can be away."""

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from support.webhook_bodies import settings_of
from wracaj.errors import PayloadError, SignatureError
from wracaj.platforms import Ignored, WebhookRequest
from wracaj.platforms.generic import webhooks as generic
from wracaj_cli.shops.plugin_key import key_line

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="


class WracajHere:
    """`events` holds the bodies that were accepted, `problems` every refusal and warning."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.told: list[Any] = []
        self.requests: list[WebhookRequest] = []
        self.problems: list[str] = []
        self.seen_ids: list[str] = []
        self.answers_with = 200
        self.secret = SECRET
        self.settings = settings_of("generic", recovery_hosts=["127.0.0.1", "kubek.example"])
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.webhook = f"http://127.0.0.1:{self._server.server_port}/webhooks/generic/kubek"

    @property
    def key(self) -> str:
        return key_line(self.webhook, "kubek", self.secret)

    def forget(self) -> None:
        for kept in (self.events, self.told, self.requests, self.problems, self.seen_ids):
            kept.clear()
        self.answers_with, self.secret = 200, SECRET

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def last(self, type_prefix: str) -> dict[str, Any]:
        found = [event["data"] for event in self.events if event["type"].startswith(type_prefix)]
        assert found, f"no {type_prefix} among {self.types()}, problems: {self.problems}"
        data: dict[str, Any] = found[-1]
        return data

    def close(self) -> None:
        self._server.shutdown()

    def receive(self, request: WebhookRequest) -> tuple[int, dict[str, Any]]:
        if self.answers_with != 200:
            return self.answers_with, {"title": "A fault of ours"}
        try:
            generic.verify(request, [self.secret])
            parsed = generic.parse(request, self.settings)
        except SignatureError as error:
            self.problems.append(str(error))
            return 401, {"title": "Not signed by a shop we know"}
        except PayloadError as error:
            self.problems.append(str(error))
            return 422, {"title": "The body lacks what it must report"}
        self.problems += [f"{field}: {problem}" for field, problem in parsed.warnings]
        if isinstance(parsed.told, Ignored):
            return 200, {"status": "ignored", "reason": parsed.told.reason}
        self.requests.append(request)
        self.events.append(orjson.loads(request.body))
        self.told += parsed.told
        self.seen_ids.append(request.header("webhook-id") or "")
        return 200, {"status": "accepted"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer = here.receive(
                    WebhookRequest(body=body, headers=headers, received_at=datetime.now(UTC))
                )
                raw = orjson.dumps(answer)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        return Handler
