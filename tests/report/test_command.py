"""`wracaj report` on a shop with counters: its languages, its currencies, and what scripts get."""

import itertools
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from report.test_report import NOW, a_target
from support.builders import a_holdout
from support.local_stack import Emulator
from support.scenes import Scene, a_scene
from wracaj.experiments.arms import Entry
from wracaj.store import Store
from wracaj.store.experiments import sums_key
from wracaj.store.table import Change, Table
from wracaj_cli.main import app
from wracaj_cli.report.messages import Sent
from wracaj_cli.report.reading import read_report

pytestmark = pytest.mark.usefixtures("frozen_timelines")
_shops = itertools.count()
MAIL = {"sent": 40, "delivered": 39, "clicked": 8, "unsubscribed": 2}
BROUGHT = {
    "attributed_orders": 3,
    "attributed_cents": 40_000,
    "attributed_contribution_cents": 12_000,
    "codes_used": 2,
}


def a_shop_with_counters(emulator: Emulator, **settings: Any) -> Scene:
    store = Store(Table(emulator.table, emulator.client("dynamodb")))
    scene = a_scene(
        store,
        f"told-{os.getpid()}-{next(_shops)}",
        economics={"margin_percent": 30, "sms_part": 1},
        **settings,
    )
    counters, shop = store.counters, scene.shop.id
    for days in (0, 8):
        at = NOW - timedelta(days=days)
        counters.add(shop, at, "abandoned_cart#discount_email", Change().add(**MAIL, **BROUGHT))
        counters.add(shop, at, "abandoned_cart#sms", Change().add(sent=5, segments=10))
    counters.add(shop, NOW, "no timeline#rule 1", Change().add(carts=3))
    return scene


@pytest.fixture
def scene(emulator: Emulator) -> Scene:
    return a_shop_with_counters(emulator)


