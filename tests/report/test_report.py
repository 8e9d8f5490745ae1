"""The report, from webhooks' events to the page, against pandas on the same orders."""

import io
import itertools
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from rich.console import Console

from support.builders import an_order
from support.local_stack import Emulator
from support.nightly_scoring import play_night
from support.scenes import Requests, Scene, a_scene
from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.events import Contact, CustomersMerged, OrderRefunded
from wracaj.segments.rfm import Move, Scores, Segment, segment_of
from wracaj.store import Store
from wracaj.store.message_links import LinkTarget
from wracaj.store.table import Table
from wracaj_cli.report.naming import since
from wracaj_cli.report.page import as_page
from wracaj_cli.report.reading import Report, read_report
from wracaj_cli.report.terminal import as_tables
from wracaj_cli.report.writing import Writer
from wracaj_cli.shops.target import Target

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
_shops = itertools.count()

# customer, days ago, złoty
ORDERS = [
    ("a", 5, 100),
    ("a", 40, 250),
    ("b", 400, 80),
    ("b", 30, 20),
    ("c", 200, 999),
    ("d", 3, 15),
    ("e", 330, 60),
    ("e", 300, 60),
]


@pytest.fixture
def scene(emulator: Emulator) -> Scene:
    store = Store(Table(emulator.table, emulator.client("dynamodb")))
    scene = a_scene(store, f"report-{os.getpid()}-{next(_shops)}")
    tell(scene, ORDERS)
    return scene


def tell(scene: Scene, orders: list[tuple[str, int, int]], name: str = "o", **changes: Any) -> None:
    for number, (customer, days, amount) in enumerate(orders):
        told = {
            "placed_at": NOW - timedelta(days=days),
            "total": Decimal(amount),
            "contact": Contact(email=f"{customer}@example.com"),
        }
        scene.take(an_order(order_id=f"{name}{number}", **told, **changes))


def a_target(client: Callable[[str], Any], table: str) -> Target:
    return Target(
        client,
        "",
        table,
        "local",
        lambda: NOW,
        nightly_rfm="",
        campaign_dispatch="",
        reminder_step="",
        identifiers_key="",
    )


def report_of(scene: Scene, emulator: Emulator, currency: str = "PLN") -> Report:
    return read_report(a_target(emulator.client, emulator.table), scene.shop.id, currency, 12)


def test_the_figures_are_those_of_pandas(scene: Scene, emulator: Emulator) -> None:
    report = report_of(scene, emulator)
    frame = pd.DataFrame(ORDERS, columns=["customer", "days", "amount"])
    frame["month"] = [f"{NOW - timedelta(days=days):%Y-%m}" for days in frame["days"]]
    per_customer = frame.groupby("customer")["amount"].agg(["count", "sum"])
    assert report.lifetime.customers == len(per_customer)
    assert report.lifetime.spend == int(frame["amount"].sum())
    assert report.lifetime.repeat_rate == Decimal(f"{100 * (per_customer['count'] > 1).mean():.2f}")
    by_month = frame.groupby("month")["amount"].sum()
    assert [month.spend for month in report.months] == [
        int(by_month.get(month.month, 0)) for month in report.months
    ]


def test_two_ids_of_one_shopper_are_one_customer_and_a_refund_is_taken_off(
    scene: Scene, emulator: Emulator
) -> None:
    for number, id_ in enumerate(("8", "9")):
        account, at = Contact(platform_id=id_), NOW - timedelta(days=2 + number)
        scene.take(an_order(order_id=f"m{id_}", placed_at=at, total=Decimal(50), contact=account))
    assert report_of(scene, emulator).lifetime.customers == 7
    scene.take(CustomersMerged(at=NOW, kept="9", gone="8"))
    scene.take(
        OrderRefunded(at=NOW, order_id="o0", refund_id="r", currency="PLN", amount=Decimal(100))
    )
    life = report_of(scene, emulator).lifetime
    assert (life.customers, life.orders, life.spend) == (
        6,
        9,
        Decimal(sum(amount for *_, amount in ORDERS) + 100 - 100),
    )


def frame_of(orders: list[tuple[str, int, int]]) -> pd.DataFrame:
    """One row an order, with its customer's segment as pandas ranks them."""
    frame = pd.DataFrame(orders, columns=["customer", "days", "amount"])
    now = pd.Period(NOW.strftime("%Y-%m"), "M")
    moments = pd.to_datetime(
        [(NOW - timedelta(days=days)).replace(tzinfo=None) for days in frame["days"]]
    )
    frame["back"] = [(now - moment).n for moment in moments.to_period("M")]  # months ago
    one = frame.groupby("customer").agg(r=("days", "min"), f=("days", "size"), m=("amount", "sum"))
    ranks = pd.DataFrame(
        {"r": one["r"].rank(ascending=False), "f": one["f"].rank(), "m": one["m"].rank()}
    )
    scores = (1 + (5 * (ranks - 0.5) / len(one) + 1e-9).astype(int)).clip(upper=5)
    segments = {str(name): segment_of(Scores(*map(int, row))) for name, *row in scores.itertuples()}
    return frame.assign(segment=frame["customer"].map(segments))


