"""A cart that only the script in the shop's pages reported leads to one message at most to its
typed address; and whoever is asked whether they agree has something to answer."""

from typing import Any

import pytest

from support.builders import (
    HOUR,
    NOON,
    a_cart,
    a_shopper,
    a_step,
    some_occasion,
    some_settings,
    yes,
)
from wracaj.carts.page_carts import page_cart_id
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import CartContent, Contact
from wracaj.timelines.decision import decide
from wracaj.timelines.eligibility import has_had_its_reminder, reason_to_skip
from wracaj.timelines.steps import Reason, RecordState, StepRecord

PAGE_CART = page_cart_id("kubek", "k" * 32)
LEFT = {RecordState.SENDING, RecordState.SENT, RecordState.UNKNOWN}


def a_record(by: Channel, state: RecordState) -> StepRecord:
    return StepRecord(
        state=state,
        reason=Reason.DUE,
        at=NOON,
        message_id="00" * 10,
        channel=by,
        template="cart_reminder",
    )


def reminded(
    by: Channel = Channel.EMAIL,
    state: RecordState = RecordState.SENT,
    *,
    cart_id: str = PAGE_CART,
    **step: Any,
) -> bool:
    cart = a_cart(cart_id=cart_id, records={"1#first_email": a_record(by, state)})
    return has_had_its_reminder(cart, a_step(name="second_email", **step))


@pytest.mark.parametrize("state", RecordState)
def test_a_page_cart_had_its_reminder_once_one_may_have_left(state: RecordState) -> None:
    assert reminded(state=state) is (state in LEFT)


def test_a_second_reminder_is_refused_for_that_reason() -> None:
    records = {"1#first_email": a_record(Channel.EMAIL, RecordState.SENT)}
    ticked = {Channel.EMAIL: yes(NOON - 5 * HOUR)}
    cart = a_cart(cart_id=PAGE_CART, consent=ticked, records=records)
    shopper, shop = a_shopper(), some_settings()
    assert reason_to_skip(cart, shopper, a_step(name="next"), shop, NOON) is Reason.ALREADY_SENT
    first = a_cart(cart_id=PAGE_CART, consent=ticked)
    assert reason_to_skip(first, shopper, a_step(), shop, NOON) is None


def test_a_cart_that_the_shop_reported_may_have_more() -> None:
    assert not reminded(cart_id="c1")


def test_a_message_on_another_channel_is_none_to_this_address() -> None:
    assert not reminded(Channel.SMS)
    assert reminded(Channel.SMS, channel="sms")


def test_what_nobody_typed_may_be_reminded_again() -> None:
    assert not reminded(Channel.WEB_PUSH, channel="web_push")


def test_what_came_of_its_other_messages_does_not_matter() -> None:
    records = {
        "1#first_email": a_record(Channel.EMAIL, RecordState.SENT),
        "1#second_email": a_record(Channel.EMAIL, RecordState.SKIPPED),
    }
    cart = a_cart(cart_id=PAGE_CART, records=records)
    assert has_had_its_reminder(cart, a_step(name="third_email"))


def test_a_page_cart_without_any_message_has_had_none() -> None:
    assert not has_had_its_reminder(a_cart(cart_id=PAGE_CART), a_step())


def reason_to_ask(shopper: Any, occasion: str = "confirm_consent") -> Reason:
    asks = a_step(name="confirm_email", template="confirm_consent", after_seconds=0)
    subject = some_occasion(
        occasion, touched=NOON, content=CartContent(), contact=Contact(email="anna@example.com")
    )
    return decide(subject, shopper, asks, some_settings(), NOON).reason


def test_who_has_nothing_to_confirm_is_not_asked() -> None:
    silent = a_shopper(consent={})
    waits = Consent(state=ConsentState.PENDING, at=NOON - HOUR, to_confirm=True)
    asked = silent.changed(silent.owner.with_pending(Channel.EMAIL, waits))
    assert reason_to_ask(asked) is Reason.DUE
    assert reason_to_ask(silent) is reason_to_ask(a_shopper()) is Reason.NO_CONTENT
    assert reason_to_ask(silent, "data_link") is Reason.DUE
