"""An order ends the carts of its own shopper and of nobody else. The strongest identifier that both
have decides."""

from itertools import pairwise

import pytest

from support.builders import HOUR
from support.stories.people import (
    ANIA,
    ANIAS_PHONE,
    FAMILY_PHONE,
    FIRST,
    MAIL,
    PHONE,
    SECOND,
    STRANGER,
    Way,
    either_way,
    generic,
    shopify,
)
from support.stories.story import Story


@generic
def test_an_order_of_a_stranger_with_ones_phone_silences_the_phone_and_no_more(
    story: Story,
) -> None:
    story.checkout("own", id="ania", email=ANIA, phone=ANIAS_PHONE)
    story.order(email=STRANGER, phone=ANIAS_PHONE)
    story.days(5)
    assert story.addresses_of("own") == {ANIA}


@shopify
def test_an_order_of_another_record_with_ones_phone_silences_the_phone_and_no_more(
    story: Story,
) -> None:
    story.checkout("own", id="ania", email=ANIA, phone=ANIAS_PHONE)
    story.order(id="stranger", email=STRANGER, phone=ANIAS_PHONE)
    story.days(5)
    assert story.addresses_of("own") == {ANIA}


def test_an_order_at_the_till_that_names_the_phone_alone_ends_the_cart_on_all_channels(
    story: Story,
) -> None:
    story.checkout("own", id="ania", email=ANIA, phone=ANIAS_PHONE)
    story.order(phone=ANIAS_PHONE)
    story.days(5)
    assert story.sent == []


def test_an_order_at_the_till_after_the_first_mail_ends_what_is_left(story: Story) -> None:
    story.checkout("own", id="ania", email=ANIA, phone=ANIAS_PHONE)
    story.hours(4)
    story.order(phone=ANIAS_PHONE)
    story.days(5)
    assert [message.delivery.channel for message in story.sent] == ["email"]


@either_way
def test_an_order_of_a_guest_ends_the_cart_of_an_account_with_the_same_address(
    story: Story, way: Way
) -> None:
    story.checkout("own", id="ania", email=FIRST, phone=PHONE.address)
    story.order(**way.one)
    story.days(5)
    assert story.sent == []


@either_way
def test_a_guest_who_logs_in_during_a_checkout_is_reminded_once(story: Story, way: Way) -> None:
    story.checkout("c1", **way.one)
    story.checkout("c1", id="ania", **way.one)
    story.days(5)
    assert [one.start.timeline for one in story.timelines_of("c1")] == ["abandoned_cart"]
    assert story.told_of(way.address) == ["c1"] * way.reminders


@either_way
def test_a_cart_of_a_guest_who_logged_in_is_ended_by_an_order_of_the_account(
    story: Story, way: Way
) -> None:
    story.checkout("c1", **way.one)
    story.checkout("c1", id="ania", **way.one)
    story.hours(4)
    story.order(id="ania")
    story.days(5)
    assert story.told_of(way.address) == ["c1"] * (way.reminders - 1)


@either_way
def test_an_order_of_an_account_ends_the_other_cart_of_its_address(story: Story, way: Way) -> None:
    story.checkout("c1", **way.one)
    story.order(cart="c2", id="ania", **way.one)
    story.days(5)
    assert story.sent == []


def corrected(story: Story, way: Way) -> None:
    """Somebody mistypes one address, and corrects it; it belongs to a customer, who buys."""
    rest = {"email": ANIA, "phone": ANIAS_PHONE}
    story.checkout("c1", **rest | way.other)
    story.checkout("c1", **rest | way.one)
    story.order(id="somebody", **way.other)


@either_way
def test_an_address_that_was_corrected_joins_nobody_and_its_owners_order_ends_nothing(
    story: Story, way: Way
) -> None:
    corrected(story, way)
    story.days(5)
    assert len(story.mails_to(FIRST if way is MAIL else ANIA)) == 2
    assert len(story.texts_to(PHONE.address if way is PHONE else ANIAS_PHONE)) == 1
    assert story.sent_to(way.other_address) == []


@either_way
def test_forgetting_the_owner_of_an_address_that_was_corrected_takes_no_cart(
    story: Story, way: Way
) -> None:
    corrected(story, way)
    story.redact(id="somebody", **way.other)
    story.days(5)
    assert story.told_of(way.address) == ["c1"] * way.reminders


def test_two_accounts_with_one_mail_address_buy_each_for_themselves(story: Story) -> None:
    story.record("1", email=FIRST)
    story.record("2", email=FIRST)
    story.checkout("c2", id="2", email=FIRST)
    story.order(id="1", email=FIRST)
    story.days(5)
    assert story.told_of(FIRST) == ["c2", "c2"]


def test_two_accounts_with_one_mail_address_share_its_caps(story: Story) -> None:
    story.record("1", email=FIRST)
    story.record("2", email=FIRST)
    story.checkout("c1", id="1", email=FIRST)
    story.checkout("c2", id="2", email=FIRST)
    story.days(5)
    moments = [message.delivery.at for message in story.mails_to(FIRST)]
    assert set(story.told_of(FIRST)) == {"c1", "c2"}
    assert all(later - earlier >= 12 * HOUR for earlier, later in pairwise(moments))


def test_two_in_a_family_with_one_phone_are_reminded_each_of_their_own(story: Story) -> None:
    story.checkout("c1", id="1", email=FIRST, phone=FAMILY_PHONE)
    story.checkout("c2", id="2", email=SECOND, phone=FAMILY_PHONE)
    story.order(cart="c1", id="1", email=FIRST)
    story.days(5)
    assert set(story.told_of(SECOND)) == {"c2"}
    assert story.sent_to(FIRST) == []


@generic
@pytest.mark.parametrize("event", ["order.created", "checkout.completed"])
def test_an_order_that_names_the_cart_alone_ends_the_checkout_that_it_was_told_with(
    story: Story, event: str
) -> None:
    cart = {
        "checkout_id": "k1",
        "items": [{"title": "Kubek", "quantity": 1, "unit_price": "10.00"}],
        "currency": "PLN",
    }
    consent = {"email": {"state": "subscribed", "updated_at": story.ago(minutes=0)}}
    story.say("cart.updated", cart_id="c1", **cart)
    story.a_minute_passes()
    story.say("checkout.updated", customer={"email": FIRST}, consent=consent, **cart)
    story.a_minute_passes()
    story.say(event, cart_id="c1", **({"order_id": "o1"} if event == "order.created" else {}))
    story.days(5)
    assert story.sent == []