def churn_by_pandas(frame: pd.DataFrame) -> tuple[int, int, int]:
    """Of the report's twelve months together: S, E and N, each as the definition says it."""
    started = ended = new = 0
    for back in range(12):
        began = set(frame[frame["back"].between(back + 1, back + 12)]["customer"])
        ends = set(frame[frame["back"].between(back, back + 11)]["customer"])
        started, ended, new = started + len(began), ended + len(ends), new + len(ends - began)
    return started, ended, new


def test_the_figures_of_each_segment_are_those_of_pandas(emulator: Emulator) -> None:
    draw = Random(7)
    orders = [
        (f"c{draw.randrange(25)}", draw.randrange(1, 720), draw.randrange(10, 900))
        for _ in range(70)
    ]
    scene = a_scene(
        Store(Table(emulator.table, emulator.client("dynamodb"))),
        f"report-{os.getpid()}-{next(_shops)}",
    )
    tell(scene, orders)
    play_night(scene.store, scene.shop.id, NOW)
    frame, report = frame_of(orders), report_of(scene, emulator)
    assert {row.segment for row in report.segments} == set(frame["segment"])
    for row in report.segments:
        own, life = frame[frame["segment"] == row.segment], row.lifetime
        per_customer = own.groupby("customer")["amount"].agg(["count", "sum"])
        assert (life.customers, life.orders, life.spend) == (
            len(per_customer),
            len(own),
            Decimal(int(own["amount"].sum())),
        )
        assert (row.came, row.went) == (len(per_customer), 0)
        assert float(life.repeat_rate or 0) == pytest.approx(
            100 * (per_customer["count"] > 1).mean(), abs=0.006
        )
        assert float(life.historic_value or 0) == pytest.approx(
            per_customer["sum"].mean(), abs=0.006
        )
        started, ended, new = churn_by_pandas(own)
        churn = 100 * (started - (ended - new)) / started if started else None
        assert (life.churn is None) is (churn is None)
        assert float(life.churn or 0) == pytest.approx(churn or 0, abs=0.006)
        assert float(life.retention or 0) == pytest.approx(
            0 if churn is None else 100 - churn, abs=0.006
        )
        if churn and churn > 0:
            in_window = own[own["back"] < 12]
            expected = own["amount"].mean() * (len(in_window) / ended) * 100 / churn
            assert float(life.expected_value or 0) == pytest.approx(expected, rel=0.01)
        else:
            assert life.expected_value is None


def test_movement_is_told_since_the_night_before(scene: Scene, emulator: Emulator) -> None:
    play_night(scene.store, scene.shop.id, NOW - timedelta(days=1))
    for number in range(4):
        tell(scene, [("b", 0, 700)], f"moved-{number}")
    tell(scene, [("f", 0, 15)], "new")
    play_night(scene.store, scene.shop.id, NOW)
    report = report_of(scene, emulator)
    rows = {row.segment: row for row in report.segments}
    assert rows[Segment.CHAMPIONS].came == 1
    assert (
        sum(row.came for row in report.segments) - sum(row.went for row in report.segments) == 1
    )  # who bought for the first time
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(as_tables(report))
    shown, page = console.export_text(), as_page(report)
    assert (
        "came and went since 2026-11-17 12:00" in shown
        and "came and went since 2026-11-17 12:00" in page
    )
    assert re.search(r"scored for the first time +│ +(new|promising) +│ +1", shown)
    assert page.count('class="moved"') == len({(m.before, m.after) for m in moved(report)})


def test_the_night_is_told_by_the_shops_clock(scene: Scene, emulator: Emulator) -> None:
    play_night(scene.store, scene.shop.id, NOW - timedelta(days=1))
    play_night(scene.store, scene.shop.id, NOW)
    target, warsaw = a_target(emulator.client, emulator.table), ZoneInfo("Europe/Warsaw")
    report = read_report(target, scene.shop.id, "PLN", 12, zone=warsaw)
    for shown in (as_page(report), since(report, Writer("en", "PLN"))):
        assert "Scored 2026-11-18 13:00; came and went since 2026-11-17 13:00" in shown


def test_a_terminal_of_80_columns_cuts_no_figure(scene: Scene, emulator: Emulator) -> None:
    for number, (who, total) in enumerate([("b", 1_234_567), ("f", 15), ("g", 999_999)]):
        tell(scene, [(who, 0, total)], f"wide-{number}")
    play_night(scene.store, scene.shop.id, NOW - timedelta(days=1))
    play_night(scene.store, scene.shop.id, NOW)
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(as_tables(report_of(scene, emulator)))
    shown = console.export_text()
    assert "…" not in shown and re.search(r"PLN.2,23\d,\d{3}\.00", shown)


