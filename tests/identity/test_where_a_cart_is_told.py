"""Messages about a cart go to the address that was typed into it, and to the address in the shop's
record of its customer, and to no other."""

import pytest

from support.stories.people import (
    ANIA,
    ANIAS_PHONE,
    FIRST,
    HER_NAME,
    STRANGER,
    STRANGERS_PHONE,
    generic,
    shopify,
)
from support.stories.story import Story


@generic
def test_a_phone_that_was_typed_beside_ones_mail_hears_nothing_of_ones_next_cart(
    story: Story,
) -> None:
    story.record("ania", email=ANIA)
    story.agrees("email", id="ania", email=ANIA)
    story.agrees("sms", phone=STRANGERS_PHONE)
    story.checkout("strange", email=ANIA, phone=STRANGERS_PHONE)
    story.checkout("own", id="ania")
    story.days(5)
    assert story.addresses_of("own") == {ANIA}


@generic
def test_a_mail_address_that_was_typed_beside_ones_phone_hears_nothing_of_ones_next_cart(
    story: Story,
) -> None:
    story.record("ania", phone=ANIAS_PHONE)
    story.agrees("sms", id="ania", phone=ANIAS_PHONE)
    story.agrees("email", email=STRANGER)
    story.checkout("strange", email=STRANGER, phone=ANIAS_PHONE)
    story.checkout("own", id="ania")
    story.days(5)
    assert story.addresses_of("own") == {ANIAS_PHONE}


@shopify
def test_a_phone_that_a_guest_typed_into_a_record_of_shopify_is_not_its_owners(
    story: Story,
) -> None:
    """Shopify looks the record up by the typed mail address, and stores the typed phone in it."""
    story.checkout("strange", id="ania", email=ANIA, phone=STRANGERS_PHONE)
    story.record("ania", email=ANIA, phone=STRANGERS_PHONE)
    story.agrees("sms", id="ania", phone=STRANGERS_PHONE)
    story.checkout("own", id="ania", email=ANIA, ticked=("email",))
    story.days(5)
    assert story.addresses_of("own") == {ANIA}


@generic
def test_a_phone_on_an_order_with_ones_mail_hears_nothing_of_ones_next_cart(story: Story) -> None:
    story.record("ania", email=ANIA)
    story.agrees("email", id="ania", email=ANIA)
    story.agrees("sms", phone=STRANGERS_PHONE)
    story.order(email=ANIA, phone=STRANGERS_PHONE)
    story.hours(1)
    story.checkout("own", id="ania")
    story.days(5)
    assert story.addresses_of("own") == {ANIA}


@generic
def test_a_mail_address_on_an_order_with_ones_phone_hears_nothing_of_ones_next_cart(
    story: Story,
) -> None:
    story.record("ania", phone=ANIAS_PHONE)
    story.agrees("sms", id="ania", phone=ANIAS_PHONE)
    story.agrees("email", email=STRANGER)
    story.order(email=STRANGER, phone=ANIAS_PHONE)
    story.hours(1)
    story.checkout("own", id="ania")
    story.days(5)
    assert story.addresses_of("own") == {ANIAS_PHONE}


def test_a_stranger_who_types_ones_phone_does_not_learn_ones_name(story: Story) -> None:
    story.record("ania", email=ANIA, phone=ANIAS_PHONE, name="Zofia")
    story.checkout("strange", email=STRANGER, phone=ANIAS_PHONE)
    story.days(5)
    assert {message.cart for message in story.sent_to(STRANGER)} == {"strange"}
    assert not [message for message in story.sent if HER_NAME in message.text]


@shopify
def test_a_name_in_shopifys_record_is_for_the_records_mail_alone(story: Story) -> None:
    story.record("ania", email=ANIA, name="Zofia")
    story.checkout("strange", id="ania", email=STRANGER, phone=STRANGERS_PHONE)
    story.days(5)
    assert story.addresses_of("strange") == {STRANGER, STRANGERS_PHONE}
    assert not [message for message in story.sent if HER_NAME in message.text]


@shopify
def test_a_name_in_shopifys_record_stands_in_a_mail_to_the_records_address(story: Story) -> None:
    story.record("ania", email=ANIA, name="Zofia")
    story.checkout("own", id="ania", email=ANIA, phone=STRANGERS_PHONE)
    story.days(5)
    assert {message.delivery.to for message in story.sent if HER_NAME in message.text} == {ANIA}


@generic
@pytest.mark.parametrize("has_record", [True, False], ids=["customer.updated", "consent.updated"])
def test_two_carts_of_one_shopper_are_told_once_though_the_record_that_joins_them_comes_later(
    story: Story, has_record: bool
) -> None:
    story.checkout("c2", email=FIRST)
    story.checkout("c1", id="7")
    if has_record:
        story.record("7", email=FIRST)
    story.agrees("email", id="7", email=FIRST)
    story.days(5)
    assert set(story.told_of(FIRST)) == {"c1"}
