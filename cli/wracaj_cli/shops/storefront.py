"""The HTML by which a shop's pages include the script: for carts, for notifications, or both."""

from html import escape

from wracaj.errors import SettingsError
from wracaj.settings.shop import Shop, ShopSettings


def snippet_of(shop: Shop, api_url: str) -> str:
    """Return the HTML. Raises SettingsError if the shop has switched on nothing that needs it."""
    key, told = _push_key(shop), _of_carts(shop.settings)
    if key is None and told is None:
        mend = (
            "is missing, and so is web_push; add `storefront: { typed_emails: true, … }` for carts,"
            ' or `web_push: { contact: "mailto:…" }` for notifications, and put the settings again'
        )
        raise SettingsError([("storefront", mend)])
    attributes = {
        "api": api_url.rstrip("/"),
        "shop": shop.id,
        **({"key": key} if key else {}),
        "lang": shop.settings.locale,
        **(told or {}),
    }
    written = "".join(
        f'\n        data-{name}="{escape(value)}"' for name, value in attributes.items()
    )
    return f'<script src="/wracaj.js" defer{written}></script>'


def _push_key(shop: Shop) -> str | None:
    if shop.settings.web_push is None or shop.secrets.vapid_private_key is None:
        return None
    from wracaj.web_push.encryption import public_key

    return public_key(shop.secrets.vapid_private_key)


def _of_carts(shop: ShopSettings) -> dict[str, str] | None:
    """The words are those of the shop's language, else of the only one there is."""
    if shop.storefront is None:
        return None
    told = {"currency": shop.main_currency}
    if shop.storefront.typed_emails:
        words = shop.storefront.consent.each
        told["words"] = words.get(shop.locale) or next(iter(words.values()))
    return told
