"""The report's page in a browser: on a phone and on a large screen, in the light and in the dark,
and in print."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.chromium import Chromium, a_chromium, there_is_chromium
from support.page_reader import Reader
from support.reports import a_report
from support.rich_reports import a_rich_report
from wracaj.language import LOCALES, Locale
from wracaj_cli.report.page import as_page
from wracaj_cli.report.writing import Writer

pytestmark = there_is_chromium
PHONE, SCREEN = 390, 1280
SMALLEST = 9.0  # pixels of a letter
READABLE = 4.5  # contrast by WCAG 2.2, success criterion 1.4.3

CHARTS = (
    """[...document.querySelectorAll("svg")].filter(svg => svg.getBoundingClientRect().width)"""
)
# Pairs of texts of one chart that lie upon each other, and texts outside of the page.
COLLISIONS = f"""{CHARTS}.flatMap(svg => {{
  const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent)
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  const within = texts.flatMap(([one, a], place) => texts.slice(place + 1)
    .filter(([_, b]) => a.left < b.right - 1 && b.left < a.right - 1
      && a.top < b.bottom - 3 && b.top < a.bottom - 3).map(([other, _]) => one + " / " + other));
  const outside = texts.filter(([_, a]) => a.left < 0 || a.right > innerWidth)
    .map(([one, _]) => one);
  return [...within, ...outside];
}})"""
SIZES = f"""{CHARTS}.flatMap(svg => [...svg.querySelectorAll("text")].map(text =>
  parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width
  / svg.viewBox.baseVal.width))"""
# Each text's colour and that of the paper behind it, and the bars' colours.
COLOURS = """[...document.querySelectorAll("p, dt, dd, th, td, h1, h2, h3, figcaption, text, rect")]
  .filter(one => one.getBoundingClientRect().width && one.getAttribute("class") !== "background")
  .map(one => [getComputedStyle(one)[one instanceof SVGElement ? "fill" : "color"],
    getComputedStyle(one.closest("section") ?? document.body).backgroundColor])"""
TABLES_SEEN = """[...document.querySelectorAll("details table")]
  .map(table => table.checkVisibility())"""


# Tables that are wider than their place, and how each is named to a screen reader: "" where the
# keyboard cannot reach it.
SCROLLED = """[...document.querySelectorAll("*")]
  .filter(one => one.scrollWidth > one.clientWidth
    && getComputedStyle(one).overflowX === "auto")
  .map(one => one.tabIndex < 0 ? "" : one.ariaLabel)"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with a_chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return language → the address of a rich report, and "empty" → that of an empty one."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {"empty": as_page(a_report(), Writer("pl", "PLN"))}
    for language in LOCALES:
        texts[language] = as_page(a_rich_report(), Writer(language, "PLN"))
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


def seen(chromium: Chromium, url: str, width: int, *, dark: bool = False) -> Reader:
    reader = Reader(chromium, width, dark=dark)
    reader.go(url)
    return reader


@pytest.mark.parametrize("width", [PHONE, 768, SCREEN])
@pytest.mark.parametrize("language", LOCALES)
def test_what_is_wider_than_its_place_is_scrolled_with_the_keyboard(
    chromium: Chromium, pages: dict[str, str], language: Locale, width: int
) -> None:
    page = seen(chromium, pages[language], width).page
    page.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = page.value(SCROLLED)
    assert all(found) and (found or width == SCREEN)


@pytest.mark.parametrize("width", [PHONE, SCREEN])
@pytest.mark.parametrize("language", LOCALES)
def test_nothing_is_cut_off_and_no_figure_lies_on_another(
    chromium: Chromium, pages: dict[str, str], language: Locale, width: int
) -> None:
    page = seen(chromium, pages[language], width).page
    assert page.value("document.documentElement.scrollWidth") <= width
    assert page.value(f"{CHARTS}.length") == 10
    assert page.value(COLLISIONS) == []
    assert min(page.value(SIZES)) >= SMALLEST


def test_an_empty_report_fits_a_phone_too(chromium: Chromium, pages: dict[str, str]) -> None:
    page = seen(chromium, pages["empty"], PHONE).page
    assert page.value("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("width", [PHONE, SCREEN])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_words_and_bars_stand_out_from_the_paper(
    chromium: Chromium, pages: dict[str, str], width: int, dark: bool
) -> None:
    page = seen(chromium, pages["pl"], width, dark=dark).page
    pairs = {tuple(pair) for pair in page.value(COLOURS)}
    assert len(pairs) >= 3
    assert [pair for pair in pairs if contrast(*pair) < READABLE] == []
    paper = {luminance(behind) for _, behind in pairs}
    assert all((one < 0.1) is dark for one in paper)


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of "rgb(1, 2, 3)", as WCAG defines it."""
    red, green, blue = (int(part) / 255 for part in colour[4:-1].split(","))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_screen_reader_hears_each_chart_once_and_its_table(
    chromium: Chromium, pages: dict[str, str]
) -> None:
    names = seen(chromium, pages["en"], SCREEN).names()
    charts = [name for role, name in names if role == "image"]
    assert len(charts) == len([name for role, name in names if role == "figure"]) == 10
    assert all(name.endswith("; the table below has the figures") for name in charts)
    assert ("DisclosureTriangle", "The weeks as a table") in names


def test_in_print_the_tables_of_charts_are_open(chromium: Chromium, pages: dict[str, str]) -> None:
    page: Any = seen(chromium, pages["en"], SCREEN).page
    assert page.value(TABLES_SEEN) == [False] * 5
    page.ask("Emulation.setEmulatedMedia", media="print", features=[])
    assert page.value(TABLES_SEEN) == [True] * 5
    assert page.value("document.documentElement.scrollWidth") <= SCREEN


def test_on_a_phone_each_figure_of_a_message_has_its_name(
    chromium: Chromium, pages: dict[str, str]
) -> None:
    """The head of the table cannot be seen there."""
    page = seen(chromium, pages["pl"], PHONE).page
    labels = page.value("""[...document.querySelectorAll(".stacked td")]
      .map(cell => getComputedStyle(cell, "::before").content)""")
    assert labels and "none" not in labels
    assert {'"wysłano"', '"użyte kody"', '"wypisy"'} <= set(labels)
    for url in pages["pl"], pages["en"]:
        page.go(url)
        cut = page.value("""[...document.querySelectorAll(".stacked td")].filter(cell =>
          cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)""")
        assert cut == []
