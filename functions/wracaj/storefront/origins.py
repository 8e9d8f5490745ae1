"""Which pages are a shop's own."""

from urllib.parse import urlsplit

from wracaj.settings.shop import ShopSettings
from wracaj.web_push.subscription import LOOPBACK


def origin_is_of(shop: ShopSettings, origin: str) -> bool:
    """Whether the origin is one of those in the settings. A shop page on loopback counts too, for
    tests and the local stack."""
    parts = urlsplit(shop.url)
    on_loopback = f"{parts.scheme}://{parts.netloc}"
    return origin in origins_of(shop) or bool(
        LOOPBACK.fullmatch(on_loopback) and origin == on_loopback
    )


def origins_of(shop: ShopSettings) -> frozenset[str]:
    named = shop.storefront.origins if shop.storefront else ()
    return frozenset(named or (f"https://{host}" for host in shop.recovery_hosts))
