"""An opt-out by an address's reader counts for everybody who uses the address. An opt-out of an
account counts for that account."""

import pytest

from support.stories.people import (
    ANIA,
    ANIAS_PHONE,
    FAMILY_PHONE,
    FIRST,
    MAIL,
    PHONE,
    SECOND,
    STRANGER,
    STRANGERS_PHONE,
    Way,
    either_way,
    generic,
)
from support.stories.story import Story


def test_a_stop_in_an_sms_that_somebody_else_asked_for_leaves_ones_mails(story: Story) -> None:
    story.checkout("strange", email=ANIA, phone=STRANGERS_PHONE)
    story.hours(28)
    (text,) = story.texts_to(STRANGERS_PHONE)
    text.stop()
    story.checkout("own", id="ania", email=ANIA)
    story.days(5)
    assert story.addresses_of("own") == {ANIA}
    assert story.texts_to(STRANGERS_PHONE) == [text]


def test_a_stop_in_a_mail_that_somebody_else_asked_for_leaves_ones_texts(story: Story) -> None:
    story.checkout("strange", email=STRANGER, phone=ANIAS_PHONE)
    story.hours(4)
    (mail,) = story.mails_to(STRANGER)
    mail.stop()
    story.checkout("own", id="ania", phone=ANIAS_PHONE)
    story.days(5)
    assert story.addresses_of("own") == {ANIAS_PHONE}
    assert story.mails_to(STRANGER) == [mail]


def a_family(story: Story) -> None:
    """Two accounts with mails of their own and one phone, each with a cart."""
    for account, email in (("1", FIRST), ("2", SECOND)):
        story.record(account, email=email, phone=FAMILY_PHONE)
        story.checkout(f"c{account}", id=account, email=email, phone=FAMILY_PHONE)


def test_a_stop_in_the_mail_of_one_account_leaves_the_other_its_mails_and_the_phone(
    story: Story,
) -> None:
    a_family(story)
    story.hours(4)
    (mail,) = story.mails_to(FIRST)
    mail.stop()
    story.days(5)
    assert story.about("c1") == [mail]
    assert story.addresses_of("c2") == {SECOND, FAMILY_PHONE}


def test_a_stop_in_a_text_to_the_phone_of_two_silences_it_for_both_and_leaves_the_other_ones_mails(
    story: Story,
) -> None:
    a_family(story)
    story.hours(28)
    (text,) = story.texts_to(FAMILY_PHONE)
    others, mails = (
        {"c1": ("c2", SECOND), "c2": ("c1", FIRST)}[text.cart],
        len(story.mails_to(FIRST)),
    )
    text.stop()
    story.days(5)
    assert story.texts_to(FAMILY_PHONE) == [text]
    cart, address = others
    assert story.told_of(address) == [cart, cart]
    assert mails == 1


def test_a_stop_by_a_reader_silences_an_address_for_both_accounts_that_share_it(
    story: Story,
) -> None:
    story.record("1", email=FIRST)
    story.record("2", email=FIRST)
    story.checkout("c2", id="2", email=FIRST)
    story.order(id="1", email=FIRST)
    story.days(1)
    mail = story.mails_to(FIRST)[-1]
    mail.stop()
    story.checkout("later-1", id="1", email=FIRST, ticked=())
    story.checkout("later-2", id="2", email=FIRST, ticked=())
    story.days(5)
    assert story.sent_to(FIRST)[-1] == mail
    assert mail.cart == "c2"


@either_way
def test_a_no_that_the_shop_tells_of_an_account_outlives_another_address_and_a_guests_cart(
    story: Story, way: Way
) -> None:
    """The other channel goes on."""
    elsewhere = PHONE if way is MAIL else MAIL
    story.record("1", **way.one)
    story.agrees(way.channel, id="1", **way.one)
    story.refuses(way.channel, id="1", **way.one)
    story.checkout(
        "other-address", id="1", ticked=(elsewhere.channel,), **elsewhere.one | way.other
    )
    story.days(5)
    story.checkout("guest", ticked=(elsewhere.channel,), **elsewhere.one | way.one)
    story.days(5)
    assert story.sent_to(way.address) == [] and story.sent_to(way.other_address) == []
    assert set(story.told_of(elsewhere.address)) >= {"other-address"}


