"""Standard Webhooks 1.0: https://www.standardwebhooks.com. Signs and verifies
`id.timestamp.body`."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from wracaj.errors import SignatureError
from wracaj.platforms import WebhookRequest
from wracaj.webhooks.shop_clock import CHECK_CLOCK

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
SHORTEST_KEY = 24  # bytes, as the specification asks


def sign(message_id: str, body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """Raises SignatureError where the secret is not valid."""
    stamp = str(int(at.timestamp()))
    signature = _signature(_usable_keys([secret])[0], message_id, stamp, body)
    return {ID: message_id, TIMESTAMP: stamp, SIGNATURE: f"v1,{signature}"}


def verify(request: WebhookRequest, secrets: Sequence[str]) -> None:
    message_id, stamp, given = (_header(request, name) for name in (ID, TIMESTAMP, SIGNATURE))
    _refuse_old(stamp, request.received_at)
    signatures = _first_version(given)
    expected = [_signature(key, message_id, stamp, request.body) for key in _usable_keys(secrets)]
    # The texts are compared without decoding. Base64 has spare bits, so one signature could be
    # written in several ways; only one is accepted. All are always compared.
    matches = [
        hmac.compare_digest(ours.encode(), theirs.encode())
        for ours in expected
        for theirs in signatures
    ]
    if not any(matches):
        raise SignatureError(
            "no v1 signature in webhook-signature fits this body and one of the shop's secrets"
        )


def _header(request: WebhookRequest, name: str) -> str:
    value = request.header(name)
    if not value or not value.isascii():
        raise SignatureError(f"header {name} is missing or not ASCII")
    return value


def _refuse_old(stamp: str, received_at: datetime) -> None:
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise SignatureError(f"header {TIMESTAMP} must hold whole seconds since 1970")
    if abs(int(stamp) - received_at.timestamp()) > TOLERANCE_SECONDS:
        raise SignatureError(
            f"header {TIMESTAMP} is more than 5 minutes away from now: {CHECK_CLOCK}"
        )


def _first_version(given: str) -> list[str]:
    entries = [entry.split(",", 1) for entry in given.split(" ")]
    if any(len(entry) != 2 for entry in entries):
        raise SignatureError(
            f'header {SIGNATURE} must hold "v1,<base64>" entries, separated by single spaces'
        )
    return [signature for version, signature in entries if version == "v1"]


def _usable_keys(secrets: Sequence[str]) -> list[bytes]:
    keys = [key for key in map(_key, secrets) if len(key) >= SHORTEST_KEY]
    if not keys:  # anybody can sign with an empty key, so it must never verify
        raise SignatureError(
            f"a webhook secret must be {PREFIX} and the base64 of at least {SHORTEST_KEY} random"
            " bytes"
        )
    return keys


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        return b""


def _signature(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    signed = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
