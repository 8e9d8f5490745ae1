"""What the demo's WooCommerce shop sends is what the platform reads, and what a real shop sends."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.demo_evidence import A_CODE, MONDAY_10, SHOPS
from support.woocommerce_bodies import a_woo_order
from wracaj.consent.channel import Channel
from wracaj.events import CartUpdated, OrderCancelled, OrderPlaced, OrderRefunded
from wracaj.platforms import WebhookRequest, platform
from wracaj.platforms.woocommerce.ways_back import with_code
from wracaj_cli.demo.baskets import Basket, Contact, Purchase
from wracaj_cli.demo.cast.goods import BEANS, DRIPPER, GRINDER
from wracaj_cli.demo.week import ZIARNA
from wracaj_cli.demo.woocommerce_front import (
    ON_DELIVERY,
    ONLINE,
    TRANSFER,
    Bought,
    Payment,
    cart,
    checkout,
    order,
    told,
    way_back,
)

SECRET, KEY = "whsec_c2VrcmV0", "wc_order_Hq3vTz8KwR1aX"
LATER = MONDAY_10 + timedelta(minutes=20)
OTYLIA = Contact("Otylia", "otylia@poczta.example", "+48600100249", None, "pl-PL")
GROSS = Decimal("447.90")  # of two bags of beans and a grinder


def a_basket(*ticked: Channel) -> Basket:
    yes = dict.fromkeys(ticked, MONDAY_10)
    products = (BEANS, BEANS, GRINDER)
    return Basket(KEY, "c0ffee491", "PLN", MONDAY_10, "ziarna.example", products, yes)


def a_purchase(total: Decimal = GROSS, code: str | None = None) -> Purchase:
    return Purchase("6100200300001", a_basket(), OTYLIA, total, "PLN", code)


def bought(
    payment: Payment = TRANSFER, purchase: Purchase | None = None, **changes: Any
) -> tuple[str, dict[str, Any]]:
    known = Bought(purchase or a_purchase(), a_basket(), payment, payment.placed_as)
    return told(replace(known, **changes), LATER)


def read(webhook: tuple[str, dict[str, Any]]) -> Any:
    """What the platform reads, without a single warning."""
    topic, body = webhook
    module, raw, now = platform("woocommerce"), json.dumps(body).encode(), datetime.now(UTC)
    request = WebhookRequest(module.sign(topic, raw, SHOPS[ZIARNA], SECRET, now), raw, now)
    module.verify(request, [SECRET])
    parsed = module.parse(request, SHOPS[ZIARNA])
    assert parsed.warnings == ()
    return parsed.told


def refunds_in(webhook: tuple[str, dict[str, Any]]) -> list[OrderRefunded]:
    return [event for event in read(webhook) if isinstance(event, OrderRefunded)]


def test_no_webhook_tells_of_a_cart_before_its_checkout() -> None:
    assert cart(a_basket(), MONDAY_10, new=True) is None


def test_a_draft_is_a_cart_with_prices_as_the_shopper_saw_them() -> None:
    (draft,) = read(checkout(a_basket(Channel.EMAIL), OTYLIA, LATER, new=True))

    assert isinstance(draft, CartUpdated)
    assert (draft.cart_id, draft.at, draft.created_at) == (KEY, LATER, MONDAY_10)
    assert draft.contact.email == OTYLIA.email
    assert draft.content is not None
    assert draft.content.total == GROSS
    lines = [(item.title, item.quantity, item.unit_price) for item in draft.content.items]
    assert lines == [
        (BEANS.title, Decimal(2), BEANS.price),
        (GRINDER.title, Decimal(1), GRINDER.price),
    ]


@pytest.mark.parametrize("ticked", [(), (Channel.SMS,), (Channel.EMAIL, Channel.SMS)])
def test_only_a_ticked_box_is_an_opt_in(ticked: tuple[Channel, ...]) -> None:
    (draft,) = read(checkout(a_basket(*ticked), OTYLIA, LATER, new=True))
    agreed = [channel for channel, said in draft.consent.items() if said.state == "subscribed"]
    assert sorted(agreed) == sorted(ticked)


@pytest.mark.parametrize("payment", [TRANSFER, ON_DELIVERY])
def test_an_order_stands_from_when_it_is_placed(payment: Payment) -> None:
    (placed,) = read(bought(payment))

    assert isinstance(placed, OrderPlaced)
    assert placed.order_id is not None and placed.stands
    assert (placed.cart_ids, placed.total) == ((KEY,), GROSS)
    assert placed.tax == Decimal("83.75")  # 29.54 and 54.21: each line is rounded for itself


def test_the_draft_and_its_order_have_one_key_and_one_number() -> None:
    draft, placed = checkout(a_basket(), OTYLIA, MONDAY_10, new=True), order(a_purchase(), LATER)
    assert draft[1]["id"] == placed[1]["id"]
    assert draft[1]["order_key"] == placed[1]["order_key"]


def test_an_order_that_is_not_paid_yet_is_not_counted_and_one_that_failed_is_a_cart() -> None:
    (awaited,) = read(bought(ONLINE))
    assert (type(awaited), awaited.order_id) == (OrderPlaced, None)
    assert [type(event) for event in read(bought(ONLINE, status="failed"))] == [
        OrderCancelled,
        CartUpdated,
    ]
    assert OrderCancelled in map(type, read(bought(status="cancelled")))


def test_a_code_is_shared_among_the_lines_and_known_again() -> None:
    paid = Decimal("403.11")
    webhook = bought(purchase=a_purchase(paid, A_CODE))
    (placed,) = read(webhook)

    assert webhook[1]["coupon_lines"][0]["code"] == A_CODE.lower()
    assert placed.discount_codes == (A_CODE,)
    assert (placed.total, placed.discount) == (paid, GROSS - paid)
    lines = webhook[1]["line_items"]
    parts = [Decimal(line[name]) for line in lines for name in ("total", "total_tax")]
    assert sum(parts) == paid
    assert Decimal(webhook[1]["total_tax"]) == placed.tax


def test_each_webhook_repeats_all_refunds_under_the_same_numbers() -> None:
    first, second = Decimal("79.00"), Decimal("10.50")
    (one,) = refunds_in(bought(refunds=(first,)))
    two = refunds_in(bought(refunds=(first, second), status="completed"))

    assert [refund.amount for refund in two] == [first, second]
    assert two[0].refund_id == one.refund_id != two[1].refund_id


def test_the_way_back_is_the_one_that_the_platform_makes() -> None:
    basket = replace(a_basket(), products=(DRIPPER, BEANS, DRIPPER))
    (draft,) = read(checkout(basket, OTYLIA, LATER, new=True))
    link = draft.content.recovery_url

    assert way_back(basket, None) == link
    assert way_back(basket, A_CODE) == with_code(link, A_CODE)


def test_times_are_the_shops_own_and_gmt_and_neither_has_an_offset() -> None:
    _, body = bought()
    assert (body["date_created"], body["date_created_gmt"]) == (
        "2026-11-23T10:00:00",
        "2026-11-23T09:00:00",
    )


def test_a_body_has_no_field_that_a_real_one_has_not() -> None:
    _, body = bought(purchase=a_purchase(Decimal("403.11"), A_CODE))
    real = a_woo_order()
    assert body.keys() - real.keys() == {"payment_method_title"}
    assert body["line_items"][0].keys() <= real["line_items"][0].keys()
