"""The rules by which the bench counts what AWS would bill."""

import re
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any

import pytest
from bench import __main__ as command
from bench import (
    backtest,
    cold_start,
    costs,
    evidence,
    messages,
    requests,
    rfm,
    scale,
    transitions,
    warm,
)
from bench.figures import Figures
from bench.meter import Meter, Request, index_units, read_units, size, units
from bench.past import Past
from bench.past_rows import BEGINS, SETTINGS
from bench.play import Counted
from bench.quotas import QUOTAS

from support.archived_facts import archived_facts
from support.builders import HOUR, NOON, a_cart_event
from support.local_stack import Emulator, RunningStack
from support.sam_template import resources
from support.scenes import a_scene
from wracaj.archive.decisions import facts_as_json
from wracaj.messages.template_files import template_names
from wracaj.store import Store
from wracaj.store.table import Table
from wracaj.timelines.decision import decided
from wracaj.timelines.steps import Step
from wracaj_cli.costs import prices
from wracaj_cli.costs.bill import MIX, OF_A_MAIL, PATHS, Path
from wracaj_cli.costs.counted import read as counted_before
from wracaj_cli.house import ROOT
from wracaj_cli.local.clients import client_at
from wracaj_cli.shops.target import local_target


def an_observer(emulator: Emulator) -> Any:
    """Return a client whose own requests are not counted."""
    return client_at(emulator.dynamodb_url, "dynamodb")


def test_sizes_are_those_of_names_and_values() -> None:
    assert (
        size(
            {
                "PK": {"S": "żó"},
                "n": {"N": "1234"},
                "set": {"SS": ["ab", "c"]},
                "yes": {"BOOL": True},
            }
        )
        == 6 + 5 + 6 + 4
    )


@pytest.mark.parametrize(("size_in_bytes", "expected"), [(0, 1), (1024, 1), (1025, 2), (4096, 4)])
def test_a_write_costs_a_unit_for_each_kilobyte_begun(size_in_bytes: int, expected: int) -> None:
    assert units(size_in_bytes, 1024) == expected


def an_entry(**changes: str) -> dict[str, Any]:
    return {
        name: {"S": value}
        for name, value in (
            {"PK": "p", "SK": "s", "account_shard": "anna", "version": "1"} | changes
        ).items()
    }


def test_an_index_costs_only_where_its_entry_changes() -> None:
    assert index_units(an_entry(), an_entry()) == 0
    assert index_units(an_entry(), an_entry(version="2")) == 1
    assert index_units({}, an_entry()) == index_units(an_entry(), {}) == 1
    assert index_units(an_entry(), an_entry(account_shard="ola")) == 2
    assert index_units({}, an_entry(account="x" * 1024)) == 2


def test_reads_of_what_is_not_there_cost_too_and_an_index_half() -> None:
    asked: dict[str, Any] = {"RequestItems": {"t": {"Keys": [{}, {}]}}}
    assert read_units("BatchGetItem", asked, {"Responses": {"t": [an_entry()]}}) == 2
    assert read_units("GetItem", {}, {}) == 1
    assert read_units("Query", {"IndexName": "open_carts"}, {"Items": []}) == 0.5


def test_an_event_in_its_turn_is_one_write_of_the_item_and_one_of_the_index(
    emulator: Emulator,
) -> None:
    store = Store(Table(emulator.table, emulator.client("dynamodb")))
    scene = a_scene(store, "metered")
    scene.take(a_cart_event(at=NOON - HOUR))
    with Meter(store.table.dynamodb, an_observer(emulator)) as requests:
        scene.take(a_cart_event(at=NOON))
    (request,) = requests
    assert (request.operation, request.reads) == ("UpdateItem", 0)
    assert request.writes == pytest.approx(3, abs=1)


def test_an_item_that_is_asked_for_twice_is_read_again(emulator: Emulator) -> None:
    table = Table(emulator.table, emulator.client("dynamodb"))
    keys = [{"PK": "bench-again", "SK": name} for name in "abc"]
    for key in keys:
        table.put(key)
    with Meter(table.dynamodb, an_observer(emulator)) as requests:
        table.query({"PK": "bench-again"}, begins="a")
        assert Counted("", requests).read_again == 0
        table.get_many(keys)
        table.get(keys[1])
    assert Counted("", requests).read_again == 2


