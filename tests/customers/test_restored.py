"""What is known of a customer, with what an older copy of the table knows besides."""

from datetime import timedelta

import pytest

from support.builders import HOUR, NOON, no, yes
from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.restored import restored
from wracaj.events import Contact

ERASED_AT = NOON
BEFORE, AFTER = (f"{timestamp(NOON + hours * HOUR)}##abc" for hours in (-1, 1))
ACCOUNT, ADDRESS = "a-1", "e-1"


def an_account(version: str) -> Customer:
    told = Contact(platform_id="x", email="anna@example.com", first_name="Anna")
    return Customer(id=ACCOUNT, revision=1).learn(
        told, dict.fromkeys(("platform_id", "email", "first_name"), version)
    )


def an_address(**told: object) -> Customer:
    contact = Contact(email="anna@example.com")
    return Customer(id=ADDRESS, revision=1, contact=contact).model_copy(update=told)


def erased(id_: str, revision: int = 7) -> Customer:
    return Customer(id=id_, revision=revision, erased_at=ERASED_AT)


@pytest.mark.parametrize("revision", [1, 7])
def test_an_account_whose_mark_of_an_erasure_was_lost_is_erased_again(revision: int) -> None:
    """A late webhook made a new record of what was erased."""
    live = an_account(BEFORE).with_consent(Channel.EMAIL, "h", yes(NOON - HOUR))
    live = live.model_copy(update={"birthday": "05-01", "absorbed": frozenset({"a-2"})})
    both = restored(live.with_order("", NOON - HOUR), erased(ACCOUNT, revision))
    assert both.erased_at == ERASED_AT and both.is_buried
    assert both == erased(ACCOUNT, both.revision)


def test_what_an_account_was_told_after_its_erasure_stays() -> None:
    live = an_account(BEFORE).learn(Contact(first_name="Ania"), {"first_name": AFTER})
    live = live.with_consent(Channel.SMS, "h", yes(NOON + HOUR)).with_order("", NOON + HOUR)
    live = live.with_consent(Channel.EMAIL, "h", yes(NOON - HOUR))
    both = restored(live.with_sent(Channel.SMS, NOON + HOUR), erased(ACCOUNT))
    assert both.contact == Contact(first_name="Ania")
    assert set(both.consent) == {"sms#h"} and set(both.ordered) == {""}
    assert len(both.sent) == 1 and both.erased_at == ERASED_AT


def test_of_an_address_an_erasure_leaves_opt_outs_and_suppressions() -> None:
    live = an_address(suppressed={"sms": "bounce"})
    live = live.with_consent(Channel.EMAIL, Speaker.READER, no(NOON - HOUR))
    live = live.with_consent(Channel.SMS, Speaker.READER, yes(NOON - HOUR))
    both = restored(live, erased(ADDRESS))
    assert both.is_buried and both.suppressed == {"sms": "bounce"}
    assert [word.at for word in both.noes(Channel.EMAIL)] == [NOON - HOUR]
    assert both.words(Channel.SMS) == []


def test_an_address_that_was_used_again_after_the_erasure_keeps_its_address() -> None:
    live = an_address().with_consent(Channel.EMAIL, Speaker.GUEST, yes(NOON + HOUR))
    both = restored(live, erased(ADDRESS))
    assert both.contact.email == "anna@example.com" and not both.is_buried


def test_somebody_who_came_back_before_the_copy_is_known_as_then() -> None:
    old = erased(ADDRESS).model_copy(update={"contact": Contact(email="anna@example.com")})
    old = old.with_consent(Channel.EMAIL, Speaker.GUEST, yes(NOON + HOUR))
    both = restored(an_address(ordered={"": NOON - HOUR}), old)
    assert (both.contact, both.consent, both.ordered) == (old.contact, old.consent, {})


def test_an_erasure_that_both_know_changes_nothing() -> None:
    live = an_account(AFTER).model_copy(update={"erased_at": ERASED_AT + timedelta(minutes=1)})
    assert restored(live, erased(ACCOUNT)) == live


def test_a_box_that_was_emptied_since_the_copy_is_not_asked_about_again() -> None:
    box = Consent(state=ConsentState.PENDING, at=NOON, source="checkout", to_confirm=True)
    old = Customer(id="e-1").with_pending(Channel.EMAIL, box)
    live = old.with_box(Channel.EMAIL, box, is_ticked=False)
    assert not restored(live, old).is_to_be_asked(Channel.EMAIL)
    assert (
        restored(live, old)
        .with_box(Channel.EMAIL, box, is_ticked=True)
        .is_to_be_asked(Channel.EMAIL)
    )
