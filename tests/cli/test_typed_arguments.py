"""Mistakes in the arguments of a command are reported in our own sentences."""

import pytest

from support.mangling import FOREIGN
from support.shop_files import run

WRONG = [
    (("report", "kubek", "--months", "99"), "must be 36 or less (given: '99')"),
    (("report", "kubek", "--months", "0"), "must be 1 or more"),
    (("report", "kubek", "--months", "rok"), "must be a whole number, such as 30"),
    (("report", "kubek", "--months", ""), "must not be empty"),
    (
        ("shop", "codes", "kubek", "codes.txt", "--amount", "", "--currency", "PLN"),
        "--amount: must not be empty",
    ),
    (("shop", "codes", "kubek", "codes.txt", "--percent", "101"), "must be 100 or less"),
    (("shop", "cart", "kubek", "c1", "--language", "fr"), "'fr' is not one of 'pl', 'en'"),
    (("local", "up", "--port", "x"), "must be a whole number"),
    (("local", "up", "--speed", "x"), "must be a number, with a point"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_a_wrong_argument_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    result = run(*arguments)
    assert result.exit_code
    assert words in result.stderr
    told = result.stderr.partition("Invalid value")[2].partition(" (given: ")[0]
    assert not [phrase for phrase in (*FOREIGN, "Value error") if phrase in told]


@pytest.mark.parametrize("currency", ["zł", "", "PL", "EURO", "PLŃ"])
def test_a_report_in_what_is_no_currency_is_refused(currency: str) -> None:
    result = run("report", "kubek", "--currency", currency)
    assert result.exit_code == 1
    assert (
        f"--currency: must be three capital letters, such as PLN (given: {currency!r})"
        in result.stderr
    )
