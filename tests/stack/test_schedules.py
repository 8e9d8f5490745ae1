"""What is switched off, so that time can be skipped to the end of a story."""

from pathlib import Path
from typing import Any

import pytest

from support.local_stack import running_emulator
from wracaj_cli.local import schedules
from wracaj_cli.local.clients import client_at
from wracaj_cli.local.schedules import switch_schedules

NIGHTLY, SWEEP = "nightly", "sweep"
EXPRESSIONS = {NIGHTLY: "cron(0 3 * * ? *)", SWEEP: "rate(12 hours)"}


@pytest.fixture
def scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    with running_emulator(tmp_path) as emulator:
        scheduler = client_at(emulator.url, "scheduler")
        monkeypatch.setattr(schedules, "client", lambda *_: scheduler)
        target = {
            "Arn": "arn:aws:lambda:eu-west-1:0:function:f",
            "RoleArn": "arn:aws:iam::0:role/r",
        }
        for name, expression in EXPRESSIONS.items():
            scheduler.create_schedule(
                Name=name,
                ScheduleExpression=expression,
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target=target,
            )
        yield scheduler


@pytest.mark.parametrize(("all_day", "left"), [(False, {SWEEP}), (True, set())])
def test_the_nights_are_switched_off_or_all_that_is_to_come(
    scheduler: Any, tmp_path: Path, all_day: bool, left: set[str]
) -> None:
    switch_schedules("DISABLED", tmp_path, all_day=all_day)
    states = {name: scheduler.get_schedule(Name=name)["State"] for name in EXPRESSIONS}
    assert {name for name, state in states.items() if state == "ENABLED"} == left
