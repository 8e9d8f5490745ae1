"""The figures of a report for scripts. docs/operations.md describes the keys. Percents and money
are text. Nothing depends on the language."""

from datetime import datetime
from typing import Any

from wracaj.experiments.intervals import Interval
from wracaj_cli.experiments.as_json import guards_as_json
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.report.bringing import brings, holdouts
from wracaj_cli.report.figures import Lifetime, MonthFigures
from wracaj_cli.report.incremental import (
    Change,
    Incremental,
    Unknown,
    changes_of,
    of_message,
    of_timeline,
)
from wracaj_cli.report.messages import Sent, by_timeline, costs_of, total_of
from wracaj_cli.report.over_time import Look
from wracaj_cli.report.reading import Report, SegmentFigures


def report_as_json(report: Report) -> dict[str, Any]:
    return {
        "shop": report.shop,
        "name": report.name,
        "currency": report.currency,
        "begins": report.begins,
        "until": report.until,
        "brings": _brings(report),
        "timelines": [_timeline(rows, report) for rows in by_timeline(report.sent).values()],
        "messages": [
            _sent(row, rows, report) for rows in by_timeline(report.sent).values() for row in rows
        ],
        "weeks": [week._asdict() for week in report.weeks],
        "experiments": [_experiment(one, report) for one in report.experiments],
        "lifetime": _lifetime(report.lifetime),
        "months": [_month(month) for month in report.months],
        "scored_at": report.night.at if report.night else None,
        "segments": [_segment(one) for one in report.segments],
        "reasons": {str(why): number for why, number in report.reasons.items()},
        "carts_without_timeline": report.unreminded,
        "other_currencies": report.elsewhere,
    }


def _brings(report: Report) -> dict[str, Any]:
    """Return what is credited to messages, what they cost, and what the holdouts say."""
    found = brings(report)
    return {
        "currency": report.main_currency,
        "orders": found.orders,
        "recovered_carts": found.carts,
        "paid": found.paid,
        "contribution": found.contribution,
        "emails": found.costs.emails,
        "sms_parts": found.costs.sms_parts,
        "message_costs": found.costs.total,
        "because_of_messages": [_because(one) for one in holdouts(report)],
    }


def _because(shown: Shown) -> dict[str, Any]:
    """Return the interval for all people together who got messages and whose days are over."""
    (compared,) = shown.verdict.comparisons
    people = shown.verdict.people[compared.arm]
    return {
        "experiment": shown.name,
        "timeline": shown.experiment.timeline,
        "metric": shown.experiment.metric,
        "shares_are_wrong": shown.verdict.shares_are_wrong,
        "finding": compared.finding,
        "people": people,
        "interval_of_all": _times(compared.interval, people),
    }


def _experiment(shown: Shown, report: Report) -> dict[str, Any]:
    looks = report.looks_of(shown)
    return {
        "experiment": shown.name,
        "timeline": shown.experiment.timeline,
        "metric": shown.experiment.metric,
        "shares_are_wrong": shown.verdict.shares_are_wrong,
        "guardrails": {arm: guards_as_json(shown, arm) for arm in shown.guards.arms},
        "compared": [
            {
                "arm": one.arm,
                "finding": one.finding,
                "interval": _times(one.interval, 1),
                "over_time": [_look(look) for look in looks.get(one.arm, [])],
            }
            for one in shown.verdict.comparisons
        ],
    }


def _look(look: Look) -> dict[str, Any]:
    at: datetime = look.at
    return {"at": at, "people": look.people, "finding": look.finding} | {
        "interval": _times(look.interval, 1)
    }


def _times(interval: Interval | None, people: int) -> dict[str, float] | None:
    if interval is None:
        return None
    return {name: people * value for name, value in interval._asdict().items()}


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


def _timeline(rows: list[Sent], report: Report) -> dict[str, Any]:
    """Return the sums of a timeline's messages, and what came because of them."""
    total = total_of(rows)
    return {
        "timeline": total.timeline,
        "outcomes": total.outcomes,
        "orders": total.orders,
        "paid": total.paid,
        "codes_used": total.codes_used,
        "unsubscribed": total.unsubscribed,
        **_incremental(of_timeline(report, total.timeline)),
    }


def _sent(row: Sent, rows: list[Sent], report: Report) -> dict[str, Any]:
    """Return one message's counters. `outcomes`: counters such as sent, skipped_no_consent,
    delivered. `rows`: all messages of its timeline."""
    return {
        "timeline": row.timeline,
        "step": row.name,
        "channel": row.channel,
        "outcomes": row.outcomes,
        "orders": row.orders,
        "paid": row.paid,
        "codes_used": row.codes_used,
        "unsubscribed": row.unsubscribed,
        "cost": costs_of([row], report.prices).total,
        **_incremental(of_message(rows, of_timeline(report, row.timeline))),
        "changes": [_change(one) for one in changes_of(report, row)],
    }


def _incremental(found: Incremental | Unknown) -> dict[str, Any]:
    if isinstance(found, Unknown):
        return {"incremental": None, "incremental_unknown": found}
    told = {
        "experiment": found.shown.name,
        "metric": found.shown.experiment.metric,
        "messages": found.messages,
        "messages_each": found.each,
        "interval_of_thousand": found.because._asdict(),
        "credited_of_thousand": found.credited,
    }
    return {"incremental": told, "incremental_unknown": None}


def _change(change: Change) -> dict[str, Any]:
    """Return what a test shows whose arm differs in this message only."""
    return {
        "experiment": change.shown.name,
        "arm": change.compared.arm,
        "with": change.shown.experiment.control,
        "metric": change.shown.experiment.metric,
        "shares_are_wrong": change.shown.verdict.shares_are_wrong,
        "finding": change.compared.finding,
        "interval": _times(change.compared.interval, 1),
        "interval_of_thousand": change.found and change.found.because._asdict(),
    }
