"""Why a shopper got a message or got none, in words."""

from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart, some_occasion, some_settings
from wracaj.events import CartContent, Contact
from wracaj.settings.timeline_rules import Choice
from wracaj_cli.shops.cart_story import timeline_of

ORDERED = frozenset({"2026-11-18T10:00:00.000000Z#o1"})
EXPENSIVE = Choice(episode=1, timeline="high_value_cart", rule=1, at=NOON)


@pytest.mark.parametrize(
    ("cart", "shop", "told"),
    [
        ({"choice": EXPENSIVE}, {}, "high_value_cart, by rule 1 of `cart_timelines`; episode 1"),
        (
            {"choice": EXPENSIVE, "episode_ended_at": NOON},
            {},
            "high_value_cart, by rule 1 of `cart_timelines`; episode 1, ended",
        ),
        (
            {"choice": Choice(episode=2, timeline="abandoned_cart", at=NOON), "episode": 2},
            {},
            "abandoned_cart; episode 2",
        ),
        ({}, {}, "abandoned_cart; episode 1"),  # from before there was a choice
        (
            {
                "choice": Choice(episode=1, timeline="none", rule=3, at=NOON),
                "episode_ended_at": NOON,
            },
            {},
            "none: rule 3 of the shop's `cart_timelines` says so",
        ),
        (
            {"choice": Choice(episode=1, timeline="none", at=NOON)},
            {},
            "none: no rule of the shop's `cart_timelines` holds, and abandoned_cart does not run",
        ),
        ({"episode": 0, "erased": True}, {}, "none: the shopper asked to be forgotten"),
        ({"episode": 0, "orders": ORDERED}, {}, "none: the order came first"),
        ({"episode": 0, "contact": Contact()}, {}, "none: no address to write to"),
        (
            {"episode": 0},
            {"switched_on_at": NOON + HOUR},
            "none: the cart is older than Wracaj here",
        ),
        ({"episode": 0, "content": CartContent()}, {}, "none: nothing to remind of"),
        (
            {"episode": 0},
            {"timelines": ["welcome"]},
            "none: no timeline of carts runs in this shop",
        ),
        ({"episode": 0}, {"enabled": False}, "none: the shop is switched off"),
        ({"episode": 0}, {}, "none: it was reported too long after it was last touched"),
    ],
)
def test_the_timeline_of_a_cart_or_why_there_is_none(
    cart: dict[str, Any], shop: dict[str, Any], told: str
) -> None:
    assert timeline_of(a_cart(**cart), some_settings(**shop)) == told


def test_an_occasion_has_the_timeline_of_its_name() -> None:
    assert timeline_of(some_occasion("win_back"), some_settings()) == "win_back; episode 1"
