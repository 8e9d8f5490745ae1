"""Whether a shopper may be reached on a channel at all, whatever the hour. Pure.

What holds for all channels comes first, then the rule of the one.
"""

from datetime import datetime, timedelta

from wracaj.cart import Cart
from wracaj.consent import Channel
from wracaj.contacts import may_be_texted
from wracaj.customer import Customer
from wracaj.occasion import ASKED_FOR, Occasion
from wracaj.preferences import topic_of
from wracaj.settings import ShopSettings
from wracaj.steps import Reason, Step

MESSENGER_WINDOW = timedelta(hours=24)  # after the shopper's last message: Meta's "standard messaging window"


def reason_to_skip(cart: Cart, customer: Customer, step: Step, shop: ShopSettings, now: datetime) -> Reason | None:
    if cart.occasion in ASKED_FOR:
        return reason_not_to_answer(cart, customer, step, shop)
    if not is_set_up(step, shop):
        return Reason.NOT_SET_UP
    address = customer.address(cart, step.channel)
    if address is None or (step.channel is Channel.SMS and not may_be_texted(address, shop.texts_to)):
        return Reason.NO_ADDRESS
    if not customer.agrees(cart, step.channel):
        return Reason.NO_CONSENT
    if customer.is_suppressed(step.channel, address):
        return Reason.SUPPRESSED
    if topic_of(cart.occasion) in customer.declined:
        return Reason.DECLINED
    if customer.held_out(shop.shop, shop.holdout_percent):
        return Reason.HELD_OUT
    match step.channel:
        case Channel.MESSENGER:
            return None if messenger_open(customer, now) else Reason.WINDOW_CLOSED
        case Channel.AUDIENCE:
            return Reason.IN_AUDIENCE if in_another_audience(cart, customer, step) else None
    return None


def reason_not_to_answer(cart: Cart, customer: Customer, step: Step, shop: ShopSettings) -> Reason | None:
    """What a shopper asked for goes to the very address that it was asked for, and to no other."""
    address = cart.contact.address(step.channel)
    if address is None or (step.channel is Channel.SMS and not may_be_texted(address, shop.texts_to)):
        return Reason.NO_ADDRESS
    if cart.occasion == Occasion.CONFIRM_CONSENT and not customer.is_pending(step.channel, address):
        return Reason.NOTHING_TO_TELL
    return Reason.SUPPRESSED if customer.is_suppressed(step.channel, address) else None


def is_set_up(step: Step, shop: ShopSettings) -> bool:
    """Whether the shop can use the channel at all. E-mail and SMS need nothing that the settings could lack."""
    match step.channel:
        case Channel.WEB_PUSH:
            return shop.web_push is not None
        case Channel.MESSENGER:
            return shop.messenger is not None
        case Channel.AUDIENCE:
            return step.audience in shop.audiences
    return True


def messenger_window_ends(customer: Customer) -> datetime | None:
    return customer.wrote_at + MESSENGER_WINDOW if customer.wrote_at else None


def messenger_open(customer: Customer, now: datetime) -> bool:
    ends = messenger_window_ends(customer)
    return ends is not None and now < ends


def in_another_audience(cart: Cart, customer: Customer, step: Step) -> bool:
    """Nobody is in two. What an earlier try of the same step has written down does not count against it."""
    member = customer.audience
    return member is not None and (member.cart_id, member.name) != (cart.cart_id, step.audience)
