"""The demo's year, played once on the whole local stack with every webhook sent twice. Then its
figures, and all webhooks once more."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from demo.test_pages import TOTALS
from support.archive_frames import Frames, moment
from wracaj.segments.rfm import Scores, segment_of
from wracaj_cli.archive.reading import lines, settle
from wracaj_cli.archive.source import Bucket
from wracaj_cli.demo import pages
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.replay import SHOWN, each_once, replay, snapshot
from wracaj_cli.demo.stage import Stage, open_stage
from wracaj_cli.demo.week import PARAPET, ZONE
from wracaj_cli.demo.year.play import Year
from wracaj_cli.demo.year.review import YearReview, review_year
from wracaj_cli.demo.year.story import Kind, On
from wracaj_cli.house import STATE_MACHINES
from wracaj_cli.main import app
from wracaj_cli.report.figures import expected_lifetime_value
from wracaj_cli.shops.target import local_target

pytestmark = pytest.mark.timeout(600)
MINUTE = timedelta(minutes=1)
VAT = Decimal(23)  # in the shop's prices
AFTER_THE_ORDER = {
    Kind.THANKS: timedelta(hours=1),
    Kind.REWARD: timedelta(days=15),
    Kind.SILENT_30: timedelta(days=30),
}


@dataclass(frozen=True)
class Played:
    stage: Stage
    year: Year
    review: YearReview

    @property
    def orders(self) -> pd.DataFrame:
        """Each order that was kept, at what was paid for it in the end: from the shop's till."""
        ledger = self.stage.scene.ledger
        back: dict[str | None, Decimal] = {}
        for noted in ledger.all(What.SENT_BACK, What.CANCELLED):
            back[noted.order] = back.get(noted.order, Decimal(0)) + (noted.amount or Decimal(0))
        rows = [
            (
                one.shopper,
                one.at,
                one.currency,
                (one.amount or Decimal(0)) - back.get(one.order, Decimal(0)),
            )
            for one in ledger.all(What.ORDERED)
        ]
        frame = pd.DataFrame(rows, columns=["shopper", "at", "currency", "paid"])
        frame["month"] = [f"{at.astimezone(UTC):%Y-%m}" for at in frame["at"]]
        return frame


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with (
        pytest.MonkeyPatch.context() as patch,
        open_stage(lambda _: None, tmp_path_factory.mktemp("demo"), port=0) as stage,
    ):
        tell_everything_twice(patch)
        year = Year(stage)
        year.open_the_programme()
        year.play(lambda: None)
        yield Played(stage, year, review_year(year))


def tell_everything_twice(patch: pytest.MonkeyPatch) -> None:
    """At once, while an order is new enough to start timelines: what comes of the year must be the
    same."""
    deliver = Actor._deliver_all

    def twice(self: Actor, topic: str, raw: bytes) -> bool:
        return deliver(self, topic, raw) and deliver(self, topic, raw)

    patch.setattr(Actor, "_deliver_all", twice)


def test_the_year_keeps_every_promise(played: Played) -> None:
    assert played.review.broken == []
    assert played.stage.scene.ledger.problems == []
    assert played.stage.server.refused == []


def test_nothing_is_late(played: Played) -> None:
    """By more than some minutes of the year, which pass only while something goes on. Held against
    fixed times here, as the review reads them from the timelines. What has to keep its distance
    from others is not looked at."""
    placed = {one.order: one.at for one in played.stage.scene.ledger.all(What.ORDERED)}
    late = []
    for message in played.year.messages:
        about = placed.get(message.origin.basket) if message.origin else None
        if about and message.step in AFTER_THE_ORDER and not _was_held(message):
            late.append(message.at - about - AFTER_THE_ORDER[Kind(message.step)])
    assert len(late) > 50
    assert timedelta() <= min(late) and max(late) < 3 * MINUTE


