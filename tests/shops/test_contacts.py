import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.contacts import contact, normal_email, normal_locale, normal_phone


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" Ala.Nowak@Poczta.Example\n", "ala.nowak@poczta.example"),
        ("o'brien+sklep@poczta.example", "o'brien+sklep@poczta.example"),
        ("zażółć@poczta.example", "zażółć@poczta.example"),
        ("ala@poczta", None),
        ("ala", None),
        ("@poczta.example", None),
        ("ala@", None),
        ("ala@nowak@poczta.example", None),
        ("ala nowak@poczta.example", None),
        ("ala@poczta.example\r\nBcc: wszyscy@poczta.example", None),
        ("ala@poczta.example,jan@poczta.example", None),
        ("Ala <ala@poczta.example>", None),
        ("ala\u200b@poczta.example", None),
        ("a" * 250 + "@poczta.example", None),
        ("", None),
        (None, None),
    ],
)
def test_an_email_is_trimmed_and_lower_cased_or_nothing(written: str | None, stored: str | None) -> None:
    assert normal_email(written) == stored


@pytest.mark.parametrize(
    ("written", "region", "stored"),
    [
        ("601 234 567", "PL", "+48601234567"),
        ("+48 601-234-567", "DE", "+48601234567"),
        ("0048601234567", "PL", "+48601234567"),
        ("030 901820", "DE", "+4930901820"),
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
    [("pl_PL", "pl-PL"), ("en", "en"), ("zh-Hant-TW", "zh-Hant-TW"), ("polski!", None), ("", None), (None, None)],
)
def test_a_locale_is_a_language_tag_or_nothing(written: str | None, stored: str | None) -> None:
    assert normal_locale(written) == stored


@given(st.text())
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    email = normal_email(text)
    assert email is None or normal_email(email) == email
    phone = normal_phone(text, "PL")
    assert phone is None or normal_phone(phone, "DE") == phone
    normal_locale(text)


def test_the_first_usable_address_counts() -> None:
    found = contact("PL", emails=[None, "none", "b@poczta.example", "c@poczta.example"], phones=["", "12", "601234567"])
    assert (found.email, found.phone) == ("b@poczta.example", "+48601234567")
