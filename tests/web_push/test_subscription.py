"""An invalid subscription is recognised before anything is encrypted for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wracaj.web_push.subscription import (
    LOOPBACK_SERVICES,
    Subscription,
    leads_to_push_service,
    to_base64url,
)
from wracaj_cli.local.push_reading import Browser, G, P, bytes_of, times

ENDPOINT = "https://fcm.googleapis.com/wp/abc"


def made(**changes: str) -> Subscription:
    return Subscription(**({"endpoint": ENDPOINT} | Browser(5, b"a" * 16).keys() | changes))


def test_a_subscription_is_always_the_same_line() -> None:
    again = Subscription.model_validate_json(made().line)
    assert again.line == made().line and again == made()


@given(st.integers(min_value=1, max_value=2**255))
def test_every_point_of_the_curve_is_a_key(number: int) -> None:
    key = to_base64url(bytes_of(times(number, G)))
    assert made(p256dh=key).p256dh == key


@given(st.binary(min_size=64, max_size=64))
def test_what_is_not_on_the_curve_is_no_key(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        made(p256dh=to_base64url(b"\4" + raw))


POINT = bytes_of(times(5, G))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        POINT[:-1],
        POINT + b"\0",
        b"\2" + POINT[1:33],
        b"\0" + POINT[1:],
        b"\4" + bytes(64),
        b"\4" + (int.from_bytes(POINT[1:33], "big") + P).to_bytes(33, "big")[-32:] + POINT[33:],
    ],
    ids=["nothing", "short", "long", "compressed", "another form", "zero", "beyond the field"],
)
def test_a_key_is_an_uncompressed_point(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        made(p256dh=to_base64url(raw))


@pytest.mark.parametrize(
    "auth",
    ["", to_base64url(b"a" * 15), to_base64url(b"a" * 17), "a+b/" * 5, "YWFhYWFhYWFhYWFhYWFhYQ=="],
)
def test_the_secret_is_16_bytes_without_padding(auth: str) -> None:
    with pytest.raises(ValidationError):
        made(auth=auth)


def test_loopback_counts_only_where_the_environment_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local = made(endpoint="http://127.0.0.1:8123/push/1").endpoint
    assert not leads_to_push_service(local)
    monkeypatch.setenv(LOOPBACK_SERVICES, "http://127.0.0.1:81234 http://127.0.0.1:812")
    assert not leads_to_push_service(local)
    monkeypatch.setenv(LOOPBACK_SERVICES, "http://127.0.0.1:1 http://127.0.0.1:8123")
    assert leads_to_push_service(local) and leads_to_push_service(ENDPOINT)
