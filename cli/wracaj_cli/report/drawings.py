"""The charts of the report's page."""

from decimal import Decimal
from math import floor, log10
from typing import NamedTuple

from wracaj_cli.experiments.showing import Shown
from wracaj_cli.experiments.words import METRICS, arm_in_words
from wracaj_cli.report import charts
from wracaj_cli.report.bringing import interval_in_words
from wracaj_cli.report.charts import Drawn, Point
from wracaj_cli.report.naming import segment_in_words
from wracaj_cli.report.over_time import Look
from wracaj_cli.report.reading import Report
from wracaj_cli.report.writing import NOTHING, Writer

TICKS = 5  # of the scale of intervals, about


class Chart(NamedTuple):
    title: str
    drawn: Drawn


class ArmOverTime(NamedTuple):
    """What an experiment showed about one arm: its looks as rows, and as a chart."""

    rows: list[tuple[str, str, str]]  # the day, how many people, the interval
    chart: Chart


def of_weeks(report: Report, w: Writer) -> list[Chart]:
    money = w.say(
        "Paid after a click, by week, without tax, in {currency}", currency=report.main_currency
    )
    counts = {
        w.say("Orders after a click, by week of the message"): "orders",
        w.say("Messages sent, by week"): "sent",
    }
    labels = [w.week(week.begins) for week in report.weeks]
    paid = [
        Point(label, float(week.paid), w.short(week.paid))
        for label, week in zip(labels, report.weeks, strict=True)
    ]
    orders, sent = (
        Chart(
            title,
            _bars(
                title,
                [
                    Point(label, getattr(week, name), w.number(getattr(week, name)))
                    for label, week in zip(labels, report.weeks, strict=True)
                ],
                w,
            ),
        )
        for title, name in counts.items()
    )
    return [orders, Chart(money, _bars(money, paid, w)), sent]


def of_spend(report: Report, w: Writer) -> Chart | None:
    if not any(month.spend for month in report.since_the_first):
        return None
    title = w.say("Spent by month, in {currency}", currency=report.currency)
    points = [
        Point(w.month(month.month), float(month.spend), w.short(month.spend))
        for month in report.since_the_first
    ]
    return Chart(title, _bars(title, points, w))


def of_retention(report: Report, w: Writer) -> Chart | None:
    if all(month.retention is None for month in report.since_the_first):
        return None
    title = w.say("Customers who stayed, by month, in percent")
    points = [
        Point(
            w.month(month.month),
            None if month.retention is None else float(month.retention),
            NOTHING if month.retention is None else w.number(round(month.retention)),
        )
        for month in report.since_the_first
    ]
    return Chart(title, _bars(title, points, w, full=100))


def of_segments(report: Report, w: Writer) -> Chart:
    title = w.say("Customers by segment")
    points = [
        Point(
            segment_in_words(row.segment, w),
            row.lifetime.customers,
            w.number(row.lifetime.customers),
        )
        for row in report.segments
    ]
    return Chart(title, charts.rows(_described(title, w), points))


def of_experiment(shown: Shown, arm: str, looks: list[Look], w: Writer) -> ArmOverTime:
    rows = [
        (w.day(look.at.date()), w.number(look.people), interval_in_words(shown, look.interval, w))
        for look in looks
    ]
    return ArmOverTime(rows, _intervals(shown, arm, looks, w))


def _intervals(shown: Shown, arm: str, looks: list[Look], w: Writer) -> Chart:
    several = len(shown.verdict.comparisons) > 1
    title = f"{arm_in_words(arm, shown.experiment, w.language)}. " if several else ""
    title += w.say(
        "{metric}: the difference for 100 shoppers, as it was on each day",
        metric=METRICS[shown.experiment.metric].to(w.language),
    )
    points = [
        Point(w.week(look.at.date()), 100 * told.estimate, "", 100 * told.low, 100 * told.high)
        for look in looks
        if (told := look.interval)
    ]
    ticks = [_tick(shown, value, w) for value in _scale(points)]
    return Chart(title, charts.intervals(_described(title, w), points, ticks))


def _tick(shown: Shown, value: float, w: Writer) -> Point:
    if shown.experiment.metric == "orders":
        return Point("", value, w.decimal(value, 0 if value == round(value) else 1))
    return Point("", value, w.short(Decimal(str(value))))


def _scale(points: list[Point]) -> list[float]:
    """Return round numbers from below the lowest end to above the highest one, with 0."""
    low = min(0.0, *(point.low or 0.0 for point in points))
    high = max(0.0, *(point.high or 0.0 for point in points))
    rough = (high - low) / TICKS or 1.0
    size = 10.0 ** floor(log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    first, last = floor(low / step), -floor(-high / step)
    return [round(place * step, 6) for place in range(first, last + 1)]


def _bars(title: str, points: list[Point], w: Writer, full: float | None = None) -> Drawn:
    return charts.bars(_described(title, w), points, full)


def _described(title: str, w: Writer) -> str:
    return w.say("{chart}; the table below has the figures", chart=title)
