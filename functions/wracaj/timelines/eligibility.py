"""Checks whether a shopper may get a message on a channel, at any hour.

Rules for all channels come first, then the rules of single channels.
"""

from datetime import datetime

from wracaj.carts.cart import Cart
from wracaj.carts.page_carts import is_page_cart
from wracaj.consent.channel import TRAITS, Channel
from wracaj.customers.contact import may_be_texted
from wracaj.customers.shopper import Shopper
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.steps import Reason, RecordState, Step
from wracaj.timelines.subject import Subject


def reason_to_skip(
    subject: Subject, shopper: Shopper, step: Step, shop: ShopSettings, now: datetime
) -> Reason | None:
    if subject.asked_for:
        return reason_not_to_answer(subject, shopper, step, shop)
    if not is_set_up(step, shop):
        return Reason.NOT_SET_UP
    address = shopper.address(subject, step.channel)
    if address is None or not may_go_to(step.channel, address, shop):
        return Reason.NO_ADDRESS
    if subject.is_personal and not shopper.is_recorded(step.channel, address):
        return Reason.ADDRESS_NOT_IN_RECORD
    if not shopper.agrees(subject, step.channel):
        return Reason.NO_CONSENT
    if shopper.is_suppressed(step.channel, address):
        return Reason.SUPPRESSED
    if shopper.declines(subject.topic, step.channel, address):
        return Reason.TOPIC_DECLINED
    if is_ordered_at_address(subject, shopper, step, address):
        return Reason.PHONE_ORDERED
    if has_had_its_reminder(subject, step):
        return Reason.ALREADY_SENT
    if in_another_audience(subject, shopper, step):
        return Reason.IN_AUDIENCE
    return Reason.WINDOW_CLOSED if is_window_closed(shopper, step.channel, now) else None


def reason_not_to_answer(
    subject: Subject, shopper: Shopper, step: Step, shop: ShopSettings
) -> Reason | None:
    """Return why a message that the shopper asked for is not sent. It goes only to the address for
    which it was requested."""
    address = subject.contact.address(step.channel)
    if address is None or not may_go_to(step.channel, address, shop):
        return Reason.NO_ADDRESS
    is_question = isinstance(subject, Occasion) and subject.kind is OccasionKind.CONFIRM_CONSENT
    if is_question and not shopper.at(step.channel, address).is_to_be_asked(step.channel):
        return Reason.NO_CONTENT
    return Reason.SUPPRESSED if shopper.is_suppressed(step.channel, address) else None


def may_go_to(channel: Channel, address: str, shop: ShopSettings) -> bool:
    return not TRAITS[channel].mobiles_only or may_be_texted(address, shop.texts_to)


def is_ordered_at_address(subject: Subject, shopper: Shopper, step: Step, address: str) -> bool:
    """Whether anybody ordered with this phone since the cart was created. It may not have been the
    cart's shopper, because phones are shared and mistyped. A missing SMS is better than one after
    the order. E-mails still go out."""
    return (
        TRAITS[step.channel].stops_for_orders_at_address
        and isinstance(subject, Cart)
        and subject.existed_at(shopper.ordered_at(step.channel, address))
    )


def has_had_its_reminder(subject: Subject, step: Step) -> bool:
    """Whether a page cart has led to a message to its typed address. It gets no second one, in this
    timeline or a later one."""
    left = {RecordState.SENDING, RecordState.SENT, RecordState.UNKNOWN}
    return (
        is_page_cart(subject.cart_id)
        and TRAITS[step.channel].typed_field is not None
        and any(r.channel is step.channel and r.state in left for r in subject.records.values())
    )


def is_set_up(step: Step, shop: ShopSettings) -> bool:
    """Whether the shop has set up the channel, and the audience of the step."""
    has_audience = step.audience is None or step.audience in shop.audiences
    return shop.has_set_up(step.channel) and has_audience


def window_ends(shopper: Shopper, channel: Channel) -> datetime | None:
    """Return when the channel's window closes. None: the channel has no window, or the shopper
    never opened it."""
    window, wrote_at = TRAITS[channel].window, shopper.wrote_at(channel)
    return wrote_at + window if window and wrote_at else None


def is_window_closed(shopper: Shopper, channel: Channel, now: datetime) -> bool:
    ends = window_ends(shopper, channel)
    return TRAITS[channel].window is not None and (ends is None or ends <= now)


def in_another_audience(subject: Subject, shopper: Shopper, step: Step) -> bool:
    """Whether any of the shopper's identifiers is already in an audience. A membership that an
    earlier try of this step stored does not count."""
    if step.audience is None:
        return False
    members = filter(None, (one.audience for one in shopper.known.values()))
    return any(
        (member.cart_id, member.name) != (subject.cart_id, step.audience) for member in members
    )
