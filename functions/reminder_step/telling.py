"""What a message tells beyond the cart: the points of an order, and whatever its step `tells`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wracaj.cart import Cart
from wracaj.customer import Customer
from wracaj.message_facts import ToldFacts
from wracaj.settings import ShopSettings
from wracaj.steps import Step, Tells
from wracaj.store import Store


@dataclass(frozen=True)
class Circumstances:
    """What may be told from. The message's id is the same for each try of the same step."""

    store: Store
    shop: ShopSettings
    cart: Cart
    customer: Customer
    message_id: str
    moment: datetime


@dataclass(frozen=True)
class Telling:
    """`actions` of a transaction succeed together with the claim of the message, or it is decided anew.

    What they mark as told carries the message's id: a message that was claimed and not taken by the provider is tried
    again, and finds its own mark.
    """

    facts: ToldFacts
    actions: tuple[Mapping[str, Any], ...] = ()


Teller = Callable[[Circumstances], Telling | None]

TELLERS: Mapping[Tells, Teller] = {}


def telling_of(step: Step, given: Circumstances) -> Telling | None:
    """None: there is nothing of what this message is about, so it is not sent."""
    if step.tells is None:
        return Telling(points_known(given))
    return TELLERS[step.tells](given)


def points_known(given: Circumstances) -> ToldFacts:
    """By the order that the message is about, and in all. Nothing where the shop has no points programme."""
    shop, cart, accounts = given.shop, given.cart, given.store.accounts
    if cart.occasion is None or shop.loyalty is None or shop.loyalty.points is None:  # a cart's messages tell no points
        return {}
    order = accounts.order(shop.shop, cart.about) if cart.about else None
    balance = accounts.get(shop.shop, given.customer).points(given.moment.date())
    return {"points_earned": order.posted.points if order else None, "points_balance": max(0, balance)}
