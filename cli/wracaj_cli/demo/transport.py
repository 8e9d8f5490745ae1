"""HTTP to this machine alone: past any proxy, and with redirects shown, not followed."""

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
# What its shoppers click counts as a person's click, which a program's would not.
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
    """Raises OSError when nobody answers."""
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
    """A webhook as it went out, and how it was answered; `secret` is what it was signed with, a
    forger's one too."""

    shop: Shop
    topic: str
    body: bytes
    headers: dict[str, str]
    secret: str
    status: int

    def signed_anew(self, now: datetime) -> dict[str, str]:
        """The same delivery again: where the signature holds a time, it is that of sending."""
        message_id = self.headers.get("webhook-id")
        return self.headers | (
            standard_webhooks.sign(message_id, self.body, self.secret, now) if message_id else {}
        )
