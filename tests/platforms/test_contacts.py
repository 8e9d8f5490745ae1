import subprocess
import sys
import unicodedata
from typing import Literal

import idna
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from wracaj.customers.contact import contact, normal_locale, normal_phone
from wracaj.customers.email_address import mailbox_of, normal_email
from wracaj_cli.house import ROOT


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("deleted@site.invalid", None),
        ("ala@invalid.example", "ala@invalid.example"),
        (" Ala.Nowak@Poczta.Example\n", "ala.nowak@poczta.example"),
        ("o'brien+sklep@poczta.example", "o'brien+sklep@poczta.example"),
        ("zażółć@poczta.example", "zażółć@poczta.example"),
        ("Ala <ala@poczta.example>", "ala@poczta.example"),
        ('"Nowak, Ala" <Ala@poczta.example>', "ala@poczta.example"),
        ("<ala@poczta.example>", "ala@poczta.example"),
        ("mailto:ala@poczta.example", "ala@poczta.example"),
        ("MAILTO:ala@poczta.example?subject=Cześć", "ala@poczta.example"),
        ("mailto:<ala@poczta.example>", "ala@poczta.example"),
        ("ala@poczta.example.", "ala@poczta.example"),
        (" ala@poczta.example ; ", "ala@poczta.example"),
        ("„ala@poczta.example”", "ala@poczta.example"),
        ("'ala@poczta.example'", "ala@poczta.example"),
        ("(ala@poczta.example),", "ala@poczta.example"),
        ("[ala@poczta.example]", "ala@poczta.example"),
        ("\ufeffala@poczta.example\u200b", "ala@poczta.example"),
        ("ala\u200b@\u00adpoczta.example", "ala@poczta.example"),
        ("\u202aala@poczta.example\u202c", "ala@poczta.example"),
        ("\u00a0ala@poczta.example\u00a0", "ala@poczta.example"),
        ("ala@żółw.example", "ala@xn--w-uga1v8h.example"),
        ("ala@Żółw.EXAMPLE", "ala@xn--w-uga1v8h.example"),
        ("ala@z\u0307o\u0301łw.example", "ala@xn--w-uga1v8h.example"),
        ("ala@XN--w-uga1v8h.example", "ala@xn--w-uga1v8h.example"),
        ("zaz\u0307ółc\u0301@poczta.example", "zażółć@poczta.example"),
        ("ala@firma.test", "ala@firma.test"),
        ("ala@sklep.local", "ala@sklep.local"),
        ("ala_@a-b.c0.example", "ala_@a-b.c0.example"),
        ("a@b.c", "a@b.c"),
        ("ala@poczta.0a", "ala@poczta.0a"),  # as the standard has it; ends in a letter
        ("<Anna Nowak> anna@poczta.example", "anna@poczta.example"),
        ("(Anna) anna@poczta.example", "anna@poczta.example"),
        ("[Anna] anna@poczta.example", "anna@poczta.example"),
        ("anna@poczta.example (Anna)", "anna@poczta.example"),
        ("anna@poczta.example <Anna Nowak>", "anna@poczta.example"),
        ("Anna (anna@poczta.example)", "anna@poczta.example"),
        ("Anna [anna@poczta.example]", "anna@poczta.example"),
        ("[anna@poczta.example](mailto:anna@poczta.example)", "anna@poczta.example"),
        ("[Anna@poczta.example](mailto:anna@poczta.example?subject=x)", "anna@poczta.example"),
        ("[Anna Nowak](mailto:anna@poczta.example)", "anna@poczta.example"),
        ("e-mail: anna@poczta.example", "anna@poczta.example"),
        ("E-mail:anna@poczta.example", "anna@poczta.example"),
        ("Adres e-mail: <anna@poczta.example>", "anna@poczta.example"),
        ("mail: Anna <anna@poczta.example>", "anna@poczta.example"),
        ("anna@poczta.example <anna@poczta.example>", "anna@poczta.example"),
        ("anna@poczta.example <mailto:anna@poczta.example>", "anna@poczta.example"),
        ("anna@ poczta.example", "anna@poczta.example"),
        ("anna @poczta.example", "anna@poczta.example"),
        ("anna @ poczta.example", "anna@poczta.example"),
        # one address, and who else is meant nobody knows
        ("[jan@poczta.example](mailto:anna@poczta.example)", None),
        ("jan@poczta.example (anna@poczta.example)", None),
        ("jan@poczta.example <anna@poczta.example>", None),
        ("Anna Nowak anna@poczta.example", None),
        ("anna nowak @poczta.example", None),
        ("anna@poczta. example", None),
        ("anna@\npoczta.example", None),
        ("e-mail: jan@poczta.example, anna@poczta.example", None),
        ("anna@poczta.example (jan@poczta.example)", None),
        ("https://anna@poczta.example", None),
        ("ala@poczta", None),
        ("ala", None),
        ("@poczta.example", None),
        ("ala@", None),
        ("ala@nowak@poczta.example", None),
        ("ala nowak@poczta.example", None),
        ("ala@poczta.example\r\nBcc: wszyscy@poczta.example", None),
        ("ala@poczta.example,jan@poczta.example", None),
        ("Ala <ala@poczta.example> i Jan <jan@poczta.example>", None),
        ("ala..k@poczta.example", None),
        (".ala@-poczta.example", None),
        ("ala@poczta.123", None),
        ("ala@127.0.0.1", None),
        ("ala@[127.0.0.1]", None),
        ("ala@my_host.example", None),
        ("a" * 65 + "@poczta.example", None),
        ("al\ufffd@poczta.example", None),
        ("al\ufffd@poczta.example", None),
        ("ala@żó łw.example", None),
        ("ala@xn--.żółw", None),
        ("a" * 250 + "@poczta.example", None),
        ("", None),
        (None, None),
    ],
)
def test_an_email_has_one_spelling_or_is_nothing(written: str | None, stored: str | None) -> None:
    assert normal_email(written) == stored


