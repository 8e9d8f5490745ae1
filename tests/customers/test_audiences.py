"""Membership of audiences: the hashes that Meta requires, and every way out as a change of the
profile."""

import hashlib
from datetime import timedelta

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart, a_customer, no, yes
from wracaj.consent.channel import Channel
from wracaj.customers.audiences import email_hash, joining, phone_hash
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.events import Contact
from wracaj.settings.meta import AudienceSettings

RESCUE = AudienceSettings(id="238000111")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_an_address_is_hashed_as_meta_documents_it() -> None:
    """The examples of Meta's page on hashing."""
    assert (
        email_hash(" John_Smith@gmail.com ")
        == "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
    )
    assert (
        phone_hash("+1 (555) 987-6543")
        == "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e"
    )


def test_a_polish_number_keeps_its_country_and_loses_its_plus() -> None:
    assert phone_hash("+48600100200") == sha256("48600100200")


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_has_no_hash(nothing: str | None) -> None:
    assert (email_hash(nothing), phone_hash(nothing)) == ("", "")


def a_member(**changes: object) -> Customer:
    member = joining("cart_rescue", RESCUE, a_cart(), Contact(), 1, NOON)
    return a_customer(audience=member, **changes)


def test_a_cart_s_own_addresses_count_before_the_profile_s() -> None:
    other = Contact(email="other@example.com", phone="+48600999999")
    assert joining("cart_rescue", RESCUE, a_cart(), other, 1, NOON).email == email_hash(ANNA.email)
    logged_in = a_cart(contact=Contact(platform_id="7"))
    assert joining("cart_rescue", RESCUE, logged_in, other, 1, NOON).place[2:] == (
        email_hash("other@example.com"),
        phone_hash("+48600999999"),
    )


def test_an_order_from_the_cart_s_beginning_on_ends_it_also_when_a_later_one_was_told_before() -> (
    None
):
    began = a_cart().created_at
    assert began is not None
    assert a_member().with_order("", began).audience is None
    assert a_member().with_order("", began - timedelta(seconds=1)).audience is not None
    assert a_member(ordered={"": NOON + HOUR}).with_order("", began + HOUR).audience is None


def test_only_a_no_to_advertisements_that_is_news_ends_it() -> None:
    assert a_member().with_consent(Channel.AUDIENCE, Speaker.READER, no(NOON)).audience is None
    assert a_member().with_consent(Channel.EMAIL, Speaker.READER, no(NOON)).audience is not None
    assert a_member().with_consent(Channel.AUDIENCE, Speaker.READER, yes(NOON)).audience is not None
    known = a_customer().with_consent(Channel.AUDIENCE, Speaker.READER, no(NOON))
    known = known.model_copy(update={"audience": a_member().audience})
    # told again
    assert known.with_consent(Channel.AUDIENCE, Speaker.READER, no(NOON)).audience is not None


def test_a_timeline_ends_only_what_it_began() -> None:
    assert a_member().out_of_audience_of("c1", 1).audience is None
    assert a_member().out_of_audience_of("c1", 2).audience is not None
    assert a_member().out_of_audience_of("c2", 1).audience is not None


def test_of_two_who_are_one_the_one_that_stays_keeps_its_place() -> None:
    winter = joining(
        "winter", AudienceSettings(id="238000222"), a_cart(cart_id="c2"), Contact(), 1, NOON
    )
    other = a_customer(id="a-other", audience=winter)
    joined = a_member().absorb(other).audience
    assert joined is not None and joined.name == "cart_rescue"
    taken_over = a_customer().absorb(other).audience
    assert taken_over is not None and taken_over.name == "winter"
