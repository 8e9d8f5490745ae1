"""Chooses the timeline of a cart. Pure and total."""

from datetime import datetime

from wracaj.carts.cart import Cart
from wracaj.customers.shopper import Shopper
from wracaj.language import language
from wracaj.loyalty.ledger import Account, tier_of
from wracaj.segments.rfm import Rfm
from wracaj.settings.shop import ShopSettings
from wracaj.settings.timeline_rules import (
    ABANDONED_CART,
    NONE,
    Choice,
    Traits,
    amounts_that_hold,
    first_that_holds,
)


def choose(
    cart: Cart,
    shopper: Shopper,
    account: Account | None,
    rfm: Rfm | None,
    shop: ShopSettings,
    now: datetime,
    episode: int,
) -> Choice:
    """Return the timeline of the first cart rule that holds. If none holds, it is abandoned_cart,
    or none if the shop does not run it. `account` and `rfm` may be None if no rule depends on
    orders."""
    traits = traits_of(cart, shopper, account, rfm, shop, now)
    rules = shop.cart_timelines
    place = first_that_holds(rules, traits)
    otherwise = ABANDONED_CART if ABANDONED_CART in shop.timelines else NONE
    return Choice(
        episode=episode,
        timeline=rules[place - 1].timeline if place else otherwise,
        rule=place,
        amounts=amounts_that_hold(rules, traits.currency, traits.total),
        at=now,
    )


def traits_of(
    cart: Cart,
    shopper: Shopper,
    account: Account | None,
    rfm: Rfm | None,
    shop: ShopSettings,
    now: datetime,
) -> Traits:
    tier = (
        tier_of(account, shop.loyalty, now.astimezone(shop.zone))
        if account and shop.loyalty
        else None
    )
    return Traits(
        currency=cart.content.currency,
        total=cart.content.total,
        segment=rfm.segment if rfm else None,
        tier=tier.name if tier else None,
        returning=shopper.last_order_at is not None,
        locale=language(shopper.locale(cart), shop.locale),
    )
