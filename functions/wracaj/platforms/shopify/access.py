"""The token of Shopify's Admin API.

An app that was made in the shop's admin has a token for ever, the secret `api_token`. An app of the
Dev Dashboard has none: with `client_id` and its client secret, which signs webhooks too, it asks
for one that is good for a day
(https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant).
"""

from collections.abc import Callable
from time import monotonic
from urllib.parse import urlencode

from pydantic import ValidationError

from wracaj.errors import PayloadError, ShopBusyError, ShopRefusalError
from wracaj.platforms.bodies import Body, read_object
from wracaj.platforms.fields import TextLine
from wracaj.settings.shop import Shop

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
A_DAY = 86_399
RENEWED_EARLY = 600  # seconds before its end

Post = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]
_issued: dict[tuple[str, str], tuple[float, str]] = {}


class _Issued(Body):
    access_token: TextLine = None
    expires_in: int = A_DAY


def has_access(shop: Shop) -> bool:
    shopify = shop.settings.shopify
    return bool(shopify and (shop.secrets.api_token or shopify.client_id))


def access_token(shop: Shop, post: Post) -> str:
    """Return the token. One that was issued is kept until it ends. Raises ShopRefusalError or
    ShopBusyError, and whatever `post` raises."""
    if shop.secrets.api_token:
        return shop.secrets.api_token
    key = _key(shop)
    until, token = _issued.get(key, (0.0, ""))
    if monotonic() >= until:
        issued = _ask(shop, post)
        token = issued.access_token or ""
        _issued[key] = (monotonic() + issued.expires_in - RENEWED_EARLY, token)
    return token


def forget_token(shop: Shop) -> bool:
    """Return whether there was an issued token, which may have been revoked."""
    return _issued.pop(_key(shop), None) is not None


def _key(shop: Shop) -> tuple[str, str]:
    """With the secret in it: a new one makes a new token."""
    return shop.id, shop.secrets.webhook_secrets[0]


def _ask(shop: Shop, post: Post) -> _Issued:
    shopify = shop.settings.shopify
    if shopify is None or not shopify.client_id:
        raise ShopRefusalError(
            "there is no access to Shopify's API: set WRACAJ_API_TOKEN, or `shopify.client_id` of"
            " an app in the Dev Dashboard, and `wracaj shop put` again"
        )
    asked = {
        "grant_type": "client_credentials",
        "client_id": shopify.client_id,
        "client_secret": shop.secrets.webhook_secrets[0],
    }
    status, answer = post(shopify.token_url, urlencode(asked).encode(), FORM)
    if status == 429 or status >= 500:
        raise ShopBusyError(f"Shopify issues no token for now ({status})")
    issued = _read(answer) if status == 200 else _Issued()
    if not issued.access_token:
        raise ShopRefusalError(
            f"Shopify issues no token ({status}): is the app installed in {shopify.shop_domain}, of"
            " the same organization as the shop, and are `shopify.client_id` and the webhook secret"
            " its client ID and its secret?"
        )
    return issued


def _read(answer: bytes) -> _Issued:
    try:
        return _Issued.model_validate(read_object(answer)[0])
    except (PayloadError, ValidationError):
        return _Issued()
