"""What a shop's page posts of its cart."""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

from support.shop_pages import CONSENT, WORDS
from support.timeline_on_stack import browser
from wracaj.carts.page_carts import page_cart_id
from wracaj.settings.shop import Shop

Json = dict[str, Any]
BASKET = "https://kubek.example/koszyk"
STOREFRONT: Json = {"typed_emails": True, "consent": CONSENT, "basket_url": BASKET}


def a_key(name: str) -> str:
    """24 bytes in base64url, as a page draws them."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:24]).decode()


def id_of(shop: Shop, name: str) -> str:
    return page_cart_id(shop.id, a_key(name))


def a_line(**changes: Any) -> Json:
    told = {"id": "34", "title": "Kubek gliniany", "quantity": "2", "price": "59.25"}
    return told | changes


def a_report(name: str, email: str | None = None, **changes: Any) -> Json:
    """The cart of this name. `at` may be a time."""
    typed = {"email": email, "wording": WORDS} if email else {}
    told = {"items": [a_line()], "currency": "PLN", "total": "118.50", "lang": "pl", "at": 1}
    told = {"key": a_key(name), **told, **typed, **changes}
    if isinstance(at := told["at"], datetime):
        told["at"] = round(at.timestamp() * 1000)
    return told


def post_report(api_url: str, shop: Shop, body: Any, origin: str = "") -> tuple[int, Json]:
    """Over HTTP, as a browser does. Returns the status and the answer's body."""
    headers = {"content-type": "text/plain;charset=UTF-8", "origin": origin or shop.settings.url}
    url = f"{api_url.rstrip('/')}/cart/{shop.id}"
    try:
        request = Request(url, json.dumps(body).encode(), headers, method="POST")
        with browser.open(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        return refused.code, json.load(refused)
