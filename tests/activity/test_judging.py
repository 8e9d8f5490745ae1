"""When an alarm rings for a shop that fell silent or sends oddly, and when it must not."""

import math
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wracaj.activity.hours import Activity, Hours, Series
from wracaj.activity.judging import FEWEST_DAYS, silence, volume

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 18, 15, 20, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# of an hour, by the shop's clock: next to nothing at night
SHAPE = [0.1] * 6 + [0.5, 0.8] + [1.2] * 10 + [1.6] * 4 + [0.8, 0.4]


def drawn(mean: float, dice: random.Random) -> int:
    """From a Poisson distribution."""
    number, product, least = 0, dice.random(), math.exp(-min(mean, 500))
    while product > least:
        number, product = number + 1, product * dice.random()
    return number


def hours(
    a_day: float,
    *,
    days: int = 60,
    seed: int = 1,
    until: datetime = NOW,
    but: Callable[[datetime], float] = lambda _: 1,
) -> dict[datetime, int]:
    """The hours of a shop with so many events on an average day. `but`: a factor for an hour."""
    dice, end = random.Random(seed), until.replace(minute=0)
    return {
        hour: drawn(a_day / 24 * SHAPE[hour.astimezone(WARSAW).hour] * but(hour), dice)
        for ago in range(1, days * 24 + 1)
        if (hour := end - ago * HOUR)
    }


def silent_for(length: timedelta) -> Callable[[datetime], float]:
    return lambda hour: 0 if hour >= NOW.replace(minute=0) - length else 1


def heard(events: Hours, orders: Hours | None = None) -> Activity:
    return {Series.EVENTS: events, Series.ORDERS: orders or {}}


@pytest.mark.parametrize(
    ("a_day", "rings_after"), [(20_000, 3), (2_000, 3), (500, 6), (200, 24), (60, 48), (40, 72)]
)
def test_a_silent_shop_rings_the_sooner_the_busier_it_is(a_day: int, rings_after: int) -> None:
    found = silence(heard(hours(a_day, but=silent_for(3 * DAY))), NOW, WARSAW)
    assert found and found.series is Series.EVENTS
    assert found.hours == rings_after
    assert found.usual >= 100


def test_it_does_not_ring_before_the_window_is_over() -> None:
    assert silence(heard(hours(20_000, but=silent_for(2 * HOUR))), NOW, WARSAW) is None
    assert silence(heard(hours(20_000, but=silent_for(3 * HOUR))), NOW, WARSAW)


def every_hour(activity: Activity, days: int = 7) -> Iterable[datetime]:
    return (NOW - ago * HOUR for ago in range(days * 24))


@pytest.mark.parametrize("a_day", [3, 30, 300, 3_000])
@pytest.mark.parametrize("seed", range(3))
def test_a_shop_that_goes_on_never_rings_by_day_or_by_night(a_day: int, seed: int) -> None:
    activity = heard(hours(a_day, seed=seed), hours(a_day / 10, seed=seed + 100))
    rings = [moment for moment in every_hour(activity) if silence(activity, moment, WARSAW)]
    assert rings == []


@pytest.mark.parametrize("a_day", [100, 1_000, 10_000])
def test_a_holiday_does_not_ring(a_day: int) -> None:
    """Three days with a tenth of the usual traffic, such as Christmas."""
    quiet = hours(a_day, but=lambda hour: 0.1 if hour >= NOW - 3 * DAY else 1)
    rings = [moment for moment in every_hour({}, 3) if silence(heard(quiet), moment, WARSAW)]
    assert rings == []


def test_a_new_shop_and_a_small_one_are_not_judged() -> None:
    assert silence(heard(hours(1_000, days=13, but=silent_for(DAY))), NOW, WARSAW) is None
    assert silence(heard(hours(5, but=silent_for(3 * DAY))), NOW, WARSAW) is None
    assert silence({}, NOW, WARSAW) is None


