"""What the stack does by itself each night, on the nights that the demo has time for.

The schedules (customers are scored, and whose day it is is looked up) are the stack's own, and kept by the virtual clock.
But 365 nights take minutes: so they are switched off, and on again before some of them.
"""

from typing import Literal

from wracaj_cli.demo.stage import Stage
from wracaj_cli.demo.year.story import On

# The first of each month, from when points about to expire are told of; a birthday of the cast; the last of the year.
NIGHTS = (*(On(month, 1) for month in range(2, 13)), On(8, 12), On(12, 31))
EVENING, MORNING = 1, 6  # hours, before and after those of the schedules
KEPT = ("Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")


def begins(night: On) -> On:
    return On(night.month, night.day, EVENING)


def ends(night: On) -> On:
    return On(night.month, night.day, MORNING)


def switch_schedules(stage: Stage, state: Literal["ENABLED", "DISABLED"]) -> None:
    scheduler = stage.client("scheduler")
    for page in scheduler.get_paginator("list_schedules").paginate():
        for listed in page["Schedules"]:
            known = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
            scheduler.update_schedule(**{name: known[name] for name in KEPT}, State=state)
