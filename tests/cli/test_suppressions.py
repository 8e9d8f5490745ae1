"""`wracaj shop suppressions`: what ops see of an address that was given up, and how they lift it."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shop_desk import Wracaj, a_file, named
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.customer import Customer, address_key
from wracaj.deliveries import SoftBounce
from wracaj.events import Contact
from wracaj_cli.shops.target import Target

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
_numbers = itertools.count()


@pytest.fixture
def shop(wracaj: Wracaj, tmp_path: Path) -> str:
    name = f"adresy-{next(_numbers)}"
    assert wracaj("put", a_file(tmp_path, named(name))).exit_code == 0
    return name


def a_shopper(target: Target, shop: str, contact: Contact) -> Customer:
    versions = dict.fromkeys(("email", "phone"), "2026-11-18T11:00:00.000000Z#0")
    customer = target.store().customers.identify(shop, contact, versions)
    assert customer is not None
    return customer


def test_an_address_that_bounced_is_shown_and_lifted(wracaj: Wracaj, target: Target, shop: str) -> None:
    anna = a_shopper(target, shop, Contact(email="anna@example.com", phone="+48600100200"))
    target.store().customers.amend(
        shop, anna.id, lambda known: known.with_suppressed(Channel.EMAIL, "anna@example.com", "bounce")
    )
    assert wracaj("suppressions", shop, " Anna@Example.com").stdout == "email: given up, as messages to it bounce\n"
    assert wracaj("suppressions", shop, "600 100 200").stdout == "sms: in use\n"
    lifted = wracaj("suppressions", shop, "anna@example.com", "--lift")
    assert (lifted.exit_code, lifted.stdout.splitlines()[0]) == (0, "email: in use")
    assert "delete-suppressed-destination --email-address anna@example.com" in lifted.stdout
    found = target.store().customers.get(shop, anna.id)
    assert found is not None and not found.is_suppressed(Channel.EMAIL, "anna@example.com")


def test_lifting_leaves_a_no_as_it_is_and_begins_the_count_anew(wracaj: Wracaj, target: Target, shop: str) -> None:
    ala = a_shopper(target, shop, Contact(email="ala@example.com"))
    key = address_key(Channel.EMAIL, "ala@example.com")
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=NOW, source="complaint")

    def complained(known: Customer) -> Customer:
        bounced = known.bounced(key, SoftBounce(at=NOW, message_id="0" * 20))
        return bounced.giving_up(key, "complaint").with_consent(Channel.EMAIL, no)

    target.store().customers.amend(shop, ala.id, complained)
    shown = wracaj("suppressions", shop, "ala@example.com").stdout
    assert "called a message spam" in shown and "said no on 2026-11-18 (complaint)" in shown
    wracaj("suppressions", shop, "ala@example.com", "--lift")
    found = target.store().customers.get(shop, ala.id)
    assert found is not None and (found.suppressed, found.deliveries) == ({}, {})
    assert found.consent["email#"].state is ConsentState.UNSUBSCRIBED


def test_messages_that_did_not_arrive_for_now_are_counted_out(wracaj: Wracaj, target: Target, shop: str) -> None:
    ela = a_shopper(target, shop, Contact(email="ela@example.com"))
    key = address_key(Channel.EMAIL, "ela@example.com")
    target.store().customers.amend(shop, ela.id, lambda known: known.bounced(key, SoftBounce(at=NOW, message_id="0" * 20)))
    assert "in use; 1 of 3 messages in a row did not arrive" in wracaj("suppressions", shop, "ela@example.com").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nikt@example.com",), "nobody is known by this address"),
        (("nikt@example.com", "--lift"), "nobody is known by this address"),
        (("ola",), "neither an e-mail address nor a phone number"),
        (("12",), "neither an e-mail address nor a phone number"),
    ],
)
def test_a_mistake_says_what_is_wrong(wracaj: Wracaj, shop: str, arguments: tuple[str, ...], says: str) -> None:
    result = wracaj("suppressions", shop, *arguments)
    assert result.exit_code == 1 and says in result.stderr


def test_there_must_be_something_to_lift_and_a_shop(wracaj: Wracaj, target: Target, shop: str) -> None:
    a_shopper(target, shop, Contact(email="iga@example.com"))
    nothing = wracaj("suppressions", shop, "iga@example.com", "--lift")
    assert nothing.exit_code == 1 and "there is nothing to lift" in nothing.stderr
    unknown = wracaj("suppressions", "nie-ma", "iga@example.com")
    assert unknown.exit_code == 1 and "there is no shop 'nie-ma'" in unknown.stderr
