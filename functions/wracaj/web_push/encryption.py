"""Encryption and signature of web push: RFC 8291, with RFC 8188's aes128gcm, and RFC 8292 (VAPID).

Pure. This is the only module that imports `cryptography`, which is packaged only with the function
that sends.
"""

import json
import os
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wracaj.web_push.subscription import Subscription, from_base64url, origin_of, to_base64url

RECORD_SIZE = 4096  # RFC 8291 section 4: a push service must accept this size, and may refuse more
KEY_BYTES = 32
HEADER_BYTES = 16 + 4 + 1 + 65
OVERHEAD = HEADER_BYTES + 1 + 16  # the header, the delimiter, and AES-GCM's tag
MOST_BYTES = RECORD_SIZE - OVERHEAD
TOKEN_HOURS = 12  # RFC 8292 section 2 allows 24; fewer, because clocks differ

_CURVE = ec.SECP256R1()


def new_private_key() -> str:
    return to_base64url(
        ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(KEY_BYTES, "big")
    )


def public_key(private_key: str) -> str:
    """The public key with which a browser subscribes: `applicationServerKey`."""
    return to_base64url(_point(_private(private_key)))


def encrypted(
    plaintext: bytes, to: Subscription, salt: bytes | None = None, sender: str | None = None
) -> bytes:
    """The body of a push. `salt` and `sender`, a private key, are new for each message; only tests
    pass them."""
    salt, own = salt or os.urandom(16), _private(sender or new_private_key())
    theirs = from_base64url(to.p256dh)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    secret = _derived(
        shared, from_base64url(to.auth), b"WebPush: info\0" + theirs + _point(own), 32
    )
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(_point(own))]) + _point(own)
    return header + AESGCM(key).encrypt(nonce, plaintext + b"\2", None)  # 2 marks the last record


def authorization(endpoint: str, private_key: str, contact: str, now: datetime) -> str:
    """`now` is real time, because the push service checks it."""
    claims = {
        "aud": origin_of(endpoint),
        "exp": int((now + timedelta(hours=TOKEN_HOURS)).timestamp()),
        "sub": contact,
    }
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(
        _private(private_key).sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    )
    signature = to_base64url(r.to_bytes(KEY_BYTES, "big") + s.to_bytes(KEY_BYTES, "big"))
    return f"vapid t={signed}.{signature}, k={public_key(private_key)}"


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_base64url(key), "big"), _CURVE)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _json(value: dict[str, object]) -> str:
    return to_base64url(json.dumps(value, separators=(",", ":")).encode())
