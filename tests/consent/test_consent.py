"""Which word of a shopper counts, and what each one is worth."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from support.builders import HOUR, NOON
from wracaj.consent.channel import RECORDED_FIELDS, TRAITS, Channel
from wracaj.consent.consent import Consent, ConsentState, address_hash_of, latest, to_be_confirmed
from wracaj.consent.preferences import Pace, Topic, topic_of
from wracaj.timelines.occasion import OccasionKind

YES, NO = ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED
PENDING, UNKNOWN = ConsentState.PENDING, ConsentState.UNKNOWN
MOMENT = timedelta(microseconds=1)


def a_word(state: ConsentState = YES, **changes: Any) -> Consent:
    return Consent(**({"state": state, "at": NOON} | changes))


def test_a_word_of_which_no_more_is_told_is_neither_a_click_nor_confirmed() -> None:
    word = a_word()
    assert not (word.confirmed or word.by_click or word.to_confirm)
    assert (word.source, word.address_hash) == ("", "")


def test_what_was_said_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_word(NO).state = YES  # type: ignore[misc]


def test_the_newest_word_counts_and_an_unknown_one_never() -> None:
    assert latest(a_word(NO), a_word(YES, at=NOON + MOMENT)) is YES
    assert latest(a_word(YES), a_word(NO, at=NOON + MOMENT)) is NO
    assert latest(a_word(YES), a_word(UNKNOWN, at=NOON + HOUR), None) is YES
    assert latest(a_word(UNKNOWN), None) is latest() is UNKNOWN


def test_at_the_same_moment_a_no_counts() -> None:
    assert latest(a_word(YES), a_word(NO)) is latest(a_word(NO), a_word(YES)) is NO
    assert a_word(YES).version.endswith("#0") and a_word(NO).version.endswith("#1")


@pytest.mark.parametrize("source", ["import", "CSV Import 2024", "shopify, undated"])
def test_a_word_of_a_list_or_of_no_known_time_is_imported(source: str) -> None:
    assert a_word(source=source).imported


@pytest.mark.parametrize("source", ["", "checkout", "an undated box"])
def test_any_other_word_is_not(source: str) -> None:
    assert not a_word(source=source).imported


def test_an_erasure_forgets_a_yes_from_before_it_and_never_a_no() -> None:
    assert a_word(YES).is_forgotten(NOON)
    assert a_word(YES).is_forgotten(NOON + MOMENT)
    assert not a_word(YES).is_forgotten(NOON - MOMENT)
    assert not a_word(YES).is_forgotten(None)
    assert not a_word(NO).is_forgotten(NOON)


def test_a_yes_waits_for_its_confirmation_where_the_shop_wants_one() -> None:
    asked = to_be_confirmed(a_word(YES), Channel.EMAIL, {"email"})
    assert (asked.state, asked.to_confirm) == (PENDING, True)


@pytest.mark.parametrize(
    ("word", "channels"),
    [
        (a_word(YES), {"sms"}),
        (a_word(YES), ()),
        (a_word(YES, confirmed=True), {"email"}),
        (a_word(NO), {"email"}),
    ],
)
def test_what_is_confirmed_or_no_yes_stays_as_it_is(word: Consent, channels: Any) -> None:
    assert to_be_confirmed(word, Channel.EMAIL, channels) is word


def test_an_address_is_known_by_sixteen_digits_and_none_by_nothing() -> None:
    known = address_hash_of("anna@example.com")
    assert len(known) == 16 and known != address_hash_of("ola@example.com")
    assert address_hash_of("") == address_hash_of(None) == ""


def test_a_pace_is_a_week_or_a_month() -> None:
    assert (Pace.WEEKLY.days, Pace.MONTHLY.days) == (7, 30)


def test_a_cart_is_of_its_own_topic_and_what_was_asked_for_of_none() -> None:
    assert topic_of(None) is Topic.CARTS
    assert topic_of(OccasionKind.BROWSE) is Topic.CARTS
    assert topic_of(OccasionKind.AFTER_PURCHASE) is Topic.ORDERS
    assert topic_of(OccasionKind.CONFIRM_CONSENT) is None


def with_trait(name: str) -> set[Channel]:
    return {channel for channel, traits in TRAITS.items() if getattr(traits, name)}


def test_sms_alone_is_held_back_by_what_only_a_phone_needs() -> None:
    assert with_trait("mobiles_only") == with_trait("stops_for_orders_at_address") == {Channel.SMS}


def test_messenger_alone_closes_a_day_after_the_shopper_wrote() -> None:
    assert with_trait("window") == {Channel.MESSENGER}
    assert TRAITS[Channel.MESSENGER].window == timedelta(hours=24)


def test_every_message_but_an_audience_counts_for_the_caps() -> None:
    assert with_trait("counts_for_caps") == set(Channel) - {Channel.AUDIENCE}


def test_what_the_shops_record_holds_is_recorded() -> None:
    recorded = {Channel.EMAIL, Channel.SMS, Channel.AUDIENCE}
    assert set(RECORDED_FIELDS) == {"email", "phone"}
    assert with_trait("is_recorded") == recorded


def test_campaigns_go_where_anybody_can_be_written_to() -> None:
    assert with_trait("takes_campaigns") == {Channel.EMAIL, Channel.SMS, Channel.WEB_PUSH}


def test_an_address_that_is_gone_is_dropped_only_where_it_cannot_come_back() -> None:
    assert with_trait("drops_gone_address") == {Channel.WEB_PUSH}
    assert with_trait("keeps_first_owner") == {Channel.MESSENGER}