def test_one_outage_in_the_last_weeks_hides_no_other() -> None:
    def outages(hour: datetime) -> float:
        return 0 if NOW - 8 * DAY <= hour < NOW - 6 * DAY or hour >= NOW - 12 * HOUR else 1

    assert silence(heard(hours(1_000, but=outages)), NOW, WARSAW)


def test_a_shop_that_closed_for_good_stops_ringing() -> None:
    closed = hours(1_000, but=lambda hour: 0 if hour >= NOW - 30 * DAY else 1)
    assert silence(heard(closed), NOW, WARSAW) is None


def test_orders_that_are_not_told_ring_though_carts_are() -> None:
    activity = heard(hours(5_000), hours(500, but=silent_for(DAY)))
    found = silence(activity, NOW, WARSAW)
    assert found and found.series is Series.ORDERS


def test_a_change_of_the_clocks_makes_no_night_of_a_morning() -> None:
    """Clocks went back on 25 October: the same hour by the shop's clock is another one of UTC."""
    morning = datetime(2026, 10, 27, 7, 20, tzinfo=UTC)  # 8:20, and 7:20 was 9:20 a week before

    def opens(hour: datetime) -> float:
        return 1 if hour.astimezone(WARSAW).hour >= 8 else 0

    activity = heard(hours(20_000, until=morning, but=opens))
    assert silence(activity, morning, WARSAW) is None


def sends(sent: Hours, events: Hours | None = None, off: Hours | None = None) -> Activity:
    return {Series.SENT: sent, Series.EVENTS: events or hours(5_000), Series.OFF: off or {}}


def in_the_last_day(factor: float) -> Callable[[datetime], float]:
    return lambda hour: factor if hour >= NOW.replace(minute=0) - DAY else 1


@pytest.mark.parametrize("factor", [0.3, 0.5, 1, 1.5, 2.5])
def test_ordinary_ups_and_downs_do_not_ring(factor: float) -> None:
    assert volume(sends(hours(500, but=in_the_last_day(factor))), NOW, WARSAW) is None


@pytest.mark.parametrize(("a_day", "factor"), [(500, 5), (100, 6), (0.5, 800)])
def test_far_more_than_on_any_day_before_rings(a_day: float, factor: float) -> None:
    found = volume(sends(hours(a_day, but=in_the_last_day(factor))), NOW, WARSAW)
    assert found and found.found > 3 * found.usual


def test_few_messages_more_do_not_ring_though_it_is_many_times_as_many() -> None:
    assert volume(sends(hours(5, but=in_the_last_day(10))), NOW, WARSAW) is None


def test_next_to_none_rings_where_carts_go_on() -> None:
    found = volume(sends(hours(500, but=in_the_last_day(0.02))), NOW, WARSAW)
    assert found and found.found * 10 < found.usual


def test_next_to_none_on_a_quiet_day_is_no_fault() -> None:
    quiet = hours(5_000, but=in_the_last_day(0.1))
    assert volume(sends(hours(500, but=in_the_last_day(0.02)), quiet), NOW, WARSAW) is None


def test_next_to_none_after_somebody_switched_messages_off_is_no_fault() -> None:
    off = {NOW.replace(minute=0) - 2 * DAY: 12}
    activity = sends(hours(500, but=in_the_last_day(0.02)), off=off)
    assert volume(activity, NOW, WARSAW) is None


def test_a_new_shop_s_first_messages_are_not_judged() -> None:
    days = FEWEST_DAYS - 1
    activity = sends(hours(500, days=days), hours(5_000, days=days))
    assert volume(activity, NOW, WARSAW) is None


def test_the_end_of_a_month_with_its_warnings_is_usual() -> None:
    """Warnings that points expire leave on one day of the month, to everybody."""
    month_ends = {datetime(2026, 9, 30).date(), datetime(2026, 10, 31).date()}
    then = datetime(2026, 10, 31, 20, 20, tzinfo=UTC)
    many = hours(300, until=then, but=lambda hour: 20 if hour.date() in month_ends else 1)
    assert volume(sends(many, hours(5_000, until=then)), then, WARSAW) is None