def test_one_table_of_a_page_is_written_anew_and_the_rest_stays() -> None:
    one, other = (Figures(title, ("what", "how many"), [("a", 1)]) for title in ("One", "Other"))
    page = "# Page\n\nAbout.\n\n" + one.as_markdown() + "\n" + other.as_markdown()
    assert one.put_into(page) == page
    newer = replace(one, rows=[("a", 2)])
    assert newer.put_into(page) == page.replace("| a | 1 |", "| a | 2 |", 1)
    with pytest.raises(ValueError, match="'Third' 0 times"):
        replace(one, title="Third").put_into(page)


@pytest.mark.parametrize("part", ["cold-start", "warm"])
def test_first_calls_and_warm_ones_are_put_into_the_page_of_benchmarks(
    part: str, tmp_path: FilePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (Figures(title, ("what", "ms"), [("a", 1)]) for title in ("One", "Other"))
    page = tmp_path / "benchmarks.md"
    page.write_text("# Page\n\n" + replace(one, rows=[("a", 7)]).as_markdown(), encoding="utf-8")
    monkeypatch.setattr(command, "BENCHMARKS", page)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(cold_start, "measure", lambda: (one, other))
    monkeypatch.setattr(warm, "measure", lambda: one)
    monkeypatch.setattr(sys, "argv", ["bench", part, "--write"])
    for _ in range(2):
        command.main()
    tables = (one, other) if part == "cold-start" else (one,)
    written = "\n".join(table.as_markdown() for table in tables)
    assert page.read_text(encoding="utf-8") == "# Page\n\n" + written


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("backtest --carts -3", "argument --carts: '-3' is not a number of 1 or more"),
        ("backtest --carts 0", "argument --carts: '0' is not a number of 1 or more"),
        (
            "backtest --carts 300 --write",
            "the page is of 1,000,000 carts; leave out --carts, or --write",
        ),
    ],
)
def test_a_back_test_of_carts_that_cannot_be_is_refused(
    asked: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backtest, "measure", lambda _: pytest.fail("it was not refused"))
    monkeypatch.setattr(sys, "argv", ["bench", *asked.split()])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_the_help_names_every_page_that_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--help"])
    with pytest.raises(SystemExit):
        command.main()
    told = capsys.readouterr().out
    for page in (command.BENCHMARKS, command.COSTS, command.EVIDENCE, command.SCALE):
        assert page.name in told


def test_a_bill_is_what_was_counted_times_the_prices() -> None:
    path = Path("one", {"an event": 2, "step: sent": 1}, "a timeline", mails=1)
    played = [*path.played, *OF_A_MAIL]
    counted = {what: Counted(what, [Request("UpdateItem", 10, 4)]) for what in played}
    bill = costs.bill(path, counted, {"a timeline": ["a state"] * 12})
    assert (
        bill["Step Functions"] == pytest.approx(12 * 1000 * prices.TRANSITION) == pytest.approx(0.3)
    )
    assert bill["DynamoDB"] == pytest.approx(
        4 * 1000 * (10 * prices.WRITE_UNIT + 4 * prices.READ_UNIT)
    )
    assert bill["HTTP API"] == pytest.approx(2000 * prices.HTTP_REQUEST)
    assert bill["e-mails (SES)"] == pytest.approx(0.1)


def test_every_path_is_made_of_what_is_played() -> None:
    from bench.requests import _timeline, _webhooks

    said = {
        text
        for play in (_webhooks, _timeline)
        for text in play.__code__.co_consts
        if isinstance(text, str)
    }
    assert {what for path in PATHS for what in path.played} | OF_A_MAIL.keys() <= said
    assert sum(MIX.values()) == 1000
    assert set(MIX) == {path.name for path in PATHS}


def test_the_night_is_measured_task_by_task_in_a_process_of_its_own() -> None:
    whole, tasks = rfm.measure((300,))
    figures = {row[0]: row[1] for row in whole.rows}
    assert whole.columns[1] == "300 customers"
    assert (
        0
        < float(figures["memory before the first task, MB"])
        <= float(figures["peak memory, MB"])
        < 1000
    )
    assert {row[0]: row[1] for row in tasks.rows} == {
        "count": 16,
        "gather": 16,
        "cut": 1,
        "score": 16,
        "sum_up": 1,
    }


def number(cell: str | float) -> float:
    return float(str(cell).replace(",", ""))


def test_a_made_up_past_is_back_tested_in_processes_of_its_own() -> None:
    measured = backtest.measure(300)
    assert measured.title == "A back-test of 300 carts"
    figures = {str(row[0]): [number(cell) for cell in row[1:]] for row in measured.rows}
    as_it_was, two_hours = range(2)
    assert min(figures["rows"]) > 1000
    assert figures["of them the same"] == figures["decisions made again"]
    assert figures["messages that move"][as_it_was] == 0
    assert figures["messages that move"][two_hours] > 100


