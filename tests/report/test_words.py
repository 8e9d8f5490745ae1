"""Everything in a report has words in Polish and English."""

import ast
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from wracaj.language import LOCALES, Locale
from wracaj_cli import report
from wracaj_cli.house import STATE_MACHINES
from wracaj_cli.report.naming import SEGMENTS
from wracaj_cli.report.polish import POLISH
from wracaj_cli.report.timeline_words import (
    CARTS,
    MESSAGES,
    TIMELINES,
    message_in_words,
    timeline_in_words,
)
from wracaj_cli.report.writing import NOUNS, Writer
from wracaj_cli.timelines.reading import read
from wracaj_cli.timelines.short_file import ShortFile

EN, PL = Writer("en", "PLN"), Writer("pl", "PLN")
FOLDER = Path(report.__file__).parent
SHORT_FILES = sorted(STATE_MACHINES.glob("*.yaml"))


def written() -> set[str]:
    """Return every text that the page and the terminal ask the words of."""
    page = (FOLDER / "page.html.j2").read_text(encoding="utf-8")
    found = set(re.findall(r'\bt\("([^"]+)"', page))
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "w.say":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_every_text_has_its_polish() -> None:
    assert len(written()) > 60
    assert written() - POLISH.keys() == set()


@pytest.mark.parametrize("english", sorted(POLISH))
def test_a_polish_text_has_the_same_places_for_values(english: str) -> None:
    places = re.compile(r"\{\w+\}")
    assert sorted(places.findall(POLISH[english])) == sorted(places.findall(english))
    assert english.endswith(".") == POLISH[english].endswith(".")


def test_no_polish_text_is_left_over() -> None:
    source = "".join(file.read_text("utf-8") for file in FOLDER.iterdir() if file.is_file())
    source = re.sub(r'"\s*\n\s*"', "", source)
    own = (FOLDER / "polish.py").read_text("utf-8")
    unused = [
        one for one in POLISH if source.count(one) <= re.sub(r'"\s*\n\s*"', "", own).count(one)
    ]
    assert unused == []


@pytest.mark.parametrize("file", SHORT_FILES, ids=lambda file: file.stem)
def test_every_timeline_has_a_name_and_those_of_carts_are_known(file: Path) -> None:
    assert file.stem in TIMELINES
    short = ShortFile.model_validate(read(file).body)
    assert (short.about == "cart") is (file.stem in CARTS)


@pytest.mark.parametrize("language", LOCALES)
def test_a_message_of_the_shops_own_is_called_by_its_name(language: Locale) -> None:
    assert message_in_words("our_last_sms", language) == "our last sms"
    assert timeline_in_words("our_timeline", language) == "our timeline"
    assert {message_in_words(name, language) for name in MESSAGES} >= {"e-mail", "SMS"}


@pytest.mark.parametrize("words", [*TIMELINES.values(), *MESSAGES.values()])
def test_names_are_words(words: tuple[str, str]) -> None:
    assert all(text.strip() and "_" not in text for text in words)


def test_segments_have_the_polish_of_the_glossary() -> None:
    glossary = (STATE_MACHINES.parent / "docs" / "glossary.md").read_text("utf-8")
    for segment, polish in SEGMENTS.items():
        assert f"| `{segment}` | {polish} |" in glossary


@pytest.mark.parametrize(
    ("number", "noun", "english", "polish"),
    [
        (1, "cart", "1 cart", "1 koszyk"),
        (2, "cart", "2 carts", "2 koszyki"),
        (5, "cart", "5 carts", "5 koszyków"),
        (12, "cart", "12 carts", "12 koszyków"),
        (1022, "cart", "1,022 carts", "1 022 koszyki"),
        (0, "SMS part", "0 SMS parts", "0 segmentów SMS"),
        (1, "of shoppers", "1 shopper", "1 klienta"),
        (3, "months", "3 months", "3 miesięcy"),
    ],
)
def test_numbers_have_their_plural(number: int, noun: str, english: str, polish: str) -> None:
    assert EN.counted(number, noun).replace("\u00a0", " ") == english
    assert PL.counted(number, noun).replace("\u00a0", " ") == polish


def test_no_noun_is_left_over() -> None:
    source = "".join(file.read_text("utf-8") for file in FOLDER.iterdir() if file.is_file())
    assert [noun for noun in NOUNS if not re.search(rf'counted\([^"]+"{noun}"\)', source)] == []


@pytest.mark.parametrize(
    ("amount", "english", "polish"),
    [
        ("0", "0", "0"),
        ("999.50", "1,000", "1 000"),
        ("12345.49", "12,345", "12 345"),
        ("99999.99", "100,000", "100 000"),
        ("123456", "123K", "123 tys."),
        ("1234567", "1.2M", "1,2 mln"),
        ("-2500000", "-2.5M", "-2,5 mln"),
    ],
)
def test_amounts_in_charts_are_short(amount: str, english: str, polish: str) -> None:
    assert EN.short(Decimal(amount)) == english
    assert PL.short(Decimal(amount)).replace("\u00a0", " ") == polish


def test_dates_percents_and_money_are_written_as_the_language_does() -> None:
    day = date(2026, 11, 2)
    assert [w.day(day).replace("\u00a0", " ") for w in (EN, PL)] == [
        "2 November 2026",
        "2 listopada 2026",
    ]
    assert [w.week(day).replace("\u00a0", " ") for w in (EN, PL)] == ["2 Nov", "2.11"]
    assert [w.month("2026-05").replace("\u00a0", " ") for w in (EN, PL)] == ["May 26", "05.26"]
    assert [w.percent(Decimal("12.345")) for w in (EN, PL)] == ["12.3%", "12,3%"]
    assert [w.money(Decimal("1234.5")) for w in (EN, PL)] == [
        "PLN\u00a01,234.50",
        "1\u00a0234,50\u00a0zł",
    ]
    assert PL.money(Decimal(3), "EUR") == "3,00\u00a0€"
    assert [w.money(None) for w in (EN, PL)] == ["–", "–"]


def test_a_figure_that_rounds_to_nothing_has_no_sign() -> None:
    assert (PL.percent(Decimal("-0.04")), EN.percent(Decimal("-0.04"))) == ("0,0%", "0.0%")
    assert (PL.decimal(-0.04), EN.decimal(-0.4, 0)) == ("0,0", "0")
    assert PL.money(Decimal("-0.004")) == "0,00\u00a0zł" and PL.short(Decimal("-0.4")) == "0"
