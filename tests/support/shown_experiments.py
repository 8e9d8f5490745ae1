"""Experiments as a report shows them, made of figures alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from support.builders import some_settings
from wracaj.experiments.intervals import Sums
from wracaj.experiments.verdict import DayCount, verdict
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.report.messages import Sent

BEGINS = datetime(2026, 11, 2, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=200)


def sent(**messages: dict[str, int]) -> list[Sent]:
    """Return messages; `abandoned_cart__sms` is the step "abandoned_cart#sms"."""
    return [Sent(step.replace("__", "#"), outcomes) for step, outcomes in messages.items()]


def shown(
    told: dict[str, Any],
    name: str = "one",
    counted: dict[str, Any] | None = None,
    costs: dict[str, float] | None = None,
    **arms: tuple[int, int],
) -> Shown:
    """`counted`: arm → step → what was sent and credited. `arms`: how many entered, and how many of
    them ordered; of money, each of these brings 1."""
    settings = some_settings(experiments={name: {"begins": BEGINS, "ends": ENDS} | told})
    counts = []
    for arm, (people, ordered) in arms.items():
        sums = Sums(people, ordered, ordered)
        metrics = dict.fromkeys(("ordered", "paid", "contribution"), sums)
        counts.append(DayCount(BEGINS.date(), arm, people, metrics))
    one = settings.experiments[name]
    found = verdict(one, counts, ENDS, costs or {})
    return Shown(name, one, found, 0, 0, "PLN", costs=costs or {}, counted=counted or {})
