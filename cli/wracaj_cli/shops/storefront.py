"""The HTML that a shop's pages include so that visitors can subscribe to notifications."""

from html import escape

from wracaj.errors import SettingsError
from wracaj.settings.shop import Shop


def snippet_of(shop: Shop, api_url: str) -> str:
    """Return the HTML. Raises SettingsError if the shop sends no notifications."""
    if shop.settings.web_push is None or shop.secrets.vapid_private_key is None:
        mend = (
            'is missing; add `web_push: { contact: "mailto:…" }` to the settings and put them again'
        )
        raise SettingsError([("web_push", mend)])
    from wracaj.web_push.encryption import public_key

    told = {
        "api": api_url.rstrip("/"),
        "shop": shop.id,
        "key": public_key(shop.secrets.vapid_private_key),
        "lang": shop.settings.locale,
    }
    attributes = "".join(f'\n        data-{name}="{escape(value)}"' for name, value in told.items())
    return f'<script src="/wracaj-push.js" defer{attributes}></script>'
