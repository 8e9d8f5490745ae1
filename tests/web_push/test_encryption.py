"""RFC 8291's own example, encrypted and decrypted. The sending and the receiving side, which share
no code, understand each other."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wracaj.web_push.encryption import (
    MOST_BYTES,
    OVERHEAD,
    authorization,
    encrypted,
    new_private_key,
    public_key,
)
from wracaj.web_push.subscription import Subscription
from wracaj_cli.local.push_reading import Browser, PushError, claims_of, padless, unpadded

# RFC 8291, section 5 and appendix A.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_PUBLIC = (
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
)
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_PUBLIC = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/gAAAAAB"
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


def a_subscription(browser: Browser) -> Subscription:
    return Subscription(endpoint=ENDPOINT, **browser.keys())


def test_the_example_of_rfc_8291_is_written_byte_for_byte() -> None:
    to = Subscription(endpoint=ENDPOINT, p256dh=BROWSER_PUBLIC, auth=AUTH)
    assert padless(encrypted(PLAINTEXT, to, unpadded(SALT), SENDER_PRIVATE)) == BODY
    assert public_key(SENDER_PRIVATE) == SENDER_PUBLIC


def test_the_example_of_rfc_8291_is_read_by_the_other_end() -> None:
    browser = Browser(int.from_bytes(unpadded(BROWSER_PRIVATE), "big"), unpadded(AUTH))
    assert padless(browser.public) == BROWSER_PUBLIC
    assert browser.read(unpadded(BODY)) == PLAINTEXT


@settings(max_examples=15)
@given(st.binary(max_size=MOST_BYTES))
def test_what_is_encrypted_for_a_browser_is_read_by_it_and_by_no_other(text: bytes) -> None:
    browser = Browser()
    body = encrypted(text, a_subscription(browser))
    assert len(body) == len(text) + OVERHEAD <= 4096
    assert browser.read(body) == text
    with pytest.raises(PushError):
        Browser().read(body)


def test_every_message_has_a_salt_and_a_key_of_its_own() -> None:
    to = a_subscription(Browser())
    one, other = encrypted(b"hi", to), encrypted(b"hi", to)
    assert one[:16] != other[:16] and one[21:86] != other[21:86]


def test_a_byte_that_was_changed_on_its_way_is_noticed() -> None:
    browser = Browser()
    body = bytearray(encrypted(b"hi", a_subscription(browser)))
    body[-20] ^= 1
    with pytest.raises(PushError):
        browser.read(bytes(body))


def test_the_token_says_to_whom_from_whom_and_for_how_long() -> None:
    key = new_private_key()
    scheme, token, own = (
        authorization(ENDPOINT, key, "mailto:sklep@kubek.example", NOW).replace(",", "").split(" ")
    )
    assert (scheme, own) == ("vapid", f"k={public_key(key)}")
    claims = claims_of(token.removeprefix("t="), unpadded(public_key(key)))
    assert claims["aud"] == "https://updates.push.services.mozilla.com"
    assert claims["sub"] == "mailto:sklep@kubek.example"
    assert NOW < datetime.fromtimestamp(claims["exp"], UTC) < NOW + timedelta(hours=24)


def test_a_token_of_another_key_or_with_other_claims_does_not_hold() -> None:
    key = new_private_key()
    token = authorization(ENDPOINT, key, "mailto:a@kubek.example", NOW).split("t=")[1].split(",")[0]
    with pytest.raises(PushError):
        claims_of(token, unpadded(public_key(new_private_key())))
    header, claims, signature = token.split(".")
    forged = padless(
        json.dumps(json.loads(unpadded(claims)) | {"sub": "mailto:b@kubek.example"}).encode()
    )
    with pytest.raises(PushError):
        claims_of(f"{header}.{forged}.{signature}", unpadded(public_key(key)))


@settings(max_examples=10)
@given(st.integers(min_value=1, max_value=2**256))
def test_the_two_ends_agree_on_public_keys(number: int) -> None:
    private = number % (2**255) + 1
    assert unpadded(public_key(padless(private.to_bytes(32, "big")))) == Browser(private).public
