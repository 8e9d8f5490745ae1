"""Which arm a person is in. The name of the experiment is the salt, so that two experiments are
independent of each other."""

import hashlib
from collections.abc import Mapping


def drawn_arm(experiment: str, shop: str, person: str, shares: Mapping[str, float]) -> str:
    """Return the arm of a person. `person`: a keyed hash. `shares`: arm → its share, in order; they
    add up to 1."""
    told = "\0".join(("arm", experiment, shop, person)).encode()
    drawn = int.from_bytes(hashlib.sha256(told).digest()[:8], "big") / 2**64
    reached = 0.0
    for arm, share in shares.items():
        reached += share
        if drawn < reached:
            return arm
    return arm  # the shares add up to 1 but for rounding
