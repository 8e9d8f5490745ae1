"""The table of channels is complete, and everything that it names exists."""

from importlib.util import find_spec
from typing import get_args

import pytest

from wracaj.consent.channel import ADDRESS_FIELDS, RECORDED_FIELDS, TRAITS, Channel, Traits
from wracaj.customers.identity import DECIDING, FACTS, KIND_IN
from wracaj.customers.masking import masked
from wracaj.events import Contact
from wracaj.language import Locale
from wracaj.messages.template_files import missing_files
from wracaj.settings.shop import ShopSettings


def test_every_channel_has_its_traits_and_its_module() -> None:
    assert set(TRAITS) == set(Channel)
    assert all(find_spec(f"wracaj.channels.{channel}") for channel in Channel)


def test_a_contact_and_the_kinds_of_identifiers_hold_every_address() -> None:
    assert set(ADDRESS_FIELDS) <= set(Contact.model_fields)
    assert set(ADDRESS_FIELDS) == set(KIND_IN) - {FACTS[DECIDING[0]]}
    assert {KIND_IN[field] for field in RECORDED_FIELDS} == set(DECIDING[1:])


@pytest.mark.parametrize("field", ADDRESS_FIELDS)
def test_who_is_known_by_any_one_address_can_be_reached(field: str) -> None:
    contact = Contact.model_validate({field: "somewhere"})
    assert contact.reachable and contact.address_is("somewhere")
    reached = {channel for channel in Channel if contact.address(channel) == "somewhere"}
    assert reached == {
        channel for channel, traits in TRAITS.items() if field in traits.contact_fields
    }


def test_an_address_is_noted_only_for_a_channel_that_it_was_typed_for() -> None:
    typed = {channel for channel in Channel if Contact().with_address(channel, "a").reachable}
    assert typed >= {Channel.EMAIL, Channel.SMS}
    assert typed.isdisjoint({Channel.WEB_PUSH, Channel.MESSENGER, Channel.AUDIENCE})


def test_what_nobody_types_is_shown_to_nobody() -> None:
    hidden = {channel for channel in Channel if not masked(channel, "anna@example.com")}
    assert hidden >= {Channel.WEB_PUSH, Channel.MESSENGER}
    assert hidden.isdisjoint({Channel.EMAIL, Channel.SMS, Channel.AUDIENCE})


@pytest.mark.parametrize("traits", TRAITS.values(), ids=list(TRAITS))
def test_what_a_channel_cannot_do_without_is_a_section_of_the_settings(traits: Traits) -> None:
    assert traits.settings is None or traits.settings in ShopSettings.model_fields


def test_a_file_of_a_template_is_one_channel_s() -> None:
    suffixes = [traits.suffix for traits in TRAITS.values() if traits.suffix]
    assert len(suffixes) == len(set(suffixes))
    assert all(bool(traits.form) == bool(traits.suffix) for traits in TRAITS.values())


def test_the_question_whether_somebody_agrees_can_be_asked() -> None:
    for channel, traits in TRAITS.items():
        if traits.confirm_template:
            assert traits.typed_field
            assert missing_files(traits.confirm_template, channel) == []


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_s_words_are_there_in_both_languages_and_differ(channel: Channel) -> None:
    words = TRAITS[channel].words
    assert set(words) == set(get_args(Locale))
    assert words["pl"].consent != words["en"].consent
    for one in words.values():
        assert "{shop}" in one.consent
        assert all((one.label, one.name, one.agree, one.withdraw))
