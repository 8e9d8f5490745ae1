"""Versions of a shop's settings and of this code, as the archive names them."""

import hashlib

from wracaj.settings.shop import ShopSettings

CODE = "0.1.0"  # as in pyproject.toml


def settings_version(settings: ShopSettings) -> str:
    """12 hex digits. Other ones after any change; the same ones when a release adds a setting."""
    told = settings.model_dump_json(exclude_unset=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def made_under(settings: ShopSettings) -> dict[str, str]:
    """Which settings and which code did something, for a row of the archive."""
    return {"settings": settings_version(settings), "code": CODE}
