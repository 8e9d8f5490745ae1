"""Content of a message beyond the cart: points of an order, and the `content` of its step."""

from collections.abc import Callable, Mapping

from reminder_step import content_after_purchase, content_campaign, content_loyalty
from reminder_step.context import MessageContent, MessageContext
from wracaj.carts.cart import Cart
from wracaj.carts.page_carts import is_page_cart
from wracaj.messages.facts import ContentFacts
from wracaj.timelines.steps import ContentKind, Step

Teller = Callable[[MessageContext], MessageContent | None]

TELLERS: Mapping[ContentKind, Teller] = {
    "reward": content_loyalty.rewards,
    "nudge": content_loyalty.nudge,
    "expiring": content_loyalty.points_expiring,
    "recommendations": content_after_purchase.recommendations,
    "invitation": content_after_purchase.invitation,
}


def message_content_of(step: Step, given: MessageContext) -> MessageContent | None:
    """Return the content, or None where there is nothing to write about. Such a message is
    skipped. A page cart shows nothing beyond the cart."""
    if is_page_cart(given.subject.cart_id):
        return MessageContent({}) if step.content is None else None
    if content_campaign.is_campaigns(given.subject):
        return content_campaign.message_content(given)
    if step.content is None:
        return MessageContent(
            content_loyalty.cart_reaches(given)
            if isinstance(given.subject, Cart)
            else points_known(given)
        )
    return TELLERS[step.content](given)


def points_known(given: MessageContext) -> ContentFacts:
    """Points earned by the order that the message is about, and the balance. Empty without a points
    programme."""
    balance, (_, about) = given.read_balance(), given.kind_and_about
    if not balance:
        return {}
    order = given.store.accounts.order(given.shop.shop, about) if about else None
    return {**balance, "points_earned": order.posted.points if order else None}
