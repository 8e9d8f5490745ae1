"""The keys of links through a rotation: the new one signs, what the old one signed still opens."""

from datetime import UTC, datetime, timedelta

import pytest

from wracaj.aws.link_secret import CACHED_SECONDS
from wracaj.errors import LinkError
from wracaj.messages.link_keys import KNOWN_EVERYWHERE, LinkKeyError, LinkKeys
from wracaj.messages.links import VALID, ExpiredLinkError, Purpose, make_token

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
MESSAGE = "00112233445566778899"
FIRST, SECOND, THIRD = "a" * 64, "b" * 64, "c" * 64
AFTER = NOW + KNOWN_EVERYWHERE


def a_link(keys: LinkKeys, purpose: Purpose, at: datetime) -> str:
    return make_token(keys.signing(at), purpose, MESSAGE, at)


def test_a_bare_secret_is_the_one_key() -> None:
    keys = LinkKeys.parse(FIRST)
    assert keys.signing(NOW) == FIRST.encode()
    assert keys.read(Purpose.CART, a_link(keys, Purpose.CART, NOW), NOW) == MESSAGE


def test_a_new_key_signs_only_when_every_function_knows_it() -> None:
    rotated = LinkKeys.parse(FIRST).rotated(SECOND, NOW)
    assert rotated.signing(NOW) == rotated.signing(AFTER - timedelta(seconds=1)) == FIRST.encode()
    assert rotated.signing(AFTER) == SECOND.encode()
    assert timedelta(seconds=CACHED_SECONDS) < KNOWN_EVERYWHERE


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_works_through_a_rotation_for_as_long_as_it_would_have(purpose: Purpose) -> None:
    """Signed in the last second of the old key."""
    rotated = LinkKeys.parse(FIRST).rotated(SECOND, NOW)
    signed = AFTER - timedelta(seconds=1)
    token = a_link(rotated, purpose, signed)
    assert rotated.read(purpose, token, signed + VALID[purpose]) == MESSAGE
    with pytest.raises(LinkError):
        rotated.read(purpose, token, signed + VALID[purpose] + timedelta(hours=2))


def test_a_function_that_knows_only_the_old_secret_opens_what_is_signed_meanwhile() -> None:
    before = LinkKeys.parse(FIRST)
    rotated = before.rotated(SECOND, NOW)
    token = a_link(rotated, Purpose.CART, NOW + timedelta(seconds=CACHED_SECONDS))
    assert before.read(Purpose.CART, token, NOW) == MESSAGE


def test_an_expired_link_of_the_old_key_is_told_as_expired() -> None:
    rotated = LinkKeys.parse(FIRST).rotated(SECOND, NOW)
    token = a_link(rotated, Purpose.CART, NOW)
    with pytest.raises(ExpiredLinkError) as refusal:
        rotated.read(Purpose.CART, token, NOW + timedelta(days=40))
    assert refusal.value.message_id == MESSAGE


def test_the_old_key_is_no_longer_accepted_when_its_last_link_has_expired() -> None:
    rotated = LinkKeys.parse(FIRST).rotated(SECOND, NOW)
    later = NOW + timedelta(days=200)
    forged = make_token(FIRST.encode(), Purpose.UNSUBSCRIBE, MESSAGE, later)
    with pytest.raises(LinkError):
        rotated.read(Purpose.UNSUBSCRIBE, forged, later)
    assert [one.key for one in rotated.rotated(THIRD, later).keys] == [SECOND, THIRD]


def test_two_rotations_at_once_leave_a_key_that_signs() -> None:
    twice = LinkKeys.parse(FIRST).rotated(SECOND, NOW).rotated(THIRD, NOW + timedelta(minutes=1))
    assert twice.signing(NOW + timedelta(minutes=2)) == FIRST.encode()
    assert twice.signing(AFTER) == SECOND.encode()
    assert twice.signing(AFTER + timedelta(minutes=1)) == THIRD.encode()
    for key in (FIRST, SECOND, THIRD):
        token = make_token(key.encode(), Purpose.CART, MESSAGE, AFTER)
        assert twice.read(Purpose.CART, token, AFTER) == MESSAGE


def test_what_a_leaked_key_signed_unsubscribes_and_opens_nothing() -> None:
    before = LinkKeys.parse(FIRST)
    rotated = before.rotated(SECOND, NOW, leaked=True)
    assert rotated.signing(NOW) == SECOND.encode()
    for purpose in Purpose:
        token = a_link(before, purpose, NOW - timedelta(minutes=5))
        if purpose is Purpose.UNSUBSCRIBE:
            assert rotated.read(purpose, token, NOW) == MESSAGE
        else:
            with pytest.raises(LinkError):
                rotated.read(purpose, token, NOW)


def test_a_leaked_key_stays_leaked_after_the_next_rotation() -> None:
    rotated = LinkKeys.parse(FIRST).rotated(SECOND, NOW, leaked=True).rotated(THIRD, NOW)
    assert [one.stops_only for one in rotated.keys] == [True, False, False]


def test_the_secret_is_read_as_it_was_written() -> None:
    keys = LinkKeys.parse(FIRST).rotated(SECOND, NOW).rotated(THIRD, NOW, leaked=True)
    assert LinkKeys.parse(keys.as_text) == keys


@pytest.mark.parametrize(
    "secret",
    [
        "{",
        "{}",
        '{"keys": []}',
        '{"keys": [{}]}',
        '{"keys": [{"key": "short"}]}',
        '{"keys": "x"}',
        f'{{"keys": [{{"key": "{FIRST}", "signs_from": "2026-12-01T00:00:00"}}]}}',
        f'{{"keys": [{{"key": "{FIRST}", "signs_from": "soon"}}]}}',
    ],
)
def test_a_secret_that_cannot_be_used_is_refused_and_not_told(secret: str) -> None:
    with pytest.raises(LinkKeyError) as refusal:
        LinkKeys.parse(secret)
    assert FIRST not in str(refusal.value)
