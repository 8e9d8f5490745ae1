"""Keyed hashes: they name an address or an id without telling it. Pure, but for the key, which is
handed in once.

A plain hash of a phone number is undone in a second by hashing every number there is. So the key is
a secret of the stack's own, made with the table, never changed, and restored with it: without it
nobody's addresses are found again.
"""

import hmac
from collections.abc import Callable

MARK_DIGITS = 32

_key: Callable[[], bytes] | None = None


def keyed_by(key: Callable[[], bytes]) -> None:
    """`key` is asked for when the first keyed hash is made: most cold starts make none."""
    global _key
    _key = key


def keyed_hash(*parts: str) -> str:
    """32 hex digits, the same for the same parts."""
    if _key is None:
        raise RuntimeError("no key: keyed_hashes.keyed_by() comes first, see store.open_store()")
    return hmac.digest(_key(), "\0".join(parts).encode(), "sha256").hex()[:MARK_DIGITS]
