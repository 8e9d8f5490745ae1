"""What the command says of a back-test: tables, the week, who buys alone, JSON."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from typer.testing import CliRunner

from support.builders import HOUR, NOON, some_settings
from support.played_past import SHOP, ACart, APerson, backtest, hour, play, script
from wracaj.archive.rows import RowKind
from wracaj.language import Locale
from wracaj.settings.shop import ShopSettings
from wracaj_cli.answers import as_json
from wracaj_cli.archive.backtest.alone import FEWEST_ALONE, HOURS, Alone
from wracaj_cli.archive.backtest.as_json import backtest_as_json
from wracaj_cli.archive.backtest.heat_map import heat_map, shade
from wracaj_cli.archive.backtest.running import Found
from wracaj_cli.archive.backtest.showing import Shown, as_tables
from wracaj_cli.archive.backtest.tables import decimal, percent, signed_money
from wracaj_cli.archive.backtest.words import WEEK_WAS
from wracaj_cli.archive.period import Period, PeriodError, period_of
from wracaj_cli.main import app

WARSAW = ZoneInfo("Europe/Warsaw")
PRICED = some_settings(economics={"sms_part": "0.10"})
PAST = [APerson(), APerson([ACart(ordered_at=2.5)]), APerson(takes_sms=False)]


def found_with_two_hours(folder: Path, shop: ShopSettings = SHOP) -> Found:
    other = script(folder / "file", first_email_after_hours=2)
    return backtest(play(PAST, shop=shop).rows, folder / "archive", other, shop)


def shown(found: Found, shop: ShopSettings = SHOP) -> Shown:
    days = (date(2026, 11, 17), date(2026, 12, 1))
    return Shown(shop, "abandoned_cart", days, found.rows, found.tally, on_their_way=3)


def text_of(what: Shown, language: Locale) -> str:
    console = Console(width=120, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115
    console.print(as_tables(what, language))
    return console.export_text()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "7 of 7 archived decisions come out the same",
                "leave earlier",
                "leave with the file only",
                "of them: the order has not come yet",
                "cart-1-0",
                "2026-11-18 15:00",
                "Too few to tell",
                "Messages in its queue: 3",
            ),
        ),
        (
            "pl",
            (
                "7 z 7 decyzji z archiwum wychodzi tak samo",
                "wychodzą wcześniej",
                "wychodzą tylko z plikiem",
                "niewysłane: brak zgody",
                "segmenty SMS",
                "Za mało, by powiedzieć",
                "Czego nie da się wiedzieć",
            ),
        ),
    ],
)
def test_it_is_said_in_words(tmp_path: Path, language: Locale, said: tuple[str, ...]) -> None:
    text = text_of(shown(found_with_two_hours(tmp_path)), language)
    for words in said:
        assert words in text, words


def test_money_is_told_by_the_shops_own_prices(tmp_path: Path) -> None:
    told = backtest_as_json(shown(found_with_two_hours(tmp_path, PRICED), PRICED))
    was, now = told["as_it_was"], told["with_file"]
    assert (was["sms_parts"], was["messages"]) == (2, 5)
    assert str(was["cost"]) == "0.2016"
    assert (now["messages"], now["sms_parts"]) == (6, 2)
    assert now["unknown"] == {} and now["people"] == 3


def test_without_a_price_no_money_is_told(tmp_path: Path) -> None:
    found = found_with_two_hours(tmp_path)
    assert backtest_as_json(shown(found))["as_it_was"]["cost"] is None
    assert "economics.sms_part" in text_of(shown(found), "en")


def test_decisions_that_differ_are_shown_before_all_else(tmp_path: Path) -> None:
    rows = [
        replace(row, body={**row.body, "outcome": "stopped", "reason": "cart_emptied"})
        if row.kind is RowKind.DECISION and row.body["cart_id"] == "cart-0-0"
        else row
        for row in play([APerson()]).rows
    ]
    text = text_of(shown(backtest(rows, tmp_path)), "en")
    assert "0 of 3 archived decisions come out the same. Others: 3" in text
    assert "stopped: the cart is empty" in text


def test_days_without_any_timeline_are_said(tmp_path: Path) -> None:
    rows = play([APerson()]).rows
    late = NOON + 100 * HOUR
    found = backtest(rows, tmp_path, since=late, before=late + HOUR, now=late + HOUR)
    assert "No timeline abandoned_cart started" in text_of(shown(found), "en")


def test_json_has_every_move_with_its_times(tmp_path: Path) -> None:
    told = json.loads(as_json(backtest_as_json(shown(found_with_two_hours(tmp_path)))))
    listed = told["moves"]["listed"]
    assert len(listed) == told["moves"]["earlier"] + told["moves"]["new"]
    (new,) = [one for one in listed if one["kind"] == "new"]
    assert (new["cart"], new["was_reason"]) == ("cart-1-0", "ordered")
    assert new["now_at"] == hour(2).isoformat()
    assert sum(map(sum, told["with_file"]["week"])) == told["with_file"]["messages"]


def test_the_week_is_a_line_for_each_day_in_the_shops_time() -> None:
    week = [0] * 168
    week[2 * 24 + 13] = 40
    lines = heat_map(WEEK_WAS, week, 40, "pl").plain.splitlines()
    assert [line.split()[0] for line in lines[2:9]] == [
        "pon.",
        "wt.",
        "śr.",
        "czw.",
        "pt.",
        "sob.",
        "niedz.",
    ]
    assert lines[4].index("█") == lines[1].index("12") + 2


def test_shades_halve() -> None:
    assert "".join(shade(number, 64) for number in (64, 33, 32, 16, 8, 4, 1, 0)) == "██▓▒░·· "


def test_the_fewest_are_interrupted_where_the_fewest_buy_in_the_next_hour() -> None:
    alone = Alone()
    alone.bought[:5] = [300, 100, 40, 0, 20]
    alone.left[HOURS] = 600
    best, *alike = alone.fewest_interrupted()
    assert best.hour == 3 and best.interrupted == 0
    assert 1 not in {one.hour for one in alike} and 2 not in {one.hour for one in alike}
    hours = {one.hour: one for one in alone.hours()}
    assert hours[3].alone == 620
    assert hours[5].bought_by == pytest.approx(460 / 1060)


def test_too_few_carts_or_orders_tell_nothing() -> None:
    few = Alone()
    few.bought[1], few.left[HOURS] = 10, FEWEST_ALONE
    assert few.fewest_interrupted() == []
    small = Alone()
    small.bought[0], small.left[HOURS] = 500, FEWEST_ALONE - 1
    assert small.fewest_interrupted() == []


def test_whoever_gets_a_message_within_an_hour_is_not_asked_about_it() -> None:
    alone = Alone()
    alone.bought[0], alone.left[0], alone.left[HOURS] = 10, 90, 100
    assert alone.hours()[0].alone == 110
    assert alone.hours()[1].alone == 100


def test_days_are_those_of_the_shop() -> None:
    period = period_of("2026-11-02", "2026-11-08", NOON, WARSAW)
    assert period.since.isoformat() == "2026-11-02T00:00:00+01:00"
    assert period.before.isoformat() == "2026-11-09T00:00:00+01:00"
    assert period.days(WARSAW) == (date(2026, 11, 2), date(2026, 11, 8))
    assert period_of(None, None, NOON, WARSAW) == Period(NOON - timedelta(days=28), NOON)
    assert period_of("2026-11-10", "2026-12-24", NOON, WARSAW).before == NOON


@pytest.mark.parametrize("last", ["9999-12-31", "9999-12-30", "9999-12-31T23:59-01:00"])
def test_a_last_day_in_a_distant_future_is_until_now(last: str) -> None:
    period = period_of("2026-11-01", last, NOON, WARSAW)
    assert period.before == NOON
    assert period.days(WARSAW)[1] == NOON.date()


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("yesterday", None, "--from: 'yesterday' is no day"),
        (None, "2026-13-01", "--to: '2026-13-01' is no day"),
        ("2026-11-09", "2026-11-08", "comes after --to"),
        ("2026-12-24", "2026-12-25", "still to come"),
        ("9999-12-31", None, "still to come"),
        ("0001-01-01", None, "--from: 0001-01-01: no archive is as old as that"),
        ("0001-01-01T00:00+05:00", None, "no archive is as old as that"),
        (None, "0001-01-01", "--to: 0001-01-01: no archive is as old as that"),
    ],
)
def test_days_that_cannot_be_understood_are_refused(
    first: str | None, last: str | None, why: str
) -> None:
    with pytest.raises(PeriodError, match=why):
        period_of(first, last, NOON, WARSAW)


@pytest.mark.parametrize(
    ("timeline", "words"),
    [
        ("nothing_like_it", "there is no timeline 'nothing_like_it'"),
        ("elsewhere/abandoned_cart.yaml", "elsewhere/abandoned_cart.yaml cannot be read"),
    ],
)
def test_a_timeline_that_is_not_there_is_answered_with_those_that_are(
    timeline: str, words: str
) -> None:
    done = CliRunner().invoke(app, ["backtest", "kubek", "--timeline", timeline])
    assert done.exit_code == 1
    assert words in done.stderr
    assert "there are abandoned_cart, " in done.stderr and "win_back" in done.stderr


def test_a_timeline_that_is_misspelt_is_answered_with_the_one_that_is_meant() -> None:
    done = CliRunner().invoke(app, ["backtest", "kubek", "--timeline", "abandonned_cart"])
    assert "did you mean 'abandoned_cart'?" in done.stderr


@pytest.mark.parametrize("to", ["en", "pl"])
@pytest.mark.parametrize(
    ("more", "said"), [("-0.0004", "0,00 zł"), ("-0.005", "−0,01 zł"), ("0.004", "0,00 zł")]
)
def test_a_cost_that_rounds_to_nothing_has_no_sign(to: Locale, more: str, said: str) -> None:
    written = signed_money(Decimal(more), "PLN", to).replace("\u00a0", " ")
    english = said.replace(",", ".").removesuffix(" zł").replace("0.", "PLN 0.")
    assert written == (said if to == "pl" else english)


def test_a_share_that_rounds_to_nothing_has_no_sign() -> None:
    assert decimal(-0.04, "pl") == "0,0" and percent(-0.0004, "en") == "0.0 %"
