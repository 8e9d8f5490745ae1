"""Lets timelines go on whose long wait was moved out of Step Functions. Started by a schedule."""

from typing import TYPE_CHECKING, Any

from timeline_resume.sweep import Sweep
from wracaj.aws.observability import count, logger, metrics
from wracaj.aws.step_functions import resume_later
from wracaj.errors import WracajError
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

HOURS_AHEAD = 2  # a run that fails makes nobody wait longer
MOST_HOURS_AHEAD = 20  # a wait that is moved out takes a day at least: its hour is never swept yet
SECONDS_KEPT_BACK = 30  # for the shard that is being swept


class HoursAheadError(WracajError):
    """`hours_ahead` is no number of hours."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """`event`: {"hours_ahead": N}, how long before the end of its wait a timeline goes on."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > SECONDS_KEPT_BACK * 1000

    sweep = Sweep(open_store(), resume_later, has_time)
    resumed = sweep.run(_hours_ahead(event))
    late = sweep.hours_late()
    count("TimelinesResumed", resumed)
    count("LongWaitsHoursLate", late)
    logger.info("long waits swept", extra={"resumed": resumed, "hours_late": late})
    return {"resumed": resumed, "hours_late": late}


def _hours_ahead(event: dict[str, Any]) -> float:
    told = event.get("hours_ahead", HOURS_AHEAD)
    if not isinstance(told, int | float):
        raise HoursAheadError(
            f"hours_ahead is {told!r}. Invoke this function with a number of hours, such as"
            ' {"hours_ahead": 2}, or with {}'
        )
    return min(told, MOST_HOURS_AHEAD)
