"""Addresses of pages and pictures that a shop tells."""

import re
from urllib.parse import quote, urlsplit

from wracaj.hosts import ascii_host
from wracaj.settings.shop import ShopSettings

_PARTS = re.compile(r"(https?)://([^/?#\\\s]+)((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
# RFC 3986's, but for the apostrophe, which ends an address in CSS and in careless HTML
_SIGNS = ":/?#[]@!$&()*+,;=%~"
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def written_for_machines(url: str) -> str:
    """Spaces, apostrophes and letters such as ż percent-encoded, the host in A-labels. What is no
    web address stays as it is."""
    parts = _PARTS.fullmatch(url.strip())
    host = ascii_host(parts[2]) if parts else None
    if not parts or not host:
        return url
    return f"{parts[1].lower()}://{host}{quote(_LONE_PERCENT.sub('%25', parts[3]), safe=_SIGNS)}"


def is_web_address(url: str) -> bool:
    parts = _PARTS.fullmatch(url)
    return bool(parts and ascii_host(parts[2]))


def picture(url: str | None) -> str | None:
    """Mail programs show https pictures only; a cart without its picture beats no cart."""
    return (
        url
        if url and _host(url) and not any(character in url for character in " \"'<>\\")
        else None
    )


def may_lead_to(settings: ShopSettings, url: str | None) -> bool:
    """Whether the shop's settings allow a link to go there."""
    return bool(url and _host(url) and settings.allows_recovery_to(url))


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a bracket that opens no IPv6 address
        return None
    return parts.hostname if parts.scheme == "https" else None
