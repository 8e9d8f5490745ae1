"""Addresses of pages and pictures that a shop tells."""

from urllib.parse import urlsplit

from wracaj.settings import ShopSettings


def picture(url: str | None) -> str | None:
    """Mail programs show https pictures only; a cart without its picture beats no cart."""
    return url if url and _host(url) and not any(character in url for character in " \"'<>\\") else None


def may_lead_to(settings: ShopSettings, url: str | None) -> bool:
    """Whether the shop's settings allow a link to go there."""
    return bool(url and _host(url) and settings.allows_recovery_to(url))


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a bracket that opens no IPv6 address
        return None
    return parts.hostname if parts.scheme == "https" else None
