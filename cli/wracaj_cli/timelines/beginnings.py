"""What each timeline begins with, in the words of its table and picture."""

from dataclasses import dataclass, replace

from wracaj_cli.timelines.short_file import About


@dataclass(frozen=True)
class Beginning:
    label: tuple[str, str]
    since: str
    """What the first wait counts from."""
    after: str
    reached: str
    """The runs that a number changed before this moment applies to."""


BEGINNINGS: dict[About, Beginning] = {
    "cart": Beginning(
        ("Cart", "abandoned"),
        "the shopper last touched the cart",
        "the cart was abandoned",
        "carts that start",
    ),
    "order": Beginning(("Order", "placed"), "the order", "the order", "orders placed"),
    "subscription": Beginning(
        ("Shopper", "subscribed"),
        "the subscription",
        "the subscription",
        "shoppers who subscribe",
    ),
    "product_views": Beginning(
        ("Product", "looked at"),
        "the shopper last looked at a product",
        "the last look",
        "visits that begin",
    ),
    "date": Beginning(
        ("The day", "comes"), "the search of the day", "the search", "days that are found"
    ),
    "campaign": Beginning(
        ("Customer", "chosen"),
        "the campaign chose the customer",
        "being chosen",
        "customers who are chosen",
    ),
    "request": Beginning(
        ("Shopper", "asked for it"), "the request", "the request", "requests that come"
    ),
}
# More exact words for single timelines.
OF_ONE: dict[str, dict[str, str | tuple[str, str]]] = {
    "win_back": {"since": "the last order", "after": "the last order"},
    "birthday": {"label": ("Birthday", "comes"), "reached": "birthdays that are found"},
    "anniversary": {
        "label": ("First order", "a year ago"),
        "reached": "anniversaries that are found",
    },
    "points_expiring": {"label": ("Points", "go soon"), "reached": "points that are found"},
    "confirm_consent": {
        "label": ("Opt-in", "given"),
        "since": "the opt-in",
        "after": "the opt-in",
        "reached": "opt-ins that are given",
    },
    "data_link": {
        "since": "the shopper asked for the link",
        "after": "being asked",
        "reached": "links that are asked for",
    },
}


def beginning(timeline: str, about: About) -> Beginning:
    return replace(BEGINNINGS[about], **OF_ONE.get(timeline, {}))  # type: ignore[arg-type]