def _was_held(message: Delivered) -> bool:
    """Hubert's cart: the mails after it keep 12 hours of distance."""
    local = message.at.astimezone(ZONE)
    return local.hour == 9


def test_the_report_has_the_figures_of_pandas(played: Played) -> None:
    report, orders = played.review.report, played.orders
    assert report.elsewhere == ["EUR"]
    kept = orders[(orders["currency"] == "PLN") & (orders["paid"] > 0)]
    months, year = [month.month for month in report.months], played.year.year
    assert months == [f"{year}-{number:02}" for number in range(1, 13)]
    for place, month in enumerate(report.months):
        now, before = kept[kept["month"] == month.month], kept[kept["month"] < month.month]
        until = kept[kept["month"] <= month.month]
        assert (month.orders, month.buyers) == (len(now), now["shopper"].nunique()), month.month
        assert month.spend == sum(now["paid"], Decimal(0))
        # nobody is away for a year
        assert month.new == len(set(until["shopper"]) - set(before["shopper"]))
        assert (month.at_start, month.at_end) == (
            before["shopper"].nunique(),
            until["shopper"].nunique(),
        )
        rate = (
            (month.at_end - month.new) / month.at_start * 100 if place and month.at_start else None
        )
        assert (month.retention is None) == (rate is None)
        assert rate is None or float(month.retention or 0) == pytest.approx(rate, abs=0.006)


def test_the_lifetime_figures_are_those_of_pandas(played: Played) -> None:
    life, orders = played.review.report.lifetime, played.orders
    kept = orders[(orders["currency"] == "PLN") & (orders["paid"] > 0)]
    per_customer = kept.groupby("shopper").agg(orders=("paid", "size"), paid=("paid", "sum"))
    assert (life.customers, life.orders) == (len(per_customer), len(kept))
    assert life.spend == sum(kept["paid"], Decimal(0))
    assert float(life.repeat_rate or 0) == pytest.approx(
        100 * (per_customer["orders"] > 1).mean(), abs=0.006
    )
    assert float(life.historic_value or 0) == pytest.approx(
        float(per_customer["paid"].mean()), abs=0.006
    )
    # nobody left
    assert (
        life.expected_value is None
        and expected_lifetime_value(Decimal(1), Decimal(1), Decimal(0)) is None
    )


def test_the_segments_are_those_of_pandas(played: Played) -> None:
    """As of the last night: mid-ranks in five groups; recency in days since the last order that was
    kept."""
    report, orders = played.review.report, played.orders
    assert (
        report.night
        and report.night.at.astimezone(ZONE).date() == On(12, 31).of(played.year.year).date()
    )
    in_pln = orders[orders["currency"] == "PLN"]
    kept = in_pln[in_pln["paid"] > 0]
    table = kept.groupby("shopper").agg(frequency=("paid", "size"), paid=("paid", "sum"))
    last = orders[orders["paid"] > 0].groupby("shopper")["at"].max()
    table["recency"] = [
        -(report.night.at.date() - last[shopper].astimezone(ZONE).date()).days
        for shopper in table.index
    ]
    table["monetary"] = [int(paid) for paid in table["paid"]]
    ranks = table[["recency", "frequency", "monetary"]].rank(method="average").sub(0.5) / len(table)
    scores = (ranks * 5).astype(int).add(1).clip(upper=5)
    table["segment"] = [str(segment_of(Scores(*row))) for row in scores.itertuples(index=False)]
    wanted = table.groupby("segment").agg(
        customers=("paid", "size"), orders=("frequency", "sum"), spend=("paid", "sum")
    )
    of_each = (
        (str(row.segment), row.lifetime) for row in report.segments if row.lifetime.customers
    )
    found = {name: (life.customers, life.orders, life.spend) for name, life in of_each}
    shown = {line.regular.name: line.standing.segment for line in played.review.lines}
    scored = {name: segment for name, segment in dict(table["segment"]).items() if name in shown}
    assert {name: segment for name, segment in shown.items() if segment} == scored
    assert found == {
        name: (row.customers, row.orders, row.spend) for name, row in wanted.iterrows()
    }


