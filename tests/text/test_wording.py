import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.text.wording import (
    breakable,
    counted_en,
    counted_pl,
    glue,
    grouped,
    one_line,
    person,
    plural_en,
    plural_pl,
    shorten,
    until,
)

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("number", "form"),
    [
        *[(1, "jeden"), (2, "kilka"), (4, "kilka"), (22, "kilka"), (42, "kilka"), (122, "kilka")],
        *[
            (0, "wielu"),
            (5, "wielu"),
            (11, "wielu"),
            (12, "wielu"),
            (14, "wielu"),
            (21, "wielu"),
            (101, "wielu"),
            (112, "wielu"),
        ],
    ],
)
def test_polish_plural(number: int, form: str) -> None:
    assert plural_pl(number, "jeden", "kilka", "wielu") == form


def test_english_plural() -> None:
    assert [plural_en(number, "product", "products") for number in (0, 1, 2)] == [
        "products",
        "product",
        "products",
    ]


def test_what_is_counted_stands_with_its_number_on_one_line() -> None:
    assert counted_pl(1234, "punkt", "punkty", "punktów") == "1\u00a0234\u00a0punkty"
    assert counted_en(1, "point", "points") == "1\u00a0point"
    assert [grouped(number, "en") for number in (999, 1000, 1234567)] == [
        "999",
        "1,000",
        "1,234,567",
    ]


def test_a_moment_in_words_is_told_in_the_zone_of_the_shop() -> None:
    at = datetime(2026, 11, 25, 13, tzinfo=UTC)
    assert until(at, WARSAW, "pl").replace("\u00a0", " ") == "środy, 25 listopada, 14:00"
    assert until(at, WARSAW, "en").replace("\u00a0", " ") == "Wednesday 25 November, 14:00"
    assert (
        until(at, ZoneInfo("Asia/Tokyo"), "pl").replace("\u00a0", " ")
        == "środy, 25 listopada, 22:00"
    )
    assert (
        until(datetime(2026, 7, 5, 22, 30, tzinfo=UTC), WARSAW, "pl").replace("\u00a0", " ")
        == "poniedziałku, 6 lipca, 00:30"
    )


def test_midnight_belongs_to_the_day_that_ends() -> None:
    midnight = datetime(2026, 11, 25, tzinfo=WARSAW)
    assert until(midnight, WARSAW, "pl").replace("\u00a0", " ") == "wtorku, 24 listopada, 23:59"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kubek\r\nBcc: all@example.com", "Kubek Bcc: all@example.com"),
        ("  a \t b\x00c\u2028d ", "a b c d"),
        ("abc\u202edef\u2066g\u200f", "abcdefg"),
        ("z\ufeffe\u200br\u00ado", "zero"),
        ("\ud800ok", "ok"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\n\t", ""),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text(st.characters(), max_size=80), st.integers(10, 60))
def test_one_line_is_one_clean_line_of_at_most_the_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == line.strip(" ")
    assert not [
        character
        for character in line
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
    ]
    assert one_line(line, limit) == line


def test_a_long_text_is_cut_at_a_word() -> None:
    assert shorten("Kubek z uchem, duży i ciężki", 16) == "Kubek z uchem…"
    assert shorten("Kubek", 5) == "Kubek"


def test_a_long_word_is_cut_anywhere_but_inside_a_letter() -> None:
    assert shorten("X" * 400, 10) == "XXXXXXXXX…"
    assert shorten("abcdeq\u0323\u0323fghi", 8) == "abcde…"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Ania", "Ania"),
        (" Ania\n", "Ania"),
        ("Anna-Maria", "Anna-Maria"),
        ("D’Arcy Żaneta", "D’Arcy Żaneta"),
        ("李", "李"),
        ("ANIA MARIA", "Ania Maria"),
        ("O’NEIL", "O’Neil"),
        ("ŻANETA-ÓSMA", "Żaneta-Ósma"),
        ("JP", "JP"),
    ],
)
def test_a_name_is_greeted(name: str, greeted: str) -> None:
    assert person(name) == greeted


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        " ",
        "WIN at evil.example",
        "http://x",
        "<b>Ania</b>",
        "a" * 31,
        "Ania1",
        "ania@example.com",
        "null",
        "undefined",
        "None",
    ],
)
def test_what_is_no_name_is_not_greeted(name: str | None) -> None:
    assert person(name) is None


def test_one_letter_words_stay_with_the_next() -> None:
    assert (
        glue("Leży i w domu, a Z\ntobą <a title='a b'>w nim</a> i")
        == "Leży i\u00a0w\u00a0domu, a\u00a0Z\u00a0tobą <a title='a b'>w\u00a0nim</a> i"
    )


def test_glue_leaves_longer_words_alone() -> None:
    assert glue("kot ma nos") == "kot ma nos"


@pytest.mark.parametrize(
    ("text", "glued"),
    [
        ("dostawa od 100 zł.", "dostawa od 100\u00a0zł."),
        ("Kubek, 350\nml, biały", "Kubek, 350\u00a0ml, biały"),
        ("0,5 l <b>100 %</b>", "0,5\u00a0l <b>100\u00a0%</b>"),
        ("5 lat, 3 maja, 2 g-moll", "5 lat, 3 maja, 2 g-moll"),
    ],
)
def test_a_number_stays_with_its_unit(text: str, glued: str) -> None:
    assert glue(text) == glued


@pytest.mark.parametrize(
    ("text", "glued"),
    [
        ("na e-maile", "na e\u2011maile"),
        ("ani e-maili, ani SMS-ów.", "ani e\u2011maili, ani SMS\u2011ów."),
        ("(e-mail)", "(e\u2011mail)"),
        ("<b>E-mail:</b> e-mail", "<b>E\u2011mail:</b> e\u2011mail"),
    ],
)
def test_an_e_mail_and_sms_y_do_not_break_after_the_hyphen(text: str, glued: str) -> None:
    assert glue(text) == glued


@pytest.mark.parametrize(
    "text",
    [
        "e-mail@kubek.example",
        "e-sklep.example",
        "biało-czerwony",
        "K7DM-4XRA",
        "wy-SMS-y",
        "Ka-e-ja",
    ],
)
def test_an_address_or_any_other_hyphen_is_left_as_it_is(text: str) -> None:
    assert glue(text) == text


def test_a_long_word_may_break_and_says_the_same() -> None:
    broken = breakable("X" * 45 + " kubek")
    assert broken.replace("\u200b", "") == "X" * 45 + " kubek"
    assert max(len(part) for part in broken.split("\u200b")) <= 26
    assert breakable("Zwyczajny kubek z uchem") == "Zwyczajny kubek z uchem"
