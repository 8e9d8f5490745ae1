"""Orders and product views of a generic shop."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from support import webhook_bodies as a
from support.generic_reading import CUP, HAPPENED, JAN, SAID, parsed, problems, read, warned
from support.webhook_bodies import Json
from wracaj.events import OrderCancelled, OrderPlaced, OrderRefunded, Product, ProductViewed


@pytest.mark.parametrize("type_", ["order.created", "order.updated", "order.paid"])
def test_an_order_is_placed_once_whether_paid_or_not(type_: str) -> None:
    assert read(type_, a.a_generic_order()) == (
        OrderPlaced(
            at=datetime(2026, 10, 14, 9, 29, 30, tzinfo=UTC),
            order_id="ZAM-1",
            placed_at=SAID,
            cart_ids=("cart-12", "co-7"),
            checkout_ids=("co-7",),
            contact=JAN,
            currency="PLN",
            total=Decimal("199.00"),
            stands=type_ == "order.paid",
            discount_codes=("K7DM-4XRA-PL9C",),
            products=(
                CUP.model_copy(
                    update={"url": "https://kubek.example/1", "price": None, "currency": None}
                ),
            ),
        ),
    )


def test_an_order_tells_each_product_once_and_is_never_refused_for_one() -> None:
    lines = [
        a.a_bought_item(),
        a.a_bought_item(title="inna"),
        {"product_id": 7},
        {"title": "Napiwek"},
        {"x": []},
    ]
    (order,) = read("order.created", a.a_generic_order(items=lines))
    assert [(product.product_id, product.title) for product in order.products] == [
        ("p-1", "Filiżanka"),
        ("7", ""),
    ]
    elsewhere = a.a_bought_item(url="https://evil.example/", image_url="http://kubek.example/1.jpg")
    (order,) = read("order.created", a.a_generic_order(items=[elsewhere]))
    assert order.products == (Product(product_id="p-1", title="Filiżanka"),)


def test_an_order_may_know_neither_cart_nor_shopper_but_itself() -> None:
    (order,) = read("order.created", {"order_id": 1001})
    assert order == OrderPlaced(at=HAPPENED, order_id="1001", placed_at=HAPPENED)


def test_an_order_that_names_nobody_says_so() -> None:
    assert warned("order.created", {"order_id": 1001}) == {
        "data": "names neither a cart nor a shopper: the order stops no reminder"
    }
    assert warned("order.cancelled", {"order_id": 1001}) == {}


@pytest.mark.parametrize("named", ["cart_id", "checkout_id", "customer"])
@pytest.mark.parametrize("type_", ["order.created", "order.paid", "order.cancelled"])
def test_an_order_without_id_stops_what_it_names_all_the_same(type_: str, named: str) -> None:
    gone = {name: None for name in ("cart_id", "checkout_id", "customer") if name != named}
    changed = parsed(type_, a.a_generic_order(order_id=[], **gone))
    (order,) = cast(Any, changed.told)
    assert isinstance(order, OrderPlaced)
    assert order.order_id is None
    assert order.cart_ids or order.contact == JAN
    assert list(dict(changed.warnings)) == ["data.order_id"]


@pytest.mark.parametrize(
    "type_", ["order.created", "order.paid", "order.cancelled", "checkout.completed"]
)
def test_an_order_that_names_nothing_at_all_is_refused_with_every_reason(type_: str) -> None:
    customer = {"email": "nobody", "phone": True}
    found = problems(
        type_, a.a_generic_order(order_id=None, cart_id=[], checkout_id=None, customer=customer)
    )
    assert {"data", "data.cart_id", "data.customer.phone", "data.customer.email"} <= set(found)
    assert "nothing can be stopped" in found["data"]


BAD_PARTS: list[Json] = [
    {"total": "199.99000000000001"},
    {"total": 199.99},
    {"total": "dużo"},
    {"total": "-5.00"},
    {"currency": None},
    {"currency": "zł"},
    {"items": {"1": {"product_id": "7", "title": "Kubek"}}},
    {"items": [None, {"product_id": 7, "title": True}]},
    {"items": "kubek"},
    {"discount_codes": [{"code": "LATO"}, None, 5, [], {}]},
    {"discount_codes": {"1": "LATO"}},
    {"consent": {"email": {"state": "maybe"}, "sms": {"state": "subscribed"}}},
    {"consent": 5},
    {"created_at": "2026-10-14T09:29:00"},
    {"created_at": True},
    {"updated_at": []},
    {
        "customer": {
            "id": 12.0,
            "email": "jan.kos@poczta.example",
            "phone": {},
            "first_name": [],
            "locale": 5,
        }
    },
    {"schema": 2},
    {"\ud800": 1},
    {"customer": {"email": "jan.kos@poczta.example", "imi\ud800": "Jan"}},
    {"items": [{"product_id": "7", "tytu\udcff": "Kubek"}]},
]


@pytest.mark.parametrize("changes", BAD_PARTS)
def test_an_order_with_a_bad_part_names_its_cart_and_its_shopper(changes: Json) -> None:
    order, *_ = read("order.created", a.a_generic_order(**changes))
    assert (order.order_id, order.cart_ids, order.contact.email) == (
        "ZAM-1",
        ("cart-12", "co-7"),
        JAN.email,
    )


def test_a_discount_code_may_be_told_as_an_object() -> None:
    for codes in (
        [{"code": "LATO", "amount": "5.00"}, "ZIMA"],
        {"3": {"code": "LATO"}, "4": "ZIMA"},
    ):
        (order,) = read("order.created", a.a_generic_order(discount_codes=codes))
        assert order.discount_codes == ("LATO", "ZIMA")
    (order,) = read("order.created", a.a_generic_order(discount_codes="LATO"))
    assert order.discount_codes == ("LATO",)


def test_a_completed_checkout_needs_no_order_id() -> None:
    (order,) = read("checkout.completed", a.a_generic_order(order_id=None))
    assert order.order_id is None
    assert order.cart_ids == ("cart-12", "co-7")
    assert "data" in problems("checkout.completed", {"order_id": None})


def test_a_cancelled_order_was_placed_where_it_tells_by_whom_or_from_which_cart() -> None:
    placed, cancelled = read("order.cancelled", a.a_generic_order())
    assert isinstance(placed, OrderPlaced)
    assert cancelled == OrderCancelled(at=placed.at, order_id="ZAM-1")
    assert read("order.cancelled", {"order_id": "ZAM-1"}) == (
        OrderCancelled(at=HAPPENED, order_id="ZAM-1"),
    )


def test_a_refund_tells_its_order_and_amount() -> None:
    refund = OrderRefunded(
        at=HAPPENED, order_id="ZAM-1", refund_id="KOR-1", currency="PLN", amount=Decimal("19.90")
    )
    assert read("refund.created", a.a_generic_refund()) == (refund,)
    assert "data.refund_id" in problems("refund.created", {"order_id": "ZAM-1"})


def test_a_view_tells_who_looked_at_what_and_when() -> None:
    at = datetime(2026, 10, 14, 9, 27, tzinfo=UTC)
    assert read("product.viewed", a.a_generic_view()) == (
        ProductViewed(at=at, contact=JAN, product=CUP),
    )


def test_a_view_without_a_time_happened_when_its_envelope_says() -> None:
    (view,) = read("product.viewed", a.a_generic_view(viewed_at=None))
    assert view.at == HAPPENED


def test_a_view_of_a_product_needs_little() -> None:
    (view,) = read(
        "product.viewed", {"customer": {"id": 42}, "product": {"product_id": 7, "title": "Kubek"}}
    )
    assert view.product == Product(product_id="7", title="Kubek")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer": None}, "data.customer"),
        ({"product": None}, "data.product"),
        ({"product": a.a_viewed_product(product_id=None)}, "data.product.product_id"),
    ],
)
def test_a_view_that_cannot_be_used_says_why(changes: dict[str, Any], field: str) -> None:
    assert next(iter(problems("product.viewed", a.a_generic_view(**changes)))) == field


@pytest.mark.parametrize(
    ("change", "lost", "field"),
    [
        ({"currency": None}, "price", "data.product.currency"),
        ({"price": "drogo"}, "price", "data.product.price"),
        ({"url": "https://evil.example/kubek"}, "url", "data.product.url"),
        ({"image_url": 7}, "image_url", "data.product.image_url"),
    ],
)
def test_a_bad_part_of_a_viewed_product_costs_only_itself(
    change: Json, lost: str, field: str
) -> None:
    changed = parsed("product.viewed", a.a_generic_view(product=a.a_viewed_product(**change)))
    (view,) = cast(Any, changed.told)
    assert view.product == CUP.model_copy(
        update={lost: None} | {name: None for name in change if name == "currency"}
    )
    assert list(dict(changed.warnings)) == [field]


def test_what_the_goods_cost_is_added_up_where_each_of_them_tells_it() -> None:
    cup = a.a_bought_item(unit_cost="12.50", quantity=2)
    pot = a.a_bought_item(product_id="p-2", unit_cost="30", quantity=1)
    (order,) = read("order.created", a.a_generic_order(items=[cup, pot]))
    assert cast(OrderPlaced, order).cost == Decimal("55.00")


@pytest.mark.parametrize(
    "item", [{"unit_cost": None}, {"unit_cost": "1.00", "quantity": None}, {"unit_cost": "free"}]
)
def test_a_cost_that_one_item_does_not_tell_is_unknown_for_the_order(item: Json) -> None:
    """Unknown is not nothing: the margin of the settings counts then."""
    items = [a.a_bought_item(unit_cost="12.50", quantity=2), a.a_bought_item(**item)]
    told = parsed("order.created", a.a_generic_order(items=items)).told
    assert [cast(OrderPlaced, order).cost for order in cast(Any, told)] == [None]


def test_what_was_taken_off_the_delivery_is_told_apart() -> None:
    body = a.a_generic_order(shipping="0.00", discount="30.00", shipping_discount="14.99")
    order = cast(OrderPlaced, read("order.created", body)[0])
    told = (order.shipping, order.discount, order.shipping_discount)
    assert told == (Decimal("0.00"), Decimal("30.00"), Decimal("14.99"))
    order = cast(OrderPlaced, read("order.created", a.a_generic_order())[0])
    assert order.shipping_discount is None
