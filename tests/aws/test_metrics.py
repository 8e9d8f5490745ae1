"""Our lines of metrics are those of Powertools."""

import json
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from aws_lambda_powertools import Metrics as Powertools

from support.builders import NOON
from wracaj.archive.rows import start_row
from wracaj.aws import archive_queue
from wracaj.aws.metrics import MOST_VALUES, Metrics
from wracaj.aws.observability import metrics
from wracaj_cli.house import ROOT

ADDED = [("CartUpdated", 1.0), ("CartUpdated", 2.0), ("WebhookWarning", 1.0)]


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Wracaj")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "wracaj-prod")


def told_by(metrics: Any, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    def handler(event: dict[str, Any], context: Any) -> str:
        for name, value in ADDED:
            metrics.add_metric(name=name, unit="Count", value=value)
        return "answer"

    measured: Callable[..., str] = metrics.log_metrics(handler)
    assert measured({}, None) == "answer"
    line: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert isinstance(line["_aws"].pop("Timestamp"), int)
    return line


def test_a_line_is_as_powertools_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    theirs = told_by(Powertools(), capsys)
    assert told_by(Metrics(), capsys) == theirs


def test_a_handler_that_fails_has_its_metrics_written(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = Metrics()

    @metrics.log_metrics
    def handler(event: dict[str, Any], context: Any) -> None:
        metrics.add_metric("WebhookFailed", "Count", 1)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        handler({}, None)
    assert json.loads(capsys.readouterr().out)["WebhookFailed"] == [1.0]


def test_nothing_is_written_twice_and_no_line_holds_too_many_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics = Metrics()
    for _ in range(MOST_VALUES + 1):
        metrics.add_metric("CartUpdated", "Count", 1)
    metrics.provider.flush_metrics()
    metrics.provider.flush_metrics()
    lines = [json.loads(line)["CartUpdated"] for line in capsys.readouterr().out.splitlines()]
    assert [len(values) for values in lines] == [MOST_VALUES, 1]


ARCHIVED = sorted(
    file.parent.name
    for file in (ROOT / "functions").glob("*/app.py")
    if "\n@archived\n" in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("function", ARCHIVED)
def test_rows_that_the_queue_of_the_archive_does_not_take_are_counted_at_once(
    function: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = import_module(f"{function}.app").handler
    monkeypatch.setattr(
        archive_queue, "_waiting", [start_row("kubek", "c1", 1, "campaign", {}, NOON)]
    )
    monkeypatch.delenv("WRACAJ_ARCHIVE_QUEUE_URL", raising=False)  # which fails
    monkeypatch.setattr(metrics.provider, "values", {})
    capsys.readouterr()
    with suppress(Exception):  # the event is none
        handler({}, None)
    lines = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [json.loads(line)["ArchiveRowsNotQueued"] for line in lines] == [[1.0]]
