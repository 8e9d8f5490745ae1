"""A secret in the address of a shop's webhooks, for platforms whose signature alone is weak:
`/webhooks/shoper/kubek?token=…`."""

import hmac
import secrets
from collections.abc import Mapping

from wracaj.errors import SignatureError
from wracaj.settings.shop import Shop

NEEDED_BY = ("shoper",)
TEST_EVENT = "wracaj.test"
PARAMETER = "token"


def new_address_token() -> str:
    return secrets.token_urlsafe(24)


def check_address(shop: Shop, given: str) -> None:
    """Raises SignatureError unless this is one of the shop's tokens, where its platform needs one.
    All are always compared, in constant time."""
    if shop.settings.platform not in NEEDED_BY:
        return
    written = given.encode(errors="replace")
    matches = [
        hmac.compare_digest(token.encode(), written)
        for token in shop.secrets.address_tokens
        if token.strip()
    ]
    if not any(matches):
        raise SignatureError(
            "the token in the webhook's address is missing or wrong: `wracaj shop webhooks"
            f" {shop.id}` prints the address to paste"
        )


def address_suffices(shop: Shop, headers: Mapping[str, str]) -> bool:
    """Whether the token alone is enough, because the shop signs in another way than is published.
    It never is for our own test event, which is believed as it stands."""
    is_unsigned = shop.settings.platform == "shoper" and not shop.settings.shoper.check_signature
    return is_unsigned and TEST_EVENT not in headers.values()
