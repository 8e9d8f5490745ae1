"""The PrestaShop module in a shop of stand-ins: `php -S` on loopback, one SQLite file a test."""

import base64
import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.http_shop import Call
from support.webhook_bodies import GENERIC_SECRET, Json, settings_of
from wracaj.events import ShopEvent
from wracaj.platforms import Ignored, WebhookRequest
from wracaj.platforms.generic import webhooks as generic
from wracaj_cli.house import ROOT

MODULE = ROOT / "integrations" / "prestashop" / "wracaj"
STAND_INS = ROOT / "tests" / "prestashop" / "shop"
SMARTY = Path("/usr/share/php/smarty4/Smarty.class.php")


def _missing() -> str:
    """What of PHP is missing here."""
    if shutil.which("php") is None:
        return "php"
    listed = subprocess.run(["php", "-m"], capture_output=True, text=True, check=False).stdout
    loaded = listed.lower().split()
    return ", ".join(name for name in ("curl", "mbstring", "pdo_sqlite") if name not in loaded)


NEEDS_PHP = pytest.mark.skipif(
    bool(_missing()),
    reason=f"missing: {_missing()} (apt-get install php-cli php-mbstring php-sqlite3 php-curl)",
)
SETTINGS = settings_of("generic", recovery_hosts=["kubek.example", "drugi.example"])


def a_key(webhook: str, secret: str = GENERIC_SECRET, shop: str = "kubek", **more: Any) -> str:
    told = json.dumps({"webhook": webhook, "shop": shop, "secret": secret} | more).encode()
    return "wracaj1." + base64.urlsafe_b64encode(told).decode().rstrip("=")


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def told(self) -> Any:
        """The notifications that the next page shows."""
        return json.loads(self.headers["x-told"])


@dataclass
class PrestaShop:
    port: int
    database: Path
    headers: dict[str, str] = field(default_factory=dict)

    def do(self, *steps: Json, **headers: str) -> list[Any]:
        """Everything within one page."""
        answer = self.call("POST", "/steps", json.dumps(steps).encode(), **headers)
        assert answer.status == 200, answer.body
        results: list[Any] = json.loads(answer.body)
        assert self.log() == []
        return results

    def call(self, method: str, path: str, body: bytes = b"", /, **headers: str) -> Answered:
        given = {"X-Database": str(self.database)} | self.headers
        given |= {f"X-{name}".replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answered(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, text
        )

    def sql(self, statement: str) -> list[dict[str, Any]]:
        with sqlite3.connect(self.database) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement)]

    def log(self) -> list[str]:
        return [row["message"] for row in self.sql("SELECT message FROM ps_log")]

    def waiting(self) -> list[tuple[str, Json]]:
        """What is in the outbox: the types with their data."""
        bodies = [json.loads(row["body"]) for row in self.sql("SELECT * FROM ps_wracaj_outbox")]
        return [(body["type"], body["data"]) for body in bodies]

    def told(self) -> list[ShopEvent]:
        """The events that Wracaj reads from the outbox, without a single warning."""
        return [
            event
            for row in self.sql("SELECT body FROM ps_wracaj_outbox ORDER BY id")
            for event in read(row["body"].encode())
        ]

    def deliver(self) -> str:
        token = self.sql("SELECT value FROM ps_configuration WHERE name = 'WRACAJ_CRON_TOKEN'")
        if not token:
            self.do({"do": "settings"})
            return self.deliver()
        return self.call("GET", f"/module/wracaj/cron?token={token[0]['value']}").body

    def no_waiting_for_retries(self) -> None:
        self.sql("UPDATE ps_wracaj_state SET value = 0 WHERE name = 'paused_until'")
        self.sql("UPDATE ps_wracaj_outbox SET next_try = 0")

    def a_cart(self, **changes: Any) -> int:
        """A visitor's cart with two cups."""
        cart: int = self.do({"do": "cart", "with": changes})[0]
        self.do({"do": "take", "cart": cart, "product": 1, "quantity": 2})
        return cart

    def a_guest(self, cart: int, email: str = "ala@poczta.example", **changes: Any) -> int:
        guest = {"email": email, "firstname": "Ala", "is_guest": 1} | changes
        customer: int = self.do({"do": "register", "with": guest, "cart": cart})[0]
        return customer


def read(body: bytes) -> tuple[ShopEvent, ...]:
    request = WebhookRequest(headers={}, body=body, received_at=datetime.now(UTC))
    parsed = generic.parse(request, SETTINGS)
    assert parsed.warnings == ()
    assert not isinstance(parsed.told, Ignored)
    return parsed.told


def accepted(call: Call) -> tuple[ShopEvent, ...]:
    """As Wracaj's webhook does it: the signature, then the body."""
    request = WebhookRequest(headers=call.headers, body=call.body, received_at=datetime.now(UTC))
    generic.verify(request, [GENERIC_SECRET])
    return read(call.body)


@contextmanager
def a_php_server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PHP_CLI_SERVER_WORKERS": "4"}
    if SMARTY.exists():
        environment |= {"WRACAJ_TEST_SMARTY": str(SMARTY)}
    options = ["-d", "display_errors=1", "-d", "error_reporting=-1", "-d", "log_errors=0"]
    process = subprocess.Popen(
        ["php", *options, "-S", f"127.0.0.1:{port}", str(STAND_INS / "router.php")],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("php -S did not begin")
