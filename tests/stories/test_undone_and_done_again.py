"""What is undone may be done again. What was used before it was undone is a debt."""

import pytest

from support.stories.cloud import Cloud
from support.stories.people import ANIA, FIRST, SECOND, generic, shopify
from support.stories.standing import points_of
from support.stories.story import Story
from support.stories.telling import CLUB, a_story


@generic
def test_an_order_cancelled_for_want_of_payment_and_then_paid_earns_its_points(
    story: Story,
) -> None:
    order = {
        "order_id": "o1",
        "customer": {"id": "ania", "email": ANIA},
        "currency": "PLN",
        "total": "250.00",
    }
    story.say(
        "order.created", **order, created_at=story.ago(hours=30), updated_at=story.ago(hours=30)
    )
    story.say("order.cancelled", order_id="o1", updated_at=story.ago(hours=29))
    story.say("order.paid", **order, created_at=story.ago(hours=30), updated_at=story.ago(hours=28))
    assert points_of(story, email=ANIA) == 250


@shopify
def test_an_unpaid_order_that_loses_an_item_before_it_is_paid_earns_what_was_paid(
    story: Story,
) -> None:
    order = {
        "id": 900_000_002,
        "email": ANIA,
        "currency": "PLN",
        "total_price": "300.00",
        "created_at": story.ago(hours=5),
    }
    unpaid = {
        "current_total_price": "300.00",
        "financial_status": "pending",
        "updated_at": story.ago(hours=5),
    }
    paid = {
        "current_total_price": "100.00",
        "financial_status": "paid",
        "updated_at": story.ago(hours=3),
    }
    line = {"line_item_id": 1, "quantity": 1, "restock_type": "cancel", "subtotal": "200.00"}
    removal = {
        "id": 900_000_052,
        "order_id": 900_000_002,
        "created_at": story.ago(hours=4),
        "transactions": [],
    }
    story.tell("orders/create", order | unpaid)
    story.tell("refunds/create", removal | {"refund_line_items": [line]})
    story.tell("orders/paid", order | paid)
    assert points_of(story, email=ANIA) == 100


@shopify
@pytest.mark.parametrize(
    ("before", "after"), [("300.00", "100.00"), ("100.00", "300.00")], ids=["less", "more"]
)
def test_an_order_that_is_edited_earns_what_it_has_come_to(
    story: Story, before: str, after: str
) -> None:
    order = {
        "id": 900_000_003,
        "email": ANIA,
        "currency": "PLN",
        "financial_status": "paid",
        "created_at": story.ago(hours=5),
    }
    story.tell(
        "orders/paid",
        order
        | {"total_price": before, "current_total_price": before, "updated_at": story.ago(hours=5)},
    )
    edited = {"total_price": before, "current_total_price": after, "updated_at": story.ago(hours=3)}
    story.tell("orders/updated", order | edited)
    assert points_of(story, email=ANIA) == int(float(after))


def test_points_that_were_spent_and_whose_order_was_cancelled_are_owed(cloud: Cloud) -> None:
    """A thousand points become a code, their order is cancelled, and a thousand more are earned
    half a year later."""
    exchange = {"points": 1000, "discount": {"amount": "20", "minimum_total": "100"}}
    club = CLUB | {"points": {"per_unit": 1, "value": "0.01", "exchange": exchange}}
    story = a_story(cloud, loyalty=club, timelines=["abandoned_cart", "loyalty"])
    story.agrees("email", id="ania", email=ANIA)
    story.order("o1", id="ania", email=ANIA, total="1000.00")
    story.days(16)
    assert points_of(story, id="ania") == 0
    story.say("order.cancelled", order_id="o1")
    story.days(150)
    story.order("o2", id="ania", email=ANIA, total="1000.00")
    assert points_of(story, id="ania") == 0
    story.days(230)  # what was earned first would have expired by now
    assert points_of(story, id="ania") == 0


def two_who_are_one(story: Story) -> None:
    story.order("o1", id="1", email=FIRST, total="120.00")
    story.order("o2", id="2", email=SECOND, total="400.00")


def test_forgetting_who_was_kept_forgets_who_was_merged_into_them(story: Story) -> None:
    two_who_are_one(story)
    story.merge(kept="2", gone="1")
    story.redact(id="2", email=SECOND, orders=("o1", "o2"))
    assert [points_of(story, id=one) for one in "12"] == [0, 0]
    assert points_of(story, email=FIRST) == points_of(story, email=SECOND) == 0


def test_forgetting_somebody_and_their_orders_forgets_an_order_that_was_told_of_another(
    story: Story,
) -> None:
    """The merge was not told, or told late: the shop names the orders of both."""
    two_who_are_one(story)
    story.redact(id="2", email=SECOND, orders=("o1", "o2"))
    assert [points_of(story, id=one) for one in "12"] == [0, 0]
