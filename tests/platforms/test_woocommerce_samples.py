"""WooCommerce's own published payloads, and captured ones. Others own them, so they are not part of
the repository."""

import json
from decimal import Decimal
from typing import Any

import pytest

from support.webhook_bodies import SHARED_PAYLOADS, a_request, raw, settings_of
from wracaj.events import CartUpdated, CustomerUpdated, OrderCancelled, OrderPlaced, OrderRefunded
from wracaj.platforms import Ignored
from wracaj.platforms.woocommerce import webhooks as woocommerce

SAMPLES = SHARED_PAYLOADS / "woocommerce"
SETTINGS = settings_of("woocommerce")
pytestmark = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the public sample payloads are not here"
)


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def parsed(name: str) -> Any:
    """A captured webhook, with its headers and its signature where the secret is known."""
    captured = sample(name)
    body = captured["raw_body"].encode() if "raw_body" in captured else raw(captured["body"])
    request = a_request(body, captured["headers"])
    if "secret" in captured:
        woocommerce.verify(request, [captured["secret"]])
    return woocommerce.parse(request, SETTINGS)


def documented(name: str, topic: str) -> Any:
    request = a_request(raw(sample(name)), {woocommerce.TOPIC: topic})
    return woocommerce.parse(request, SETTINGS)


EVENTS = {
    "own-10.5.2-order_created": [OrderPlaced],
    "own-10.5.2-order_created-cod": [OrderPlaced],
    "own-10.5.2-order_updated-draft": [CartUpdated],
    "own-10.5.2-order_updated-refund": [OrderRefunded, OrderPlaced],
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_captured_webhook_is_verified_and_read_without_a_warning(name: str) -> None:
    told = parsed(name)
    assert [type(event) for event in told.told] == EVENTS[name]
    assert told.warnings == ()
    (*_, last) = told.told
    assert last.contact.email == "ala@example.com"
    assert all(event.version for event in told.told)


def test_the_captured_refund_and_its_code() -> None:
    refund, placed = parsed("own-10.5.2-order_updated-refund").told
    assert (placed.total, placed.discount) == (Decimal("179.10"), Decimal("19.90"))
    assert placed.discount_codes == ("K7DM-4XRA-PL9C",)
    assert (refund.refund_id, refund.amount) == ("17", Decimal("50.00"))


def test_the_captured_draft_leads_back_with_its_gross_price() -> None:
    (cart,) = parsed("own-10.5.2-order_updated-draft").told
    (item,) = cart.content.items
    assert item.unit_price == Decimal("199.00")
    assert cart.content.recovery_url == "https://kubek.example/checkout-link/?products=10:1"


def test_the_captured_box_is_an_opt_in_of_a_failed_payment() -> None:
    told = documented("own-10.5.2-rest_order-consent", "order.updated")
    cancelled, cart = told.told
    assert isinstance(cancelled, OrderCancelled)
    assert [word.state for word in cart.consent.values()] == ["subscribed"]
    assert told.warnings == ()


@pytest.mark.parametrize(
    "name", [*sorted(path.stem for path in SAMPLES.glob("*coupon_*")), "own-10.5.2-ping"]
)
def test_coupons_and_the_ping_are_taken_and_not_used(name: str) -> None:
    assert isinstance(parsed(name).told, Ignored)


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("wire-product_*")))
def test_products_are_taken_and_not_used(name: str) -> None:
    assert isinstance(parsed(name).told, Ignored)


def test_the_documented_order_and_customer_are_read() -> None:
    told = documented("rest-docs-order", "order.updated")
    (placed,) = told.told
    assert isinstance(placed, OrderPlaced)
    assert (placed.order_id, placed.total, len(placed.products)) == ("727", Decimal("29.35"), 2)
    (customer,) = documented("rest-docs-customer", "customer.updated").told
    assert isinstance(customer, CustomerUpdated)
    assert customer.contact.record_email == "john.doe@example.com"
