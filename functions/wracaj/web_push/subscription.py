"""A browser's push subscription: the address for its messages, and the keys to encrypt them.

Any visitor of a shop may post one. So an address is accepted only on the push services of browsers:
nobody may make us call another host.
"""

import base64
import binascii
import os
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from wracaj.events import Frozen

LOOPBACK_SERVICES = "WRACAJ_LOOPBACK_PUSH_SERVICES"  # set in tests and on the local stack only
LONGEST_ENDPOINT = 1024
# RFC 8291 section 3.2: an uncompressed point of P-256, and 16 random bytes
POINT_BYTES, AUTH_BYTES = 65, 16

# Chrome, Opera, Samsung and Brave; Firefox; Edge on Windows; Safari.
PUSH_SERVICES = re.compile(
    r"(fcm|android)\.googleapis\.com|jmt17\.google\.com|"
    r"([a-z0-9-]{1,63}\.)push\.services\.mozilla\.com"
    r"|([a-z0-9-]{1,63}\.){1,2}notify\.windows\.com|([a-z0-9-]{1,63}\.){1,2}push\.apple\.com"
)
LOOPBACK = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}")

# P-256, from NIST SP 800-186: y² = x³ − 3x + b over the field of p.
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def from_base64url(text: str) -> bytes:
    """Without padding, as browsers write it. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("is not base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("is not base64url") from None


def to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _of_a_push_service(endpoint: str) -> str:
    """Accept only the form that browsers write: no port, no user, no capitals in the host. Loopback
    has a port and passes here; `leads_to_push_service` checks it."""
    try:
        parts = urlsplit(endpoint)
    except ValueError:  # such as an unpaired [, which begins an IPv6 address
        parts = urlsplit("")
    if not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint or "\\" in endpoint:
        raise ValueError("is no web address")
    known = parts.scheme == "https" and PUSH_SERVICES.fullmatch(parts.netloc)
    if not known and not LOOPBACK.fullmatch(origin_of(endpoint)):
        raise ValueError("leads to no push service of a browser that we know")
    return endpoint


def _a_point(text: str) -> str:
    raw = from_base64url(text)
    x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
    on_the_curve = (y * y - (x * x * x - 3 * x + _B)) % _P == 0
    if len(raw) != POINT_BYTES or raw[0] != 4 or x >= _P or y >= _P or not on_the_curve:
        raise ValueError("is no public key of the curve P-256")
    return to_base64url(raw)


def _secret(text: str) -> str:
    if len(from_base64url(text)) != AUTH_BYTES:
        raise ValueError(f"must be {AUTH_BYTES} bytes in base64url")
    return text


class Subscription(Frozen):
    endpoint: Annotated[str, Field(max_length=LONGEST_ENDPOINT), AfterValidator(_of_a_push_service)]
    p256dh: Annotated[str, Field(max_length=100), AfterValidator(_a_point)]
    auth: Annotated[str, Field(max_length=40), AfterValidator(_secret)]

    @property
    def line(self) -> str:
        """The text that a contact stores. The same subscription is always the same text."""
        return self.model_dump_json()


def origin_of(url: str) -> str:
    """Such as "https://host" or "http://host:port" of this URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def leads_to_push_service(endpoint: str) -> bool:
    """Loopback counts only where the environment variable lists the origin, with spaces between
    origins."""
    return (
        not LOOPBACK.fullmatch(origin_of(endpoint))
        or origin_of(endpoint) in os.environ.get(LOOPBACK_SERVICES, "").split()
    )
