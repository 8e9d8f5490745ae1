"""The values in the builders' webhooks of a generic shop, and the results of reading a body."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from support.webhook_bodies import a_request, an_envelope, raw, settings_of
from wracaj.errors import PayloadError
from wracaj.events import Contact, Product
from wracaj.platforms import Parsed
from wracaj.platforms.generic import webhooks as generic

SETTINGS = settings_of("generic")
JAN = Contact(
    platform_id="42",
    id_by_login=True,
    email="jan.kos@poczta.example",
    phone="+48601234567",
    first_name="Jan",
    locale="pl-PL",
)
JANS_RECORD = JAN.model_copy(
    update={
        "record_email": "jan.kos@poczta.example",
        "record_phone": "+48601234567",
        "record_first_name": "Jan",
    }
)
CUP = Product(
    product_id="p-1",
    title="Filiżanka",
    url="https://kubek.example/filizanka",
    image_url="https://cdn.kubek.example/1.jpg",
    price=Decimal("199.00"),
    currency="PLN",
)
HAPPENED = datetime(2026, 10, 14, 9, 30, tzinfo=UTC)
UPDATED = datetime(2026, 10, 14, 9, 28, tzinfo=UTC)
SAID = datetime(2026, 10, 14, 9, 29, tzinfo=UTC)


def read(type_: str, data: Any, **changes: Any) -> Any:
    return parsed(type_, data, **changes).told


def parsed(type_: str, data: Any, **changes: Any) -> Parsed:
    return generic.parse(a_request(raw(an_envelope(type_, data, **changes))), SETTINGS)


def warned(type_: str, data: Any, **changes: Any) -> dict[str, str]:
    return dict(parsed(type_, data, **changes).warnings)


def problems(type_: str, data: Any, **changes: Any) -> dict[str, str]:
    with pytest.raises(PayloadError) as refused:
        read(type_, data, **changes)
    return dict(refused.value.problems)
