"""A key that seals what is personal of one identifier."""

from typing import NamedTuple


class SealingKey(NamedTuple):
    """`id`: tells it from a later key of the same identifier. `secret`: empty after an erasure.
    `erased_at`: what is older is sealed by nobody any more; "": never erased."""

    id: str
    secret: bytes
    erased_at: str = ""
