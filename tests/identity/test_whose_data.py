"""The reader of an address can export and erase the data of that address. An account's data belongs
to the account."""

import json

import pytest

from support.stories.cloud import Cloud
from support.stories.people import (
    ANIA,
    ANIAS_PHONE,
    FAMILY_PHONE,
    FIRST,
    SECOND,
    STRANGER,
    Way,
    either_way,
    generic,
    shopify,
)
from support.stories.standing import points_of
from support.stories.story import Story
from support.stories.telling import CLUB, a_story


def a_stranger_takes_and_erases(story: Story) -> str:
    """All that is known of them; what the file says."""
    story.hours(4)
    link = story.mails_to(STRANGER)[-1].data_link()
    told = json.dumps(story.data(link))
    story.erase(link)
    return told


def is_whole(story: Story) -> None:
    """The owner of the phone has points, and is reminded."""
    assert points_of(story, id="owner") == 300
    story.hours(1)
    story.checkout("own", id="owner", phone=ANIAS_PHONE)
    story.days(5)
    assert story.addresses_of("own") == {ANIAS_PHONE}


@generic
def test_who_types_ones_phone_takes_away_and_erases_their_own_cart_alone(story: Story) -> None:
    story.record("owner", phone=ANIAS_PHONE)
    story.order("hers", id="owner", phone=ANIAS_PHONE, total="300.00")
    story.hours(1)
    story.checkout("strange", email=STRANGER, phone=ANIAS_PHONE)
    told = a_stranger_takes_and_erases(story)
    assert "Kubek nr strange" in told and "hers" not in told
    is_whole(story)


@shopify
def test_who_buys_with_ones_phone_takes_away_and_erases_their_own_order_alone(story: Story) -> None:
    story.order("hers", id="owner", phone=ANIAS_PHONE, total="300.00")
    story.order("theirs", id="stranger", email=STRANGER, phone=ANIAS_PHONE, total="20.00")
    story.hours(1)
    story.checkout("strange", id="stranger", email=STRANGER)
    told = a_stranger_takes_and_erases(story)
    assert story.id_of("hers") not in told
    is_whole(story)


def test_forgetting_one_in_a_family_leaves_the_other_all_that_is_theirs(story: Story) -> None:
    story.order("o1", id="1", email=FIRST, phone=FAMILY_PHONE, total="120.00")
    story.order("o2", id="2", email=SECOND, phone=FAMILY_PHONE, total="400.00")
    story.hours(1)
    story.checkout("c2", id="2", email=SECOND, phone=FAMILY_PHONE)
    story.redact(id="1", email=FIRST, phone=FAMILY_PHONE, orders=("o1",))
    story.days(5)
    assert (points_of(story, id="1"), points_of(story, id="2")) == (0, 400)
    assert story.addresses_of("c2") == {SECOND, FAMILY_PHONE}


@either_way
def test_who_comes_to_an_address_after_another_gets_nothing_that_was_theirs(
    story: Story, way: Way
) -> None:
    story.record("5", **way.one)
    story.agrees(way.channel, id="5", **way.one)
    story.order(id="5", total="700.00", **way.one)
    story.record("5", **way.other)
    story.record("6", **way.one)
    story.checkout("c6", id="6", ticked=(), **way.one)
    story.days(5)
    assert points_of(story, id="6") == 0
    assert story.sent == []
    story.redact(id="6", **way.one)
    assert points_of(story, id="5") == 700


@generic
@either_way
def test_a_cart_without_an_address_is_not_told_on_a_yes_of_who_had_the_address_before(
    story: Story, way: Way
) -> None:
    story.record("5", **way.one)
    story.agrees(way.channel, id="5", **way.one)
    story.record("5", **way.other)
    story.record("6", **way.one)
    story.checkout("c6", id="6", ticked=())
    story.days(5)
    assert story.sent == []


def test_who_erased_their_address_hears_no_more_of_a_cart_where_somebody_else_typed_it(
    story: Story,
) -> None:
    story.record("stranger", email=STRANGER)
    story.checkout("theirs", id="stranger", email=ANIA)
    story.hours(4)
    story.erase(story.mails_to(ANIA)[-1].data_link())
    sent = story.mails_to(ANIA)
    story.days(6)
    assert story.mails_to(ANIA) == sent


@generic
def test_a_phone_that_the_shop_forgets_hears_no_more_of_a_guests_cart_that_names_it(
    story: Story,
) -> None:
    story.checkout("theirs", email=STRANGER, phone=ANIAS_PHONE)
    story.hours(1)
    story.redact(phone=ANIAS_PHONE)
    story.days(6)
    assert story.texts_to(ANIAS_PHONE) == []


@generic
@pytest.mark.parametrize("told", ["customer.updated", "consent.updated", "checkout.updated"])
def test_a_yes_from_before_an_erasure_is_none_however_often_it_is_told_again(
    story: Story, told: str
) -> None:
    consent = {"email": {"state": "subscribed", "updated_at": story.ago(minutes=0)}}
    story.record("7", email=FIRST)
    story.say("consent.updated", customer={"id": "7", "email": FIRST}, consent=consent)
    story.checkout("c1", id="7", email=FIRST, ticked=())
    story.hours(4)
    story.erase(story.mails_to(FIRST)[0].data_link())
    sent = story.sent
    story.hours(24)
    cart = {
        "cart_id": "c1-again",
        "items": [{"title": "Kubek", "quantity": 1, "unit_price": "10.00"}],
    }
    story.say(
        told,
        customer={"id": "7", "email": FIRST},
        consent=consent,
        **cart if told == "checkout.updated" else {},
    )
    story.checkout("c2", id="7", email=FIRST, ticked=())
    story.days(5)
    assert story.sent == sent


@generic
def test_forgetting_by_an_address_of_ones_own_and_one_of_the_family_goes_by_the_surer(
    story: Story,
) -> None:
    story.record("1", email=FIRST, phone=FAMILY_PHONE)
    story.record("2", email=SECOND, phone=FAMILY_PHONE)
    story.order("o1", id="1", email=FIRST, total="120.00")
    story.order("o2", id="2", email=SECOND, total="50.00")
    story.redact(email=FIRST, phone=FAMILY_PHONE)
    assert (points_of(story, id="1"), points_of(story, id="2")) == (0, 50)


def test_no_thanks_are_sent_for_a_guests_order_that_is_to_be_forgotten(cloud: Cloud) -> None:
    story = a_story(cloud, "generic", timelines=["after_purchase"], loyalty=CLUB)
    story.agrees("email", email=FIRST)
    story.order("o1", email=FIRST, total="50.00")
    story.record("1", email=SECOND)
    story.redact(id="1", email=SECOND, orders=("o1",))
    story.days(60)
    assert story.sent == []
    assert points_of(story, email=FIRST) == 0
