"""Everything outside AWS: shops' APIs, push services and Meta, called in the one place where the
product makes HTTP calls (wracaj/outgoing/http.py)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wracaj.errors import NotTakenError, OutcomeUnknownError
from wracaj.outgoing.http import LONGEST_ANSWER, Answer

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]
SECONDS_TO_CONNECT = 3.0


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    path: str
    query: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


Host = Callable[[Request], Answer]


class Internet:
    """`hosts`: who answers, by the name of the host. `default`: who answers for any other host."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.hosts: dict[str, Host] = {}

    def __call__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float,
        longest: int = LONGEST_ANSWER,
    ) -> Answer:
        parts = urlsplit(url)
        host = self.hosts.get(parts.hostname or "")
        fault = self.world.before("internet", f"{method} {parts.hostname}")
        if host is None or fault == "unreachable":
            self.world.spend(min(seconds, SECONDS_TO_CONNECT))
            raise NotTakenError("TimeoutError")
        if fault == "killed before":
            self.world.kill(f"before {method} {parts.hostname}")
        if fault == "lost":
            self.world.spend(seconds)
            raise OutcomeUnknownError("TimeoutError")
        if fault.startswith("status "):
            return answer(int(fault.removeprefix("status ")), {"error": "as it goes"})
        told = {name.lower(): value for name, value in headers.items()}
        request = Request(method, url, parts.path, parts.query, told, body)
        return self._answered(host(request), fault, seconds, longest)

    def _answered(self, got: Answer, fault: str, seconds: float, longest: int) -> Answer:
        if fault == "killed after":
            self.world.kill("after an HTTP call")
        if fault == "cut":
            self.world.spend(seconds * self.world.dice.random())
            raise OutcomeUnknownError("RemoteDisconnected")
        if fault == "slow":
            self.world.spend(seconds * 0.8)
        return Answer(got.status, got.headers, got.body[:longest])


def answer(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.lower(): value for name, value in (headers or {}).items()}, raw)


@dataclass(frozen=True)
class MadeCode:
    """A discount code that a shop created."""

    at: datetime
    shop: str
    code: str
    told: Json
    invoked: Json  # what the function that asked for it was called with
