"""Orders and refunds in Shopify's webhooks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from support import webhook_bodies as a
from support.shopify_reading import read, warned
from support.webhook_bodies import NOW, Json, settings_of
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.errors import PayloadError
from wracaj.events import (
    ConsentChanged,
    Contact,
    OrderCancelled,
    OrderEdited,
    OrderPlaced,
    OrderRefunded,
    Product,
)
from wracaj.platforms import Ignored
from wracaj.platforms.shopify import webhooks as shopify

# --- orders


def test_an_order_carries_every_id_of_its_cart() -> None:
    (order,) = read("orders/create", a.a_shopify_order())
    assert order == OrderPlaced(
        at=datetime(2026, 10, 14, 9, 30, tzinfo=UTC),
        order_id="6100200300400500",
        placed_at=datetime(2026, 10, 14, 9, 28, tzinfo=UTC),
        cart_ids=("hWN9cart0001", "c0ffee00c0ffee00"),
        checkout_ids=("c0ffee00c0ffee00",),
        contact=Contact(
            platform_id="7001002003004",
            email="ala.nowak@poczta.example",
            locale="pl-PL",
            record_first_name="Ala",
        ),
        currency="PLN",
        total=Decimal("112.99"),
        discount_codes=("K7DM-4XRA-PL9C",),
        products=(Product(product_id="8100200300401", title="Kubek w kropki"),),
    )


@pytest.mark.parametrize(
    "lines", [None, [], [{}], [{"product_id": None, "title": None, "quantity": 0, "price": None}]]
)
def test_an_order_is_never_refused_for_its_lines(lines: Any) -> None:
    (order,) = read("orders/create", a.a_shopify_order(line_items=lines))
    assert order.products == ()


def test_an_order_without_tokens_still_tells_who_bought() -> None:
    (order,) = read(
        "orders/create",
        a.a_shopify_order(cart_token=None, checkout_token=None, customer=None, email=None),
    )
    assert (order.cart_ids, order.checkout_ids) == ((), ())
    assert order.contact.email == "ala.nowak@poczta.example"


@pytest.mark.parametrize("status", ["pending", "authorized", "voided", None, "paid"])
def test_an_order_counts_however_it_is_paid(status: str | None) -> None:
    (order,) = read("orders/create", a.a_shopify_order(financial_status=status, test=True))
    assert isinstance(order, OrderPlaced)


@pytest.mark.parametrize("topic", ["orders/create", "orders/paid", "orders/cancelled"])
def test_a_cancelled_order_was_placed_and_cancelled(topic: str) -> None:
    placed, cancelled = read(topic, a.a_shopify_order(cancelled_at="2026-10-15T08:00:00+02:00"))
    assert isinstance(placed, OrderPlaced)
    assert cancelled == OrderCancelled(
        at=datetime(2026, 10, 15, 6, tzinfo=UTC), order_id="6100200300400500"
    )


def test_a_box_ticked_on_the_order_is_a_yes_of_the_moment_it_was_placed() -> None:
    order, consent = read("orders/create", a.a_shopify_order(buyer_accepts_marketing=True))
    assert isinstance(consent, ConsentChanged)
    assert (consent.contact, consent.channel) == (order.contact, Channel.EMAIL)
    assert consent.consent == Consent(
        state=ConsentState.SUBSCRIBED, at=order.placed_at, source="order"
    )


def test_an_order_of_2008_without_times_is_dated_by_its_arrival() -> None:
    (order,) = read(
        "orders/create", a.a_shopify_order(processed_at=None, created_at=None, updated_at=None)
    )
    assert (order.at, order.placed_at) == (NOW, NOW)


@pytest.mark.parametrize("named", ["cart_token", "checkout_token", "email", "customer"])
@pytest.mark.parametrize("id_", [None, "", [], 1.5])
@pytest.mark.parametrize("topic", ["orders/create", "orders/paid", "orders/cancelled"])
def test_an_order_without_id_stops_what_it_names_all_the_same(
    topic: str, id_: Any, named: str
) -> None:
    gone = dict.fromkeys(
        {"cart_token", "checkout_token", "email", "contact_email", "customer"} - {named}
    )
    body = a.a_shopify_order(id=id_, **gone)
    (order,) = read(topic, body)
    assert isinstance(order, OrderPlaced)
    assert order.cart_ids or order.contact.reachable
    assert list(warned(topic, body)) == ["id"]


BAD_PARTS: list[Json] = [
    {"total_price": "-5.00"},
    {"total_price": [], "currency": "zł"},
    {"line_items": [None, {"product_id": 7, "title": True}]},
    {"line_items": "kubek"},
    {"discount_codes": ["LATO", None, 5, {"code": {}}]},
    {"discount_codes": {"0": {"code": "LATO"}}},
    {"created_at": "x", "processed_at": {}, "updated_at": 5, "cancelled_at": []},
    {"customer": {"id": 12.0, "phone": [], "first_name": True}},
    {"customer": "Ala", "customer_locale": 5, "phone": False, "contact_email": []},
]


@pytest.mark.parametrize("changes", BAD_PARTS)
def test_an_order_with_a_bad_part_names_its_cart_and_its_shopper(changes: Json) -> None:
    (order,) = read("orders/create", a.a_shopify_order(**changes))
    assert (order.order_id, order.cart_ids) == (
        "6100200300400500",
        ("hWN9cart0001", "c0ffee00c0ffee00"),
    )
    assert order.contact.email == "ala.nowak@poczta.example"


def test_an_amount_that_cannot_be_read_is_unknown() -> None:
    (order,) = read("orders/create", a.a_shopify_order(total_price="-5.00"))
    assert (order.total, order.currency) == (None, "PLN")
    assert warned("orders/create", a.a_shopify_order(total_price="-5.00")) == {
        "total_price": "is below zero: it counts for nothing"
    }


def test_every_problem_of_a_body_is_named() -> None:
    with pytest.raises(PayloadError) as refused:
        read(
            "orders/create",
            {"total_price": "dużo", "updated_at": "2026-10-14T11:30:00", "customer": "Ala"},
        )
    assert dict(refused.value.problems) == {
        "id": (
            "is missing, and so is whatever names the cart or the shopper: nothing can be stopped"
        ),
        "total_price": (
            'must be an amount such as "199.00": digits, and a point before the decimals'
        ),
        "updated_at": (
            "has no offset, such as Z or +02:00: taken as the time in Europe/Warsaw, the shop's"
            " time_zone"
        ),
        "customer": "must be an object",
    }


# --- refunds


def test_a_refund_is_the_sum_of_the_money_given_back() -> None:
    money = [
        a.a_transaction(amount="0.10"),
        a.a_transaction(amount=0.2),
        a.a_transaction(status="failure", amount="99.00"),
        a.a_transaction(kind="void", amount="99.00"),
    ]
    (refund,) = read("refunds/create", a.a_shopify_refund(transactions=money, refund_line_items=[]))
    assert refund == OrderRefunded(
        at=datetime(2026, 10, 20, 8, 0, 5, tzinfo=UTC),
        order_id="6100200300400500",
        refund_id="5100200300",
        currency="PLN",
        amount=Decimal("0.30"),
    )


def test_a_refund_counts_in_the_shops_currency_where_shopify_tells_it() -> None:
    amounts = {
        "shop_money": {"amount": "50.00", "currency_code": "PLN"},
        "presentment_money": {"amount": "12", "currency_code": "EUR"},
    }
    (refund,) = read(
        "refunds/create",
        a.a_shopify_refund(transactions=[a.a_transaction(currency="EUR", amount_set=amounts)]),
    )
    assert (refund.amount, refund.currency) == (Decimal("50.00"), "PLN")


@pytest.mark.parametrize(
    "money",
    [
        [a.a_transaction(), a.a_transaction(currency="EUR")],
        [a.a_transaction(amount=None)],
        [a.a_transaction(amount="dużo")],
        [a.a_transaction(amount=-1)],
        [a.a_transaction(), None],
        [None],
        "12.99",
    ],
)
def test_a_refund_of_unknown_amount_is_a_refund_all_the_same(money: Any) -> None:
    (refund,) = read("refunds/create", a.a_shopify_refund(transactions=money))
    assert (refund.amount, refund.currency) == (None, None)


def test_money_still_on_its_way_counts_as_paid_back_for_no_later_webhook_tells() -> None:
    whole, part = a.a_transaction(), a.a_transaction(status="pending")
    (refund,) = read("refunds/create", a.a_shopify_refund(transactions=[whole, part]))
    (settled,) = read("refunds/create", a.a_shopify_refund(transactions=[whole, whole]))
    assert refund.amount == settled.amount is not None


def test_two_events_of_one_second_are_told_apart_by_when_they_were_triggered() -> None:
    body = a.a_shopify_checkout()
    first, second = (
        shopify.parse(
            a.a_shopify_request("checkouts/update", body, **{"X-Shopify-Triggered-At": at}),
            settings_of("shopify"),
        ).told[0]  # type: ignore[index]
        for at in ("2026-10-14T09:29:59.100Z", "2026-10-14T09:29:59.900Z")
    )
    assert first.at == second.at
    assert first.version < second.version


@pytest.mark.parametrize(
    "money", [[], None, [a.a_transaction(status="failure")], [a.a_transaction(kind="void")]]
)
def test_a_refund_that_took_nothing_off_is_ignored(money: list[Json] | None) -> None:
    nothing = Ignored("the refund took nothing off the order")
    assert (
        read("refunds/create", a.a_shopify_refund(transactions=money, refund_line_items=[]))
        == nothing
    )
    kept = [{"amount": "12.99", "kind": "refund_discrepancy", "reason": "Refund discrepancy"}]
    assert (
        read("refunds/create", a.a_shopify_refund(transactions=money, order_adjustments=kept))
        == nothing
    )


def taken_off(**changes: Any) -> tuple[Decimal | None, str | None]:
    (refund,) = read("refunds/create", a.a_shopify_refund(**changes))
    return refund.amount, refund.currency


def test_items_that_nobody_need_pay_any_more_are_taken_off_without_money() -> None:
    lines = [
        {"subtotal": "200.00", "restock_type": "cancel"},
        {"subtotal": 9.5, "restock_type": "cancel"},
    ]
    assert taken_off(transactions=[], refund_line_items=lines) == (Decimal("209.50"), None)


def test_of_an_order_paid_in_part_an_item_takes_off_more_than_the_money_that_went_back() -> None:
    money, lines = [a.a_transaction(amount="50.00")], [{"subtotal": "250.00"}]
    assert taken_off(transactions=money, refund_line_items=lines) == (Decimal("250.00"), "PLN")


def test_what_the_shop_keeps_of_a_returned_item_stays_with_the_order() -> None:
    money, lines = [a.a_transaction(amount="180.00")], [{"subtotal": "200.00"}]
    fee = [{"amount": "20.00", "kind": "refund_discrepancy", "reason": "Refund discrepancy"}]
    assert taken_off(transactions=money, refund_line_items=lines, order_adjustments=fee) == (
        Decimal("180.00"),
        "PLN",
    )


def test_shipping_that_is_repaid_is_an_adjustment_below_zero() -> None:
    shipping = [{"amount": "-15.00", "kind": "shipping_refund", "reason": "Shipping refund"}]
    lines = [{"subtotal": "200.00"}]
    assert taken_off(transactions=[], refund_line_items=lines, order_adjustments=shipping)[
        0
    ] == Decimal("215.00")


def test_items_tell_the_shops_currency_where_the_money_tells_only_the_shoppers() -> None:
    line = {
        "subtotal": "50.00",
        "subtotal_set": {"shop_money": {"amount": "50.00", "currency_code": "PLN"}},
    }
    assert taken_off(transactions=[a.a_transaction(currency="EUR")], refund_line_items=[line]) == (
        Decimal("50.00"),
        "PLN",
    )


# --- edits


def test_an_order_tells_what_it_is_worth_now_and_which_refunds_are_in_that() -> None:
    (order,) = read(
        "orders/updated",
        a.a_shopify_order(current_total_price="100.00", refunds=[{"id": 7}, {"id": 5}]),
    )
    assert (order.total, order.current_total, order.worth) == (
        Decimal("112.99"),
        Decimal(100),
        Decimal(100),
    )
    assert order.refunds_in_it == ("7", "5")
    (silent,) = read("orders/updated", a.a_shopify_order())
    assert (silent.worth, silent.refunds_in_it) == (Decimal("112.99"), None)


def test_a_paid_order_stands_and_one_that_is_cancelled_does_not() -> None:
    assert read("orders/paid", a.a_shopify_order())[0].stands
    assert not read("orders/updated", a.a_shopify_order())[0].stands
    assert not read("orders/paid", a.a_shopify_order(cancelled_at="2026-10-15T08:00:00+02:00"))[
        0
    ].stands


def test_an_edit_that_takes_away_is_told_and_one_that_adds_is_told_by_the_order() -> None:
    edited = OrderEdited(at=datetime(2026, 10, 15, 6, 5, tzinfo=UTC), order_id="6100200300400500")
    assert read("orders/edited", a.an_order_edit()) == (edited,)
    assert read("orders/edited", a.an_order_edit(removed=0)) == Ignored(
        "what an edit added is reported by orders/updated"
    )
    cheaper = {"line_item": {"additions": [{"id": 1}], "removals": []}}
    assert read("orders/edited", a.an_order_edit(removed=0, discounts=cheaper)) == (edited,)
    (begun,) = read("orders/edited", a.an_order_edit(committed_at=None))
    assert begun.at == datetime(2026, 10, 15, 6, tzinfo=UTC)


def test_an_edit_that_brings_the_whole_order_is_read_as_one() -> None:
    assert isinstance(read("orders/edited", a.a_shopify_order())[0], OrderPlaced)


def test_of_two_webhooks_of_one_second_the_one_triggered_last_is_newer() -> None:
    told = [
        read(
            "orders/updated",
            a.a_shopify_order(current_total_price=price),
            **{"X-Shopify-Triggered-At": moment},
        )[0]
        for price, moment in (
            ("100.00", "2026-10-14T09:30:00.100Z"),
            ("90.00", "2026-10-14T09:30:00.900Z"),
        )
    ]
    assert told[0].at == told[1].at and told[0].version < told[1].version


FREE: Json = {
    "total_price": "98.00",
    "total_shipping_price_set": a.shopify_money("14.99"),
    "total_discounts": "14.99",
    "discount_codes": [{"code": "K7DM-4XRA-PL9C", "amount": "14.99", "type": "shipping"}],
    "shipping_lines": [{"price": "14.99", "discount_allocations": [{"amount": "14.99"}]}],
}
PAID: Json = {
    "total_shipping_price_set": a.shopify_money("14.99"),
    "shipping_lines": [{"price": "14.99", "discount_allocations": []}],
}


@pytest.mark.parametrize(
    ("body", "shipping", "off"),
    [
        (FREE, "0.00", "14.99"),
        (FREE | {"shipping_lines": []}, "0.00", "14.99"),
        (FREE | {"shipping_lines": None}, "0.00", "14.99"),
        # given by the shop itself, without a code
        (FREE | {"discount_codes": []}, "0.00", "14.99"),
        (PAID, "14.99", "0"),
        ({"total_shipping_price_set": a.shopify_money("14.99")}, "14.99", None),
        ({}, None, None),
        # a code for delivery that costs nothing anyway
        (
            FREE
            | {
                "total_shipping_price_set": a.shopify_money("0.00"),
                "discount_codes": [{"code": "F", "amount": "0.00", "type": "shipping"}],
                "shipping_lines": [],
            },
            "0.00",
            "0",
        ),
        (FREE | {"discount_codes": [{"code": "F", "type": "shipping"}]}, "0.00", "14.99"),
        (
            FREE | {"shipping_lines": [None, {"discount_allocations": [{"amount": "dużo"}]}]},
            "0.00",
            "14.99",
        ),
    ],
)
def test_shipping_is_what_the_shopper_paid_for_it_and_its_discount_is_told_apart(
    body: Json, shipping: str | None, off: str | None
) -> None:
    (order,) = read("orders/create", a.a_shopify_order(**body))
    told = [order.shipping, order.shipping_discount]
    assert told == [None if one is None else Decimal(one) for one in (shipping, off)]


def test_a_code_whose_amount_cannot_be_read_is_used_all_the_same() -> None:
    codes = [{"code": "K7DM-4XRA-PL9C", "amount": {}, "type": 5}]
    (order,) = read("orders/create", a.a_shopify_order(discount_codes=codes))
    assert order.discount_codes == ("K7DM-4XRA-PL9C",)