def test_months_before_the_first_order_are_left_out(scene: Scene, emulator: Emulator) -> None:
    tell(scene, [("b", 0, 700)], "first")
    console = Console(width=160, record=True, file=io.StringIO())
    report = report_of(scene, emulator)
    console.print(as_tables(report))
    empty = [month.month for month in report.months if not month.at_end and not month.orders]
    assert not [month for month in empty if month in console.export_text()]


def moved(report: Report) -> list[Move]:
    assert report.night
    return [move for move in report.night.moves if move.before is not move.after]


def test_who_bought_since_the_last_night_is_in_the_report_and_in_no_segment(
    scene: Scene, emulator: Emulator
) -> None:
    play_night(scene.store, scene.shop.id, NOW - timedelta(days=1))
    tell(scene, [("new", 0, 10)], "new")
    report = report_of(scene, emulator)
    assert [row.lifetime.customers for row in report.segments if row.segment is None] == [1]
    assert sum(row.lifetime.customers for row in report.segments) == report.lifetime.customers == 6
    assert "not scored yet" in as_page(report)


def test_before_the_first_night_it_says_how_to_score_now(scene: Scene, emulator: Emulator) -> None:
    report = report_of(scene, emulator)
    assert report.segments == []
    told = f"No night has scored the customers yet. `wracaj score {scene.shop.id}` does it now."
    assert told in as_page(report)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(as_tables(report))
    assert told in console.export_text()


def test_segments_scored_in_one_currency_are_not_shown_for_another(
    scene: Scene, emulator: Emulator
) -> None:
    tell(scene, [("a", 4, 30)], "euro", currency="EUR")
    play_night(scene.store, scene.shop.id, NOW)
    report = report_of(scene, emulator, "EUR")
    assert (report.lifetime.customers, report.lifetime.spend, report.elsewhere) == (
        1,
        Decimal(30),
        ["PLN"],
    )
    assert "Customers are scored in PLN, and this report is in EUR." in as_page(report)


def test_reading_a_report_scans_no_table(scene: Scene, emulator: Emulator) -> None:
    client = emulator.client("dynamodb")
    with Requests(client) as requests:
        read_report(a_target(lambda _: client, emulator.table), scene.shop.id, "PLN", 1)
    assert set(requests) == {"Query", "BatchGetItem"}


def test_the_page_and_the_terminal_show_the_same_figures(scene: Scene, emulator: Emulator) -> None:
    play_night(scene.store, scene.shop.id, NOW)
    report = report_of(scene, emulator)
    page, console = as_page(report), Console(width=160, record=True, file=io.StringIO())
    console.print(as_tables(report))
    shown = console.export_text()
    for told in ("PLN 1,584.00", "60.0%", "2026-11"):
        assert told.replace(" ", "\u00a0") in page.replace(" ", "\u00a0")
        assert told.replace(" ", "\u00a0") in shown.replace(" ", "\u00a0")
    for row in report.segments:
        assert f">{row.segment}</th><td>{row.lifetime.customers}</td><td>{row.came}</td>" in page
        assert re.search(rf"│ {row.segment} +│ +{row.lifetime.customers} │ +{row.came} │", shown)
    assert not re.search(r"(src|href)=\"http", page)


def test_a_shop_without_orders_has_an_empty_report_and_no_error(emulator: Emulator) -> None:
    store: Any = Store(Table(emulator.table, emulator.client("dynamodb")))
    report = report_of(a_scene(store, "report-empty"), emulator)
    assert "No night has scored" in as_page(report)
    play_night(store, "report-empty", NOW)
    report = report_of(a_scene(store, "report-empty"), emulator)
    assert "Nobody has bought yet" in as_page(report)
    Console(quiet=True).print(as_tables(report))


def test_why_carts_were_left_is_on_the_page_and_in_the_terminal(
    scene: Scene, emulator: Emulator
) -> None:
    days = [
        (1, AbandonmentReason.PRICE),
        (2, AbandonmentReason.PRICE),
        (40, AbandonmentReason.DELIVERY_COST),
        (700, AbandonmentReason.TRUST),
    ]
    for number, (ago, why) in enumerate(days):
        target = LinkTarget(
            shop=scene.shop.id,
            cart_id=f"w{number}",
            episode=1,
            step="s",
            channel="email",
            customer_id="c",
            address="",
        )
        scene.store.abandonment_reasons.answer(target, why, NOW - timedelta(days=ago))
    told = report_of(scene, emulator)
    assert told.reasons == {AbandonmentReason.PRICE: 2, AbandonmentReason.DELIVERY_COST: 1}
    console = Console(width=100, file=io.StringIO())
    console.print(as_tables(told))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    for text in (printed, as_page(told)):
        assert "Why carts were abandoned" in text and "The cost of delivery" in text
