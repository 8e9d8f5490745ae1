"""Signed links: what a token guarantees, and every way to forge one."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wracaj.errors import LinkError
from wracaj.messages.links import VALID, ExpiredLinkError, Purpose, link, make_token, read_token

KEY = b"k" * 64
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
MESSAGE = "00112233445566778899"
PURPOSES = list(Purpose)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/="

message_ids = st.binary(min_size=10, max_size=10).map(bytes.hex)
moments = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)
)


def unpacked(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@given(
    message=message_ids,
    purpose=st.sampled_from(PURPOSES),
    now=moments,
    key=st.binary(min_size=1, max_size=80),
)
def test_a_token_gives_back_its_message_and_fits_an_sms(
    message: str, purpose: Purpose, now: datetime, key: bytes
) -> None:
    token = make_token(key, purpose, message, now)
    assert read_token(key, purpose, token, now) == message
    assert len(token) == 35
    assert set(token) <= set(ALPHABET[:64])


@given(message=message_ids, now=moments, purposes=st.permutations(PURPOSES))
def test_a_token_for_one_purpose_is_none_for_another(
    message: str, now: datetime, purposes: list[Purpose]
) -> None:
    token = make_token(KEY, purposes[0], message, now)
    with pytest.raises(LinkError, match="not one of our links"):
        read_token(KEY, purposes[1], token, now)


def test_a_token_of_another_installation_is_none_of_ours() -> None:
    with pytest.raises(LinkError):
        read_token(KEY, Purpose.CART, make_token(b"other" * 12, Purpose.CART, MESSAGE, NOW), NOW)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_with_any_character_changed_is_refused(purpose: Purpose) -> None:
    """All 35 × 66 of them. The last character has two bits that carry nothing: they must not make a
    second spelling."""
    token = make_token(KEY, purpose, MESSAGE, NOW)
    accepted = []
    for place in range(len(token)):
        for character in ALPHABET:
            forged = token[:place] + character + token[place + 1 :]
            if forged == token:
                continue
            try:
                read_token(KEY, purpose, forged, NOW)
            except LinkError:
                continue
            accepted.append(forged)
    assert accepted == []


def test_a_token_has_no_second_spelling() -> None:
    spelt_with_signs = next(
        token
        for number in range(1000)
        if set("-_") <= set(token := make_token(KEY, Purpose.CART, f"{number:020x}", NOW))
    )
    for other in (
        spelt_with_signs.translate(str.maketrans("-_", "+/")),
        spelt_with_signs + "=",
        spelt_with_signs + "==",
    ):
        with pytest.raises(LinkError):
            read_token(KEY, Purpose.CART, other, NOW)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_with_any_bit_flipped_is_refused(purpose: Purpose) -> None:
    raw = unpacked(make_token(KEY, purpose, MESSAGE, NOW))
    for bit in range(len(raw) * 8):
        forged = bytearray(raw)
        forged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LinkError, match="not one of our links"):
            read_token(KEY, purpose, packed(bytes(forged)), NOW)


@pytest.mark.parametrize("length", range(26))
def test_a_token_cut_short_is_refused_even_where_only_its_signature_is_cut(length: int) -> None:
    raw = unpacked(make_token(KEY, Purpose.CART, MESSAGE, NOW))
    for cut in (
        raw[:length],
        raw[-length:] if length else b"",
        raw[:14] + raw[14 : 14 + length][:11],
    ):
        with pytest.raises(LinkError):
            read_token(KEY, Purpose.CART, packed(cut), NOW)


@pytest.mark.parametrize("more", [b"\0", b"x", b"x" * 12, b"x" * 26])
def test_a_token_with_something_added_is_refused(more: bytes) -> None:
    raw = unpacked(make_token(KEY, Purpose.CART, MESSAGE, NOW))
    for longer in (raw + more, more + raw, raw[:14] + more + raw[14:]):
        with pytest.raises(LinkError):
            read_token(KEY, Purpose.CART, packed(longer), NOW)


def test_a_signature_of_the_right_length_but_of_nothing_is_refused() -> None:
    body = unpacked(make_token(KEY, Purpose.CART, MESSAGE, NOW))[:14]
    for mac in (bytes(12), b"\xff" * 12, body[:12]):
        with pytest.raises(LinkError):
            read_token(KEY, Purpose.CART, packed(body + mac), NOW)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("minute", [0, 1, 59])
def test_a_token_works_for_its_time_and_less_than_an_hour_longer(
    purpose: Purpose, minute: int
) -> None:
    made = NOW.replace(minute=minute, second=0, microsecond=0)
    token, time = make_token(KEY, purpose, MESSAGE, made), VALID[purpose]
    assert read_token(KEY, purpose, token, made + time) == MESSAGE
    with pytest.raises(ExpiredLinkError):
        read_token(KEY, purpose, token, made + time + timedelta(hours=1, seconds=1))


def test_an_unsubscribe_link_outlives_the_way_to_the_cart() -> None:
    """CAN-SPAM asks for 30 days; whoever finds an old mail still gets out."""
    assert VALID[Purpose.UNSUBSCRIBE] > VALID[Purpose.CART] >= timedelta(days=30)


def test_a_link_to_ones_data_works_for_an_hour() -> None:
    assert VALID[Purpose.DATA] == timedelta(hours=1)


def test_a_forged_expiry_is_a_forgery_and_not_an_expiry() -> None:
    """An attacker must not learn that the rest of a guess was right."""
    raw = unpacked(make_token(KEY, Purpose.CART, MESSAGE, NOW - timedelta(days=400)))
    forged = (10**6).to_bytes(4, "big") + raw[4:]
    with pytest.raises(LinkError) as refusal:
        read_token(KEY, Purpose.CART, packed(forged), NOW)
    assert not isinstance(refusal.value, ExpiredLinkError)


@given(
    token=st.one_of(
        st.text(max_size=200), st.text(ALPHABET, max_size=60), st.binary(max_size=60).map(packed)
    )
)
@example("")
@example("=" * 36)
@example("A" * 35)
@example("A" * 37)
@example("ż" * 35)
@example("\ud800" * 35)
@example("A" * 100_000)
def test_whatever_stands_in_a_link_is_a_link_error(token: str) -> None:
    with pytest.raises(LinkError):
        read_token(KEY, Purpose.CART, token, NOW)


def test_a_link_says_its_purpose_in_its_path() -> None:
    for base in ("https://wracaj.example", "https://wracaj.example/"):
        address = link(base, KEY, Purpose.UNSUBSCRIBE, MESSAGE, NOW)
        assert (
            address
            == f"https://wracaj.example/u/{make_token(KEY, Purpose.UNSUBSCRIBE, MESSAGE, NOW)}"
        )
