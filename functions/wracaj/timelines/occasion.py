"""Occasions: subjects of timelines that are no carts, such as a placed order or a new subscription.

An occasion is stored as a cart of its own kind, so that the same claims, consents, caps and windows
apply to its messages. It begins one microsecond after its event. So the shopper's next order ends
its timeline, and the order that started it does not.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from wracaj.carts.ids import OF_AN_OCCASION
from wracaj.clock import timestamp
from wracaj.consent.preferences import Topic, topic_of
from wracaj.customers.customer import Owner
from wracaj.events import CartContent, Contact, Product
from wracaj.timelines.subject import Subject
from wracaj.timelines.table import ENDS_WITH_ORDER

A_MOMENT = timedelta(microseconds=1)


class OccasionKind(StrEnum):
    """Each has the name of the timeline that it starts."""

    AFTER_PURCHASE = "after_purchase"  # an order was placed
    WIN_BACK = "win_back"  # an order was placed, and may be the last
    WELCOME = "welcome"  # a shopper subscribed for the first time
    BROWSE = "browse_reminder"  # a shopper looked at products; see product_views.py
    LOYALTY = "loyalty"  # an order or a review, after which a threshold may be reached
    BIRTHDAY = "birthday"  # `about` is a day, such as "2026-11-21"
    ANNIVERSARY = "anniversary"  # of the first order; `about` is a day
    POINTS_EXPIRING = "points_expiring"  # `about` is the last day of some points
    CAMPAIGN = "campaign"  # started by the shop's people; see campaigns.py
    CONFIRM_CONSENT = "confirm_consent"  # an opt-in came for which the shop wants double opt-in
    DATA_LINK = "data_link"  # a shopper asked for their personal data


# Messages that the shopper has just asked for. They are no advertisement, so consent, send window
# and caps do not apply.
ASKED_FOR = frozenset({OccasionKind.CONFIRM_CONSENT, OccasionKind.DATA_LINK})
# Their short files have `ends_with_order: false`.
OUTLIVE_ORDERS = frozenset(each for each in OccasionKind if each not in ENDS_WITH_ORDER)


# About the shopper's points, choices or person: sent only with proof of that very person.
ABOUT_THE_PERSON = frozenset(
    {
        OccasionKind.LOYALTY,
        OccasionKind.BIRTHDAY,
        OccasionKind.ANNIVERSARY,
        OccasionKind.POINTS_EXPIRING,
    }
)


class Occasion(Subject):
    """`about`: an order, a day such as "2026-11-21", a campaign, or what a confirmation is for.
    `called_off`: the occasion no longer applies, for example after a refund of its order."""

    kind: OccasionKind
    about: str = ""
    called_off: bool = False

    @property
    def topic(self) -> Topic | None:
        return topic_of(self.kind)

    @property
    def asked_for(self) -> bool:
        return self.kind in ASKED_FOR

    @property
    def is_personal(self) -> bool:
        return self.kind in ABOUT_THE_PERSON

    @property
    def minds_other_carts(self) -> bool:
        """Only a browse reminder does: the viewed products may be in a cart by now."""
        return self.kind is OccasionKind.BROWSE

    def ended_by_order(self, last_order_at: datetime | None) -> bool:
        """Whether the shopper's newest order ends it. An occasion begins right after its own order.
        Viewed products may have been bought with any order."""
        if self.kind in OUTLIVE_ORDERS:
            return False
        may_be_bought = self.kind is OccasionKind.BROWSE
        return (
            self.may_be_bought_with(last_order_at)
            if may_be_bought
            else self.existed_at(last_order_at)
        )

    @property
    def day(self) -> date:
        """The birthday, the anniversary, or the last day of the points."""
        return date.fromisoformat(self.about)


def occasion_id(kind: OccasionKind, what: str) -> str:
    """Return the id that takes the place of a cart's id. No shop's own cart id has this form, and
    public endpoints refuse it."""
    return f"{kind}{OF_AN_OCCASION}{hashlib.sha256(what.encode()).hexdigest()[:24]}"


def bought(cart: CartContent, products: Sequence[Product] = ()) -> CartContent:
    """Return the products that a message after the order may show. They have no prices, because the
    cart does not say what was finally paid.

    `products`: the ordered products, as the order reports them. The cart has more details of each,
    and may have items that were not ordered.
    """
    in_order = {product.product_id for product in products}
    kept = [
        item
        for item in cart.items
        if not products or item.product_id is None or item.product_id in in_order
    ]
    in_cart = {item.product_id for item in kept}
    added = [product.as_item(None) for product in products if product.product_id not in in_cart]
    unpriced = [item.model_copy(update={"unit_price": None}) for item in kept]
    return CartContent(items=(*unpriced, *added), currency=cart.currency)


def an_occasion(
    shop: str,
    kind: OccasionKind,
    what: str,
    owner: Owner,
    at: datetime,
    content: CartContent,
    about: str | None = None,
    *,
    contact: Contact,
) -> Occasion:
    """Build an occasion. `what`: makes its id, so there is one occasion for each; also the value of
    `about` without another. `contact`: the shopper's identifiers and addresses. An address that it
    lacks comes from the account's record."""
    begins = at + A_MOMENT
    return Occasion(
        shop=shop,
        cart_id=occasion_id(kind, what),
        version=f"{timestamp(begins)}#{kind}",
        created_at=begins,
        content=content.model_copy(update={"recovery_url": None}),
        contact=contact,
        customer_id=owner.id,
        kind=kind,
        about=about or what,
    )
