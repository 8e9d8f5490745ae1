"""Decides whether a step sends its message now. Pure and total; each result has a reason.

The order of the checks matters: first what ends the timeline, then what forbids this message
(`reason_against`), then the arms of the shopper, then what delays the message (`in_time`).
"""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from wracaj.consent.channel import TRAITS
from wracaj.customers.shopper import Shopper
from wracaj.experiments.arms import ArmsGiven, Timings
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.facts import Facts, facts_of
from wracaj.timelines.steps import Outcome, Reason, Step, StepResult
from wracaj.timelines.subject import Subject

SPREAD = timedelta(minutes=30)
CAP_DAYS = 7
CAPPED = frozenset(channel for channel, traits in TRAITS.items() if traits.counts_for_caps)


@cache
def _plain(outcome: Outcome, reason: Reason) -> StepResult:
    """A result without a wait. It is frozen, so one is enough for all."""
    return StepResult(outcome=outcome, reason=reason)


@lru_cache(maxsize=50_000)
def _wait(reason: Reason, seconds: int) -> StepResult:
    return StepResult(outcome=Outcome.WAIT, reason=reason, wait_seconds=seconds)


def decide(
    subject: Subject | None,
    shopper: Shopper | None,
    step: Step,
    shop: ShopSettings,
    now: datetime,
    **known: Any,
) -> StepResult:
    """Decide what the step does now, experiments aside. `known`: see `facts_of`."""
    facts = facts_of(subject, shopper, step, shop, now, **known)
    return decided(facts, step, shop, now)


def decided(facts: Facts, step: Step, shop: ShopSettings, now: datetime) -> StepResult:
    return reason_against(facts, step, shop, now) or in_time(facts, step, shop, now)


def reason_against(
    facts: Facts, step: Step, shop: ShopSettings, now: datetime
) -> StepResult | None:
    """Return what ends the timeline or forbids this message at any hour. None: everything but the
    shopper's arms says yes, so here the shopper enters experiments."""
    if facts.gone:
        return _plain(Outcome.STOPPED, Reason.ERASED)
    if facts.earlier is not None:
        return facts.earlier
    if facts.ordered:
        return _plain(Outcome.ORDERED, Reason.ORDERED)
    if facts.end is not None:
        return _plain(Outcome.STOPPED, facts.end)
    if not (facts.switched_on and shop.enabled):
        return _plain(Outcome.SKIPPED, Reason.SWITCHED_OFF)
    refusal = facts.barred or (Reason.SENT_ON_ANOTHER_CHANNEL if facts.sent_instead else None)
    if refusal is None and now > _stale_at(facts, step, shop, now):
        refusal = Reason.STALE
    return _plain(Outcome.SKIPPED, refusal) if refusal else None


def with_arms(arms: ArmsGiven, told: Timings | None) -> StepResult | None:
    """Return what the shopper's arms say instead of the message. None: nothing. `told`: the timings
    of an arm that the state machine knows already; None: it can be told none."""
    if arms.is_held_out:
        return _plain(Outcome.SKIPPED, Reason.IN_HOLDOUT)
    if told is None or dict(arms.timings) == dict(told):
        return None
    timings = dict(arms.timings)  # the state machine asks again, with these
    return StepResult(
        outcome=Outcome.WAIT, reason=Reason.OTHER_TIMINGS, wait_seconds=1, timings=timings
    )


def _stale_at(facts: Facts, step: Step, shop: ShopSettings, now: datetime) -> datetime:
    """Return the time after which the message is not sent. It is due `after_seconds` after the last
    activity or the last step, whichever is later."""
    since = facts.active_at or now
    if facts.stepped_at:
        since = max(since, facts.stepped_at)
    stale_at = since + _time(step.after_seconds, shop.stale_after_hours)
    return min(stale_at, facts.until) if facts.until else stale_at


