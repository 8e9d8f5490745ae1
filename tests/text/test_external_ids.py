"""The length of ids is measured in bytes, as that of the table's keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger_webhook.reading import said_in
from wracaj.clock import real_now
from wracaj.external_ids import MOST_BYTES, is_external_id
from wracaj.platforms.fields import optional_id

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@given(ANY_TEXT)
def test_an_id_fits_into_a_key_whatever_its_letters(text: str) -> None:
    if is_external_id(text):
        assert 0 < len(text.encode()) <= MOST_BYTES
        assert len(f"POINTS#{text}#000001".encode()) <= 1024
        assert len(f"SHOP#{'s' * 40}#ALIAS#checkout#{text}".encode()) <= 2048


@pytest.mark.parametrize("letter", ["a", "ż", "€", "🛒"])
def test_the_longest_id_has_as_many_bytes_in_any_alphabet(letter: str) -> None:
    longest = letter * (MOST_BYTES // len(letter.encode()))
    assert optional_id(longest) == longest
    with pytest.raises(ValueError, match="255 bytes in UTF-8"):
        optional_id(longest + letter)


@pytest.mark.parametrize("odd", ["a\x00b", "a\nb", "a\u2028b", "a\ud800b", "\x7f"])
def test_what_no_key_or_log_should_hold_is_no_id(odd: str) -> None:
    assert not is_external_id(odd)


@given(ANY_TEXT)
def test_meta_s_webhook_takes_no_id_that_a_shop_could_not_tell(text: str) -> None:
    event = {"sender": {"id": "7001"}, "timestamp": 1700000000000, "referral": {"ref": text}}
    (said,) = said_in(
        {"object": "page", "entry": [{"id": "1", "messaging": [event]}]}, "1", real_now()
    )
    assert said.cart_id is None or is_external_id(said.cart_id)
