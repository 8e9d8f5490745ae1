"""Where the WordPress site is. Apart from the REST API, so that webhooks load no HTTP client."""

from urllib.parse import urlsplit

from wracaj.settings.shop import ShopSettings


def site_of(settings: ShopSettings) -> str:
    """The site's address without a slash at its end."""
    parts = urlsplit(settings.woocommerce.site_url or settings.url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