@pytest.fixture
def wracaj(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    target = a_target(emulator.client, emulator.table)
    monkeypatch.setattr("wracaj_cli.report.command.find_target", lambda _: target)

    def run(scene: Scene, *options: str) -> str:
        monkeypatch.setattr("wracaj_cli.report.command.get_shop", lambda *_: scene.shop)
        done = CliRunner().invoke(app, ["report", scene.shop.id, *options])
        assert done.exit_code == 0, done.output
        return done.output.replace("\u00a0", " ")

    return run


def test_without_a_locale_it_speaks_the_language_of_the_shop(
    emulator: Emulator, wracaj: Any
) -> None:
    polish, english = (a_shop_with_counters(emulator, locale=one) for one in ("pl", "en"))
    assert "Kubek i Spółka: co dają wiadomości" in wracaj(polish)
    assert "Kubek i Spółka: what messages bring" in wracaj(english)
    assert "Kubek i Spółka: what messages bring" in wracaj(polish, "--locale", "en")
    assert "Kubek i Spółka: co dają wiadomości" in wracaj(english, "--language", "pl")


def entered(scene: Scene, arm: str, people: int, ordered: int) -> None:
    """Let so many people enter the experiment 30 days ago, of whom so many ordered."""
    then = NOW - timedelta(days=30)
    entry = Entry(arm=arm, person=f"e-{arm}", at=then, needed_until=NOW)
    counted = Change().add(people=people, ordered=ordered, ordered_squared=ordered)
    scene.store.table.update(sums_key(scene.shop.id, "carts_pay", entry), counted)


def test_what_came_because_of_a_timeline_is_read_from_the_sums(
    emulator: Emulator, wracaj: Any, tmp_path: Path
) -> None:
    begins, ends = NOW - timedelta(days=31), NOW - timedelta(days=20)
    told = a_holdout(50, timeline="abandoned_cart", begins=begins, ends=ends)
    scene = a_shop_with_counters(emulator, experiments={"carts_pay": told})
    (unknown,) = json.loads(wracaj(scene, "--json"))["timelines"]
    assert (unknown["incremental"], unknown["incremental_unknown"]) == (None, "too_early")
    entered(scene, "held_out", 5000, 500)
    entered(scene, "treated", 5000, 650)
    at, step = NOW - timedelta(days=29), "abandoned_cart#discount_email"
    sent = {"sent@carts_pay@treated@email": 10_000, "attributed@carts_pay@treated@orders": 300}
    scene.store.counters.add(scene.shop.id, at, step, Change().add(**sent))
    (timeline,) = json.loads(wracaj(scene, "--json"))["timelines"]
    assert timeline["incremental"]["interval_of_thousand"]["estimate"] == pytest.approx(15)
    assert timeline["incremental"]["credited_of_thousand"] == pytest.approx(30)
    file = tmp_path / "report.html"
    wracaj(scene, "--html", str(file), "--locale", "pl")
    page = file.read_text("utf-8").replace("\u00a0", " ")
    terminal = " ".join(wracaj(scene, "--locale", "pl").split())
    for words in ("tylko dzięki nim; przypisane po kliknięciu: 30,0 zamówienia", "5,3 … 24,7"):
        assert words in page and words in terminal
    assert "Wypisy i zgłoszenia spamu" in page and "Wypisy i zgłoszenia spamu" in terminal


def test_a_page_is_written_in_the_asked_language(scene: Scene, wracaj: Any, tmp_path: Path) -> None:
    for locale, title, wrote in (("pl", "W skrócie", "Zapisano"), ("en", "At a glance", "Wrote")):
        file = tmp_path / f"{locale}.html"
        assert wrote in wracaj(scene, "--html", str(file), "--locale", locale)
        assert f"<h2>{title}</h2>" in file.read_text("utf-8").replace("\u00a0", " ")


def test_the_first_table_is_what_the_counters_say(scene: Scene, wracaj: Any) -> None:
    told = [" ".join(line.split()) for line in wracaj(scene, "--locale", "pl").splitlines()]
    for line in (
        "│ odzyskane koszyki │ 6 │",
        "│ zapłacono w nich netto │ 800,00 zł │",
        "│ tylko dzięki wiadomościom │ nie wiadomo │",
        "│ marża po rabatach i kosztach wiadomości │ 219,97 zł │",  # 240 - 20 parts - 80 mails
        "│ koszt wiadomości │ 20,03 zł │",
        "│ e-mail z rabatem │ 80 │ 78 │ 0 │ 0 │ 16 │ 4 │",
        "│ e-mail z │ 6 │ 800,00 zł │ – │ 4 │",
    ):
        assert line in told
    assert "Jeszcze nic: pierwszy e-mail." in told


def test_scripts_get_the_same_in_every_language(scene: Scene, wracaj: Any) -> None:
    told, again = (wracaj(scene, "--json", "--locale", locale) for locale in ("pl", "en"))
    assert told == again
    report = json.loads(told)
    assert (report["name"], report["begins"]) == ("Kubek i Spółka", "2025-12-01")
    assert [one["step"] for one in report["messages"]] == ["first_email", "sms", "discount_email"]
    assert [(week["begins"], week["sent"], week["paid"]) for week in report["weeks"]] == [
        ("2026-11-09", 45, "400"),
        ("2026-11-16", 45, "400"),
    ]
    assert report["carts_without_timeline"] == {"rule 1": 3}
    assert report["brings"] | {"because_of_messages": []} == {
        "currency": "PLN",
        "orders": 6,
        "recovered_carts": 6,
        "paid": "800",
        "contribution": "219.968",
        "emails": 80,
        "sms_parts": 20,
        "message_costs": "20.032",
        "because_of_messages": [],
    }


def test_what_messages_brought_is_in_the_shops_currency_whatever_customers_are_shown_in(
    scene: Scene, wracaj: Any
) -> None:
    told = wracaj(scene, "--currency", "EUR", "--locale", "en")
    assert "PLN 800.00" in told and "€0.00" in told and "€800.00" not in told


def test_counters_outside_of_the_months_do_not_count(scene: Scene, emulator: Emulator) -> None:
    at = NOW - timedelta(days=40)
    scene.store.counters.add(scene.shop.id, at, "abandoned_cart#sms", Change().add(sent=100))
    target = a_target(emulator.client, emulator.table)

    def sent(months: int) -> list[Sent]:
        report = read_report(target, scene.shop.id, "PLN", months, settings=scene.shop.settings)
        return [row for row in report.sent if row.name == "sms"]

    assert [row.sent for row in (*sent(1), *sent(2))] == [10, 110]


def test_a_running_experiment_is_read_with_its_past(emulator: Emulator, wracaj: Any) -> None:
    """Nobody has entered it yet."""
    times = {"begins": "2026-11-01", "ends": "2026-12-31"}
    told = {"pays": {"hold_out_percent": 20, "smallest_lift": 1, **times}}
    scene = a_shop_with_counters(emulator, experiments=told)
    assert "pays, wszystkie wiadomości: Za wcześnie" in " ".join(wracaj(scene).split())
    (one,) = json.loads(wracaj(scene, "--json"))["experiments"]
    (compared,) = one["compared"]
    assert (compared["finding"], compared["interval"], compared["over_time"]) == (
        "too_early",
        None,
        [],
    )
