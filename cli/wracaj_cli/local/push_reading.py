"""The receiving side of a push, as a push service and a browser see it, written only from RFC 8291,
8188 and 8292.

It shares no code with the sending side. The curve uses Python's own numbers, and HKDF is written
here from RFC 5869. It is slow and serves only for checks.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# P-256: SEC 2 version 2.0, section 2.4.2.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
A = P - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

Point = tuple[int, int] | None  # None: the point at infinity


class PushError(Exception):
    """An error in a push. The text names the rule."""


def unpadded(text: str) -> bytes:
    if "=" in text or "+" in text or "/" in text:
        raise PushError("base64url is written without padding: RFC 7515 section 2")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def padless(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (
        (3 * x1 * x1 + A) * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)
    )
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(number: int, point: Point) -> Point:
    found: Point = None
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def point_of(raw: bytes) -> tuple[int, int]:
    if len(raw) != 65 or raw[0] != 4:
        raise PushError("a public key is an uncompressed point of 65 bytes: RFC 8291 section 3.1")
    x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
    if (y * y - x**3 - A * x - B) % P:
        raise PushError("the public key is not on the curve")
    return x, y


def bytes_of(point: Point) -> bytes:
    assert point is not None
    return b"\4" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


class Browser:
    """A browser's keys for one subscription."""

    def __init__(self, private: int | None = None, auth: bytes | None = None) -> None:
        self.private = private or secrets.randbelow(N - 1) + 1
        self.auth = auth or secrets.token_bytes(16)
        self.public = bytes_of(times(self.private, G))

    def keys(self) -> dict[str, str]:
        return {"p256dh": padless(self.public), "auth": padless(self.auth)}

    def read(self, body: bytes) -> bytes:
        """Decrypt a push: RFC 8291 section 3.4, then RFC 8188 section 2. Raises PushError."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, records = body[21 : 21 + length], body[21 + length :]
        if len(records) > size or size < 18:
            raise PushError("a push is one record: RFC 8291 section 4")
        shared = times(self.private, point_of(sender))
        assert shared is not None
        secret = _hkdf(
            self.auth, shared[0].to_bytes(32, "big"), b"WebPush: info\0" + self.public + sender, 32
        )
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        opened = Cipher(algorithms.AES128(key), modes.GCM(nonce, records[-16:])).decryptor()
        try:
            padded = opened.update(records[:-16]) + opened.finalize()
        except Exception:
            raise PushError("the message was not encrypted for this subscription") from None
        text = padded.rstrip(b"\0")
        if not text.endswith(b"\2"):
            raise PushError("the last record ends with 2: RFC 8188 section 2")
        return text[:-1]


def _hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    """Return the key of RFC 5869. One block is enough here."""
    extracted = hmac.digest(salt, material, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")[:length]


def claims_of(token: str, key: bytes) -> dict[str, Any]:
    """Return the claims of a VAPID token after a check of its ES256 signature (RFC 7518 section
    3.4). Raises PushError."""
    header, _, rest = token.partition(".")
    claims, _, signature = rest.partition(".")
    if json.loads(unpadded(header)) != {"typ": "JWT", "alg": "ES256"}:
        raise PushError("the token must be signed with ES256: RFC 8292 section 2")
    raw = unpadded(signature)
    if len(raw) != 64 or not _signed(f"{header}.{claims}".encode(), raw, point_of(key)):
        raise PushError("the token's signature does not hold")
    told: dict[str, Any] = json.loads(unpadded(claims))
    return told


def _signed(text: bytes, signature: bytes, key: Point) -> bool:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    digest, inverse = int.from_bytes(hashlib.sha256(text).digest(), "big"), pow(s, -1, N)
    found = add(times(digest * inverse % N, G), times(r * inverse % N, key))
    return found is not None and found[0] % N == r
