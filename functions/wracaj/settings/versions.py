"""Versions of a shop's settings and of this code, as the archive names them."""

from wracaj.settings.shop import ShopSettings

CODE = "0.1.0"  # as in pyproject.toml


def settings_version(settings: ShopSettings) -> str:
    """12 hex digits. Other ones after any change; the same ones when a release adds a setting."""
    return settings.version


def made_under(settings: ShopSettings) -> dict[str, str]:
    """Which settings and which code did something, for a row of the archive."""
    return {"settings": settings_version(settings), "code": CODE}
