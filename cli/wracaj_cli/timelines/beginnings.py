"""What each timeline begins with, in the words of its table and picture."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Beginning:
    label: tuple[str, str]
    since: str
    """What the first wait counts from."""
    after: str
    reached: str
    """What a number changed before it happens has a say in."""
    ends_by_order: bool = True


A_CART = Beginning(
    ("Cart", "left behind"),
    "the shopper last touched the cart",
    "the cart was left",
    "carts that start",
)
BEGINNINGS = {
    "abandoned_cart": A_CART,
    "high_value_cart": A_CART,
    "regular_cart": A_CART,
    "multichannel_rescue": A_CART,
    "after_purchase": Beginning(("Order", "placed"), "the order", "the order", "orders placed"),
    "win_back": Beginning(("Order", "placed"), "the last order", "the last order", "orders placed"),
    "welcome": Beginning(
        ("Shopper", "subscribed"), "the subscription", "the subscription", "shoppers who subscribe"
    ),
    "browse_reminder": Beginning(
        ("Product", "looked at"),
        "the shopper last looked at a product",
        "the last look",
        "visits that begin",
    ),
    "loyalty": Beginning(
        ("Order", "placed"), "the order", "the order", "orders placed", ends_by_order=False
    ),
    **{
        timeline: Beginning(
            label,
            "the search of the day",
            "the search",
            f"{whose} that are found",
            ends_by_order=False,
        )
        for timeline, label, whose in (
            ("birthday", ("Birthday", "comes"), "birthdays"),
            ("anniversary", ("First order", "a year ago"), "anniversaries"),
            ("points_expiring", ("Points", "go soon"), "points"),
        )
    },
    "campaign": Beginning(
        ("Customer", "asked"),
        "the campaign asked the customer",
        "being asked",
        "customers who are asked",
        ends_by_order=False,
    ),
    "confirm_consent": Beginning(
        ("Yes", "told"), "the yes was told", "the yes", "yeses that are told", ends_by_order=False
    ),
    "data_link": Beginning(
        ("Shopper", "asked for it"),
        "the shopper asked for the link",
        "being asked",
        "links that are asked for",
        ends_by_order=False,
    ),
}
ANY = Beginning(
    ("Timeline", "started"), "the timeline started", "the start", "timelines that start"
)


def beginning(timeline: str) -> Beginning:
    return BEGINNINGS.get(timeline, ANY)
