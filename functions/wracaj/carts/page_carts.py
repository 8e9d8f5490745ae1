"""Carts that a shop's page reports, and not the shop itself.

A page cart is a claim of a stranger: anybody can post it, with anybody's address. So it may start
one reminder to the address that was typed with it, and nothing more:
docs/decisions/identity/a-page-cart-is-a-claim-of-a-stranger.md.

The page keeps a random key and never shows it. The cart's id is made from the key, so it can stand
in an order, a webhook or a log, and only the page that has the key can change the cart.
"""

import base64
import hashlib
import re

PREFIX = "wracaj-"
KEY = re.compile(r"[A-Za-z0-9_-]{32}")  # 24 random bytes in base64url
ID_LENGTH = 24  # 144 bits: nobody finds another key for the same id


def page_cart_id(shop: str, key: str) -> str:
    """Return the id of the cart that belongs to this key in this shop."""
    digest = hashlib.sha256(f"{shop}:{key}".encode()).digest()
    return PREFIX + base64.urlsafe_b64encode(digest).decode()[:ID_LENGTH]


def is_page_cart(cart_id: str) -> bool:
    return cart_id.startswith(PREFIX)
