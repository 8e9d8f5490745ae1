"""Shopify: webhooks signed with the app's client secret, and discount codes by the Admin GraphQL
API."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, cast

from wracaj.clock import timestamp as text_of
from wracaj.clock import virtual
from wracaj.discounts.code import DiscountCode
from wracaj.errors import PayloadError, SignatureError
from wracaj.platforms import Ignored, Parsed, WebhookRequest
from wracaj.platforms.bodies import read_object
from wracaj.platforms.delivery import Delivery, Reading, parsed
from wracaj.platforms.times import time_in_header
from wracaj.settings.shop import Shop, ShopSettings

# topic → its reader, whose module is imported when such a webhook comes
_READERS: dict[str, str] = {
    "carts/create": "carts.read_cart",
    "carts/update": "carts.read_cart",
    "checkouts/create": "carts.read_checkout",
    "checkouts/update": "carts.read_checkout",
    "checkouts/delete": "carts.read_checkout_deletion",
    "orders/create": "orders.read_order",
    "orders/updated": "orders.read_order",
    "orders/edited": "orders.read_edit",
    "orders/paid": "orders.read_order",
    "orders/cancelled": "orders.read_order",
    "refunds/create": "orders.read_refund",
    "customers/create": "shoppers.read_customer",
    "customers/update": "shoppers.read_customer",
    "customers/merge": "shoppers.read_merge",
    "customers_email_marketing_consent/update": "shoppers.read_email_consent",
    "customers_marketing_consent/update": "shoppers.read_sms_consent",
    "customers/data_request": "shoppers.read_privacy",
    "customers/redact": "shoppers.read_privacy",
    "shop/redact": "shoppers.read_privacy",
}
TOPICS: tuple[str, ...] = tuple(_READERS)
SHOP_DOMAIN = "X-Shopify-Shop-Domain"


def verify(request: WebhookRequest, secrets: Sequence[str]) -> None:
    given = _header(request, "Hmac-Sha256")
    if not given or not given.isascii():
        raise SignatureError("header X-Shopify-Hmac-Sha256 is missing or not ASCII")
    # anybody can sign with an empty secret, so it must never verify
    usable = [secret for secret in secrets if secret.strip()]
    # The texts are compared without decoding. Base64 has spare bits, so one signature could be
    # written in several ways; only one is accepted. All are always compared.
    matches = [
        hmac.compare_digest(_signature(secret, request.body).encode(), given.encode())
        for secret in usable
    ]
    if not any(matches):
        raise SignatureError("X-Shopify-Hmac-Sha256 fits none of the shop's webhook secrets")


def parse(request: WebhookRequest, settings: ShopSettings) -> Parsed:
    topic = _header(request, "Topic")
    if not topic:
        raise PayloadError(
            [("X-Shopify-Topic", "is missing: nothing says what this webhook is about")]
        )
    _refuse_other_shops(request, settings)
    if topic not in _READERS:
        return Parsed(Ignored(f"topic {topic[:60]!r} is not used"))
    body, warnings = read_object(request.body)
    return parsed(
        _reader(topic),
        Delivery(topic, body, settings, _sent_at(request), _sequence(request), warnings),
    )


@cache
def _reader(topic: str) -> Callable[[Delivery], Reading]:
    module, _, name = _READERS[topic].partition(".")
    return cast(
        Callable[[Delivery], Reading],
        getattr(import_module(f"wracaj.platforms.shopify.{module}"), name),
    )


def sign(
    topic: str, body: bytes, settings: ShopSettings, secret: str, at: datetime
) -> dict[str, str]:
    """Triggered-At is left out: the time of receipt is the same, and comes from the receiver's
    clock."""
    shopify = settings.shopify
    delivery = uuid.uuid5(
        uuid.NAMESPACE_URL, f"{topic} {at.isoformat()} {hashlib.sha256(body).hexdigest()}"
    )
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": _signature(secret, body),
        "X-Shopify-Shop-Domain": shopify.shop_domain if shopify else "",
        "X-Shopify-Api-Version": shopify.api_version if shopify else "",
        "X-Shopify-Webhook-Id": str(delivery),
        "X-Shopify-Event-Id": str(delivery),
    }


def test_event(
    settings: ShopSettings, at: datetime, email: str, *, agrees: bool = False, total: str = "100.00"
) -> tuple[str, dict[str, Any]]:
    token = f"wracaj-test-{int(at.timestamp())}"
    line = {
        "title": "Wracaj test item",
        "quantity": 1,
        "price": total,
        "product_id": 1,
        "variant_id": 1,
    }
    return "checkouts/update", {
        "token": token,
        "cart_token": None,
        "email": email,
        "buyer_accepts_marketing": agrees,
        "created_at": at.isoformat(),
        "updated_at": at.isoformat(),
        "completed_at": None,
        "currency": settings.main_currency,
        "presentment_currency": settings.main_currency,
        "customer_locale": settings.locale,
        "line_items": [line],
        "total_price": total,
        "abandoned_checkout_url": f"https://{settings.recovery_hosts[0]}/checkouts/{token}/recover",
    }


def create_discount(shop: Shop, voucher: DiscountCode, cart_id: str) -> None:  # noqa: ARG001
    from wracaj.platforms.shopify import discounts

    discounts.create(shop, voucher)


def _header(request: WebhookRequest, name: str) -> str | None:
    """Shopify has two families of header names. The newer family has no X-."""
    return request.header(f"X-Shopify-{name}", f"shopify-{name}")


def _signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def _refuse_other_shops(request: WebhookRequest, settings: ShopSettings) -> None:
    """Raise PayloadError for a webhook of another shop.

    One app secret signs for all shops of an app, so a webhook sent to the wrong shop's address has
    a valid signature. The answer is 422, not 401: it says which two shops were mixed up.
    """
    given, ours = (
        _header(request, "Shop-Domain"),
        settings.shopify.shop_domain if settings.shopify else "",
    )
    if not given:
        raise PayloadError(
            [(SHOP_DOMAIN, "is missing: nothing says which shop this webhook is of")]
        )
    if given.strip().lower() != ours:
        raise PayloadError(
            [(SHOP_DOMAIN, f"is {given[:100]!r}, but this address belongs to {ours}")]
        )


def _sent_at(request: WebhookRequest) -> datetime:
    """Triggered-At, which is not signed. A time in the future is replaced by the time of receipt:
    otherwise later events would count as older."""
    received_at = virtual(request.received_at)
    return min(time_in_header(_header(request, "Triggered-At")) or received_at, received_at)


def _sequence(request: WebhookRequest) -> str:
    """The order of webhooks within a second. `updated_at` has whole seconds, so two clicks in one
    second differ only by when their webhooks were triggered."""
    triggered_at = time_in_header(_header(request, "Triggered-At"))
    return text_of(triggered_at) if triggered_at else ""
