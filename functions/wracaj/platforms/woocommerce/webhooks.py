"""WooCommerce without a plugin: the webhooks of its core, signed with the secret of each webhook,
and coupons by its REST API."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from wracaj.clock import virtual
from wracaj.discounts.code import DiscountCode
from wracaj.errors import PayloadError, SignatureError
from wracaj.platforms import Ignored, Parsed, WebhookRequest
from wracaj.platforms.bodies import read_object
from wracaj.platforms.delivery import Delivery, Reading, parsed
from wracaj.platforms.woocommerce.orders import read_deletion, read_order
from wracaj.platforms.woocommerce.shoppers import read_customer, read_deleted_customer
from wracaj.settings.shop import Shop, ShopSettings

_READERS: dict[str, Callable[[Delivery], Reading]] = {
    "order.created": read_order,
    "order.updated": read_order,
    "order.deleted": read_deletion,
    "order.restored": read_order,
    "customer.created": read_customer,
    "customer.updated": read_customer,
    "customer.deleted": read_deleted_customer,
}
TOPICS: tuple[str, ...] = tuple(_READERS)
SIGNATURE, TOPIC = "X-WC-Webhook-Signature", "X-WC-Webhook-Topic"
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def verify(request: WebhookRequest, secrets: Sequence[str]) -> None:
    """WooCommerce's ping has no signature, and passes: parse() makes nothing of it."""
    if is_ping(request):
        return
    given = request.header(SIGNATURE)
    if not given or not given.isascii():
        raise SignatureError(f"header {SIGNATURE} is missing or not ASCII")
    # WooCommerce signs with an empty secret too, and so can anybody
    usable = [secret for secret in secrets if secret.strip()]
    # The texts are compared without decoding. Base64 has spare bits, so one signature could be
    # written in several ways; only one is accepted. All are always compared.
    matches = [
        hmac.compare_digest(_signature(secret, request.body).encode(), given.encode())
        for secret in usable
    ]
    if not any(matches):
        raise SignatureError(
            f"{SIGNATURE} fits none of the shop's webhook secrets: has every webhook in WooCommerce"
            " the secret that `wracaj shop put` stored?"
        )


def is_ping(request: WebhookRequest) -> bool:
    """Whether this is the form that WooCommerce posts when a webhook is saved. It has none of the
    headers of a webhook, and must be answered with 200."""
    return bool(_PING.fullmatch(request.body)) and request.header(SIGNATURE, TOPIC) is None


def parse(request: WebhookRequest, settings: ShopSettings) -> Parsed:
    if is_ping(request):
        return Parsed(Ignored("this is WooCommerce's ping, sent when a webhook is saved"))
    topic = request.header(TOPIC)
    if not topic:
        raise PayloadError([(TOPIC, "is missing: nothing says what this webhook is about")])
    reader = _READERS.get(topic)
    if reader is None:
        return Parsed(Ignored(f"topic {topic[:60]!r} is not used"))
    body, warnings = read_object(request.body)
    sent_at = virtual(request.received_at)
    return parsed(reader, Delivery(topic, body, settings, sent_at, warnings=warnings))


def sign(
    topic: str, body: bytes, settings: ShopSettings, secret: str, at: datetime
) -> dict[str, str]:
    """WooCommerce's delivery id is a hash of the webhook and the second, so two deliveries may have
    the same one. We never read it."""
    resource, _, event = topic.partition(".")
    delivery = hashlib.sha256(f"{topic} {at:%Y-%m-%dT%H:%M:%S}".encode()).hexdigest()[:32]
    return {
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": f"{settings.url.rstrip('/')}/",
        TOPIC: topic,
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        SIGNATURE: _signature(secret, body),
        "X-WC-Webhook-ID": "1",
        "X-WC-Webhook-Delivery-ID": delivery,
    }


def test_event(
    settings: ShopSettings, at: datetime, email: str, *, agrees: bool = False, total: str = "100.00"
) -> tuple[str, dict[str, Any]]:
    """The boxes of the settings are ticked with `agrees`. Without such a box nobody can agree. The
    time is in whole seconds, and not before `at`: a shop may have been put in the same second."""
    at = at.replace(microsecond=0) + timedelta(seconds=at.microsecond > 0)
    number, options = int(at.timestamp()), settings.woocommerce
    box = options.consent_fields.email if agrees else None
    ticked = [{"key": f"_wc_other/{box}", "value": "1"}] if box else []
    gmt = f"{at:%Y-%m-%dT%H:%M:%S}"
    line = {
        "name": "Wracaj test item",
        "product_id": 1,
        "variation_id": 0,
        "quantity": 1,
        "total": total,
        "total_tax": "0.00",
    }
    return "order.updated", {
        "id": number,
        "order_key": f"wc_order_wracaj_test_{number}",
        "status": "checkout-draft",
        "created_via": "store-api",
        "currency": settings.main_currency,
        "total": total,
        "total_tax": "0.00",
        "customer_id": 0,
        "billing": {"email": email},
        "date_created_gmt": gmt,
        "date_modified_gmt": gmt,
        "line_items": [line],
        "meta_data": [{"key": options.language_key, "value": settings.locale}, *ticked],
    }


def create_discount(shop: Shop, voucher: DiscountCode, cart_id: str) -> None:  # noqa: ARG001
    from wracaj.platforms.woocommerce import discounts

    discounts.create(shop, voucher)


def _signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
