"""What a push service requires of a push, and the meaning of each of its answers. The contract of
all channels is in test_channels.py."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from support.builders import a_shop
from support.scripted_provider import a_provider, answers
from wracaj.aws.observability import metrics
from wracaj.channels import OutgoingMessage
from wracaj.channels.web_push import payload, send
from wracaj.clock import real_now
from wracaj.consent.consent import address_hash_of
from wracaj.errors import AddressGoneError, NotTakenError, RefusedError
from wracaj.messages.rendering import Rendered
from wracaj.settings.shop import Shop
from wracaj.settings.web_push import WebPushSettings
from wracaj.web_push.encryption import MOST_BYTES, new_private_key, public_key
from wracaj.web_push.subscription import LOOPBACK_SERVICES, Subscription
from wracaj_cli.local.push_service import PushService, Refusal

KEY = new_private_key()
CONTACT = "mailto:sklep@kubek.example"
NOTE = Rendered(
    subject="Twój koszyk wciąż tu jest",
    html=None,
    text="Kubek w kropki i nie tylko. Wystarczy jedno kliknięcie, żeby wrócić.",
)


def shop(**changes: Any) -> Shop:
    made = a_shop(
        logo_url="https://kubek.example/logo.png", web_push={"contact": CONTACT} | changes
    )
    return made.model_copy(
        update={"secrets": made.secrets.model_copy(update={"vapid_private_key": KEY})}
    )


def a_push(subscribed: dict[str, Any], **changes: Any) -> OutgoingMessage:
    told = {
        "shop": shop(),
        "to": Subscription(endpoint=subscribed["endpoint"], **subscribed["keys"]).line,
        "rendered": NOTE,
        "about": address_hash_of("kubek#c1"),
        "recovery_link": "https://wracaj.example/c/t0ken",
        "unsubscribe_link": "https://wracaj.example/u/t0ken",
        "preferences_link": "https://wracaj.example/p/t0ken",
        "locale": "pl",
        "tags": {},
    }
    return OutgoingMessage(**(told | changes))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    monkeypatch.setattr(metrics, "add_metric", lambda **_: None)
    with PushService() as service:
        monkeypatch.setenv(LOOPBACK_SERVICES, f"http://127.0.0.1:1 {service.url}")
        yield service


@pytest.fixture
def subscribed(service: PushService) -> dict[str, Any]:
    return service.subscribe(public_key(KEY))


def test_a_push_is_encrypted_signed_and_says_all_that_the_browser_shows(
    service: PushService, subscribed: dict[str, Any]
) -> None:
    send(a_push(subscribed))
    (pushed,) = service.pushed
    assert pushed.payload == {
        "title": NOTE.subject,
        "body": NOTE.text,
        "url": "https://wracaj.example/c/t0ken",
        "settings": "https://wracaj.example/p/t0ken",
        "tag": address_hash_of("kubek#c1"),
        "lang": "pl",
        "icon": "https://kubek.example/logo.png",
    }
    assert (pushed.ttl, pushed.urgency, pushed.topic) == (
        72 * 3600,
        "normal",
        address_hash_of("kubek#c1"),
    )
    assert pushed.claims["sub"] == CONTACT
    assert service.problems == []


def test_a_shop_s_own_pictures_and_time_to_live_count(
    service: PushService, subscribed: dict[str, Any]
) -> None:
    own = shop(
        ttl_hours=24,
        icon_url="https://kubek.example/i.png",
        badge_url="https://kubek.example/b.png",
    )
    send(a_push(subscribed, shop=own))
    (pushed,) = service.pushed
    assert pushed.ttl == 24 * 3600
    assert (pushed.payload["icon"], pushed.payload["badge"]) == (
        "https://kubek.example/i.png",
        "https://kubek.example/b.png",
    )


def test_two_messages_about_one_cart_share_their_topic_and_two_carts_do_not(
    service: PushService, subscribed: dict[str, Any]
) -> None:
    for about in ("kubek#c1", "kubek#c1", "kubek#c2"):
        send(a_push(subscribed, about=address_hash_of(about)))
    one, again, other = (pushed.topic for pushed in service.pushed)
    assert one == again != other


@pytest.mark.parametrize("text", ["ż" * 9000, "ogień 🔥 " * 2000, "a" * 5000])
def test_a_text_beyond_4_kb_is_cut_and_nothing_in_it_breaks(
    service: PushService, subscribed: dict[str, Any], text: str
) -> None:
    send(a_push(subscribed, rendered=Rendered(subject="Koszyk", html=None, text=text)))
    (pushed,) = service.pushed
    assert len(pushed.text) <= MOST_BYTES
    assert pushed.payload["body"].endswith("…") and len(pushed.payload["body"]) > 500
    assert pushed.payload["url"] == "https://wracaj.example/c/t0ken"


def test_links_that_alone_are_too_long_are_refused() -> None:
    long = a_push(
        {"endpoint": "https://fcm.googleapis.com/wp/x", "keys": PushService().subscribe()["keys"]},
        recovery_link="https://w.example/" + "a" * 4000,
    )
    with pytest.raises(RefusedError):
        payload(long, WebPushSettings(contact=CONTACT))


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_told_as_gone(
    service: PushService, subscribed: dict[str, Any], status: int
) -> None:
    service.refusals = [Refusal(status)]
    with pytest.raises(AddressGoneError):
        send(a_push(subscribed))


def test_a_subscription_made_with_another_key_is_refused_and_counted(
    service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr("wracaj.channels.web_push.count", counted.append)
    with pytest.raises(RefusedError, match="403"):
        send(a_push(service.subscribe(public_key(new_private_key()))))
    assert counted == ["PushKeyRefused"]
    assert service.problems == ["the subscription was made with another key"]


@pytest.mark.parametrize(
    ("told", "seconds"), [("120", 120), ("a date", 600), ("soon", None), (None, None)]
)
def test_the_time_that_a_push_service_asks_for_is_handed_on(
    service: PushService, subscribed: dict[str, Any], told: str | None, seconds: int | None
) -> None:
    told = format_datetime(real_now() + timedelta(seconds=600)) if told == "a date" else told
    service.refusals = [Refusal(429, {"Retry-After": told} if told else {})]
    with pytest.raises(NotTakenError) as refusal:
        send(a_push(subscribed))
    found = refusal.value.retry_after_seconds
    assert found == seconds or (seconds and found and abs(found - seconds) < 30)


def test_without_a_key_or_a_section_nothing_is_asked(
    service: PushService, subscribed: dict[str, Any]
) -> None:
    for bare in (a_shop(), a_shop(web_push={"contact": CONTACT})):
        with pytest.raises(NotTakenError, match="wracaj shop put"):
            send(a_push(subscribed, shop=bare))
    assert not service.pushed and not service.problems


def test_the_name_of_a_message_is_no_address_that_could_take_it_back(
    service: PushService, subscribed: dict[str, Any]
) -> None:
    with a_provider() as provider:
        subscribed = subscribed | {"endpoint": f"{provider.url}/push/1"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(LOOPBACK_SERVICES, provider.url)
            provider.script = [
                answers(201, Location="https://push.example/m/" + "gAAAAA" * 40),
                answers(202),
            ]
            names = [send(a_push(subscribed)) for _ in range(2)]
    assert all(0 < len(name) <= 40 and "gAAAAA" not in name for name in names)


# --- nothing of ours calls what a stranger names --------------------------------------------------

ELSEWHERE = [
    "https://evil.example/push/1",
    "http://fcm.googleapis.com/wp/1",
    "https://fcm.googleapis.com:8443/wp/1",
    "https://fcm.googleapis.com@evil.example/wp/1",
    "https://user@fcm.googleapis.com/wp/1",
    "https://fcm.googleapis.com.evil.example/wp/1",
    "https://evil-push.apple.com.example/1",
    "https://notify.windows.com/1",
    "https://xpush.apple.com/1",
    "https://FCM.googleapis.com/wp/1",
    "https://fcm.googleapis.com\\@evil.example/1",
    "https://[::1]/1",
    "https://" + "a" * 64 + ".notify.windows.com/1",
    "https://[/1",
    "https://169.254.169.254/latest/meta-data",
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1/push/1",
    "http://localhost:80/push/1",
    "https://127.0.0.1:4566/push/1",
    "file:///etc/passwd",
    "https://fcm.googleapis.com/wp/ 1",
    "https://fcm.googleapis.com/wp/\r\nHost: evil.example",
    "https://fcm.googleapis.com/" + "a" * 2000,
    "",
]
SERVICES = [
    "https://fcm.googleapis.com/fcm/send/abc:APA91b",
    "https://fcm.googleapis.com/wp/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYA%2f",
    "https://web.push.apple.com/QGuQyavXutnMH",
]


@pytest.mark.parametrize("endpoint", ELSEWHERE)
def test_an_address_elsewhere_is_never_called(
    monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("called out")

    monkeypatch.setattr(socket, "create_connection", fail)
    line = json.dumps({"endpoint": endpoint, **PushService().subscribe()["keys"]})
    subscribed = PushService().subscribe()
    with pytest.raises(RefusedError) as refusal:
        send(a_push(subscribed, to=line))
    assert "evil" not in str(refusal.value) and "169" not in str(refusal.value)


@pytest.mark.parametrize("endpoint", SERVICES)
def test_the_push_services_of_browsers_are_known(endpoint: str) -> None:
    assert Subscription(endpoint=endpoint, **PushService().subscribe()["keys"]).endpoint == endpoint


def test_loopback_is_no_push_service_but_where_the_environment_names_it(
    service: PushService, subscribed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(LOOPBACK_SERVICES)
    with pytest.raises(RefusedError, match="loopback"):
        send(a_push(subscribed))
    assert service.pushed == []


def test_a_redirect_is_not_followed(
    service: PushService, subscribed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_provider() as other:
        other.script = [answers(201)]
        service.refusals = [Refusal(307, {"Location": f"{other.url}/push/1"})]
        with pytest.raises(RefusedError, match="307"):
            send(a_push(subscribed))
        assert other.asked == []


def test_a_certificate_that_is_not_trusted_leaves_nothing_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It fails before a byte of the message is written."""
    with a_provider() as plain:
        address = ("127.0.0.1", int(plain.url.rpartition(":")[2]))
        look_up = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **how: look_up(*address, **how))
        monkeypatch.setattr("wracaj.outgoing.http.SECONDS_TO_CONNECT", 1)
        keys = PushService().subscribe()["keys"]
        with pytest.raises(NotTakenError):
            send(a_push({"endpoint": "https://fcm.googleapis.com/wp/1", "keys": keys}))
        assert plain.asked == []