@pytest.fixture(scope="module")
def archive(played: Played) -> Frames:
    """Of the year's shop. Every webhook was told twice, and is there twice."""
    target = local_target(played.stage.home)
    assert settle(target) == 0
    began = datetime(played.year.year, 1, 1, tzinfo=UTC)
    return Frames(lines(Bucket(target), PARAPET, began, played.stage.scene.now()))


def test_the_report_credits_to_messages_what_pandas_finds_in_the_archive(
    played: Played, archive: Frames
) -> None:
    found = {row.step: (row.orders, row.paid) for row in played.review.report.sent if row.orders}
    wanted = archive.credited("PLN", VAT)
    assert found == {name: (row.orders, row.paid) for name, row in wanted.iterrows()}
    assert sum(orders for orders, _ in found.values()) > 10


def test_the_experiment_has_the_sums_that_pandas_finds_in_the_archive(
    played: Played, archive: Frames
) -> None:
    shown = played.review.experiment.shown
    wanted = archive.sums(shown.name, shown.experiment.days, "PLN", VAT)
    assert shown.verdict.people == dict(wanted["people"])
    ordered = {arm: round(sums.total) for arm, sums in shown.verdict.sums.items()}
    assert ordered == dict(wanted["ordered"])
    days = local_target(played.stage.home).store().experiments.sums(PARAPET, shown.name)
    for arm, row in wanted.iterrows():
        paid = [one.sums.metrics["paid"] for one in days if one.sums.arm == arm]
        assert sum(one.total for one in paid) == pytest.approx(float(row["paid"]), abs=0.005)
        assert sum(one.squares for one in paid) == pytest.approx(float(row["squared"]), abs=0.01)


@pytest.mark.parametrize("timeline", ["abandoned_cart", "after_purchase", "win_back", "welcome"])
def test_a_timeline_that_nobody_changed_gives_every_decision_of_the_year_again(
    played: Played, monkeypatch: pytest.MonkeyPatch, timeline: str
) -> None:
    found = backtested(played, monkeypatch, timeline)
    check = found["self_check"]
    assert check["decisions"] > 0
    assert (check["same"], check["different"], check["changed"]) == (check["ours"], [], [])
    assert found["as_it_was"] == found["with_file"]


