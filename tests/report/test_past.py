"""The report of a past period, with the state at that time. It is compared with pandas on the same
orders, and with a report made at that time."""

import itertools
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from typer.testing import CliRunner

from report.test_report import NOW, a_target
from support.builders import an_order
from support.local_stack import Emulator
from support.nightly_scoring import play_night
from support.scenes import Scene, a_scene
from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.events import Contact, OrderRefunded
from wracaj.store import Store
from wracaj.store.message_links import LinkTarget
from wracaj.store.table import Table
from wracaj_cli.main import app
from wracaj_cli.report.naming import only_now
from wracaj_cli.report.page import as_page
from wracaj_cli.report.reading import Report, read_report
from wracaj_cli.report.span import SpanError, span_of
from wracaj_cli.report.writing import Writer
from wracaj_cli.shops.target import Target

WARSAW = ZoneInfo("Europe/Warsaw")
_shops = itertools.count()
_draw = Random(3)
# customer, when, złoty: three years of orders, some of shoppers who are away for more than one
ORDERS = [
    (
        f"c{_draw.randrange(20)}",
        NOW - timedelta(days=_draw.randrange(1, 1100)),
        _draw.randrange(10, 900),
    )
    for _ in range(60)
]
UNTIL, LAST = "2026-05", date(2026, 5, 31)


def a_shop_of(emulator: Emulator, orders: list[tuple[str, datetime, int]]) -> Scene:
    scene = a_scene(
        Store(Table(emulator.table, emulator.client("dynamodb"))),
        f"past-{os.getpid()}-{next(_shops)}",
    )
    for number, (customer, at, amount) in enumerate(orders):
        contact = Contact(email=f"{customer}@example.com")
        scene.take(
            an_order(order_id=f"o{number}", placed_at=at, total=Decimal(amount), contact=contact)
        )
    return scene


def report_of(
    scene: Scene, emulator: Emulator, until: str | None, now: datetime = NOW, months: int = 12
) -> Report:
    target = Target(
        emulator.client,
        "",
        emulator.table,
        "local",
        lambda: now,
        nightly_rfm="",
        campaign_dispatch="",
        reminder_step="",
        identifiers_key="",
    )
    return read_report(target, scene.shop.id, "PLN", months, until, WARSAW)


@pytest.fixture(scope="module")
def scene(emulator: Emulator) -> Scene:
    scene = a_shop_of(emulator, ORDERS)
    play_night(scene.store, scene.shop.id, NOW)
    return scene


def number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def then() -> pd.DataFrame:
    """The orders of the period and before it, by the shop's calendar."""
    frame = pd.DataFrame(ORDERS, columns=["customer", "at", "amount"])
    frame["day"] = [at.astimezone(WARSAW).date() for at in frame["at"]]
    frame["month"] = [number(f"{day:%Y-%m}") for day in frame["day"]]
    return frame[frame["day"] <= LAST]


def test_the_figures_of_a_past_period_are_those_of_pandas_on_the_orders_until_then(
    scene: Scene, emulator: Emulator
) -> None:
    report, frame, last = report_of(scene, emulator, UNTIL), then(), number(UNTIL)
    assert [number(month.month) for month in report.months] == list(range(last - 11, last + 1))
    started = stayed = active = 0
    for month in report.months:
        here = number(month.month)
        now, until = frame[frame["month"] == here], frame[frame["month"] <= here]
        began = set(frame[frame["month"].between(here - 12, here - 1)]["customer"])
        ended = set(frame[frame["month"].between(here - 11, here)]["customer"])
        assert (month.orders, int(month.spend), month.buyers) == (
            len(now),
            int(now["amount"].sum()),
            now["customer"].nunique(),
        )
        assert (month.at_start, month.at_end, month.new) == (
            len(began),
            len(ended),
            len(ended - began),
        )
        assert float(month.retention or 0) == pytest.approx(
            100 * len(began & ended) / len(began) if began else 0, abs=0.006
        )
        assert month.lifetime.customers == until["customer"].nunique()
        started, stayed, active = (
            started + len(began),
            stayed + len(began & ended),
            active + len(ended),
        )
    life, each = report.lifetime, frame.groupby("customer")["amount"].agg(["size", "sum"])
    assert (life.customers, life.orders, int(life.spend)) == (
        len(each),
        len(frame),
        int(frame["amount"].sum()),
    )
    assert float(life.repeat_rate or 0) == pytest.approx(100 * (each["size"] > 1).mean(), abs=0.006)
    assert float(life.historic_value or 0) == pytest.approx(each["sum"].mean())
    churn = 1 - stayed / started
    assert float(life.churn or 0) == pytest.approx(100 * churn, abs=0.006) and churn > 0
    rate = len(frame[frame["month"] > last - 12]) / active
    assert float(life.expected_value or 0) == pytest.approx(frame["amount"].mean() * rate / churn)


