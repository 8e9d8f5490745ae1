"""An order that can only be read in part is still an order. No reminder is sent after it."""

from typing import Any

import pytest

from support.stories.people import ANIA, generic, shopify
from support.stories.story import Story

GENERIC: dict[str, dict[str, Any]] = {
    "a total with the tail of a float": {"total": "199.99000000000001"},
    "a total as a number": {"total": 199.99},
    "no currency": {"currency": None},
    "a currency that is none": {"currency": "złote"},
    "a total that is none": {"total": "darmo"},
    "items as an object, as PHP writes a filtered array": {
        "items": {"1": {"product_id": "7", "title": "Kubek"}}
    },
    "items that are null": {"items": [None]},
    "a title that is true": {"items": [{"product_id": 7, "title": True}]},
    "discount codes as objects": {"discount_codes": [{"code": "LATO", "amount": "5.00"}]},
    "a consent of an unknown state": {
        "consent": {"email": {"state": "maybe", "updated_at": "2026-11-18T10:00:00Z"}}
    },
    "a consent without its date": {"consent": {"email": {"state": "subscribed"}}},
    "a date without its offset": {"created_at": "2026-11-18T12:00:00"},
    "a date that is none": {"created_at": "wczoraj"},
    "an id of 12.0": {"customer": {"id": 12.0, "email": ANIA}},
}
SHOPIFY: dict[str, dict[str, Any]] = {
    "a negative total": {"total_price": "-5.00"},
    "a line that is null": {"line_items": [None, {"product_id": 7, "title": "Kubek"}]},
    "a title that is true": {"line_items": [{"product_id": 7, "title": True}]},
    "no currency": {"currency": None},
}


@generic
@pytest.mark.parametrize("odd", GENERIC.values(), ids=GENERIC)
def test_an_odd_order_of_a_shop_ends_its_cart(story: Story, odd: dict[str, Any]) -> None:
    story.checkout("c1", email=ANIA)
    story.a_minute_passes()
    order = {
        "order_id": "o1",
        "cart_id": "c1",
        "customer": {"email": ANIA},
        "currency": "PLN",
        "total": "199.99",
    }
    story.say("order.created", **(order | odd))
    story.days(5)
    assert story.sent == []


@shopify
@pytest.mark.parametrize("odd", SHOPIFY.values(), ids=SHOPIFY)
def test_an_odd_order_of_shopify_ends_its_cart(story: Story, odd: dict[str, Any]) -> None:
    story.checkout("c1", email=ANIA)
    story.a_minute_passes()
    order = {
        "id": 900_000_001,
        "cart_token": "c1",
        "email": ANIA,
        "currency": "PLN",
        "total_price": "199.00",
    }
    story.tell("orders/create", order | odd)
    story.days(5)
    assert story.sent == []
