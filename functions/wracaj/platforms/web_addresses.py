"""Addresses of pages and pictures in a webhook."""

import re
from urllib.parse import quote, urlsplit

from wracaj.hosts import ascii_host
from wracaj.settings.shop import ShopSettings

_PARTS = re.compile(r"(https?)://([^/?#\\\s]+)((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
# RFC 3986's, except the apostrophe, which ends an address in CSS and in unquoted HTML
_SIGNS = ":/?#[]@!$&()*+,;=%~"
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def written_for_machines(url: str) -> str:
    """Percent-encode spaces, apostrophes and letters such as ż, and write the host in A-labels. A
    text that is not a web address is returned unchanged."""
    parts = _PARTS.fullmatch(url.strip())
    host = ascii_host(parts[2]) if parts else None
    if not parts or not host:
        return url
    return f"{parts[1].lower()}://{host}{quote(_LONE_PERCENT.sub('%25', parts[3]), safe=_SIGNS)}"


def is_web_address(url: str) -> bool:
    parts = _PARTS.fullmatch(url)
    return bool(parts and ascii_host(parts[2]))


def picture(url: str | None) -> str | None:
    """The address, if it begins with https: mail programs show no other pictures. Without it the
    cart is shown without a picture."""
    return (
        url
        if url and _host(url) and not any(character in url for character in " \"'<>\\")
        else None
    )


def may_lead_to(settings: ShopSettings, url: str | None) -> bool:
    """Whether the shop's settings allow a link to this address."""
    return bool(url and _host(url) and settings.allows_recovery_to(url))


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unpaired bracket, which is read as an IPv6 address
        return None
    return parts.hostname if parts.scheme == "https" else None
