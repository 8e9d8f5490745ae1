"""Decides whether a step sends its message now. Pure and total; each result has a reason.

The order of the checks matters: first what ends the timeline, then what forbids this message
(`reason_against`), then the arms of the shopper, then what delays the message (`in_time`).
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from wracaj.carts.cart import Cart
from wracaj.consent.channel import TRAITS
from wracaj.customers.shopper import Shopper
from wracaj.events import Frozen
from wracaj.experiments.arms import ArmsGiven, Timings
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.campaign import CampaignStatus
from wracaj.timelines.eligibility import reason_to_skip, window_ends
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.product_views import PAUSE
from wracaj.timelines.steps import Outcome, Reason, RecordState, Step, StepResult
from wracaj.timelines.subject import Subject

SPREAD = timedelta(minutes=30)
CAP_DAYS = 7


class Moment(Frozen):
    """The earliest time for a message, and the reason for the delay."""

    at: datetime
    reason: Reason


def decide(
    subject: Subject | None,
    shopper: Shopper | None,
    step: Step,
    shop: ShopSettings,
    now: datetime,
    *,
    campaign: CampaignStatus | None = None,
    **known: Any,
) -> StepResult:
    """Decide what the step does now, experiments aside. `known`: see `reason_against`."""
    against = reason_against(subject, shopper, step, shop, now, campaign=campaign, **known)
    if against or subject is None or shopper is None:
        assert against is not None  # without one of them there is always a reason
        return against
    return in_time(subject, shopper, step, shop, now, campaign)


def reason_against(
    subject: Subject | None,
    shopper: Shopper | None,
    step: Step,
    shop: ShopSettings,
    now: datetime,
    *,
    episode: int = 1,
    other_carts: Iterable[Cart] = (),
    campaign: CampaignStatus | None = None,
    reminded_at: datetime | None = None,
    switched_on: bool = True,
) -> StepResult | None:
    """Return what ends the timeline or forbids this message at any hour. None: everything but the
    shopper's arms says yes, so here the shopper enters experiments.

    `other_carts`: the shopper's other open carts. `campaign`: the campaign of the occasion.
    `reminded_at`: when a reminder of product views was last sent to the shopper under another
    identifier. `switched_on`: the kill switch of the whole installation.
    """
    if subject is None or subject.erased or shopper is None or shopper.forgot(subject):
        return StepResult(outcome=Outcome.STOPPED, reason=Reason.ERASED)
    earlier = _from_earlier_try(subject, episode, step)
    if earlier is not None:
        return earlier
    if _ordered(subject, shopper, campaign):
        return StepResult(outcome=Outcome.ORDERED, reason=Reason.ORDERED)
    end = _reason_to_end(
        subject,
        shopper,
        shop,
        now,
        episode=episode,
        other_carts=other_carts,
        campaign=campaign,
        reminded_at=reminded_at,
    )
    if end is not None:
        return StepResult(outcome=Outcome.STOPPED, reason=end)
    if not (switched_on and shop.enabled):
        return StepResult(outcome=Outcome.SKIPPED, reason=Reason.SWITCHED_OFF)
    refusal = reason_to_skip(subject, shopper, step, shop, now) or _told_otherwise(
        subject, episode, step
    )
    if refusal is None and now > _stale_at(subject, shopper, step, shop, now, campaign):
        refusal = Reason.STALE
    return StepResult(outcome=Outcome.SKIPPED, reason=refusal) if refusal else None


def with_arms(arms: ArmsGiven, told: Timings | None) -> StepResult | None:
    """Return what the shopper's arms say instead of the message. None: nothing. `told`: the timings
    of an arm that the state machine knows already; None: it can be told none."""
    if arms.is_held_out:
        return StepResult(outcome=Outcome.SKIPPED, reason=Reason.IN_HOLDOUT)
    if told is None or dict(arms.timings) == dict(told):
        return None
    timings = dict(arms.timings)  # the state machine asks again, with these
    return StepResult(
        outcome=Outcome.WAIT, reason=Reason.OTHER_TIMINGS, wait_seconds=1, timings=timings
    )


def _from_earlier_try(subject: Subject, episode: int, step: Step) -> StepResult | None:
    record = subject.record(episode, step.name)
    if record is None:
        return None
    if record.state is RecordState.SENT:
        return StepResult(outcome=Outcome.SENT, reason=Reason.ALREADY_SENT)
    if record.state in {RecordState.SENDING, RecordState.UNKNOWN}:
        return StepResult(outcome=Outcome.SKIPPED, reason=Reason.OUTCOME_UNKNOWN)
    noted = {
        RecordState.SKIPPED: Outcome.SKIPPED,
        RecordState.STOPPED: Outcome.STOPPED,
        RecordState.ORDERED: Outcome.ORDERED,
    }
    if record.state in noted:
        return StepResult(outcome=noted[record.state], reason=record.reason)
    return None


def _ordered(subject: Subject, shopper: Shopper, campaign: CampaignStatus | None) -> bool:
    if campaign and campaign.campaign and campaign.campaign.ordered_since(shopper.last_order_at):
        return True
    return subject.ended_by_order(shopper.last_order_at)


def _reason_to_end(
    subject: Subject,
    shopper: Shopper,
    shop: ShopSettings,
    now: datetime,
    *,
    episode: int,
    other_carts: Iterable[Cart],
    campaign: CampaignStatus | None,
    reminded_at: datetime | None,
) -> Reason | None:
    match subject:
        case Cart():
            return _reason_to_end_cart(subject, shop, episode, other_carts)
        case Occasion(kind=OccasionKind.BROWSE):
            is_new = reminded_at is None or now >= reminded_at + PAUSE
            end = _reason_to_end_views(subject, shopper, episode, other_carts)
            # this episode began before the two identifiers were known to be one shopper
            return end or (None if is_new else Reason.ALREADY_SENT)
        case Occasion(kind=OccasionKind.CAMPAIGN):
            return _reason_to_end_campaign(subject, campaign, now)
        case Occasion(kind=OccasionKind.BIRTHDAY) if shopper.birthday is None:
            return Reason.ORDER_UNDONE
        case Occasion(called_off=True):
            return Reason.ORDER_UNDONE
    return None


def _reason_to_end_cart(
    cart: Cart, shop: ShopSettings, episode: int, other_carts: Iterable[Cart]
) -> Reason | None:
    if cart.created_at is None or cart.last_activity_at is None or not cart.content.items:
        return Reason.CART_EMPTIED
    if not shop.knows_cart_from(cart.created_at):
        return Reason.OLDER_THAN_SWITCH_ON
    if cart.newest_episode > episode:
        return Reason.SUPERSEDED
    own = (cart.last_activity_at, cart.cart_id)
    if any(
        other.content.items
        and not other.unreminded
        and other.last_activity_at
        and (other.last_activity_at, other.cart_id) > own
        for other in other_carts
        if other.cart_id != cart.cart_id
    ):
        return Reason.NEWER_CART
    return None


def _reason_to_end_views(
    views: Occasion, shopper: Shopper, episode: int, other_carts: Iterable[Cart]
) -> Reason | None:
    """Return why a browse reminder ends. A cart with newer activity has its own timeline. After a
    merge of two identifiers, the other one may have its own timeline, too."""
    if views.episode > episode or views.customer_id != shopper.id:
        return Reason.SUPERSEDED
    if any(
        other.content.items and views.existed_at(other.last_activity_at) for other in other_carts
    ):
        return Reason.NEWER_CART
    return None if views.content.items else Reason.ALREADY_IN_CART


def _reason_to_end_campaign(
    message: Occasion, campaign: CampaignStatus | None, now: datetime
) -> Reason | None:
    if message.called_off:
        return Reason.ORDER_UNDONE
    if campaign is None or campaign.campaign is None or campaign.stopped:
        return Reason.CAMPAIGN_STOPPED
    if now > campaign.campaign.until:
        return Reason.CAMPAIGN_ENDED
    return Reason.ALREADY_SENT if campaign.announced_to_another else None


def _told_otherwise(subject: Subject, episode: int, step: Step) -> Reason | None:
    record = subject.record(episode, step.instead_of) if step.instead_of else None
    may_have_left = record is not None and record.state in {
        RecordState.SENDING,
        RecordState.SENT,
        RecordState.UNKNOWN,
    }
    return Reason.SENT_ON_ANOTHER_CHANNEL if may_have_left else None


def _until(shopper: Shopper, step: Step, campaign: CampaignStatus | None) -> datetime | None:
    """Return the time after which the message must not be sent, or would be useless."""
    ends = window_ends(shopper, step.channel)
    return min(
        filter(None, (ends, campaign.campaign.until if campaign and campaign.campaign else None)),
        default=None,
    )


def _stale_at(
    subject: Subject,
    shopper: Shopper,
    step: Step,
    shop: ShopSettings,
    now: datetime,
    campaign: CampaignStatus | None,
) -> datetime:
    """Return the time after which the message is not sent. It is due `after_seconds` after the last
    activity or the last step, whichever is later."""
    active = subject.last_activity_at or now
    due = max(active, subject.last_step_at or active) + timedelta(seconds=step.after_seconds)
    stale_at, until = due + timedelta(hours=shop.stale_after_hours), _until(shopper, step, campaign)
    return min(stale_at, until) if until else stale_at


def in_time(
    subject: Subject,
    shopper: Shopper,
    step: Step,
    shop: ShopSettings,
    now: datetime,
    campaign: CampaignStatus | None = None,
) -> StepResult:
    """Decide whether to send now, to wait, or to skip because it would get too late."""
    stale_at = _stale_at(subject, shopper, step, shop, now, campaign)
    earliest = _earliest(subject, subject.last_activity_at or now, shopper, step, shop, now)
    if earliest.at <= now:
        return StepResult(outcome=Outcome.SENT, reason=Reason.DUE)
    if earliest.at > stale_at:
        reason = Reason.WINDOW_CLOSED if earliest.reason is Reason.QUIET_HOURS else earliest.reason
        return StepResult(outcome=Outcome.SKIPPED, reason=reason)
    return StepResult(
        outcome=Outcome.WAIT,
        reason=earliest.reason,
        wait_seconds=max(1, ceil((earliest.at - now).total_seconds())),
    )


def _earliest(
    subject: Subject,
    active: datetime,
    shopper: Shopper,
    step: Step,
    shop: ShopSettings,
    now: datetime,
) -> Moment:
    """Return the time when no delay is left. The reason is the first delay found."""
    busy = subject.minds_other_carts  # after a placed order, no shopping is interrupted
    quiet = shop.quiet_minutes_after_activity if busy else 0
    pause = max(timedelta(seconds=step.after_seconds), timedelta(minutes=quiet))
    moment = Moment(at=now, reason=Reason.DUE)
    if active + pause > moment.at:
        moment = Moment(at=active + pause, reason=Reason.SHOPPER_ACTIVE)
    # joining an audience disturbs nobody, and a requested message is expected now
    if not TRAITS[step.channel].counts_for_caps or subject.asked_for:
        return moment
    free = cap_free_at(shopper, step, shop)
    if free is not None and free > moment.at:
        moment = Moment(at=free, reason=Reason.FREQUENCY_CAP)
    opens = spread(next_opening(moment.at, shop), moment.at, subject, shop)
    return (
        Moment(at=opens, reason=Reason.QUIET_HOURS if moment.at == now else moment.reason)
        if opens > moment.at
        else moment
    )


def cap_free_at(shopper: Shopper, step: Step, shop: ShopSettings) -> datetime | None:
    """Return when one more message on this channel keeps both frequency caps and the shopper's
    pace. None: at any time."""
    cap = shop.frequency_cap
    same = [
        m.at + timedelta(hours=cap.hours_between_same_channel)
        for m in shopper.sent
        if m.channel is step.channel
    ]
    times = sorted(
        message.at for message in shopper.sent if TRAITS[message.channel].counts_for_caps
    )
    week = (
        [times[-cap.messages_in_7_days] + timedelta(days=CAP_DAYS)]
        if len(times) >= cap.messages_in_7_days
        else []
    )
    asked = [times[-1] + timedelta(days=shopper.pace.days)] if shopper.pace and times else []
    return max([*same, *week, *asked], default=None)


def next_opening(moment: datetime, shop: ShopSettings) -> datetime:
    """Return `moment` inside the send window, otherwise the next opening. Times are those of the
    shop's time zone, also across clock changes."""
    window, local = shop.send_window, moment.astimezone(shop.zone)
    if window.opens <= local.time() < window.closes:
        return moment
    day = local.date() if local.time() < window.opens else local.date() + timedelta(days=1)
    opening = datetime.combine(day, window.opens, tzinfo=shop.zone)
    if opening.astimezone(UTC) <= moment:  # the second pass of the hour that is repeated in autumn
        opening = opening.replace(fold=1)
    return opening.astimezone(UTC)


def spread(opens: datetime, moment: datetime, subject: Subject, shop: ShopSettings) -> datetime:
    """Spread messages that waited for the opening over its first SPREAD, so that they do not all
    leave at once. Each cart always gets the same place in that time."""
    if opens <= moment:
        return opens
    share = int.from_bytes(hashlib.sha256(subject.cart_id.encode()).digest()[:4], "big") / 2**32
    window = shop.send_window
    width = timedelta(
        hours=window.closes.hour - window.opens.hour,
        minutes=window.closes.minute - window.opens.minute,
    )
    return opens + share * min(SPREAD, width / 2)
