import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.money import format_money, plain

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def spaced(text: str) -> str:
    return text.replace("\u00a0", "_")


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234.5", "PLN", "1_234,50_zł"),
        ("0", "PLN", "0,00_zł"),
        ("1234567.891", "PLN", "1_234_567,89_zł"),
        ("12", "EUR", "12,00_€"),
        ("12", "usd", "12,00_USD"),
        ("-12.3", "PLN", "-12,30_zł"),
        ("1234.5", "JPY", "1_235_JPY"),
        ("4990", "HUF", "4_990,00_HUF"),
        ("1.2345", "KWD", "1,235_KWD"),
        ("12", "XYZ", "12,00_XYZ"),
        ("150", "", "150,00"),
    ],
)
def test_polish_amounts(amount: str, currency: str, written: str) -> None:
    assert spaced(format_money(Decimal(amount), currency, "pl")) == written


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234.5", "GBP", "£1,234.50"),
        ("12", "EUR", "€12.00"),
        ("-12", "USD", "-$12.00"),
        ("1234.5", "PLN", "PLN_1,234.50"),
        ("-3", "PLN", "-PLN_3.00"),
        ("1234.5", "JPY", "¥1,235"),
        ("1.2345", "BHD", "BHD_1.235"),
        ("150", "", "150.00"),
    ],
)
def test_english_amounts(amount: str, currency: str, written: str) -> None:
    assert spaced(format_money(Decimal(amount), currency, "en")) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [("0.005", "0,01"), ("0.015", "0,02"), ("2.5e-3", "0,00"), ("-0.001", "0,00")],
)
def test_halves_go_up_and_nothing_is_never_negative(amount: str, written: str) -> None:
    assert format_money(Decimal(amount), "PLN", "pl") == f"{written}\u00a0zł"


@given(AMOUNTS, st.sampled_from(["PLN", "EUR", "GBP", "CZK", "???"]), st.sampled_from(["pl", "en"]))
def test_what_is_written_reads_back_as_the_amount(
    amount: Decimal, currency: str, locale: str
) -> None:
    written = re.sub(r"[^\d.,-]", "", format_money(amount, currency, locale))
    plain = written.replace(",", ".") if locale == "pl" else written.replace(",", "")
    assert Decimal(plain) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "pl", "en"),
    [
        ("20.00", "PLN", "20_zł", "PLN_20"),
        ("2E+3", "PLN", "2_000_zł", "PLN_2,000"),
        ("20.50", "EUR", "20,50_€", "€20.50"),
        ("500", "JPY", "500_JPY", "¥500"),
        ("1.000", "KWD", "1_KWD", "KWD_1"),
    ],
)
def test_a_whole_amount_can_be_written_short(amount: str, currency: str, pl: str, en: str) -> None:
    for locale, written in (("pl", pl), ("en", en)):
        assert spaced(format_money(Decimal(amount), currency, locale, short=True)) == written


@given(AMOUNTS, st.sampled_from(["PLN", "EUR", "JPY", "KWD"]), st.sampled_from(["pl", "en"]))
def test_an_amount_never_breaks_over_two_lines(amount: Decimal, currency: str, locale: str) -> None:
    assert not set(format_money(amount, currency, locale)) & set(" \n\t")


@pytest.mark.parametrize(("amount", "written"), [("-0.004", "0.00"), ("-0.006", "-0.01")])
def test_an_amount_for_machines_that_rounds_to_nothing_has_no_sign(
    amount: str, written: str
) -> None:
    assert plain(Decimal(amount), "PLN") == written


@pytest.mark.parametrize("locale", ["pl", "en"])
@given(amount=AMOUNTS | st.decimals("-0.01", "0.01", places=6))
def test_an_amount_of_nothing_has_no_sign(locale: str, amount: Decimal) -> None:
    for short in (False, True):
        written = format_money(amount, "PLN", locale, short=short)
        assert any(digit in written for digit in "123456789") or "-" not in written
