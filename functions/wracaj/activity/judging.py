"""Whether a shop fell silent, and whether it sends far more or less than usual: compared with the
same hours of its own last weeks, so that no night, weekend or small shop looks like a fault.

Of the last four weeks the second-quietest counts: one outage among them hides no other, and a shop
needs three weeks before it is judged. A window without any event counts as silent where 100 were
usual: on a holiday with a tenth of the usual traffic, chance makes one in 20,000 such windows.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from wracaj.activity.hours import Activity, Hours, Series, between
from wracaj.clock import hour_of

WINDOWS = (3, 6, 12, 24, 48, 72)  # hours
WEEKS = 4
ENOUGH_HEARD = 100
DAYS, FEWEST_DAYS = 35, 14  # a month's end, with its warnings of expiring points, is among them
FAR_MORE, MORE_AT_LEAST = 3, 200
FAR_LESS, ENOUGH_SENT = 10, 100
LONGEST_PAUSE = timedelta(days=4)  # after a switch, timelines of days must begin anew
DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Finding(NamedTuple):
    """`usual`: in the same hours of the second-quietest of the last weeks; for messages far above
    the usual, on the busiest of the last days."""

    series: Series
    hours: int
    found: int
    usual: int


def silence(activity: Activity, now: datetime, zone: tzinfo) -> Finding | None:
    """Return the shortest window in which a shop that is usually heard was not. Orders are judged
    apart: without them reminders go to people who bought."""
    for series in (Series.EVENTS, Series.ORDERS):
        hours, end = activity.get(series, {}), hour_of(now)
        for length in WINDOWS:
            if between(hours, end - timedelta(hours=length), end):
                break  # every longer window has it, too
            usual = _usual(hours, end, length, zone)
            if usual >= ENOUGH_HEARD:
                return Finding(series, length, 0, usual)
    return None


def volume(activity: Activity, now: datetime, zone: tzinfo) -> Finding | None:
    """Return how many messages left in the last day, if that is far more or less than usual."""
    end, sent = hour_of(now), activity.get(Series.SENT, {})
    if len(_heard_days(activity, end)) < FEWEST_DAYS:
        return None
    found = between(sent, end - DAY, end)
    most = max(between(sent, end - DAY * (ago + 1), end - DAY * ago) for ago in range(1, DAYS))
    if found > FAR_MORE * most and found - most >= MORE_AT_LEAST:
        return Finding(Series.SENT, 24, found, most)
    usual = _usual(sent, end, 24, zone)
    if usual >= ENOUGH_SENT and found * FAR_LESS < usual and _is_as_busy(activity, end, zone):
        return Finding(Series.SENT, 24, found, usual)
    return None


def _usual(hours: Hours, end: datetime, length: int, zone: tzinfo) -> int:
    """Return how many there were in the same hours, by the shop's clock, of the second-quietest of
    the last weeks."""
    weeks = [_weeks_before(end, number, zone) for number in range(1, WEEKS + 1)]
    return sorted(between(hours, then - timedelta(hours=length), then) for then in weeks)[1]


def _weeks_before(moment: datetime, weeks: int, zone: tzinfo) -> datetime:
    """The same time of day, also across a change of the clocks."""
    return hour_of((moment.astimezone(zone) - WEEK * weeks).astimezone(UTC))


def _heard_days(activity: Activity, end: datetime) -> set[int]:
    heard = activity.get(Series.EVENTS, {})
    return {(end - hour) // DAY for hour, number in heard.items() if number and hour < end - DAY}


def _is_as_busy(activity: Activity, end: datetime, zone: tzinfo) -> bool:
    """Whether the shop goes on as usual and nobody switched messages off: on a holiday, fewer carts
    have fewer reminders."""
    heard = activity.get(Series.EVENTS, {})
    is_off = between(activity.get(Series.OFF, {}), end - LONGEST_PAUSE, end) > 0
    busy = 2 * between(heard, end - DAY, end) >= _usual(heard, end, 24, zone)
    return busy and not is_off
