"""HTTP to this machine only. It uses no proxy, and it returns redirects instead of following
them."""

from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from wracaj.platforms.generic import standard_webhooks
from wracaj.settings.shop import Shop

TIMEOUT_SECONDS = 30


class _Shown(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = build_opener(ProxyHandler({}), _Shown())
# With a browser's user agent, a click counts as a person's; a program's would not count.
_opener.addheaders = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0")
]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: str


def call(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Send a request and return the answer. Raises OSError if there is none."""
    request = Request(url, body, headers or {}, method=method)
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return Answer(
                response.status, response.headers, response.read().decode(errors="replace")
            )
    except HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode(errors="replace"))


@dataclass(frozen=True)
class Posted:
    """A webhook as it was sent, and the status of its answer. `secret`: what it was signed with,
    even for a forged one."""

    shop: Shop
    topic: str
    body: bytes
    headers: dict[str, str]
    secret: str
    status: int

    def signed_anew(self, now: datetime) -> dict[str, str]:
        """Return the headers for sending the same webhook again. If the signature includes a time,
        it is the new time of sending."""
        message_id = self.headers.get("webhook-id")
        return self.headers | (
            standard_webhooks.sign(message_id, self.body, self.secret, now) if message_id else {}
        )
