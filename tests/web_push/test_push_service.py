"""The push service of the tests and the local stack refuses what real ones would refuse, so a push
that it accepts is correct."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wracaj.outgoing.http import exchange
from wracaj.web_push.encryption import authorization, encrypted, new_private_key, public_key
from wracaj.web_push.subscription import Subscription
from wracaj_cli.local.push_service import PushService, Refusal

KEY = new_private_key()
CONTACT = "mailto:sklep@kubek.example"


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as service:
        yield service


class Sender:
    def __init__(self, service: PushService) -> None:
        subscribed = service.subscribe(public_key(KEY))
        self.to = Subscription(endpoint=subscribed["endpoint"], **subscribed["keys"])

    def headers(self, **changes: Any) -> dict[str, str]:
        told = {
            "TTL": "86400",
            "Urgency": "normal",
            "Topic": "abc",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self.signed(),
        }
        return {
            name: value
            for name, value in (told | {n.replace("_", "-"): v for n, v in changes.items()}).items()
            if value
        }

    def signed(
        self,
        *,
        endpoint: str | None = None,
        key: str = KEY,
        contact: str = CONTACT,
        now: datetime | None = None,
    ) -> str:
        return authorization(endpoint or self.to.endpoint, key, contact, now or datetime.now(UTC))

    def send(self, body: bytes | None = None, endpoint: str | None = None, **changes: Any) -> int:
        made = encrypted(b"{}", self.to) if body is None else body
        return exchange(
            "POST", endpoint or self.to.endpoint, self.headers(**changes), made, 15
        ).status


@pytest.fixture
def sender(service: PushService) -> Sender:
    return Sender(service)


def test_a_good_push_is_taken_and_opened(service: PushService, sender: Sender) -> None:
    assert sender.send() == 201
    (pushed,) = service.pushed
    assert (pushed.text, pushed.ttl, pushed.topic) == (b"{}", 86400, "abc")


@pytest.mark.parametrize(
    "changes",
    [
        {"TTL": ""},
        {"TTL": "86399"},
        {"TTL": "-1"},
        {"Topic": ""},
        {"Topic": "a" * 33},
        {"Topic": "cart 1"},
        {"Urgency": "urgent"},
        {"Content_Encoding": "aesgcm"},
        {"Content_Type": "text/plain"},
    ],
)
def test_a_header_that_is_missing_or_wrong_is_a_bad_request(
    service: PushService, sender: Sender, changes: Any
) -> None:
    assert sender.send(**changes) == 400
    assert service.pushed == [] and len(service.problems) == 1


def test_a_signature_by_another_key_for_another_service_or_of_another_day_is_refused(
    service: PushService, sender: Sender
) -> None:
    now = datetime.now(UTC)
    wrong = [
        "",
        "WebPush abc",
        sender.signed(key=new_private_key()),
        sender.signed(endpoint="https://fcm.googleapis.com/wp/1"),
        sender.signed(now=now - timedelta(hours=13)),
        sender.signed(now=now + timedelta(hours=13)),
        sender.signed(contact="mailto:me@localhost"),
        sender.signed().replace("k=", f"k={public_key(new_private_key())[:5]}"),
    ]
    assert [
        status for value in wrong if (status := sender.send(Authorization=value)) not in (400, 403)
    ] == []
    assert service.pushed == []


def test_a_body_for_another_browser_too_long_or_not_encrypted_is_refused(
    service: PushService, sender: Sender
) -> None:
    other = Sender(service)
    assert sender.send(encrypted(b"{}", other.to)) == 400
    assert sender.send(b"{}") in (400, 403)
    assert sender.send(encrypted(b"a" * 4000, sender.to)) == 413
    assert service.pushed == []


def test_who_is_unknown_gone_or_to_be_let_alone_is_told_so(
    service: PushService, sender: Sender
) -> None:
    assert sender.send(endpoint=f"{service.url}/push/nobody") == 404
    service.refusals = [Refusal(429, {"Retry-After": "60"})]
    assert [sender.send(), sender.send()] == [429, 201]
    service.unsubscribe(sender.to.endpoint)
    assert sender.send() == 410
