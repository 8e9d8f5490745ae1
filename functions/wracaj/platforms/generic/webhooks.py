"""Any shop that sends Standard Webhooks 1.0 with our envelope: see docs/generic-webhooks.md."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from wracaj.clock import virtual
from wracaj.discounts.code import DiscountCode
from wracaj.errors import PayloadError
from wracaj.platforms import Ignored, Parsed, WebhookRequest
from wracaj.platforms.bodies import read_object
from wracaj.platforms.delivery import Delivery, Reading, parsed
from wracaj.platforms.generic import standard_webhooks
from wracaj.platforms.generic.events import (
    read_cart,
    read_cart_deletion,
    read_completion,
    read_consent,
    read_customer,
    read_merge,
    read_order,
    read_privacy,
    read_refund,
    read_review,
    read_view,
)
from wracaj.platforms.unknown_keys import did_you_mean
from wracaj.settings.shop import Shop, ShopSettings

_READERS: dict[str, Callable[[Delivery], Reading]] = {
    "cart.created": read_cart,
    "cart.updated": read_cart,
    "cart.deleted": read_cart_deletion,
    "checkout.created": read_cart,
    "checkout.updated": read_cart,
    "checkout.completed": read_completion,
    "order.created": read_order,
    "order.updated": read_order,
    "order.paid": read_order,
    "order.cancelled": read_order,
    "refund.created": read_refund,
    "product.viewed": read_view,
    "customer.created": read_customer,
    "customer.updated": read_customer,
    "customer.merged": read_merge,
    "consent.updated": read_consent,
    "review.written": read_review,
    "privacy.data_request": read_privacy,
    "privacy.customer_redact": read_privacy,
    "privacy.shop_redact": read_privacy,
}
TOPICS: tuple[str, ...] = tuple(_READERS)


def verify(request: WebhookRequest, secrets: Sequence[str]) -> None:
    standard_webhooks.verify(request, secrets)


def parse(request: WebhookRequest, settings: ShopSettings) -> Parsed:
    body, warnings = read_object(request.body)
    topic = body.get("type")
    if not isinstance(topic, str):
        raise PayloadError(
            [("type", 'is missing or not text; write one of the types, such as "checkout.updated"')]
        )
    reader = _READERS.get(topic)
    if reader is None:
        return Parsed(
            Ignored(f"type {topic[:60]!r} is not used"), tuple(did_you_mean("type", topic, TOPICS))
        )
    told = parsed(
        reader, Delivery(topic, body, settings, virtual(request.received_at), warnings=warnings)
    )
    return replace(told, within="data.")


def sign(
    topic: str,  # noqa: ARG001
    body: bytes,
    settings: ShopSettings,  # noqa: ARG001
    secret: str,
    at: datetime,
) -> dict[str, str]:
    """The topic is in the body, so no header contains it."""
    message_id = "msg_" + hashlib.sha256(at.isoformat().encode() + body).hexdigest()[:24]
    return {
        "Content-Type": "application/json",
        **standard_webhooks.sign(message_id, body, secret, at),
    }


def test_event(
    settings: ShopSettings, at: datetime, email: str, *, agrees: bool = False, total: str = "100.00"
) -> tuple[str, dict[str, Any]]:
    yes = {
        "email": {
            "state": "subscribed",
            "updated_at": at.isoformat(),
            "source": "wracaj test-event",
        }
    }
    checkout_id = f"wracaj-test-{int(at.timestamp())}"
    data = {
        "schema": 1,
        "cart_id": checkout_id,
        "checkout_id": checkout_id,
        "customer": {"id": None, "email": email, "locale": settings.locale},
        "consent": yes if agrees else None,
        "currency": settings.main_currency,
        "total": total,
        "recovery_url": f"https://{settings.recovery_hosts[0]}/",
        "items": [
            {"product_id": "1", "title": "Wracaj test item", "quantity": 1, "unit_price": total}
        ],
        "created_at": at.isoformat(),
        "updated_at": at.isoformat(),
    }
    return "checkout.updated", {
        "type": "checkout.updated",
        "timestamp": at.isoformat(),
        "data": data,
    }


def create_discount(shop: Shop, voucher: DiscountCode, cart_id: str) -> None:
    from wracaj.platforms.generic import discounts

    discounts.create(shop, voucher, cart_id)
