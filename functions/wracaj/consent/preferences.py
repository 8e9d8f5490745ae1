"""Choices on the preference page: topics and pace."""

from enum import StrEnum


class Topic(StrEnum):
    """What a message is about."""

    CARTS = "carts"  # abandoned carts and viewed products
    ORDERS = "orders"  # thanks, review requests, recommendations
    LOYALTY = "loyalty"  # rewards, points, birthday, anniversary
    OFFERS = "offers"  # welcome, win-back, campaigns


class Pace(StrEnum):
    """The shopper's own limit: at most one message in this time, over all channels. Without a
    choice, only the shop's frequency cap applies."""

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
    """Return the topic of an occasion, or of a cart for None. The result is None if the shopper
    asked for the message, so that it cannot be declined."""
    return _TOPICS.get(occasion) if occasion else Topic.CARTS