@either_way
def test_a_no_from_the_shop_outlives_the_box_ticked_before_in_a_cart_with_a_new_address(
    story: Story, way: Way
) -> None:
    elsewhere = PHONE if way is MAIL else MAIL
    story.record("1", **way.one)
    story.checkout("c1", id="1", **elsewhere.one | way.one)
    story.refuses(way.channel, id="1", **way.one)
    story.checkout("c1", id="1", **elsewhere.one | way.other)
    story.days(5)
    assert story.addresses_of("c1") == {elsewhere.address}


@either_way
def test_a_later_yes_for_ones_own_address_takes_back_no_no_at_another_that_was_typed(
    story: Story, way: Way
) -> None:
    story.record("1", **way.one)
    story.checkout("typed", id="1", **way.other)
    story.refuses(way.channel, id="1", **way.one)
    story.agrees(way.channel, id="1", **way.one)
    story.days(5)
    assert story.sent_to(way.other_address) == []
    story.checkout("own", id="1", **way.one)
    story.days(5)
    assert set(story.told_of(way.address)) == {"own"}


def test_a_no_that_the_shop_tells_of_an_account_outlives_the_box_that_was_ticked_before_by_a_guest(
    story: Story,
) -> None:
    story.record("1", email=FIRST)
    story.checkout("guest", email=FIRST, phone=FAMILY_PHONE)
    story.refuses("email", id="1", email=FIRST)
    story.days(5)
    assert story.addresses_of("guest") == {FAMILY_PHONE}


def test_a_no_that_the_shop_tells_with_the_id_alone_is_about_the_records_address(
    story: Story,
) -> None:
    story.record("1", email=FIRST)
    story.agrees("email", id="1", email=FIRST)
    story.refuses("email", id="1")
    story.checkout("c1", id="1", email=FIRST, phone=FAMILY_PHONE, ticked=("sms",))
    story.days(5)
    assert story.addresses_of("c1") == {FAMILY_PHONE}


def test_a_stop_ends_all_channels_of_who_is_alone_with_their_addresses(story: Story) -> None:
    story.record("ania", email=ANIA, phone=ANIAS_PHONE)
    story.checkout("own", id="ania", email=ANIA, phone=ANIAS_PHONE)
    story.hours(4)
    (mail,) = story.mails_to(ANIA)
    mail.stop()
    story.days(5)
    assert story.sent == [mail]


@pytest.mark.parametrize("is_recorded", [False, True], ids=["unknown", "recorded"])
@pytest.mark.parametrize("hours", [4, 28], ids=["in a mail", "in a text"])
def test_a_stop_of_a_guest_outlives_their_login_in_the_same_cart(
    story: Story, hours: int, is_recorded: bool
) -> None:
    story.checkout("c1", email=FIRST, phone=FAMILY_PHONE)
    story.hours(hours)
    sent = story.sent
    sent[-1].stop()
    if is_recorded:
        story.record("7", email=FIRST, phone=FAMILY_PHONE)
    story.checkout("c1", id="7", email=FIRST, phone=FAMILY_PHONE)
    story.days(6)
    assert story.sent == sent


def test_a_stop_of_a_guest_outlives_another_address_typed_in_the_same_cart(story: Story) -> None:
    story.checkout("c1", email=FIRST, phone=FAMILY_PHONE)
    story.hours(4)
    (mail,) = story.sent
    mail.stop()
    story.checkout("c1", email=SECOND, phone=FAMILY_PHONE)
    story.days(6)
    assert story.sent == [mail]


@generic
def test_a_stop_in_the_mail_of_an_account_that_the_shop_told_no_address_of_ends_that_cart(
    story: Story,
) -> None:
    story.checkout("c1", id="7", email=FIRST, phone=FAMILY_PHONE)
    story.hours(4)
    (mail,) = story.sent
    mail.stop()
    story.days(6)
    assert story.sent == [mail]


@pytest.mark.parametrize("is_merged_first", [False, True], ids=["no, merge", "merge, no"])
def test_a_no_of_an_account_that_is_merged_stands_at_the_address_of_who_is_kept(
    story: Story, is_merged_first: bool
) -> None:
    story.record("1", email=FIRST)
    story.record("2", email=SECOND)
    story.checkout("guest", email=SECOND, ticked=("email",))
    if is_merged_first:
        story.merge(kept="2", gone="1")
    story.refuses("email", id="1")
    if not is_merged_first:
        story.merge(kept="2", gone="1")
    story.days(5)
    assert story.mails_to(SECOND) == []