def test_a_made_up_past_has_the_rows_that_the_functions_write() -> None:
    lines = list(Past().lines(BEGINS, 20))
    assert {line["kind"] for line in lines} == {"event", "start", "decision"}
    for line in lines:
        if line["kind"] != "decision":
            continue
        told = archived_facts(line["facts"])
        assert facts_as_json(told) == line["facts"]
        step = Step.model_validate(line["step"])
        again = decided(told, step, SETTINGS, datetime.fromisoformat(line["at"]))
        assert (again.outcome, again.reason) == (line["outcome"], line["reason"])


def test_every_message_of_every_channel_is_measured() -> None:
    measured = messages.measure(runs=1)
    assert [row[:2] for row in measured.rows] == [
        (name, locale) for locale in ("pl", "en") for name in template_names(locale)
    ]
    assert {bool(row[3]) for row in measured.rows} == {
        True,
        False,
    }  # e-mails have HTML, other messages have none
    assert measured.as_table().row_count == len(measured.rows)


def test_every_handler_is_measured_from_a_fresh_interpreter() -> None:
    assert set(cold_start.handlers()) == {
        path.parent.name for path in (ROOT / "functions").glob("*/app.py")
    }


def test_a_bill_is_made_of_requests_and_transitions_that_were_counted(
    emulator: Emulator, stack: RunningStack
) -> None:
    counted = requests.play(emulator.table, emulator.client("dynamodb"), an_observer(emulator))
    states = transitions.measure(
        local_target(stack.home), stack.info.state_machines["abandoned_cart"], stack.skip
    )
    page = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
    assert transitions.figures(states).put_into(page) == page, "run: python -m bench costs --write"
    assert costs.measured(counted, states) == counted_before(), "run: python -m bench costs --write"
    for figures in (
        requests.figures(counted),
        transitions.figures(states),
        costs.figures(counted, states),
    ):
        assert figures.rows and figures.as_table().row_count == len(figures.rows)
        assert f"## {figures.title}" in figures.as_markdown()


def test_the_page_on_scale_is_what_the_model_says() -> None:
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    for figures in scale.figures():
        assert figures.put_into(page) == page, "run: python -m bench scale --write"
    for told in ("123,000", "691,000", "540,000"):
        assert told in page


def test_open_executions_grow_with_the_length_of_the_timelines() -> None:
    rescue, silence = scale.course("multichannel_rescue"), scale.course("win_back")
    assert 1e6 / (rescue.seconds_open(0) / scale.DAY) == pytest.approx(122_919, abs=1)
    assert 3000 * silence.seconds_open(0) / scale.DAY == 540_000
    assert (silence.starts(0), silence.starts(1)) == (1, 5)
    ahead = scale.HOURS_OPEN_BEFORE_A_DATE / 24
    assert silence.seconds_open(1) / scale.DAY == pytest.approx(5 * ahead)


def test_a_wait_that_is_moved_out_costs_the_states_that_the_machines_have() -> None:
    """A part ends in `Goes on later` and begins with Timings, Where and Hold, instead of a Wait."""
    silence = scale.course("win_back")
    assert silence.states == 3 * 5 + 3
    assert silence.states_entered(1) == silence.states + 3 * 4 + 1


def test_every_quota_names_alarms_that_there_are() -> None:
    alarms = resources("AWS::CloudWatch::Alarm")
    for quota in QUOTAS:
        named = re.findall(r"\w+Alarm\b", quota.alarm)
        assert set(named) <= set(alarms), quota.name
        assert named or quota.alarm == "–"
        assert set(scale.demands({"win_back": 1}, 1, 0)) == {one.name for one in QUOTAS}


def test_every_demand_grows_with_the_carts() -> None:
    mix = scale.MIXES["abandoned_cart, after orders"]
    one, ten = scale.demands(mix, 1000, 1), scale.demands(mix, 10_000, 1)
    assert ten == pytest.approx({name: 10 * demand for name, demand in one.items()})


def test_simulated_experiments_are_judged_and_counted() -> None:
    lift = evidence.Shop("a large lift", 50, (0.1, 0.5), people_a_day=200, days=20)
    figures = evidence.measure(2, (lift,))
    (row,) = figures.rows
    assert dict(zip(figures.columns, row, strict=True)) == {
        "Shop": "a large lift",
        "Days": 20,
        "Runs": "2",
        "Found": "100.0%",
        "Of them wrong": "0.0%",
        "Half found it by": "500 people, 2,500 entered",
        "Plain z-test": "100.0%",
    }
