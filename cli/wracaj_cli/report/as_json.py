"""The figures of a report for scripts. docs/operations.md describes the keys. Percents and money
are text."""

from typing import Any

from wracaj_cli.report.bringing import brings
from wracaj_cli.report.figures import Lifetime, MonthFigures
from wracaj_cli.report.reading import Report, SegmentFigures, Sent


def report_as_json(report: Report) -> dict[str, Any]:
    return {
        "shop": report.shop,
        "currency": report.currency,
        "until": report.until,
        "brings": _brings(report),
        "lifetime": _lifetime(report.lifetime),
        "months": [_month(month) for month in report.months],
        "scored_at": report.night.at if report.night else None,
        "segments": [_segment(one) for one in report.segments],
        "messages": [_sent(row) for row in report.sent],
        "reasons": {str(why): number for why, number in report.reasons.items()},
        "other_currencies": report.elsewhere,
    }


def _brings(report: Report) -> dict[str, Any]:
    """Return what is credited to messages, and what the experiments say."""
    found = brings(report)
    return {"orders": found.orders, "recovered_carts": found.carts, "paid": found.paid} | {
        "because_of_messages": found.because
    }


def _lifetime(figures: Lifetime) -> dict[str, Any]:
    return {**figures._asdict(), "retention": figures.retention}


def _month(figures: MonthFigures) -> dict[str, Any]:
    told = {name: value for name, value in figures._asdict().items() if name != "lifetime"}
    return {
        **told,
        "retention": figures.retention,
        "churn": figures.churn,
        "lifetime": _lifetime(figures.lifetime),
    }


def _segment(one: SegmentFigures) -> dict[str, Any]:
    name = str(one.segment) if one.segment else None
    return {
        "segment": name,
        "lifetime": _lifetime(one.lifetime),
        "came": one.came,
        "went": one.went,
    }


def _sent(row: Sent) -> dict[str, Any]:
    """Return one step's counters. `outcomes`: counters such as sent, skipped_no_consent,
    delivered."""
    timeline, _, step = row.step.partition("#")
    return {"timeline": timeline, "step": step, "outcomes": row.outcomes}