def in_time(facts: Facts, step: Step, shop: ShopSettings, now: datetime) -> StepResult:
    """Decide whether to send now, to wait, or to skip because it would get too late."""
    earliest, reason = _earliest(facts, step, shop, now)
    if earliest <= now:
        return _plain(Outcome.SENT, Reason.DUE)
    if earliest > _stale_at(facts, step, shop, now):
        is_closed = reason is Reason.QUIET_HOURS
        return _plain(Outcome.SKIPPED, Reason.WINDOW_CLOSED if is_closed else reason)
    return _wait(reason, ceil((earliest - now).total_seconds()))


def _earliest(
    facts: Facts, step: Step, shop: ShopSettings, now: datetime
) -> tuple[datetime, Reason]:
    """Return the time when no delay is left, and the first delay found; if that time is `now`,
    there is none."""
    rest = step.after_seconds
    if facts.minds_other_carts:  # after a placed order, no shopping is interrupted
        rest = max(rest, 60 * shop.quiet_minutes_after_activity)
    rested = (facts.active_at or now) + _time(rest)
    at, reason = max(rested, now), Reason.SHOPPER_ACTIVE
    # joining an audience disturbs nobody, and a requested message is expected now
    if step.channel not in CAPPED or facts.asked_for:
        return at, reason
    free = cap_free_at(facts, step, shop)
    if free is not None and free > at:
        at, reason = free, Reason.FREQUENCY_CAP
    opens = next_opening(at, shop)
    if opens > at:
        reason = Reason.QUIET_HOURS if at == now else reason
        at = spread(opens, at, facts.subject_id, shop)
    return at, reason


def cap_free_at(facts: Facts, step: Step, shop: ShopSettings) -> datetime | None:
    """Return when one more message on this channel keeps both frequency caps and the shopper's
    pace. None: at any time."""
    if not facts.sent:
        return None
    cap, pace = shop.frequency_cap, facts.pace_days
    same = [at for channel, at in facts.sent if channel is step.channel]
    times = sorted([at for channel, at in facts.sent if channel in CAPPED])
    free = [max(same) + _time(hours=cap.hours_between_same_channel)] if same else []
    if len(times) >= cap.messages_in_7_days:
        free.append(times[-cap.messages_in_7_days] + _time(hours=24 * CAP_DAYS))
    if pace and times:
        free.append(times[-1] + _time(hours=24 * pace))
    return max(free, default=None)


@cache
def _time(seconds: float = 0, hours: float = 0) -> timedelta:
    """The same few are asked for again and again."""
    return timedelta(seconds=seconds, hours=hours)


_zone = cache(ZoneInfo)


def next_opening(moment: datetime, shop: ShopSettings) -> datetime:
    """Return `moment` inside the send window, otherwise the next opening. Times are those of the
    shop's time zone, also across clock changes."""
    window, local = shop.send_window, moment.astimezone(_zone(shop.time_zone))
    clock, day = local.time(), local.date()
    if window.opens <= clock < window.closes:
        return moment
    day += timedelta(days=clock >= window.opens)
    first, again = _openings(day, window.opens, shop.time_zone)
    return first if first > moment else again


@lru_cache(maxsize=1000)
def _openings(day: date, opens: time, zone: str) -> tuple[datetime, datetime]:
    """When the window opens, and when it does so again in the hour that is repeated in autumn. On
    other days both are the same."""
    opening = datetime.combine(day, opens, tzinfo=_zone(zone))
    return opening.astimezone(UTC), opening.replace(fold=1).astimezone(UTC)


def spread(opens: datetime, moment: datetime, subject_id: str, shop: ShopSettings) -> datetime:
    """Spread messages that waited for the opening over its first SPREAD, so that they do not all
    leave at once. Each cart always gets the same place in that time."""
    if opens <= moment:
        return opens
    share = int.from_bytes(hashlib.sha256(subject_id.encode()).digest()[:4], "big") / 2**32
    return opens + share * _width(shop.send_window.opens, shop.send_window.closes)


@cache
def _width(opens: time, closes: time) -> timedelta:
    hours, minutes = closes.hour - opens.hour, closes.minute - opens.minute
    return min(SPREAD, timedelta(hours=hours, minutes=minutes) / 2)
