"""`wracaj shop suppressions`: shows a suppressed address and lifts the suppression."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.shop_files import Wracaj, a_file, named
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.bounces import SoftBounce
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.identity import identifiers_of
from wracaj.events import Contact
from wracaj_cli.shops.target import Target

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
_numbers = itertools.count()


@pytest.fixture
def shop(wracaj: Wracaj, tmp_path: Path) -> str:
    name = f"adresy-{next(_numbers)}"
    assert wracaj("put", a_file(tmp_path, named(name))).exit_code == 0
    return name


def known_at(target: Target, shop: str, contact: Contact) -> Customer:
    """What is known at the one address that the contact names: it was seen before, as
    in an order."""
    customers = target.store().customers
    (name,) = identifiers_of(shop, contact).values()
    return customers.amend_one(shop, name, lambda known: known.with_order("", NOW))


def test_an_address_that_bounced_is_shown_and_lifted(
    wracaj: Wracaj, target: Target, shop: str
) -> None:
    anna = known_at(target, shop, Contact(email="anna@example.com"))
    known_at(target, shop, Contact(phone="+48600100200"))
    target.store().customers.amend_one(
        shop, anna.id, lambda known: known.suppressing(Channel.EMAIL, "bounce")
    )
    assert (
        wracaj("suppressions", shop, " Anna@Example.com").stdout
        == "e-mail: suppressed: messages to it bounce\n"
    )
    assert wracaj("suppressions", shop, "600 100 200").stdout == "SMS: not suppressed\n"
    lifted = wracaj("suppressions", shop, "anna@example.com", "--lift")
    assert (lifted.exit_code, lifted.stdout.splitlines()[0]) == (0, "e-mail: not suppressed")
    assert "delete-suppressed-destination --email-address anna@example.com" in lifted.stdout
    found = target.store().customers.get(shop, anna.id)
    assert found is not None and Channel.EMAIL not in found.suppressed


def test_lifting_leaves_a_no_as_it_is_and_begins_the_count_anew(
    wracaj: Wracaj, target: Target, shop: str
) -> None:
    ala = known_at(target, shop, Contact(email="ala@example.com"))
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=NOW, source="complaint")

    def complained(known: Customer) -> Customer:
        bounced = known.bounced(Channel.EMAIL, SoftBounce(at=NOW, message_id="0" * 20))
        return bounced.suppressing(Channel.EMAIL, "complaint").with_consent(
            Channel.EMAIL, Speaker.READER, no
        )

    target.store().customers.amend_one(shop, ala.id, complained)
    shown = wracaj("suppressions", shop, "ala@example.com").stdout
    assert (
        shown == "e-mail: suppressed: its owner reported a message as spam; "
        "the shopper opted out on 2026-11-18 (complaint), which only they can take back\n"
    )
    wracaj("suppressions", shop, "ala@example.com", "--lift")
    found = target.store().customers.get(shop, ala.id)
    assert found is not None and (found.suppressed, found.deliveries) == ({}, {})
    assert found.word(Channel.EMAIL, Speaker.READER) == no
    left = wracaj("suppressions", shop, "ala@example.com").stdout
    assert (
        left == "e-mail: the shopper opted out on 2026-11-18 (complaint), "
        "which only they can take back\n"
    )


def test_where_somebody_said_no_the_address_is_never_called_in_use(
    wracaj: Wracaj, target: Target, shop: str
) -> None:
    ewa = known_at(target, shop, Contact(email="ewa@example.com"))
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=NOW, source="link")

    def said_no_everywhere(known: Customer) -> Customer:
        for channel in (Channel.EMAIL, Channel.WEB_PUSH, Channel.AUDIENCE):
            known = known.with_consent(channel, Speaker.READER, no)
        return known.bounced(Channel.EMAIL, SoftBounce(at=NOW, message_id="0" * 20))

    target.store().customers.amend_one(shop, ewa.id, said_no_everywhere)
    lines = wracaj("suppressions", shop, "ewa@example.com").stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "e-mail",
        "web push",
        "advertising audience",
    ]
    assert all("opted out" in line and "not suppressed" not in line for line in lines)
    assert "1 of 3 messages in a row did not arrive" in lines[0]


def test_messages_that_did_not_arrive_for_now_are_counted_out(
    wracaj: Wracaj, target: Target, shop: str
) -> None:
    ela = known_at(target, shop, Contact(email="ela@example.com"))
    bounce = SoftBounce(at=NOW, message_id="0" * 20)
    target.store().customers.amend_one(
        shop, ela.id, lambda known: known.bounced(Channel.EMAIL, bounce)
    )
    assert (
        "not suppressed; 1 of 3 messages in a row did not arrive"
        in wracaj("suppressions", shop, "ela@example.com").stdout
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nikt@example.com",), "nothing is known of this address"),
        (("nikt@example.com", "--lift"), "nothing is known of this address"),
        (("ola",), "neither an e-mail address nor a phone number"),
        (("12",), "neither an e-mail address nor a phone number"),
    ],
)
def test_a_mistake_says_what_is_wrong(
    wracaj: Wracaj, shop: str, arguments: tuple[str, ...], says: str
) -> None:
    result = wracaj("suppressions", shop, *arguments)
    assert result.exit_code == 1 and says in result.stderr


def test_there_must_be_something_to_lift_and_a_shop(
    wracaj: Wracaj, target: Target, shop: str
) -> None:
    known_at(target, shop, Contact(email="iga@example.com"))
    nothing = wracaj("suppressions", shop, "iga@example.com", "--lift")
    assert nothing.exit_code == 1 and "there is nothing to lift" in nothing.stderr
    unknown = wracaj("suppressions", "nie-ma", "iga@example.com")
    assert unknown.exit_code == 1 and "there is no shop 'nie-ma'" in unknown.stderr