def test_two_hours_instead_of_three_move_the_first_mails_of_the_year(
    played: Played, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (STATE_MACHINES / "abandoned_cart.yaml").read_text(encoding="utf-8")
    file = tmp_path / "abandoned_cart.yaml"
    file.write_text(
        re.sub(r"first_email_after_hours: 3\b", "first_email_after_hours: 2", text), "utf-8"
    )
    found = backtested(played, monkeypatch, str(file))
    listed = found["moves"]["listed"]
    assert found["self_check"]["different"] == []
    assert len(found["self_check"]["changed"]) == 1
    first = [one for one in listed if one["step"] == "first_email" and one["kind"] == "earlier"]
    hours = {
        round((moment(one["was_at"]) - moment(one["now_at"])) / timedelta(hours=1), 1)
        for one in first
    }
    assert len(first) > 2  # how many is drawn: half of them get no mail
    assert hours == {1.0}


def backtested(played: Played, monkeypatch: pytest.MonkeyPatch, timeline: str) -> dict[str, Any]:
    target = local_target(played.stage.home)
    monkeypatch.setattr("wracaj_cli.archive.backtest.command.find_target", lambda _: target)
    since = f"{played.year.year}-01-01"
    asked = ["backtest", PARAPET, "--timeline", timeline, "--from", since, "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_page_leads_to_the_report_which_shows_those_figures(
    played: Played, tmp_path: Path
) -> None:
    review = played.review
    index = pages.write(
        tmp_path / "out",
        pages.Acts([], TOTALS, [], [], review.lines, review.report_page, review.experiment),
    )
    assert 'href="report.html"' in index.read_text()
    linked = re.findall(r'href="(messages/[^"]+)"', index.read_text())
    assert (
        len(linked)
        == len(set(linked))
        == sum(len(regular.gets) for regular in played.year.regulars)
        + sum(len(line.sent) for line in review.experiment.lines)
    )
    shown = (tmp_path / "out" / "report.html").read_text().replace("\u00a0", " ")
    kept = played.orders[lambda orders: (orders["currency"] == "PLN") & (orders["paid"] > 0)]
    assert f"PLN {sum(kept['paid']):,.2f}" in shown
    for month, spend in kept.groupby("month")["paid"].sum().items():
        assert re.search(
            rf"<th scope=\"row\">{month}</th>(<td>[^<]*</td>){{6}}<td>PLN {spend:,.2f}</td>", shown
        )
    assert not re.search(r"(src|href)=\"http", shown)


def test_all_of_it_once_more_changes_no_balance_and_sends_nothing(played: Played) -> None:
    stage = played.stage
    webhooks = each_once(stage.scene.posted)
    recent = [
        one
        for one in webhooks
        if b"order.created" in one.body
        and _placed(one.body) > stage.scene.now() - timedelta(days=2)
    ]
    assert len(webhooks) > 40
    assert recent  # of an order that is new enough to start timelines, were it not known
    assert replay(stage) == []


def _placed(body: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(body)["data"]["created_at"])


def test_whatever_came_of_a_replay_would_be_told(played: Played) -> None:
    """A balance, three sums, a timeline and a message are put there by hand."""
    stage, before = played.stage, snapshot(played.stage)
    changes_one(stage, lambda item: item["SK"]["S"] == "ACCOUNT", "revision")
    changes_one(stage, lambda item: "#EXPERIMENT#" in item["PK"]["S"], "people")
    changes_one(stage, lambda item: "attributed_orders" in item, "attributed_cents")
    changes_one(stage, lambda item: item["SK"]["S"] == "CREDITS", "revision")
    changes_one(stage, lambda item: "#STATS#" in item["PK"]["S"], "sent")  # is not looked at
    welcome = {"shop": PARAPET, "cart_id": "nobody", "episode": 1}
    stage.client("stepfunctions").start_execution(
        stateMachineArn=stage.info.state_machines["welcome"],
        name="by-hand",
        input=json.dumps(welcome),
    )
    stage.client("sesv2").send_email(
        FromEmailAddress="Zielony Parapet <czesc@parapet.example>",
        Destination={"ToAddresses": ["ktos@poczta.example"]},
        Content={
            "Simple": {"Subject": {"Data": "Jeszcze raz"}, "Body": {"Text": {"Data": "tekst"}}}
        },
    )
    told = list(before.changes_to(snapshot(stage)))
    assert [words.partition(":")[0] for words in told] == [
        *["a balance changed"] * 2,
        *["a sum changed"] * SHOWN,
        "a timeline started",
        "was sent",
    ]
    assert "welcome by-hand" in told[-2] and "Jeszcze raz" in told[-1]


def changes_one(stage: Stage, fits: Callable[[dict[str, Any]], bool], counter: str) -> None:
    """Change a number of the first item that fits."""
    pages = stage.client("dynamodb").get_paginator("scan").paginate(TableName=stage.info.table)
    item = next(item for page in pages for item in page["Items"] if fits(item))
    stage.client("dynamodb").put_item(
        TableName=stage.info.table, Item=item | {counter: {"N": "999"}}
    )


def test_the_last_day_is_the_last_of_the_year(played: Played) -> None:
    now = played.stage.scene.now().astimezone(ZONE)
    assert (now.year, now.month, now.day) == (played.year.year, 12, 31)
    assert On(12, 31, 18).of(played.year.year) <= now
