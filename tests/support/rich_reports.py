"""A report of a shop that has been at it for a while, made of figures alone: several timelines,
weeks, experiments with and without a finding, customers and segments."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from support.builders import a_holdout, a_test, some_settings
from support.frozen_timelines import FROZEN
from support.reports import a_report
from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.consent.channel import Channel
from wracaj.experiments.guardrails import ArmGuards, guardrails
from wracaj.experiments.intervals import Sums
from wracaj.experiments.verdict import DayCount, verdict
from wracaj.loyalty.ledger import Sums as Spent
from wracaj.segments.rfm import Move, Night, Segment
from wracaj.settings.experiments import Experiment
from wracaj_cli import house
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.report.figures import Customers, last_months
from wracaj_cli.report.messages import Sent, in_order
from wracaj_cli.report.over_time import looks
from wracaj_cli.report.reading import Report, SegmentFigures
from wracaj_cli.report.weeks import by_week

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
BEGINS = datetime(2026, 8, 1, tzinfo=UTC)
COUNTED: dict[str, dict[str, int]] = {
    "abandoned_cart#discount_email": {
        "sent": 1310,
        "without_discount": 12,
        "delivered": 1290,
        "clicked": 204,
        "attributed_orders": 61,
        "attributed_cents": 1_043_210,
        "attributed_contribution_cents": 203_000,
        "codes_used": 48,
        "unsubscribed": 14,
        "bounced": 8,
        "complained": 1,
        "ordered_ordered": 420,
        "skipped_no_consent": 37,
    },
    "abandoned_cart#first_email": {
        "sent": 2711,
        "delivered": 2650,
        "clicked": 511,
        "attributed_orders": 143,
        "attributed_cents": 2_671_455,
        "attributed_contribution_cents": 801_400,
        "unsubscribed": 22,
        "bounced": 41,
        "complained": 2,
        "skipped_in_holdout": 677,
        "skipped_no_consent": 1204,
        "stopped_newer_cart": 13,
        "unknown": 1,
    },
    "abandoned_cart#sms": {
        "sent": 702,
        "segments": 1015,
        "delivered": 690,
        "clicked": 120,
        "attributed_orders": 31,
        "attributed_cents": 502_000,
        "attributed_contribution_cents": 150_600,
        "ordered_ordered": 311,
        "skipped_no_consent": 1600,
    },
    "abandoned_cart#our_own_push": {"sent": 5},
    "high_value_cart#first_email": {
        "sent": 88,
        "delivered": 88,
        "clicked": 20,
        "attributed_orders": 5,
        "attributed_cents": 1_234_500,
        "attributed_contribution_cents": 370_350,
    },
    "campaign#black_week": {"sent": 4000, "delivered": 3921, "clicked": 300, "unsubscribed": 40},
    "confirm_consent#confirm_email": {"sent": 120, "delivered": 118},
    "no timeline#rule 2": {"carts": 31},
}


class Campaigns(SimpleNamespace):
    def all(self, shop: str) -> list[Any]:
        campaign = SimpleNamespace(id="black_week", channel=Channel.EMAIL)
        return [SimpleNamespace(campaign=campaign)]


def a_rich_report(**changes: Any) -> Report:
    """Return it; `changes` replace its parts."""
    customers = _customers()
    shop = some_settings(
        economics={"margin_percent": 30, "sms_part": "0.09"}, experiments=EXPERIMENTS
    )
    shown = {name: _shown(name, one) for name, one in shop.experiments.items()}
    parts: dict[str, Any] = {
        "begins": date(2025, 12, 1),
        "months": customers.by_month,
        "lifetime": customers.lifetime,
        "segments": [
            SegmentFigures(segment, customers.lifetime, 3, 2)
            for segment in (Segment.CHAMPIONS, Segment.LOYAL, Segment.CANNOT_LOSE)
        ],
        "night": _a_night(),
        "sent": _sent(),
        "weeks": by_week(dict(_days()), NOW.date()),
        "unreminded": {"rule 2": 31, "no rule": 2},
        "prices": shop.economics,
        "reasons": {AbandonmentReason.DELIVERY_COST: 34, AbandonmentReason.TRUST: 5},
        "elsewhere": ["EUR"],
        "experiments": [one for one, _ in shown.values()],
        "looks": {name: seen for name, (_, seen) in shown.items()},
        "changed": CHANGED,
    }
    return a_report(**(parts | changes))


def _sent() -> list[Sent]:
    """Return the messages in the order of the tests' own timelines."""
    store: Any = SimpleNamespace(campaigns=Campaigns())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house, "STATE_MACHINES", FROZEN)
        return in_order(store, "kubek", COUNTED)


