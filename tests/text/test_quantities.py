from decimal import Decimal

import pytest

from wracaj.language import Locale
from wracaj.text.quantities import format_quantity, is_counted


@pytest.mark.parametrize(
    ("quantity", "locale", "written"),
    [
        ("2", "pl", "2"),
        ("10", "pl", "10"),
        ("100", "en", "100"),
        ("0.5", "pl", "0,5"),
        ("0.50", "en", "0.5"),
        ("1.250", "pl", "1,25"),
        ("2.000", "en", "2"),
        ("1E+2", "pl", "100"),
    ],
)
def test_a_quantity_is_written_as_a_person_writes_it(
    quantity: str, locale: Locale, written: str
) -> None:
    assert format_quantity(Decimal(quantity), locale) == written


@pytest.mark.parametrize(
    ("quantity", "counted"), [("1", True), ("2.000", True), ("1E+2", True), ("0.5", False)]
)
def test_what_is_weighed_is_not_counted(quantity: str, counted: bool) -> None:
    assert is_counted(Decimal(quantity)) is counted
