"""Seals what is personal in a row, and opens it again: AES-256-GCM, a key for each identifier.

A sealed text is bound to its row and its identifier, so that nobody can move it to another.
"""

import base64
import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wracaj.archive.events import with_field
from wracaj.archive.keys import SealingKey
from wracaj.archive.rows import Row
from wracaj.clock import timestamp

NONCE_BYTES = 12  # of GCM, by chance for each text
Keys = Mapping[str, SealingKey]


def names_in(rows: Iterable[Row]) -> set[str]:
    return {name for row in rows for name in row.personal}


def names_without_key(rows: Iterable[Row], known: Keys) -> set[str]:
    """Return the identifiers that still need a key. One that was erased since needs none."""
    asked = ((row, name, known.get(name)) for row in rows for name in row.personal)
    return {
        name for row, name, key in asked if key is None or not (key.secret or _is_erased(row, key))
    }


def sealed(row: Row, keys: Keys) -> dict[str, Any]:
    """Return the row's line. Of an identifier that was erased since, nothing is kept: the row came
    late, and null stands in the place of what was personal."""
    shut = {
        name: None if _is_erased(row, keys[name]) else _shut(row, name, fields, keys[name])
        for name, fields in row.personal.items()
    }
    return row.open | ({"sealed": shut} if shut else {})


def _is_erased(row: Row, key: SealingKey) -> bool:
    """Whether the row, or the shop's event in it, is older than the erasure."""
    told = row.body.get("event", {}).get("at")
    at = min(row.at, datetime.fromisoformat(told)) if told else row.at
    return timestamp(at) <= key.erased_at


def _shut(row: Row, name: str, fields: Mapping[str, Any], key: SealingKey) -> list[str]:
    nonce, bound_to = os.urandom(NONCE_BYTES), f"{row.id}#{name}".encode()
    text = json.dumps(fields, ensure_ascii=False, default=str).encode()
    shut = nonce + AESGCM(key.secret).encrypt(nonce, text, bound_to)
    return [key.id, base64.b64encode(shut).decode()]


def opened(line: Mapping[str, Any], keys: Keys) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the line with its sealed fields back in their places, and the identifiers whose fields
    cannot be read: they were erased."""
    told = {name: value for name, value in line.items() if name != "sealed"}
    whole: dict[str, Any] = json.loads(json.dumps(told))
    read = {
        name: _open(line["id"], name, shut, keys.get(name))
        for name, shut in line.get("sealed", {}).items()
    }
    for fields in filter(None, read.values()):
        for path, value in fields.items():
            with_field(whole, path, value)
    return whole, frozenset(name for name, fields in read.items() if fields is None)


def _open(
    row: str, name: str, shut: list[str] | None, key: SealingKey | None
) -> dict[str, Any] | None:
    if shut is None or key is None or key.id != shut[0]:
        return None
    raw, bound_to = base64.b64decode(shut[1]), f"{row}#{name}".encode()
    try:
        plain = AESGCM(key.secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to)
    except InvalidTag:
        return None
    fields: dict[str, Any] = json.loads(plain)
    return fields
