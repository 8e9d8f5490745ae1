"""What a message tells beyond the cart: the points of an order, and whatever its step `tells`."""

from collections.abc import Callable, Mapping

from reminder_step import after_purchase_telling, campaign_telling, loyalty_telling
from reminder_step.circumstances import Circumstances, Telling
from wracaj.message_facts import ToldFacts
from wracaj.occasion import Occasion
from wracaj.steps import Step, Tells

Teller = Callable[[Circumstances], Telling | None]

TELLERS: Mapping[Tells, Teller] = {
    "reward": loyalty_telling.rewards,
    "nudge": loyalty_telling.nudge,
    "expiring": loyalty_telling.points_expiring,
    "recommendations": after_purchase_telling.recommendations,
    "invitation": after_purchase_telling.invitation,
}


def telling_of(step: Step, given: Circumstances) -> Telling | None:
    """None: there is nothing of what this message is about, so it is not sent."""
    if given.cart.occasion == Occasion.CAMPAIGN:
        return campaign_telling.telling(given)
    if step.tells is None:
        return Telling(points_known(given) if given.cart.occasion else loyalty_telling.cart_reaches(given))
    return TELLERS[step.tells](given)


def points_known(given: Circumstances) -> ToldFacts:
    """By the order that the message is about, and in all. Nothing where the shop has no points programme."""
    balance, about = given.balance, given.cart.about
    if not balance:
        return {}
    order = given.store.accounts.order(given.shop.shop, about) if about else None
    return {**balance, "points_earned": order.posted.points if order else None}
