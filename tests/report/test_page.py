"""The report as a page: what it says in two languages, that it needs nothing from elsewhere, and
that its figures are those of `--json`."""

import io
import json
import re
import subprocess
import sys
from decimal import Decimal
from functools import cache
from html import unescape
from typing import Any

import pytest
from rich.console import Console

from support.reports import a_report
from support.rich_reports import a_rich_report
from wracaj.language import LOCALES, Locale
from wracaj.loyalty.ledger import Sums
from wracaj_cli.answers import as_json
from wracaj_cli.experiments.guards import guard_rows
from wracaj_cli.report.as_json import report_as_json
from wracaj_cli.report.charts import MOST_UPRIGHT
from wracaj_cli.report.figures import Customers, last_months
from wracaj_cli.report.page import as_page
from wracaj_cli.report.reading import Report
from wracaj_cli.report.terminal import as_tables
from wracaj_cli.report.writing import Writer

REPORTS = {"rich": a_rich_report, "empty": a_report}
SECTIONS = {
    "pl": [
        "W skrócie",
        "Wiadomość po wiadomości",
        "Tydzień po tygodniu",
        "Eksperymenty",
        "Klienci",
    ],
    "en": ["At a glance", "Message by message", "Week by week", "Experiments", "Customers"],
}


@cache
def page(kind: str, language: Locale) -> str:
    return as_page(REPORTS[kind](), Writer(language, "PLN"))


def text(html: str) -> str:
    """Return what a person reads, on one line."""
    shown = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", html, flags=re.DOTALL)
    plain = unescape(re.sub(r"<[^>]+>", " ", shown)).replace("\u00a0", " ")
    return " ".join(plain.split())


