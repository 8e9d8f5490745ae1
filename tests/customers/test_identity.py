"""Who is who: the strongest identifier decides, and a typed one joins nobody."""

from wracaj.carts.same_person import about_one_person, reported_with
from wracaj.consent.channel import Channel
from wracaj.customers.identity import (
    IdentifierKind,
    address_identifiers,
    identifier_kind,
    identifier_of,
    identifier_reached_by,
    identifiers_of,
    is_account,
    same_shopper,
    stronger_kinds,
    strongest,
)
from wracaj.events import Contact

A, E, P = IdentifierKind.ACCOUNT, IdentifierKind.EMAIL, IdentifierKind.PHONE
M, B = IdentifierKind.MESSENGER, IdentifierKind.BROWSER
EVERYTHING = Contact(
    platform_id="7", email="a@b.pl", phone="+48600100200", messenger="m", web_push="b"
)


def test_identifiers_come_strongest_first_and_only_where_there_is_one() -> None:
    assert list(identifiers_of("kubek", EVERYTHING)) == [A, E, P, M, B]
    assert list(identifiers_of("kubek", Contact(phone="+48600100200"))) == [P]
    assert list(address_identifiers("kubek", EVERYTHING)) == [E, P]


def test_an_identifier_says_its_kind_and_hides_the_rest() -> None:
    account, mail = (identifier_of("kubek", kind, "7") for kind in (A, E))
    assert account.startswith("a-") and account[2:] != "7"
    assert (identifier_kind(account), identifier_kind(mail)) == (A, E)
    assert is_account(account) and not is_account(mail)
    assert identifier_of("talerz", A, "7") != account


def test_the_strongest_owns() -> None:
    assert strongest({P: "p", E: "e", A: "a"}) == "a"
    assert strongest({B: "b", P: "p"}) == "p"
    assert strongest({}) is None


def test_the_strongest_kind_that_both_have_decides() -> None:
    assert same_shopper({E: "e", P: "p"}, {E: "e", P: "other"})
    assert not same_shopper({E: "e", P: "p"}, {E: "other", P: "p"})
    assert same_shopper({A: "1", P: "p"}, {P: "p"})
    assert not same_shopper({A: "1", P: "p"}, {A: "2", P: "p"})


def test_who_shares_no_kind_is_somebody_else() -> None:
    assert not same_shopper({E: "e"}, {P: "p"})
    assert not same_shopper({}, {})


def test_a_browser_or_a_conversation_decides_nothing() -> None:
    assert not same_shopper({B: "b", M: "m"}, {B: "b", M: "m"})


def test_only_stronger_kinds_that_are_there_are_told() -> None:
    everyone = {A: "a", E: "e", P: "p"}
    assert [stronger_kinds(kind, everyone) for kind in (A, E, P)] == ["", "a", "ae"]
    assert stronger_kinds(P, {E: "e", P: "p"}) == "e"


def test_an_audience_takes_an_e_mail_or_a_phone() -> None:
    def kind(channel: Channel, address: str) -> IdentifierKind:
        return identifier_kind(identifier_reached_by("kubek", channel, address))

    assert kind(Channel.AUDIENCE, "a@b.pl") is kind(Channel.EMAIL, "a@b.pl") is E
    assert kind(Channel.AUDIENCE, "+48600100200") is kind(Channel.SMS, "+48600100200") is P


# --- one browser's cart, and two people


ANNA = Contact(email="anna@example.com", phone="+48600100200")
OLA = Contact(platform_id="7", email="ola@example.com")


def told(contact: Contact, *facts: str) -> dict[str, str]:
    return dict.fromkeys(facts, reported_with(contact))


def test_facts_are_reported_with_the_names_that_are_there() -> None:
    assert reported_with(Contact(phone="+48600100200")) == ""
    assert reported_with(ANNA).startswith("email:")
    assert [part[:3] for part in reported_with(OLA).split(",")] == ["pla", "ema"]


def test_what_was_told_with_another_e_mail_is_about_somebody_else() -> None:
    company = told(ANNA, "phone") | told(OLA, "platform_id", "email")
    values = {"phone": "+48600100200", "platform_id": "7", "email": "ola@example.com"}
    versions = {"phone": "1", "platform_id": "2", "email": "2"}
    assert about_one_person(values, versions, company) == {"platform_id", "email"}


def test_the_newest_name_says_who_it_is() -> None:
    logged_in = Contact(platform_id="7", email="anna@example.com")
    company = told(logged_in, "platform_id") | told(Contact(email="ola@example.com"), "email")
    values = {"platform_id": "7", "email": "ola@example.com"}
    assert about_one_person(values, {"platform_id": "1", "email": "2"}, company) == {"email"}


def test_a_guest_who_logs_in_stays_one_person() -> None:
    company = told(Contact(platform_id="7"), "platform_id") | told(ANNA, "email", "phone")
    values = {"platform_id": "7", "email": "anna@example.com", "phone": "+48600100200"}
    for versions in ({"platform_id": "1", "email": "2"}, {"platform_id": "2", "email": "1"}):
        assert about_one_person(values, versions, company) == set(values)


def test_what_was_told_without_a_name_is_kept() -> None:
    nameless = Contact(phone="+48600100200")
    values = {"email": "anna@example.com", "phone": "+48600100200", "first_name": "Anna"}
    company = told(ANNA, "email") | told(nameless, "phone")
    assert about_one_person(values, {}, company) == {"email", "phone", "first_name"}
