import re
from string import capwords

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.text.vocative import LIST, vocative_pl

PAIRS = [
    tuple(line.split()) for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")
]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ania", "Aniu"),
        ("ANIA", "Aniu"),
        ("ania", "Aniu"),
        ("Anna", "Anno"),
        ("Piotr", "Piotrze"),
        ("Maciek", "Maćku"),
        ("Łukasz", "Łukaszu"),
        ("Róża", "Różo"),
        ("Jerzy", "Jerzy"),
        ("Kuba", "Kubo"),
        ("Nikola", "Nikolo"),
        ("Ola", "Olu"),
    ],
)
def test_a_usual_polish_name_is_called_out(name: str, called: str) -> None:
    assert vocative_pl(name) == called


@pytest.mark.parametrize(
    ("name", "called"), [("Anna Maria", "Anno Mario"), ("Anna-Maria", "Anno-Mario")]
)
def test_each_of_two_names_is_called_out(name: str, called: str) -> None:
    assert vocative_pl(name) == called


@pytest.mark.parametrize(
    "name",
    ["Hugh", "O’Neil", "Anna Kowalska", "Ania i Tomek", "Anna Hugh", "Kaśka", "Ania-", "A", "İ"],
)
def test_a_name_that_is_not_known_whole_stays_as_it_is_written(name: str) -> None:
    assert vocative_pl(name) == name


@given(st.text())
def test_any_text_stays_or_is_made_of_vocatives_from_the_list(text: str) -> None:
    called = vocative_pl(text)
    assert called == text or set(re.split("[ -]", called)) <= {vocative for _, vocative in PAIRS}


def test_the_list_holds_each_name_once_in_order_and_a_form_that_polish_has() -> None:
    names = [name for name, _ in PAIRS]
    assert names == sorted(set(names))
    for name, vocative in PAIRS:
        assert (name, vocative) == (capwords(name), capwords(vocative))
        assert vocative == name or vocative.endswith(("o", "u", "e")), name
        assert vocative[0] == name[0]
