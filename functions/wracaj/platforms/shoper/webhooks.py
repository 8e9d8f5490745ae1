"""Shoper: webhooks of orders, clients and subscribers. They say where to look; what counts is read
from the shop's API (api_reader.py). Carts come from the script in the shop's pages.

Signed are the webhook's id, the shop's secret and the raw body: hex SHA-1 of `id:secret:body`, as
the vendor published it. It is no HMAC, so the address holds a token as well.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from wracaj.clock import virtual
from wracaj.customers.contact import contact
from wracaj.discounts.code import DiscountCode
from wracaj.errors import DiscountError, PayloadError, SignatureError
from wracaj.events import Contact, OrderPlaced
from wracaj.platforms import Ignored, Parsed, ToRead, WebhookRequest
from wracaj.platforms.bodies import read_object
from wracaj.platforms.delivery import Delivery, Reading, parsed
from wracaj.platforms.fields import optional_id
from wracaj.platforms.shoper.resources import (
    PLACES,
    Address,
    Client,
    ReportedOrder,
    Subscriber,
    is_allegros,
)
from wracaj.platforms.shoper.shoppers import OF_ALLEGRO, opt_out
from wracaj.platforms.shoper.trial_cart import read_trial_cart, trial_cart
from wracaj.settings.shop import Shop, ShopSettings
from wracaj.webhooks.address_tokens import TEST_EVENT

ID, NAME, SIGNATURE = "X-Webhook-Id", "X-Webhook-Name", "X-Webhook-SHA1"


def verify(request: WebhookRequest, secrets: Sequence[str]) -> None:
    id_, given = (_header(request, name) for name in (ID, SIGNATURE))
    # anybody can sign with an empty secret, so it must never verify; all are always compared
    matches = [
        hmac.compare_digest(_signature(id_, secret, request.body).encode(), given.encode())
        for secret in secrets
        if secret.strip()
    ]
    if not any(matches):
        raise SignatureError(f"{SIGNATURE} fits none of the shop's webhook secrets")


def _header(request: WebhookRequest, name: str) -> str:
    value = request.header(name)
    if not value or not value.isascii():
        raise SignatureError(f"header {name} is missing or not ASCII")
    return value


def _signature(id_: str, secret: str, body: bytes) -> str:
    """Vendor's article; the secret of an app's webhook is hex HMAC-SHA512(app's secret,
    `license:secret`), which fits as a secret here."""
    signed = id_.encode() + b":" + secret.encode(errors="replace") + b":" + body
    return hashlib.sha1(signed, usedforsecurity=False).hexdigest()


def parse(request: WebhookRequest, settings: ShopSettings) -> Parsed:
    """The header with the topic is not signed. Whatever it says, only what stops messages is taken
    from the body."""
    topic = request.header(NAME)
    if not topic:
        raise PayloadError([(NAME, "is missing: nothing says what this webhook is about")])
    reader = _READERS.get(topic)
    if reader is None:
        return Parsed(Ignored(f"topic {topic[:60]!r} is not used"))
    body, warnings = read_object(request.body)
    delivery = Delivery(topic, body, settings, virtual(request.received_at), warnings=warnings)
    told = parsed(reader, delivery)
    if isinstance(told.told, Ignored):
        return told
    to_read = _to_read(delivery, is_needed=not told.told)
    return replace(told, to_read=to_read, warnings=tuple(delivery.warnings))


def _to_read(delivery: Delivery, *, is_needed: bool) -> tuple[ToRead, ...]:
    """Raises PayloadError where the body says not which entry it is about, and nothing else."""
    kind = delivery.topic.partition(".")[0]
    if kind not in PLACES or delivery.topic == "subscriber.delete":  # there is nothing left of it
        return ()
    id_field = PLACES[kind].id_field
    id_ = optional_id(delivery.body.get(id_field)) or ""
    if not id_.isdecimal():
        problem = "must be a number: nothing else says what to ask the shop's API for"
        if is_needed:
            raise PayloadError([(id_field, problem)], delivery.topic)
        delivery.warn(id_field, problem)
        return ()
    meanwhile = _stop(delivery) if kind == "order" else None
    return (ToRead(kind, str(int(id_)), delivery.topic, meanwhile),)


def _order(delivery: Delivery) -> Reading:
    delivery.read(ReportedOrder)
    return ()


def _stop(delivery: Delivery) -> OrderPlaced | None:
    """Who ordered and when, without an id: such an order stops reminders, and nothing else comes of
    it. An account is left out, because the body does not prove it."""
    order = delivery.read(ReportedOrder)
    billing = order.billing_address or Address()
    shopper = contact(billing.region(delivery.region), emails=[order.email], phones=[billing.phone])
    if not (shopper.reachable and order.date) or is_allegros(order.origin, order.email):
        return None
    return OrderPlaced(at=order.date, order_id=None, placed_at=order.date, contact=shopper)


def _client(delivery: Delivery) -> Reading:
    """A box left empty at the beginning is no opt-out. Later it is one, and so is the end of the
    account. Both count for the account, and for whoever uses the address."""
    client = delivery.read(Client)
    if is_allegros(client.origin, client.email):
        return Ignored(OF_ALLEGRO)
    is_no = client.newsletter is False and delivery.topic == "client.edit"
    if not (is_no or delivery.topic == "client.delete"):
        return ()
    account = Contact(platform_id=client.user_id if client.registered else None)
    address = contact(delivery.region, emails=[client.email])
    return tuple(
        event
        for shopper in (account, address)
        if shopper.reachable
        for event in opt_out(delivery, shopper)
    )


def _subscriber(delivery: Delivery) -> Reading:
    """Inactive at the beginning: not confirmed yet. Later: an opt-out."""
    subscriber = delivery.read(Subscriber)
    is_no = subscriber.active is False and delivery.topic == "subscriber.edit"
    if not (is_no or delivery.topic == "subscriber.delete"):
        return ()
    shopper = contact(delivery.region, emails=[subscriber.email])
    if not shopper.reachable:
        raise PayloadError([("email", "is missing: nothing says who wants no more mails")])
    return opt_out(delivery, shopper)


_READERS: dict[str, Callable[[Delivery], Reading]] = {
    "order.create": _order,
    "order.edit": _order,
    "order.paid": _order,
    "order.status": _order,
    "order.delete": _order,
    "client.create": _client,
    "client.edit": _client,
    "client.delete": _client,
    "subscriber.create": _subscriber,
    "subscriber.edit": _subscriber,
    "subscriber.delete": _subscriber,
    TEST_EVENT: read_trial_cart,
}
TOPICS: tuple[str, ...] = tuple(topic for topic in _READERS if topic != TEST_EVENT)


def sign(
    topic: str,
    body: bytes,
    settings: ShopSettings,  # noqa: ARG001
    secret: str,
    at: datetime,  # noqa: ARG001
) -> dict[str, str]:
    """The token in the address is no header: see wracaj/webhooks/address_tokens.py."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        NAME: topic,
        ID: "1",
        SIGNATURE: _signature("1", secret, body),
    }


def test_event(
    settings: ShopSettings, at: datetime, email: str, *, agrees: bool = False, total: str = "100.00"
) -> tuple[str, dict[str, Any]]:
    return TEST_EVENT, trial_cart(settings, at, email, agrees=agrees, total=total)


def create_discount(shop: Shop, voucher: DiscountCode, cart_id: str) -> None:  # noqa: ARG001
    raise DiscountError(
        "no codes are created in Shoper: what its API's discount_type means is not published. Make"
        " codes in the panel, upload them with `wracaj shop codes`, and set discount.source to"
        " pool; trying again will not help"
    )
