"""What else than a cart a timeline may be about: an order that was placed, a subscription that
began.

An occasion is held as a cart of its own kind, so that the same claim, consent, caps and windows
apply to its messages. It begins a moment after what gave rise to it: so the next order of the same
shopper ends its timeline, and that order itself does not.
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
    """Named as the timeline that it starts."""

    AFTER_PURCHASE = "after_purchase"  # an order was placed
    WIN_BACK = "win_back"  # an order was placed, and perhaps none will follow
    WELCOME = "welcome"  # a shopper subscribed for the first time
    BROWSE = "browse_reminder"  # a shopper looked at products; see product_views.py
    LOYALTY = "loyalty"  # an order, or a review, that may have reached something
    BIRTHDAY = "birthday"  # about a day, such as "2026-11-21"
    ANNIVERSARY = "anniversary"  # of the first order; about a day
    POINTS_EXPIRING = "points_expiring"  # about the last day of some points
    CAMPAIGN = "campaign"  # about what people of the shop asked for; see campaigns.py
    CONFIRM_CONSENT = "confirm_consent"  # a yes came that the shop wants confirmed by a click
    DATA_LINK = "data_link"  # a shopper asked to see what is known of them


# By the shopper, just now: no advertisement, so no consent, hour or cap matters.
ASKED_FOR = frozenset({OccasionKind.CONFIRM_CONSENT, OccasionKind.DATA_LINK})
# As the short files of their timelines say: `ends_with_order: false`.
OUTLIVE_ORDERS = frozenset(each for each in OccasionKind if each not in ENDS_WITH_ORDER)


# About what a shopper earned, chose or is: told to nobody but that very person.
ABOUT_THE_PERSON = frozenset(
    {
        OccasionKind.LOYALTY,
        OccasionKind.BIRTHDAY,
        OccasionKind.ANNIVERSARY,
        OccasionKind.POINTS_EXPIRING,
    }
)


class Occasion(Subject):
    """`about`: its order, its day such as "2026-11-21", its campaign, or the question that it asks.
    `called_off`: something has overtaken it, such as a refund of its order."""

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
        """What was looked at may have been put into a cart since."""
        return self.kind is OccasionKind.BROWSE

    def ended_by_order(self, last_order_at: datetime | None) -> bool:
        """It begins right after the order that gave rise to it; what was looked at may have been
        bought with any."""
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
        """Of a birthday, of an anniversary, or the last of some points."""
        return date.fromisoformat(self.about)


def occasion_id(kind: OccasionKind, what: str) -> str:
    """Takes the place of a cart's id. No shop's own id looks like it, and no public address takes
    it."""
    return f"{kind}{OF_AN_OCCASION}{hashlib.sha256(what.encode()).hexdigest()[:24]}"


def bought(cart: CartContent, products: Sequence[Product] = ()) -> CartContent:
    """What a message after the order may show: no prices, as nobody knows from the cart what was
    paid in the end.

    `products`: what the order tells was bought; the cart knows more of each, and may hold others
    that were not.
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
    """`what`: there is one occasion for each; also what it is about, where nothing else is said.
    `contact`: whom it names, and where its messages go; what it does not say, the record of the
    account does."""
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
