"""Discount codes: unguessable, readable aloud, single-use, expiring, for the whole cart."""

import secrets
from decimal import Decimal

from pydantic import AwareDatetime, BaseModel, ConfigDict

ALPHABET = "ACDEFHJKLMNPRTUVWXY3479"  # no letters or digits that look or sound alike (0 O, 1 I, 2 Z, 5 S, 6 G, 8 B, Q)
GROUPS, GROUP_LENGTH = 3, 4  # 23^12 codes: about 54 bits


class Voucher(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    percent: int
    starts_at: AwareDatetime
    expires_at: AwareDatetime
    minimum_total: Decimal | None = None
    currency: str | None = None


def mint_code() -> str:
    """Such as "K7DM-4XRA-PL9C"."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
