"""EventBridge Scheduler on the virtual clock.

MiniStack starts schedules by real time, always in UTC, and does not replace placeholders. This
module supports State, the expressions cron(), rate() and at(), the time zone, and the target's
Input. It does not support start and end dates, flexible windows and retries.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from wracaj_cli.emulator.footing import module, replace
from wracaj_cli.emulator.timekeeper import Timekeeper

Key = tuple[str, str, str]  # account, region, "group/name"
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


def schedules(keeper: Timekeeper) -> None:
    replace(module("services.scheduler"), "_tick_schedules", lambda: None)
    keeper.calendar = Schedules()


class Schedules:
    def __init__(self) -> None:
        self._since: dict[Key, datetime] = {}  # when each schedule was last started, or first seen

    def next_at(self, now: datetime) -> datetime | None:
        return min((moment for _, _, moment in self._moments(now)), default=None)

    def begin_due(self, now: datetime) -> None:
        for key, schedule, moment in [one for one in self._moments(now) if one[2] <= now]:
            self._since[key] = moment
            _begin(key, schedule, moment)

    def pass_over(self, now: datetime) -> None:
        for key, _, moment in list(self._moments(now)):
            if moment <= now:
                self._since[key] = now

    def _moments(self, now: datetime) -> Iterator[tuple[Key, dict[str, Any], datetime]]:
        for key, schedule in list(module("services.scheduler")._schedules._data.items()):
            if schedule.get("State") != "ENABLED":
                self._since[key] = now  # runs that are missed while it is off are not made up for
                continue
            zone = schedule.get("ScheduleExpressionTimezone") or "UTC"
            moment = following(
                schedule["ScheduleExpression"].strip(), zone, self._since.setdefault(key, now)
            )
            if moment:
                yield key, schedule, moment


@lru_cache(1000)
def following(expression: str, time_zone: str, since: datetime) -> datetime | None:
    """Return the first time after `since` at which the schedule is due."""
    events, zone = module("services.eventbridge"), ZoneInfo(time_zone)
    if expression.startswith("at("):
        once = datetime.fromisoformat(expression[3:-1]).replace(tzinfo=zone)
        return once if once > since else None
    interval = events._parse_rate_seconds(expression)
    if interval is not None:
        return since + timedelta(seconds=interval)
    fields = events._parse_cron_fields(expression)
    found: datetime | None = (
        events._cron_next_fire(fields, since.astimezone(zone)) if fields else None
    )
    return found.astimezone(UTC) if found else None


def _begin(key: Key, schedule: dict[str, Any], moment: datetime) -> None:
    responses, events = module("core.responses"), module("services.eventbridge")
    account, region, _ = key
    before = responses.get_account_id(), responses.get_region()
    try:
        responses.set_request_account_id(account)
        responses.set_request_region(region)
        events._invoke_target(
            _with_time(schedule["Target"], moment),
            _event(schedule, moment, account, region),
            schedule,
        )
    finally:
        responses.set_request_account_id(before[0])
        responses.set_request_region(before[1])


def _with_time(target: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """Replace the placeholder for the scheduled time.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    given = target.get("Input") or "{}"
    return {
        **target,
        "Input": given.replace(SCHEDULED_TIME, f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"),
    }


def _event(schedule: dict[str, Any], moment: datetime, account: str, region: str) -> dict[str, Any]:
    return {
        "EventId": module("core.responses").new_uuid(),
        "Source": "aws.scheduler",
        "DetailType": "Scheduled Event",
        "Detail": json.dumps({}),
        "Time": moment.timestamp(),
        "Resources": [schedule.get("Arn", "")],
        "Account": account,
        "Region": region,
    }