@pytest.mark.parametrize(
    ("written", "region", "stored"),
    [
        ("601 234 567", "PL", "+48601234567"),
        ("+48 601-234-567", "DE", "+48601234567"),
        ("0048601234567", "PL", "+48601234567"),
        ("030 901820", "DE", "+4930901820"),
        ("+48 +48 601 234 567", "PL", "+48601234567"),
        ("+4848601234567", "PL", "+48601234567"),
        ("0048+48601234567", "PL", "+48601234567"),
        ("+48 (0) 601 234 567", "PL", "+48601234567"),
        ("601 234 567 (mama)", "PL", "+48601234567"),
        ("601 234 567 po 16", "PL", None),
        ("601 234 567, 602 345 678", "PL", None),
        ("+48 48 612 34 56", "PL", "+48486123456"),  # a town's number begins like the country's
        ("050 123 45 67", "PL", None),  # Ukraine's: without its 0 it would be a Pole's
        ("555-555-SHIP", "PL", None),
        ("12", "PL", None),
        ("+999999999999", "PL", None),
        ("6" * 500, "PL", None),
        ("", "PL", None),
        (None, "PL", None),
    ],
)
def test_a_phone_is_e164_or_nothing(written: str | None, region: str, stored: str | None) -> None:
    assert normal_phone(written, region) == stored


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("pl_PL", "pl-PL"),
        ("en", "en"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("en_US.UTF-8", "en-US"),
        ("en-US,en;q=0.9,pl;q=0.8", "en-US"),
        ("C.UTF-8", None),
        ("polski!", None),
        ("", None),
        (None, None),
    ],
)
def test_a_locale_is_a_language_tag_or_nothing(written: str | None, stored: str | None) -> None:
    assert normal_locale(written) == stored


ADDRESSES = st.from_regex(r"[a-z0-9!#.$%&'*+=_\-\"]{1,12}@[a-z0-9.\-_]{1,20}", fullmatch=True)


@given(ADDRESSES)
def test_what_is_plain_is_judged_as_the_standard_judges_it(address: str) -> None:
    """The rules for all addresses are too slow to load for each, so most are judged by a pattern of
    ours."""
    bare = address.strip(".'\"")
    try:
        validate_email(bare, check_deliverability=False, test_environment=True)
        is_address = True
    except EmailNotValidError as refused:
        is_address = "special-use" in str(refused)
    assert (normal_email(address) == bare) is is_address


@given(
    st.sampled_from(["ala@żółw.example", "kontakt@bücher.example", "zażółć@łąka.example"]),
    st.sampled_from(["NFC", "NFD"]),
)
def test_one_mailbox_has_one_spelling(address: str, form: Literal["NFC", "NFD"]) -> None:
    local, _, domain = address.partition("@")
    written = {
        unicodedata.normalize(form, address),
        address.upper(),
        f"{local}@{idna.encode(domain).decode()}",
    }
    assert len({normal_email(one) for one in written}) == 1


def test_a_plain_address_loads_no_rules() -> None:
    program = (
        "import sys; from wracaj.customers.email_address import mailbox_of, normal_email as n; "
        "n('Ala.Nowak+1@poczta.example'); n('nie'); n(None)"
    )
    loaded = f"{program}; sys.exit(bool({{'email_validator', 'idna'}} & set(sys.modules)))"
    environment = {"PYTHONPATH": str(ROOT / "functions"), "PATH": ""}
    assert (
        subprocess.run([sys.executable, "-c", loaded], env=environment, check=False).returncode == 0
    )


@given(st.text())
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    email = normal_email(text)
    assert email is None or normal_email(email) == email
    phone = normal_phone(text, "PL")
    assert phone is None or normal_phone(phone, "DE") == phone
    normal_locale(text)


def test_the_first_usable_address_counts() -> None:
    found = contact(
        "PL",
        emails=[None, "none", "b@poczta.example", "c@poczta.example"],
        phones=["", "12", "601234567"],
    )
    assert (found.email, found.phone) == ("b@poczta.example", "+48601234567")


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("ala@poczta.example", "ala@poczta.example"),
        ("ala+sklep+1@poczta.example", "ala@poczta.example"),
        ("a.la@poczta.example", "a.la@poczta.example"),
        ("a.l.a+1@gmail.com", "ala@gmail.com"),
        ("ala@googlemail.com", "ala@gmail.com"),
        ("+ala@poczta.example", "+ala@poczta.example"),
        ("+48600100200", "+48600100200"),
    ],
)
def test_ways_of_writing_one_mailbox_are_counted_together(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox
