"""What a decision reads of a cart, its shopper and the campaign. The archive keeps it, so that the
same rules can be asked again with other timings."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from wracaj.carts.cart import Cart
from wracaj.carts.page_carts import is_page_cart
from wracaj.consent.channel import Channel
from wracaj.customers.shopper import Shopper
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.campaign import CampaignStatus
from wracaj.timelines.eligibility import reason_to_skip, window_ends
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.product_views import PAUSE
from wracaj.timelines.steps import Outcome, Reason, RecordState, Step, StepResult
from wracaj.timelines.subject import Subject

# A page cart and a cart that the shop reported within this time are taken for one basket.
SAME_BASKET = timedelta(days=1)
NOTED_AS = {
    RecordState.SKIPPED: Outcome.SKIPPED,
    RecordState.STOPPED: Outcome.STOPPED,
    RecordState.ORDERED: Outcome.ORDERED,
}


class Sent(NamedTuple):
    """A message that the shopper was sent."""

    channel: Channel
    at: datetime


class Facts(NamedTuple):
    """All that decides about one message at one moment, but for the step, the shop's settings and
    the moment itself. A back-test makes millions, so they are plain tuples."""

    subject_id: str = ""  # of the cart or the occasion; it spreads messages over the morning
    gone: bool = False  # the cart or its shopper was erased, or is not known
    earlier: StepResult | None = None  # what an earlier try of this step came to
    ordered: bool = False
    end: Reason | None = None  # why the timeline ends, an order aside
    switched_on: bool = True  # the whole installation
    barred: Reason | None = None  # why no message may go to this shopper on this channel
    sent_instead: bool = False  # the message that this one replaces was sent
    active_at: datetime | None = None  # the shopper's last activity
    stepped_at: datetime | None = None  # the last step of this timeline
    until: datetime | None = None  # after it the message is forbidden, or useless
    asked_for: bool = False
    minds_other_carts: bool = False
    sent: tuple[Sent, ...] = ()  # to any identifier of the shopper, by time
    pace_days: int | None = None  # days between messages, where the shopper chose them


GONE = Facts(gone=True)


def facts_of(
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
) -> Facts:
    """`other_carts`: the shopper's other open carts. `campaign`: the campaign of the occasion.
    `reminded_at`: when a reminder of product views was last sent to the shopper under another
    identifier. `switched_on`: the kill switch of the whole installation.
    """
    if subject is None or subject.erased or shopper is None or shopper.forgot(subject):
        return GONE
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
    return Facts(
        subject_id=subject.cart_id,
        earlier=_from_earlier_try(subject, episode, step),
        ordered=_ordered(subject, shopper, campaign),
        end=end,
        switched_on=switched_on,
        barred=reason_to_skip(subject, shopper, step, shop, now),
        sent_instead=_is_sent_instead(subject, episode, step),
        active_at=subject.last_activity_at,
        stepped_at=subject.last_step_at,
        until=_until(shopper, step, campaign),
        asked_for=subject.asked_for,
        minds_other_carts=subject.minds_other_carts,
        sent=tuple(Sent(one.channel, one.at) for one in shopper.sent),
        pace_days=shopper.pace.days if shopper.pace else None,
    )


def _from_earlier_try(subject: Subject, episode: int, step: Step) -> StepResult | None:
    record = subject.record(episode, step.name)
    if record is None:
        return None
    if record.state is RecordState.SENT:
        return StepResult(outcome=Outcome.SENT, reason=Reason.ALREADY_SENT)
    if record.state in {RecordState.SENDING, RecordState.UNKNOWN}:
        return StepResult(outcome=Outcome.SKIPPED, reason=Reason.OUTCOME_UNKNOWN)
    if record.state in NOTED_AS:
        return StepResult(outcome=NOTED_AS[record.state], reason=record.reason)
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
            return reason_to_end_cart(subject, shop, episode, other_carts)
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


def reason_to_end_cart(
    cart: Cart, shop: ShopSettings, episode: int, other_carts: Iterable[Cart]
) -> Reason | None:
    if cart.created_at is None or cart.last_activity_at is None or not cart.content.items:
        return Reason.CART_EMPTIED
    if not shop.knows_cart_from(cart.created_at):
        return Reason.OLDER_THAN_SWITCH_ON
    if cart.newest_episode > episode:
        return Reason.SUPERSEDED
    others = [
        other for other in other_carts if other.cart_id != cart.cart_id and not other.unreminded
    ]
    return Reason.NEWER_CART if any(_goes_before(other, cart) for other in others) else None


def _goes_before(other: Cart, cart: Cart) -> bool:
    """Whether the shopper went on with the other cart. A page cart never ends the timeline of
    a cart that the shop reported. Such a cart ends a page cart's: both may be the same basket."""
    theirs, own = other.last_activity_at, cart.last_activity_at
    if not (other.content.items and theirs and own and cart.created_at):
        return False
    if is_page_cart(other.cart_id) == is_page_cart(cart.cart_id):
        return (theirs, other.cart_id) > (own, cart.cart_id)
    return is_page_cart(cart.cart_id) and theirs > cart.created_at - SAME_BASKET


def _reason_to_end_views(
    views: Occasion, shopper: Shopper, episode: int, other_carts: Iterable[Cart]
) -> Reason | None:
    """Return why a browse reminder ends. A cart with newer activity has its own timeline. After a
    merge of two identifiers, the other one may have its own timeline, too."""
    if views.episode > episode or views.customer_id != shopper.id:
        return Reason.SUPERSEDED
    if any(
        other.content.items and views.existed_at(other.last_activity_at)
        for other in other_carts
        if not is_page_cart(other.cart_id)
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


def _is_sent_instead(subject: Subject, episode: int, step: Step) -> bool:
    record = subject.record(episode, step.instead_of) if step.instead_of else None
    return record is not None and record.state.may_have_left


def _until(shopper: Shopper, step: Step, campaign: CampaignStatus | None) -> datetime | None:
    """Return the time after which the message must not be sent, or would be useless."""
    ends = window_ends(shopper, step.channel)
    return min(
        filter(None, (ends, campaign.campaign.until if campaign and campaign.campaign else None)),
        default=None,
    )


def barred_elsewhere(
    subject: Subject, shopper: Shopper, step: Step, shop: ShopSettings, now: datetime
) -> dict[Channel, Reason | None]:
    """Return why no message may go to this shopper on each other channel that the shop has set up;
    None: it may."""
    others = (
        channel
        for channel in Channel
        if channel not in {step.channel, Channel.AUDIENCE} and shop.has_set_up(channel)
    )
    return {
        channel: reason_to_skip(
            subject, shopper, step.model_copy(update={"channel": channel}), shop, now
        )
        for channel in others
    }