TIMES: dict[str, Any] = {"begins": BEGINS, "ends": BEGINS + timedelta(days=90)}
SHORT = {"timings": {"first_email_after_hours": 1}}
EXPERIMENTS: dict[str, Any] = {
    "does_it_pay": a_holdout(50, **TIMES),
    "sooner": a_test({"now": {}, "sooner": SHORT}, **TIMES),
    "rescue_pays": a_holdout(20, timeline="high_value_cart", metric="contribution", **TIMES),
    "carts_pay": a_holdout(50, timeline="abandoned_cart", **TIMES),
    "more_off": a_test(
        {"now": {}, "more": {"timings": {"discount_percent": 20}}},
        begins=BEGINS - timedelta(days=91),
        ends=BEGINS - timedelta(days=1),
    ),
}
CHANGED: dict[str, Any] = {
    "sooner": {"sooner": ("first_email", "sms", "discount_email")},
    "more_off": {"more": ("discount_email",)},
}
# experiment → arm → how many people enter on a day, and how many of 1,000 order
RATES: dict[str, dict[str, tuple[int, int]]] = {
    "does_it_pay": {"held_out": (50, 100), "treated": (50, 150)},
    "sooner": {"now": (60, 101), "sooner": (60, 103)},
    "rescue_pays": {"held_out": (1, 100), "treated": (3, 200)},
    "carts_pay": {"held_out": (60, 100), "treated": (60, 150)},
    "more_off": {"now": (60, 100), "more": (60, 155)},
}
FIRST, SMS, DISCOUNT = (
    f"abandoned_cart#{name}" for name in ("first_email", "sms", "discount_email")
)
# experiment → arm → what was sent to it, and what of that is credited
COUNTED_IN_ARMS: dict[str, dict[str, Any]] = {
    "does_it_pay": {
        "treated": {
            FIRST: {"email": 4400, "orders": 240, "complained": 1},
            "campaign#black_week": {"email": 2000},
        }
    },
    "carts_pay": {
        "treated": {
            FIRST: {"email": 5300, "orders": 180, "complained": 2},
            SMS: {"sms": 1200, "parts": 1700, "orders": 40},
            DISCOUNT: {"email": 2500, "orders": 90, "complained": 1},
        }
    },
    "more_off": {"now": {DISCOUNT: {"email": 2400}}, "more": {DISCOUNT: {"email": 2300}}},
}
UNSUBSCRIBED = {"carts_pay": {"treated": 41}, "more_off": {"now": 20, "more": 71}}


def day_counts(name: str) -> list[DayCount]:
    """Return the daily sums of an experiment: somebody enters on each of 90 days."""
    draw, counts = Random(name), []
    for number in range(90):
        day = (EXPERIMENTS[name]["begins"] + timedelta(days=number)).date()
        for arm, (people, rate) in RATES[name].items():
            ordered = sum(draw.random() < rate / 1000 for _ in range(people))
            sums = Sums(people, ordered, ordered)
            money = Sums(people, 120.0 * ordered, 18_000.0 * ordered)
            metrics = {"ordered": sums, "paid": money, "contribution": money}
            counts.append(DayCount(day, arm, people, metrics))
    return counts


def _shown(name: str, one: Experiment) -> tuple[Shown, Any]:
    days = day_counts(name)
    found = verdict(one, days, NOW)
    seen = {} if found.shares_are_wrong else looks(one, days, NOW)
    counted = COUNTED_IN_ARMS.get(name, {})
    guards = guardrails(one, {arm: _guards(name, arm, counted) for arm in one.shares})
    return Shown(name, one, found, 0, 0, "PLN", guards=guards, counted=counted), seen


def _guards(name: str, arm: str, counted: dict[str, Any]) -> ArmGuards:
    steps = counted.get(arm, {}).values()
    return ArmGuards(
        unsubscribed=UNSUBSCRIBED.get(name, {}).get(arm, 0),
        complained=sum(told.get("complained", 0) for told in steps),
        mails=sum(told.get("email", 0) for told in steps),
    )


def _customers() -> Customers:
    draw, customers = Random(11), Customers(last_months("2026-11", 12))
    months = last_months("2026-11", 20)
    for _ in range(400):
        bought = {
            month: Spent(spend=Decimal(draw.randrange(2_000, 90_000)) / 100, orders=1)
            for month in draw.sample(months, draw.choice([1, 1, 2, 4]))
        }
        customers.add(bought)
    return customers


def _days() -> Iterator[tuple[str, Any]]:
    draw = Random(5)
    for back in range(120):
        day = NOW.date() - timedelta(days=back)
        sent, orders = draw.randrange(5, 60), draw.randrange(0, 5)
        cents = sum(draw.randrange(4_000, 60_000) for _ in range(orders))
        counted = {"sent": sent, "delivered": sent - 2, "clicked": sent // 5, "unsubscribed": 1}
        credited = {"attributed_orders": orders, "attributed_cents": cents}
        yield day.isoformat(), {"abandoned_cart#first_email": counted | credited}


def _a_night() -> Night:
    moves = (
        Move(before=None, after=Segment.CHAMPIONS, customers=12),
        Move(before=Segment.LOYAL, after=Segment.CHAMPIONS, customers=3),
        Move(before=Segment.LOYAL, after=Segment.LOYAL, customers=140),
        Move(before=Segment.CHAMPIONS, after=Segment.CANNOT_LOSE, customers=1),
    )
    at = NOW - timedelta(hours=9)
    sizes = {Segment.CHAMPIONS: 20, Segment.LOYAL: 150}
    return Night(
        at=at, currency="PLN", moves=moves, since=at - timedelta(days=1), sizes_before=sizes
    )
