"""Switches schedules on or off."""

from pathlib import Path
from typing import Literal

from wracaj_cli.house import LOCAL
from wracaj_cli.local.clients import client

# what UpdateSchedule has to be told again
_KEPT = (
    "Name",
    "GroupName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "FlexibleTimeWindow",
    "Target",
)


def switch_schedules(
    state: Literal["ENABLED", "DISABLED"], home: Path = LOCAL, *, all_day: bool = False
) -> None:
    """Switch the nightly jobs, and with `all_day` what runs every few minutes or hours, too. Raises
    LocalStackError if no stack runs."""
    scheduler = client("scheduler", home)
    for page in scheduler.get_paginator("list_schedules").paginate():
        for listed in page["Schedules"]:
            known = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
            if all_day or known["ScheduleExpression"].startswith("cron("):
                scheduler.update_schedule(**{name: known[name] for name in _KEPT}, State=state)