def test_a_past_period_is_told_as_it_was_told_then(scene: Scene, emulator: Emulator) -> None:
    until_then = [order for order in ORDERS if order[1].astimezone(WARSAW).date() <= LAST]
    assert 20 < len(until_then) < len(ORDERS)
    made_then = report_of(
        a_shop_of(emulator, until_then), emulator, None, datetime(2026, 5, 31, 21, 30, tzinfo=UTC)
    )
    now = report_of(scene, emulator, UNTIL)
    assert (now.months, now.lifetime, now.until) == (
        made_then.months,
        made_then.lifetime,
        made_then.until,
    )


def test_it_says_what_is_as_of_now_on_the_page_and_in_the_terminal(
    scene: Scene, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    asked = ("--until", UNTIL, "--locale", "en")
    shown = said(monkeypatch, scene, emulator, *asked, "--html", str(tmp_path / "r.html"))
    assert shown.exit_code == 0, shown.output
    page = (tmp_path / "r.html").read_text().replace("\u00a0", " ")
    terminal = said(monkeypatch, scene, emulator, *asked).output
    for text in (page, " ".join(terminal.split())):
        assert "1 June 2025 to 31 May 2026" in text
        assert "Orders after 31 May 2026 are left out." in text
        assert "as it is known today, 18 November 2026: what was sent back since" in text
        assert "The segments, and who moved between them, are those of the last scoring" in text
    assert "The segments are those of now" in page
    today = report_of(scene, emulator, None)
    assert (
        only_now(today, Writer("en", "PLN")) == ""
        and "left out" not in as_page(today)
        and "those of now" not in as_page(today)
    )


def test_what_was_sent_back_since_is_taken_off_the_month_of_its_order(emulator: Emulator) -> None:
    scene = a_shop_of(emulator, [("a", NOW - timedelta(days=180), 100)])
    scene.take(
        OrderRefunded(at=NOW, order_id="o0", refund_id="r", currency="PLN", amount=Decimal(40))
    )
    assert report_of(scene, emulator, "2026-06").lifetime.spend == 60


def test_other_currencies_and_reasons_of_later_are_left_out(emulator: Emulator) -> None:
    scene = a_shop_of(emulator, [("a", NOW - timedelta(days=180), 100)])
    scene.take(an_order(order_id="e", placed_at=NOW, currency="EUR"))
    for number, ago in enumerate((1, 180, 600)):
        link = LinkTarget(
            shop=scene.shop.id,
            cart_id=f"w{number}",
            episode=1,
            step="s",
            channel="email",
            customer_id="c",
            address="",
        )
        scene.store.abandonment_reasons.answer(
            link, AbandonmentReason.PRICE, NOW - timedelta(days=ago)
        )
    past, now = report_of(scene, emulator, "2026-06"), report_of(scene, emulator, None)
    assert (past.elsewhere, past.reasons, now.elsewhere, now.reasons) == (
        [],
        {AbandonmentReason.PRICE: 1},
        ["EUR"],
        {AbandonmentReason.PRICE: 2},
    )


def test_messages_are_counted_on_the_days_of_the_months() -> None:
    past = span_of(NOW, 2, "2026-03")
    assert (past.days[0], past.days[-1], len(past.days)) == ("2026-03-31", "2026-02-01", 59)
    this = span_of(NOW, 1)
    assert (this.days[0], this.days[-1], this.until, this.is_past) == (
        "2026-11-18",
        "2026-11-01",
        NOW.date(),
        False,
    )
    assert span_of(NOW, 1, "2026-11") == this
    assert len(span_of(NOW, 36).days) == 366
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC).astimezone(WARSAW)
    assert span_of(new_year, 1).months == ["2027-01"]


@pytest.mark.parametrize(
    "until",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-8",
        "sierpień",
        "2026-08-31",
        "1999-01",
        "0000-01",
        "2026-08 ",
    ],
)
def test_what_is_no_month_is_refused_in_words(until: str) -> None:
    with pytest.raises(
        SpanError, match=r"is no month; write the year and the month, such as 2026-11"
    ):
        span_of(NOW, 12, until)


@pytest.mark.parametrize("until", ["2026-12", "2099-01"])
def test_a_month_that_is_still_to_come_is_refused_in_words(
    until: str, scene: Scene, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = said(monkeypatch, scene, emulator, "--until", until)
    assert told.exit_code == 1
    assert (
        f"--until: {until} is still to come; the last month that there are figures of is 2026-11"
        in told.output
    )


def said(monkeypatch: pytest.MonkeyPatch, scene: Scene, emulator: Emulator, *options: str) -> Any:
    monkeypatch.setattr(
        "wracaj_cli.report.command.find_target", lambda _: a_target(emulator.client, emulator.table)
    )
    monkeypatch.setattr("wracaj_cli.report.command.get_shop", lambda *_: scene.shop)
    return CliRunner().invoke(app, ["report", scene.shop.id, *options])
