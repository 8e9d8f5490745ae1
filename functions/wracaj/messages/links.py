"""Signed links, such as `/c/{token}` back to the cart. A token has one purpose, and expires.

A token is base64url of: its end (4 bytes, hours since 1970), the message id (10 bytes), and the
first 12 bytes of HMAC-SHA256(key, purpose + the former). That is 35 characters, short enough for an
SMS.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from urllib.parse import quote

from wracaj.errors import LinkError

MAC_BYTES = 12
HOUR = 3600


URL_SIGNS = ":/?#[]@!$&'()*+,;=%"  # RFC 3986's reserved characters, and the percent sign


class Purpose(StrEnum):
    CART = "c"
    UNSUBSCRIBE = "u"
    PREFERENCES = "p"  # the preference page
    CONFIRM = "y"  # double opt-in for the address that the message went to
    WHY = "w"  # the abandonment reason
    DATA = "d"  # the shopper's own data; only in a mail that they asked for


VALID = {
    Purpose.CART: timedelta(days=30),
    Purpose.UNSUBSCRIBE: timedelta(days=180),
    Purpose.PREFERENCES: timedelta(days=180),
    Purpose.CONFIRM: timedelta(days=90),
    Purpose.WHY: timedelta(days=30),
    Purpose.DATA: timedelta(hours=1),
}


class ExpiredLinkError(LinkError):
    """A valid link that has expired. `message_id` is the id of its message, where known."""

    def __init__(self, problem: str, message_id: str | None = None) -> None:
        super().__init__(problem)
        self.message_id = message_id


def make_token(key: bytes, purpose: Purpose, message_id: str, now: datetime) -> str:
    # rounded up to whole hours: a link never expires early
    expires = ceil((now + VALID[purpose]).timestamp() / HOUR)
    body = expires.to_bytes(4, "big") + bytes.fromhex(message_id)
    return _written(body + _mac(key, purpose, body))


def read_token(key: bytes, purpose: Purpose, token: str, now: datetime) -> str:
    """Return the message id. Raises LinkError for a token that is not ours or has another purpose,
    and ExpiredLinkError for one that has expired."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise LinkError("this is not one of our links") from None
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    is_ours = hmac.compare_digest(mac, _mac(key, purpose, body))
    # base64 has spare bits, so a token could be written in several ways; only one is accepted
    if len(body) != 14 or not is_ours or token != _written(raw):
        raise LinkError("this is not one of our links")
    if int.from_bytes(body[:4], "big") * HOUR < now.timestamp():
        raise ExpiredLinkError("this link has expired", body[4:].hex())
    return body[4:].hex()


def link(public_url: str, key: bytes, purpose: Purpose, message_id: str, now: datetime) -> str:
    return f"{public_url.rstrip('/')}/{purpose}/{make_token(key, purpose, message_id, now)}"


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(key: bytes, purpose: Purpose, body: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + body, "sha256")[:MAC_BYTES]


def encoded(url: str) -> str:
    """The URL in ASCII, as headers and mails require: letters like ż are percent-encoded."""
    return quote(url, safe=URL_SIGNS)
