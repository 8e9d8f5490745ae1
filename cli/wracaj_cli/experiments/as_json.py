"""An experiment for scripts."""

from datetime import datetime
from typing import Any

from wracaj_cli.experiments.showing import Shown, state_of


def shown_as_json(shown: Shown, now: datetime) -> dict[str, Any]:
    found = shown.verdict
    return {
        "experiment": shown.name,
        "state": state_of(shown.experiment, now),
        "metric": shown.experiment.metric,
        "currency": shown.currency,
        "counted_until": found.frozen_until,
        "shares_are_wrong": found.shares_are_wrong,
        "mixed": shown.mixed,
        "late_paid": shown.late_paid,
        "message_costs": dict(shown.costs),
        "unsubscribes_e": shown.guards.unsubscribed_e,
        "complaints_e": shown.guards.complained_e,
        "arms": {
            arm: {
                "share": share,
                "entered": found.entered[arm],
                "people": found.people[arm],
                "sum": found.sums[arm].total,
                "sum_of_squares": found.sums[arm].squares,
                **guards_as_json(shown, arm),
            }
            for arm, share in shown.experiment.shares.items()
        },
        "compared": [
            {
                "arm": one.arm,
                "with": shown.experiment.control,
                "finding": one.finding,
                "interval": one.interval and one.interval._asdict(),
                "more_people": one.more_people,
                "weeks": one.weeks,
            }
            for one in found.comparisons
        ],
    }


def guards_as_json(shown: Shown, arm: str) -> dict[str, Any]:
    told = shown.guards.arms[arm]
    return {
        "unsubscribed": told.unsubscribed,
        "complained": told.complained,
        "mails": told.mails,
        "complaints": told.complaints,
    }
