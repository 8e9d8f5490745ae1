"""What shoppers choose on the preference page: what they want to hear of, and how often."""

from enum import StrEnum


class Topic(StrEnum):
    """What a message is about."""

    CARTS = "carts"  # what was left in a cart, or looked at
    ORDERS = "orders"  # thanks, reviews, what goes with what was bought
    LOYALTY = "loyalty"  # rewards, points, birthday, anniversary
    OFFERS = "offers"  # welcome, win-back, campaigns


class Pace(StrEnum):
    """One message in so long at most, over all channels; nothing chosen: as the shop's frequency
    cap says."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def days(self) -> int:
        return 7 if self is Pace.WEEKLY else 30


_TOPICS = {
    "browse_reminder": Topic.CARTS,
    "after_purchase": Topic.ORDERS,
    "loyalty": Topic.LOYALTY,
    "birthday": Topic.LOYALTY,
    "anniversary": Topic.LOYALTY,
    "points_expiring": Topic.LOYALTY,
    "welcome": Topic.OFFERS,
    "win_back": Topic.OFFERS,
    "campaign": Topic.OFFERS,
}


def topic_of(occasion: str | None) -> Topic | None:
    """None: a message that cannot be declined, as the shopper has just asked for it."""
    return _TOPICS.get(occasion) if occasion else Topic.CARTS
