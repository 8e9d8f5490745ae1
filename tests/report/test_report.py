"""The report, from webhooks' events to the page, against pandas on the same orders."""

import io
import itertools
import os
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from builders import an_order
from local_stack import Emulator
from playing import Scene, a_scene
from wracaj.events import Contact, CustomerUpdated, OrderRefunded
from wracaj.store import Store
from wracaj.store.table import Table
from wracaj_cli.report.page import as_page
from wracaj_cli.report.reading import Report, read_report
from wracaj_cli.report.terminal import as_tables
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
    for number, (customer, days, amount) in enumerate(ORDERS):
        contact = Contact(email=f"{customer}@example.com")
        scene.take(an_order(order_id=f"o{number}", placed_at=NOW - timedelta(days=days), total=Decimal(amount), contact=contact))
    return scene


def report_of(scene: Scene, emulator: Emulator) -> Report:
    target = Target(emulator.client, "", emulator.table, "local", lambda: NOW)
    return read_report(target, scene.shop.id, "PLN", 12)


def test_the_figures_are_those_of_pandas(scene: Scene, emulator: Emulator) -> None:
    report = report_of(scene, emulator)
    frame = pd.DataFrame(ORDERS, columns=["customer", "days", "amount"])
    frame["month"] = [f"{NOW - timedelta(days=days):%Y-%m}" for days in frame["days"]]
    per_customer = frame.groupby("customer")["amount"].agg(["count", "sum"])
    assert report.lifetime.customers == len(per_customer)
    assert report.lifetime.spend == int(frame["amount"].sum())
    assert report.lifetime.repeat_rate == Decimal(f"{100 * (per_customer['count'] > 1).mean():.2f}")
    by_month = frame.groupby("month")["amount"].sum()
    assert [month.spend for month in report.months] == [int(by_month.get(month.month, 0)) for month in report.months]
    assert sum(row.customers for row in report.segments) == len(per_customer)
    assert sum((row.spend for row in report.segments), Decimal(0)) == int(frame["amount"].sum())


def test_two_ids_of_one_shopper_are_one_customer_and_a_refund_is_taken_off(scene: Scene, emulator: Emulator) -> None:
    scene.take(an_order(order_id="m", placed_at=NOW - timedelta(days=2), total=Decimal(50), contact=Contact(platform_id="9")))
    assert report_of(scene, emulator).lifetime.customers == 6
    scene.take(CustomerUpdated(at=NOW, contact=Contact(platform_id="9", email="a@example.com")))
    scene.take(OrderRefunded(at=NOW, order_id="o0", refund_id="r", currency="PLN", amount=Decimal(100)))
    life = report_of(scene, emulator).lifetime
    assert (life.customers, life.orders, life.spend) == (5, 8, Decimal(sum(amount for *_, amount in ORDERS) + 50 - 100))


def test_the_page_and_the_terminal_show_the_same_figures(scene: Scene, emulator: Emulator) -> None:
    report = report_of(scene, emulator)
    page, console = as_page(report), Console(width=140, record=True, file=io.StringIO())
    console.print(as_tables(report))
    shown = console.export_text()
    for told in ("PLN 1,584.00", "60.0 %", "2026-11"):
        assert told.replace(" ", "\u00a0") in page.replace(" ", "\u00a0")
        assert told.replace(" ", "\u00a0") in shown.replace(" ", "\u00a0")
    assert page.count("<rect") == 12
    assert not re.search(r"(src|href)=\"http", page)


def test_a_shop_without_orders_has_an_empty_report_and_no_error(emulator: Emulator) -> None:
    store: Any = Store(Table(emulator.table, emulator.client("dynamodb")))
    report = report_of(a_scene(store, "report-empty"), emulator)
    assert "Nobody has bought yet" in as_page(report)
    Console(quiet=True).print(as_tables(report))
