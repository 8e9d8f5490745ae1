"""The conditions of each channel and the shopper's own choices, tested in the whole decision."""

from datetime import datetime
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
from support.decisions import AT_META, CHATS, JOINS, NIGHT, a_membership, result_of, sent
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState, address_hash_of
from wracaj.consent.preferences import Pace, Topic, topic_of
from wracaj.customers.identity import IdentifierKind
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact
from wracaj.timelines.occasion import ASKED_FOR, OccasionKind
from wracaj.timelines.steps import Outcome, Reason, StepResult


def on_messenger(
    wrote: datetime | None, touched: datetime = NOON - 4 * HOUR, **changes: Any
) -> StepResult:
    said = Consent(
        state=ConsentState.SUBSCRIBED, at=NOON - 9 * HOUR, address_hash=address_hash_of("7")
    )
    contact = Contact(messenger="7")
    shopper = a_shopper(contact=contact, consent={Channel.MESSENGER: said}, wrote_at=wrote)
    cart = a_cart(contact=contact, touched=touched)
    return result_of(cart=cart, shopper=shopper, step=CHATS, shop=AT_META, **changes)


def test_a_browser_is_told_nothing_by_a_shop_that_has_not_set_up_notifications() -> None:
    push = a_step(channel="web_push", template="cart_push")
    said = Consent(
        state=ConsentState.SUBSCRIBED, at=NOON - 9 * HOUR, address_hash=address_hash_of("browser")
    )
    contact = Contact(web_push="browser")
    shopper = a_shopper(contact=contact, consent={Channel.WEB_PUSH: said})
    told = {"step": push, "cart": a_cart(contact=contact), "shopper": shopper}
    assert result_of(**told).reason is Reason.NOT_SET_UP
    assert (
        result_of(
            **told, shop=some_settings(web_push={"contact": "mailto:a@kubek.example"})
        ).outcome
        is Outcome.SENT
    )


def test_messenger_is_open_for_a_day_after_the_shopper_wrote() -> None:
    assert on_messenger(NOON - 23.9 * HOUR).outcome is Outcome.SENT
    for wrote in (None, NOON - 24 * HOUR, NOON - 99 * HOUR):
        result = on_messenger(wrote)
        assert (result.outcome, result.reason) == (Outcome.SKIPPED, Reason.WINDOW_CLOSED)


def test_a_messenger_message_does_not_wait_for_a_morning_when_its_window_will_be_over() -> None:
    late = {"now": NIGHT, "touched": NIGHT - HOUR}
    assert on_messenger(NIGHT - 20 * HOUR, **late).reason is Reason.WINDOW_CLOSED
    assert on_messenger(NIGHT - 1 * HOUR, **late).reason is Reason.QUIET_HOURS


def an_agreeing_shopper(**changes: Any) -> Shopper:
    return a_shopper(consent={Channel.EMAIL: yes(), Channel.AUDIENCE: yes()}, **changes)


def test_an_audience_is_joined_at_night_and_over_every_cap_but_not_without_consent() -> None:
    crowded = an_agreeing_shopper(
        sent=tuple(sent(hours) for hours in (1, 2, 3, 4, 5)), pace=Pace.MONTHLY
    )
    night = {"now": NIGHT, "cart": a_cart(touched=NIGHT - 4 * HOUR), "step": JOINS, "shop": AT_META}
    assert result_of(shopper=crowded, **night).outcome is Outcome.SENT
    assert result_of(step=JOINS, shop=AT_META).reason is Reason.NO_CONSENT


def test_a_try_that_joined_and_was_not_heard_may_join_again() -> None:
    joins = {"step": JOINS, "shop": AT_META}
    assert (
        result_of(shopper=an_agreeing_shopper(audience=a_membership()), **joins).outcome
        is Outcome.SENT
    )
    elsewhere = an_agreeing_shopper(audience=a_membership(name="winter"))
    assert result_of(shopper=elsewhere, **joins).reason is Reason.IN_AUDIENCE


def test_an_audience_that_the_settings_do_not_name_is_not_joined() -> None:
    shop = some_settings(audiences={"winter": {"id": "238002"}})
    assert (
        result_of(step=JOINS, shopper=an_agreeing_shopper(), shop=shop).reason is Reason.NOT_SET_UP
    )


@pytest.mark.parametrize(("pace", "days"), [(Pace.WEEKLY, 7), (Pace.MONTHLY, 30)])
def test_who_asks_for_fewer_messages_gets_one_in_so_long_over_all_channels(
    pace: Pace, days: int
) -> None:
    def reason(hours_ago: float) -> Reason:
        return result_of(shopper=a_shopper(pace=pace, sent=(sent(hours_ago, Channel.SMS),))).reason

    assert reason(days * 24 - 25) is Reason.FREQUENCY_CAP
    assert reason(days * 24 + 1) is Reason.DUE


def test_what_was_declined_is_not_sent_and_the_rest_is() -> None:
    customer = a_shopper(declined={Topic.OFFERS})
    assert result_of(shopper=customer).outcome is Outcome.SENT
    assert (
        result_of(shopper=customer, cart=some_occasion("win_back")).reason is Reason.TOPIC_DECLINED
    )


def test_every_occasion_has_a_topic() -> None:
    """But for what the shopper has just asked for, which nobody declines."""
    assert {occasion for occasion in OccasionKind if topic_of(occasion) is None} == ASKED_FOR


def test_a_bounce_of_one_address_leaves_the_other() -> None:
    shopper = a_shopper()
    phone = shopper.known[shopper.names[IdentifierKind.PHONE]].suppressing(Channel.SMS, "bounce")
    texts = a_step(name="sms", channel="sms")
    assert result_of(shopper=shopper.changed(phone)).outcome is Outcome.SENT
    assert result_of(shopper=shopper.changed(phone), step=texts).reason is Reason.SUPPRESSED
