"""Vendure on loopback, installed from npm into build/, and its visitors."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from node_here import node, npm

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "build" / "vendure"
SOURCES = ("package.json", "shop.js", "wracaj.js")
SECONDS_TO_START = 120
Json = dict[str, Any]
_open = build_opener(ProxyHandler({})).open


def install() -> Path:
    """Install what package.json names, once. It takes about two minutes."""
    wanted, stamp = (HERE / "package.json").read_text("utf-8"), FOLDER / "installed"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        shutil.copy2(HERE / name, FOLDER / name)
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        npm(
            "install",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            folder=FOLDER,
        )
        stamp.write_text(wanted, "utf-8")
    return node()


@dataclass
class Visitor:
    """Somebody at one of the shop's GraphQL APIs, with a session of their own."""

    url: str
    token: str | None = None

    def ask(self, query: str, **variables: Any) -> Json:
        """Raises AssertionError where the shop says no."""
        answer = self._post({"query": query, "variables": variables})
        assert "errors" not in answer, answer["errors"]
        data: Json = answer["data"]
        return data

    def _post(self, body: Json) -> Json:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = Request(self.url, json.dumps(body).encode(), headers)
        with _open(request) as response:
            self.token = response.headers.get("vendure-auth-token") or self.token
            answer: Json = json.load(response)
        return answer


@dataclass
class Vendure:
    """`told`: what the plugin posted, and how Wracaj answered: "checkout.updated 200 …"."""

    port: int
    plugin_port: int
    told: list[str] = field(default_factory=list)

    def visitor(self, token: str | None = None) -> Visitor:
        return Visitor(f"http://127.0.0.1:{self.port}/shop-api", token)

    def owner(self) -> Visitor:
        owner = Visitor(f"http://127.0.0.1:{self.port}/admin-api")
        owner.ask('mutation { login(username: "owner", password: "owner") { __typename } }')
        return owner

    def at_plugin(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Json]:
        request = Request(f"http://127.0.0.1:{self.plugin_port}{path}", body, dict(headers or {}))
        try:
            with _open(request) as response:
                return response.status, json.load(response)
        except HTTPError as refused:
            return refused.code, {}

    def wait_until_told(self, kind: str, number: int = 1) -> list[str]:
        """Return what was posted of this kind, once there are so many."""
        deadline = time.monotonic() + 30
        while len(found := [one for one in list(self.told) if one.startswith(kind)]) < number:
            assert time.monotonic() < deadline, f"no {kind} among {self.told}"
            time.sleep(0.05)
        return found


@contextmanager
def running_vendure(folder: Path, asked: Json) -> Iterator[Vendure]:
    """`asked`: `port`, `pluginPort`, `webhook`, `secret` and `public`, as shop.js wants them."""
    program, shop = install(), Vendure(asked["port"], asked["pluginPort"])
    process = subprocess.Popen(
        [program, "shop.js", json.dumps({"folder": str(folder), **asked})],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    Thread(target=_listen, args=(process.stdout, shop.told), daemon=True).start()
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while "ready" not in shop.told:
            assert process.poll() is None and time.monotonic() < deadline, "\n".join(shop.told)
            time.sleep(0.1)
        yield shop
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _listen(lines: Iterator[str], told: list[str]) -> None:
    told.extend(map(str.strip, lines))