def table_after(html: str, start: int) -> list[list[str]]:
    """Return the cells of the first table that follows, without its head."""
    body = re.search(r"<tbody>(.*?)</tbody>", html[start:], re.DOTALL)
    assert body
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body[1], re.DOTALL)
    return [
        [text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.mark.parametrize("language", LOCALES)
def test_the_first_screen_says_whose_it_is_and_what_came_of_it(language: Locale) -> None:
    html = page("rich", language)
    assert f'<html lang="{language}">' in html and "<h1>Kubek i Spółka</h1>" in html
    headings = [text(one) for one in re.findall(r"<h2>(.*?)</h2>", html)]
    assert headings[: len(SECTIONS[language])] == SECTIONS[language]
    first = text(html[html.index("<section>") : html.index("</section>")])
    expected = {
        "pl": (
            "Odzyskane koszyki 240",
            "Zapłacono w nich netto 54 511,65 zł",
            "Tylko dzięki wiadomościom od 91 do 281 zamówień",
            "Marża po rabatach i kosztach wiadomości 15 158,86 zł",
            "Koszt wiadomości 94,64 zł",
            "To się opłaca: od 2,0",
            "Koszt wiadomości: 8 234 e-maile i 1 015 segmentów SMS.",
        ),
        "en": (
            "Recovered carts 240",
            "Paid in them, without tax PLN 54,511.65",
            "Because of the messages 91 to 281 orders",
            "Contribution after discounts and messages PLN 15,158.86",
            "Cost of messages PLN 94.64",
            "It pays: 2.0",
            "Cost of messages: of 8,234 e-mails and 1,015 SMS parts.",
        ),
    }
    assert [words for words in expected[language] if words not in first] == []


@pytest.mark.parametrize("language", LOCALES)
def test_each_timeline_has_its_messages_in_order_and_why_some_were_not_sent(
    language: Locale,
) -> None:
    html = page("rich", language)
    names = [name for name, *_ in table_after(html, html.index('data-timeline="abandoned_cart"'))]
    told = text(html)
    if language == "pl":
        assert names == [
            "pierwszy e-mail",
            "SMS",
            "e-mail z rabatem",
            "our own push",
            "wszystkie razem",
        ]
        assert "pierwszy e-mail : brak zgody (1 204), w grupie kontrolnej (677)" in told
        assert "Jeszcze nic: drugi e-mail, e-mail z propozycją pomocy" in told
        assert "Koszyki bez harmonogramu" in told and "2 koszyki" in told
    else:
        assert names == [
            "first e-mail",
            "SMS",
            "e-mail with a discount",
            "our own push",
            "all of them",
        ]
        assert "first e-mail : no consent (1,204), in the holdout (677)" in told
        assert "Nothing yet: second e-mail, e-mail that offers help" in told
        assert "Carts that took no timeline" in told and "31 carts" in told
    places = [html.index(f'data-timeline="{name}"') for name in ORDER]
    assert places == sorted(places)


ORDER = ("abandoned_cart", "high_value_cart", "campaign", "confirm_consent")


def test_what_an_experiment_on_a_timeline_says_stands_with_the_timeline() -> None:
    html = page("rich", "pl")
    carts = text(html[html.index(">Porzucony koszyk<") : html.index(">Koszyk o dużej wartości<")])
    assert "sooner, Porzucony koszyk: Za mało danych: brakuje jeszcze około" in carts
    expensive = text(html[html.index(">Koszyk o dużej wartości<") : html.index(">Kampanie<")])
    assert "rescue_pays, Koszyk o dużej wartości: Za wcześnie" in expensive


@pytest.mark.parametrize("language", LOCALES)
def test_beside_each_experiment_stands_who_unsubscribed_and_complained_in_each_arm(
    language: Locale,
) -> None:
    html, report = page("rich", language), a_rich_report()
    for shown in report.experiments:
        rows = table_after(html, html.index(f'data-guards="{shown.name}"'))
        assert rows == [[text(cell) for cell in row] for row in guard_rows(shown, language)]
    carts = table_after(html, html.index('data-guards="carts_pay"'))
    assert [row[1] for row in carts] == ["0", {"pl": "41 (0,76%)", "en": "41 (0.76%)"}[language]]
    warning = {"pl": "W jednym z wariantów wypisuje się", "en": "More shoppers unsubscribe in one"}
    assert text(html).count(warning[language]) == 1
    assert html.index(warning[language]) > html.index('data-guards="more_off"')


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("language", LOCALES)
def test_a_page_runs_nothing_and_needs_nothing_from_elsewhere(kind: str, language: Locale) -> None:
    html = page(kind, language)
    forbidden = (
        r"<script|<link|<iframe|<img|<!--|javascript:|http|@import|url\(|\bsrc=|\bhref=|\son\w+="
    )
    assert re.findall(forbidden, html, re.IGNORECASE) == []
    assert html.count("<style") == 1 and ("<svg" in html) is (kind == "rich")


def test_a_page_is_the_same_each_time_it_is_made() -> None:
    assert page("rich", "pl") == as_page(a_rich_report(), Writer("pl", "PLN"))


def test_texts_of_the_shop_are_shown_as_they_are_written() -> None:
    html = as_page(a_report(name="<b>Kubek</b> & 'Spółka'", unreminded={"rule <i>": 1}))
    assert "<h1>&lt;b&gt;Kubek&lt;/b&gt; &amp; &#39;Spółka&#39;</h1>" in html
    assert "<b>" not in html and "<i>" not in html


@pytest.mark.parametrize("language", LOCALES)
def test_each_chart_has_a_text_alternative_and_a_table_with_its_figures(language: Locale) -> None:
    html = page("rich", language)
    figures = list(re.finditer(r'<figure class="chart">(.*?)</figure>', html, re.DOTALL))
    assert len(figures) == 3 + 4 + 2 + 1  # weeks, experiments, months, segments
    for found in figures:
        drawn = re.findall(r"<svg.*?</svg>", found[1], re.DOTALL)
        assert len(drawn) == 2
        title = text(re.findall(r"<figcaption>(.*?)</figcaption>", found[1])[0])
        label = {"pl": "liczby są w tabeli poniżej", "en": "the table below has the figures"}
        for svg in drawn:
            alternative = re.findall(r'role="img" aria-label="([^"]+)"', svg)
            assert [text(one) for one in alternative] == [f"{title}; {label[language]}"]
        cells = {whole(cell) for row in table_after(html, found.end()) for cell in row}
        wide, narrow = (values(svg) for svg in drawn)
        assert sorted(wide) == sorted(narrow)
        assert set(wide) <= cells, (title, set(wide) - cells)


def values(svg: str) -> list[str]:
    """Return the figures that stand at the bars. Intervals have none: their scale has."""
    overlay = svg[svg.index("text-overlay") :]
    return [whole(text(one)) for one in re.findall(r"<text[^>]*>(.*?)</text>", overlay)]


def whole(written: str) -> str:
    """Return an amount or a percent as a whole number; anything else as it is."""
    bare = re.sub(r"[^\d.,-]", "", written.replace("PLN", ""))
    if not re.fullmatch(r"-?[\d.,]*\d", bare):
        return written
    point = "," if "zł" in written or ("%" in written and "," in written) else "."
    grouping = "." if point == "," else ","
    bare = bare.replace(grouping, "") if "zł" in written or "PLN" in written else bare
    if "zł" in written or "PLN" in written or "%" in written:
        return str(round(Decimal(bare.replace(point, "."))))
    return bare.replace(",", "")


def test_a_chart_of_intervals_has_a_line_for_each_row_of_its_table() -> None:
    html = page("rich", "en")
    chart = html.index("Ordered: the difference for 100 shoppers")
    svg = html[html.index("<svg", chart) : html.index("</svg>", chart)]
    rows = table_after(html, chart)
    assert svg.count('class="ci"') == svg.count("<circle") == len(rows) > 10
    assert re.fullmatch(r"-?[\d.]+ orders … -?[\d.]+ orders", rows[-1][2])
    assert rows[-1][0] == "8 November 2026"
    ticks = re.findall(r"<text[^>]*>(-?[\d.]+)</text>", svg)
    low, high = (float(one) for one in re.findall(r"-?[\d.]+", rows[0][2]))
    assert float(ticks[0]) <= low and high <= float(ticks[-1]) and "0" in ticks


def numbers(report: Report) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(as_json(report_as_json(report)))
    return told


@pytest.mark.parametrize("language", LOCALES)
def test_the_figures_are_those_of_json(language: Locale) -> None:
    report, w, html = a_rich_report(), Writer(language, "PLN"), page("rich", language)
    told = numbers(report)
    brings = told["brings"]
    cards = re.findall(r"<dd>(.*?)</dd>", html[: html.index("</section>")])
    assert [text(cards[place]) for place in (0, 1, 2, 4, 5)] == [
        text(written)
        for written in (
            w.number(brings["recovered_carts"]),
            w.number(brings["orders"]),
            w.money(Decimal(brings["paid"])),
            w.money(Decimal(brings["contribution"])),
            w.money(Decimal(brings["message_costs"])),
        )
    ]
    for timeline in ORDER:
        rows = table_after(html, html.index(f'data-timeline="{timeline}"'))
        messages = [
            one for one in told["messages"] if one["timeline"] == timeline and one["outcomes"]
        ]
        cells = [message_cells(one, w) for one in messages]
        if len(messages) > 1:
            (total,) = [one for one in told["timelines"] if one["timeline"] == timeline]
            cells.append(message_cells(total, w))
        assert [row[2:] for row in rows] == cells
    weeks = table_after(html, html.index("<details>"))
    assert [row[4:] for row in weeks] == [
        [
            text(one)
            for one in (
                w.number(week["orders"]),
                w.money(Decimal(week["paid"])),
                w.number(week["codes_used"]),
                w.number(week["unsubscribed"]),
            )
        ]
        for week in told["weeks"]
    ]


def message_cells(message: dict[str, Any], w: Writer) -> list[str]:
    outcomes = message["outcomes"]
    became = ("delivered", "bounced", "complained", "clicked")
    return [
        *(text(w.number(outcomes.get(name, 0))) for name in became),
        text(w.number(message["orders"])),
        text(w.money(Decimal(message["paid"]))),
        because_cell(message["incremental"], w),
        text(w.number(message["codes_used"])),
        text(w.number(message["unsubscribed"])),
    ]


def because_cell(incremental: dict[str, Any] | None, w: Writer) -> str:
    if incremental is None:
        return "–"
    low, high = (w.decimal(incremental["interval_of_thousand"][end]) for end in ("low", "high"))
    return f"{low} … {high}"


def test_json_has_no_words_and_the_intervals_over_time() -> None:
    told = numbers(a_rich_report())
    because, rescue, carts = told["brings"]["because_of_messages"]
    assert (because["experiment"], because["finding"], because["people"]) == (
        "does_it_pay",
        "pays",
        4500,
    )
    assert (round(because["interval_of_all"]["low"]), rescue["interval_of_all"]) == (91, None)
    assert carts["timeline"] == "abandoned_cart"
    pays, sooner, rescue, *_ = told["experiments"]
    ((compared,), (other,)) = pays["compared"], sooner["compared"]
    assert compared["over_time"][-1]["interval"] == compared["interval"]
    assert (compared["finding"], other["arm"], other["finding"]) == ("pays", "sooner", "not_enough")
    assert rescue["compared"][0]["over_time"] == []
    assert not re.search(r"[ąćęłńóśźż]", json.dumps(told | {"name": ""}, ensure_ascii=False))


@pytest.mark.parametrize("language", LOCALES)
def test_a_shop_where_nothing_happened_has_a_page_that_says_so(language: Locale) -> None:
    told = text(page("empty", language))
    for words in {
        "pl": ("Nic jeszcze nie wysłano.", "nie ma grupy kontrolnej", "nie mają jeszcze ocen RFM"),
        "en": ("Nothing was sent yet.", "no experiment holds anybody out", "No night has scored"),
    }[language]:
        assert words in told
    assert "Tydzień po tygodniu" not in told and "Week by week" not in told


def test_of_many_months_each_has_a_row_in_the_chart() -> None:
    customers = Customers(last_months("2026-11", 36))
    customers.add({"2023-12": Sums(spend=Decimal(100), orders=1)})
    months = customers.by_month
    html = as_page(a_report(months=months))
    spent = html[
        html.index("Spent by month") : html.index("</figure>", html.index("Spent by month"))
    ]
    assert len(months) > MOST_UPRIGHT and spent.count("horizontalbar-graph horizontal") == 2
    assert [spent.count(label) for label in ("Dec\u00a023", "Nov\u00a026")] == [2, 2]


def test_months_before_the_first_order_are_left_out() -> None:
    customers = Customers(last_months("2026-11", 12))
    customers.add({"2026-09": Sums(spend=Decimal(100), orders=1)})
    html = as_page(a_report(months=customers.by_month))
    rows = table_after(html, html.index("Month by month"))
    assert [row[0] for row in rows] == ["2026-09", "2026-10", "2026-11"]
    assert "08.26" not in html and "Aug" not in html


@pytest.mark.parametrize("language", LOCALES)
def test_a_terminal_of_80_columns_cuts_nothing(language: Locale) -> None:
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(as_tables(a_rich_report(), Writer(language, "PLN")))
    printed = console.export_text()
    assert not re.search(r"\S…", printed)
    told = " ".join(printed.replace("\u00a0", " ").split())
    for words in {
        "pl": ("54 511,65 zł", "pierwszy e-mail", "does_it_pay, wiadomości: przedział w czasie"),
        "en": ("PLN 54,511.65", "first e-mail", "does_it_pay, messages: the interval over time"),
    }[language]:
        assert words in told


def test_charts_are_loaded_only_where_a_page_is_made() -> None:
    program = "import sys, wracaj_cli.main; print('pygal' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr
