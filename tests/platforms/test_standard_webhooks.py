import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from support.webhook_bodies import (
    GENERIC_SECRET,
    NOW,
    OTHER_GENERIC_SECRET,
    SHARED_PAYLOADS,
    a_request,
)
from wracaj.errors import SignatureError
from wracaj.platforms.generic import standard_webhooks
from wracaj.platforms.generic.standard_webhooks import sign, verify

BODY = b'{"type": "cart.updated"}'


def signed(at: datetime = NOW) -> dict[str, str]:
    return sign("msg_1", BODY, GENERIC_SECRET, at)


def refused(
    headers: dict[str, str],
    secrets: tuple[str, ...] = (GENERIC_SECRET,),
    received_at: datetime = NOW,
) -> str:
    with pytest.raises(SignatureError) as error:
        verify(a_request(BODY, headers, received_at), secrets)
    return str(error.value)


def test_the_public_vectors_hold() -> None:
    vectors = SHARED_PAYLOADS / "standard-webhooks" / "signature-vectors.json"
    if not vectors.exists():
        pytest.skip("the public signature vectors are not here")
    vector = next(
        v
        for v in json.loads(vectors.read_text())["vectors"]
        if v["platform"] == "standard-webhooks"
    )
    at = datetime.fromtimestamp(int(vector["webhook-timestamp"]), UTC)
    body, secret = vector["body"].encode(), vector["secret"]
    headers = {
        name: vector[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    }
    assert sign(vector["webhook-id"], body, secret, at) == headers
    verify(a_request(body, headers, at), [secret])
    verify(a_request(body, headers, at), [secret.removeprefix("whsec_")])
    with pytest.raises(SignatureError):
        verify(
            a_request(
                body,
                headers | {"webhook-signature": vector["webhook-signature"].replace("OE=", "OA=")},
                at,
            ),
            [secret],
        )


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_a_clock_may_be_five_minutes_off(seconds: int) -> None:
    verify(a_request(BODY, signed(NOW + timedelta(seconds=seconds))), [GENERIC_SECRET])


@pytest.mark.parametrize("seconds", [-86_400, -301, 301, 86_400])
def test_older_and_younger_requests_are_refused(seconds: int) -> None:
    assert "5 minutes" in refused(signed(NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1.5", "1e9", "٣", " 1614265330", "9" * 30])
def test_a_timestamp_that_is_none_is_refused(stamp: str) -> None:
    assert "webhook-timestamp" in refused(signed() | {"webhook-timestamp": stamp})


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_must_be_there(name: str) -> None:
    headers = signed()
    del headers[name]
    assert name in refused(headers)


def test_id_and_timestamp_are_signed_too() -> None:
    refused(signed() | {"webhook-id": "msg_2"})
    refused(signed() | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)})


def test_any_of_several_signatures_passes_and_other_versions_are_passed_over() -> None:
    good = signed()["webhook-signature"]
    other = sign("msg_1", BODY, OTHER_GENERIC_SECRET, NOW)["webhook-signature"]
    verify(
        a_request(BODY, signed() | {"webhook-signature": f"v1a,abc {other} {good} v2,x"}),
        [GENERIC_SECRET],
    )
    refused(signed() | {"webhook-signature": f"{other} {good.replace('v1,', 'v2,')}"})


@pytest.mark.parametrize("junk", ["v1", "v1 ", " ", "  v2,x", "v1;abc"])
def test_a_list_that_is_malformed_is_refused_even_beside_a_good_signature(junk: str) -> None:
    assert "v1,<base64>" in refused(
        signed() | {"webhook-signature": f"{signed()['webhook-signature']} {junk}"}
    )


@pytest.mark.parametrize(
    "secret", ["whsec_", "", "whsec_%%%", "ł", "whsec_" + base64.b64encode(b"x" * 23).decode()]
)
def test_a_secret_that_protects_nothing_neither_signs_nor_verifies(secret: str) -> None:
    assert "24 random bytes" in refused(signed(), (secret,))
    with pytest.raises(SignatureError):
        sign("msg_1", BODY, secret, NOW)


def test_a_broken_previous_secret_does_not_lock_the_shop_out() -> None:
    verify(a_request(BODY, signed()), [GENERIC_SECRET, "whsec_%%%"])


def test_the_tolerance_is_measured_in_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRACAJ_CLOCK_STARTED_AT", "2020-01-01T00:00:00+00:00")
    monkeypatch.setenv("WRACAJ_CLOCK_SPEED", "3600")
    verify(a_request(BODY, signed()), [GENERIC_SECRET])
    assert standard_webhooks.TOLERANCE_SECONDS == 300
