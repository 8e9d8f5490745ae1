"""Real answers of Shoper's API and headers of a real webhook, captured by others. They are not part
of the repository."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from support import shoper_bodies as a
from support.shoper_reading import SETTINGS, a_reader, consents, of_kind, signed
from support.shoper_shop import ShoperShop, a_shoper_shop
from support.webhook_bodies import NOW, SHARED_PAYLOADS
from wracaj.events import Contact, CustomerUpdated, OrderPlaced, Product
from wracaj.platforms import Ignored, ToRead
from wracaj.platforms.shoper import api, api_reader
from wracaj.platforms.shoper import webhooks as shoper

SAMPLES = SHARED_PAYLOADS / "shoper"
pytestmark = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the public sample payloads are not here"
)


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[ShoperShop]:
    monkeypatch.setattr(api, "sleep", lambda _: None)
    monkeypatch.setattr(api_reader, "_lists", {})
    with a_shoper_shop() as found:
        found.entries["statuses"] = sample("rest-statuses")["list"]
        found.entries["users"] = sample("rest-users")["list"]
        yield found


def test_the_captured_order_is_read_without_a_warning(shop: ShoperShop) -> None:
    shop.keep("orders", sample("rest-order"))
    shop.keep("order-products", sample("rest-order_product") | {"order_id": "1"})
    told = a_reader(shop).read(ToRead("order", "1", "order.create"), NOW)
    assert told.warnings == ()
    (order,) = of_kind(told.told, OrderPlaced)
    assert (order.total, order.currency) == (Decimal("149.95"), "PLN")
    assert order.placed_at == datetime(2026, 6, 28, 19, 59, 15, tzinfo=UTC)
    assert order.at == datetime(2026, 6, 30, 14, 59, 15, tzinfo=UTC)
    assert order.contact == Contact(email="ala@example.com", phone="+48600000000", first_name="Ala")
    assert order.stands
    assert order.products == (Product(product_id="36", title="Okulary słoneczne Orange"),)


@pytest.mark.parametrize(
    ("status_id", "is_undone"),
    [("1", False), ("5", False), ("7", False), ("8", True), ("9", True), ("11", True)],
)
def test_the_captured_statuses_say_what_undoes_an_order(
    shop: ShoperShop, status_id: str, is_undone: bool
) -> None:
    shop.keep("orders", sample("rest-order") | {"status_id": status_id})
    told = a_reader(shop).read(ToRead("order", "1", "order.status"), NOW).told
    assert isinstance(told, tuple)
    assert len(told) == 1 + is_undone


def test_the_captured_clients_are_a_guest_and_two_accounts(shop: ShoperShop) -> None:
    told = [
        a_reader(shop).read(ToRead("client", id_, "client.create"), NOW).told
        for id_ in ("1", "2", "3")
    ]
    assert isinstance(told[0], Ignored)
    for events in told[1:]:
        (customer,) = of_kind(events, CustomerUpdated)
        assert customer.contact.record_email == "ala@example.com"
        assert consents(events) == []


def test_the_captured_headers_are_those_that_we_read() -> None:
    body = json.dumps(sample("rest-order")).encode()
    request = signed("order.create", body)
    told = dict(sample("wire-order_create-headers"))
    ours = {name.lower(): value for name, value in request.headers.items()}
    assert ours.keys() <= told.keys()
    signature = shoper.sign("order.create", body, SETTINGS, a.SECRET, NOW)
    headers = told | {"x-webhook-id": "1", "x-webhook-sha1": signature["X-Webhook-SHA1"]}
    genuine = replace(request, headers=headers)
    shoper.verify(genuine, [a.SECRET])
    (what,) = shoper.parse(genuine, SETTINGS).to_read
    assert (what.kind, what.id, what.topic) == ("order", "1", "order.create")
    assert what.meanwhile is not None
    assert what.meanwhile.contact.email == "ala@example.com"


def test_the_captured_webhooks_have_events_that_we_ignore() -> None:
    for webhook in sample("rest-webhooks")["list"]:
        for topic in webhook["events"]:
            request = signed(topic, {"order_id": "1"})
            assert isinstance(shoper.parse(request, SETTINGS).told, Ignored)
