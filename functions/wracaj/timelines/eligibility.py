"""Whether a shopper may be reached on a channel at all, whatever the hour.

What holds for all channels comes first, then the rule of the one.
"""

from datetime import datetime, timedelta

from wracaj.carts.cart import Cart
from wracaj.consent.consent import Channel
from wracaj.customers.contact import may_be_texted
from wracaj.customers.shopper import Shopper
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.steps import Reason, Step
from wracaj.timelines.subject import Subject

# after the shopper's last message: Meta's "standard messaging window"
MESSENGER_WINDOW = timedelta(hours=24)


def reason_to_skip(
    subject: Subject, shopper: Shopper, step: Step, shop: ShopSettings, now: datetime
) -> Reason | None:
    if subject.asked_for:
        return reason_not_to_answer(subject, shopper, step, shop)
    if not is_set_up(step, shop):
        return Reason.NOT_SET_UP
    address = shopper.address(subject, step.channel)
    if address is None or (
        step.channel is Channel.SMS and not may_be_texted(address, shop.texts_to)
    ):
        return Reason.NO_ADDRESS
    if subject.is_personal and not shopper.is_recorded(step.channel, address):
        return Reason.NOT_PROVEN
    if not shopper.agrees(subject, step.channel):
        return Reason.NO_CONSENT
    if shopper.is_suppressed(step.channel, address):
        return Reason.SUPPRESSED
    if shopper.declines(subject.topic, step.channel, address):
        return Reason.DECLINED
    if is_ordered_by_phone(subject, shopper, step, address):
        return Reason.PHONE_ORDERED
    if shopper.held_out(shop.holdout_percent):
        return Reason.HELD_OUT
    match step.channel:
        case Channel.MESSENGER:
            return None if messenger_open(shopper, now) else Reason.WINDOW_CLOSED
        case Channel.AUDIENCE:
            return Reason.IN_AUDIENCE if in_another_audience(subject, shopper, step) else None
    return None


def reason_not_to_answer(
    subject: Subject, shopper: Shopper, step: Step, shop: ShopSettings
) -> Reason | None:
    """What a shopper asked for goes to the very address that it was asked for, and to no other."""
    address = subject.contact.address(step.channel)
    if address is None or (
        step.channel is Channel.SMS and not may_be_texted(address, shop.texts_to)
    ):
        return Reason.NO_ADDRESS
    is_question = isinstance(subject, Occasion) and subject.kind is OccasionKind.CONFIRM_CONSENT
    if is_question and not shopper.at(step.channel, address).is_pending(step.channel):
        return Reason.NOTHING_TO_TELL
    return Reason.SUPPRESSED if shopper.is_suppressed(step.channel, address) else None


def is_ordered_by_phone(subject: Subject, shopper: Shopper, step: Step, address: str) -> bool:
    """Somebody ordered with this very phone since the cart began. Whether it was its shopper,
    nobody knows: a phone is shared, and typed in wrong. An SMS after the order is worse than one
    too few; mails go on."""
    return (
        step.channel is Channel.SMS
        and isinstance(subject, Cart)
        and subject.existed_at(shopper.ordered_at(step.channel, address))
    )


def is_set_up(step: Step, shop: ShopSettings) -> bool:
    """Whether the shop can use the channel at all. E-mail and SMS need nothing that the settings
    could lack."""
    match step.channel:
        case Channel.WEB_PUSH:
            return shop.web_push is not None
        case Channel.MESSENGER:
            return shop.messenger is not None
        case Channel.AUDIENCE:
            return step.audience in shop.audiences
    return True


def messenger_window_ends(shopper: Shopper) -> datetime | None:
    return shopper.wrote_at + MESSENGER_WINDOW if shopper.wrote_at else None


def messenger_open(shopper: Shopper, now: datetime) -> bool:
    ends = messenger_window_ends(shopper)
    return ends is not None and now < ends


def in_another_audience(subject: Subject, shopper: Shopper, step: Step) -> bool:
    """Nobody is in two, under whichever name. What an earlier try of the same step has written down
    does not count against it."""
    members = filter(None, (one.audience for one in shopper.known.values()))
    return any(
        (member.cart_id, member.name) != (subject.cart_id, step.audience) for member in members
    )
