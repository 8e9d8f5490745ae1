"""A generic shop: the contract of every platform, and the envelope of its webhooks."""

from typing import Any, cast

import pytest

from support import webhook_bodies as a
from support.generic_reading import SETTINGS, parsed, read, warned
from support.platform_contract import ShopContract
from support.webhook_bodies import Json, a_request, an_envelope, raw
from wracaj.errors import PayloadError
from wracaj.platforms import Ignored, Parsed, ShopPlatform
from wracaj.platforms.generic import webhooks as generic

CONTRACT: ShopPlatform = generic


class TestGeneric(ShopContract):
    name = "generic"
    secret = a.GENERIC_SECRET
    other_secret = a.OTHER_GENERIC_SECRET
    signature_header = "webhook-signature"
    bodies = a.GENERIC_BODIES
    cart_topic = "checkout.updated"
    order_topic = "order.created"

    def a_body_of_cart(self, cart_id: str) -> Json:
        return an_envelope("checkout.updated", a.a_generic_cart(cart_id=cart_id))


def test_an_unknown_type_is_ignored_even_of_an_unknown_schema() -> None:
    body = {"type": "stock.low", "data": {"schema": 9}}
    assert generic.parse(a_request(raw(body)), SETTINGS) == Parsed(
        Ignored("type 'stock.low' is not used")
    )


@pytest.mark.parametrize("type_", [None, 5, {}, []])
def test_a_body_without_type_says_so(type_: Any) -> None:
    with pytest.raises(PayloadError, match="type: is missing or not text"):
        generic.parse(a_request(raw({"type": type_})), SETTINGS)


@pytest.mark.parametrize("schema", [2, 0, "1", True, None, []])
def test_another_schema_is_read_as_ours_with_a_warning(schema: Any) -> None:
    """What names a cart names it in any."""
    changed = parsed("cart.updated", a.a_generic_cart(schema=schema))
    assert changed.told == read("cart.updated", a.a_generic_cart())
    assert changed.warnings == (("data.schema", "must be 1: it is read as if it were"),)


def test_what_is_not_known_is_passed_over() -> None:
    assert parsed("cart.updated", a.a_generic_cart(colour="red"), sender="x") == parsed(
        "cart.updated", a.a_generic_cart()
    )


@pytest.mark.parametrize(
    ("changes", "field", "meant"),
    [
        ({"totl": "1.00"}, "data.totl", "total"),
        ({"update_at": None}, "data.update_at", "updated_at"),
        ({"customer": a.a_customer(mail="x@poczta.example")}, "data.customer.mail", "email"),
        ({"items": [a.an_item(), a.an_item(image_ulr="x")]}, "data.items.1.image_ulr", "image_url"),
        (
            {"items": [a.an_item(), a.an_item(productid="7"), a.an_item(productid="8")]},
            "data.items.1.productid",
            "product_id",
        ),
        ({"consent": {"emial": a.a_word()}}, "data.consent.emial", "email"),
        ({"cartId": "7"}, "data.cartId", "cart_id"),
        ({"CART_ID": "7"}, "data.CART_ID", "cart_id"),
        ({"cart_ID": "7"}, "data.cart_ID", "cart_id"),
        ({"cart-id": "7"}, "data.cart-id", "cart_id"),
        ({"CURRENCY": "PLN"}, "data.CURRENCY", "currency"),
        ({"updatedAt": None}, "data.updatedAt", "updated_at"),
        ({"customer": a.a_customer(EMAIL="x@poczta.example")}, "data.customer.EMAIL", "email"),
        ({"customer": a.a_customer(FirstName="Ala")}, "data.customer.FirstName", "first_name"),
        ({"items": [a.an_item(unitPrice="5.00")]}, "data.items.0.unitPrice", "unit_price"),
        ({"items": [a.an_item(imageURL="x")]}, "data.items.0.imageURL", "image_url"),
        (
            {"items": [{"title": "Kubek", "quantity": 1, "Image": "x"}]},
            "data.items.0.Image",
            "image_url",
        ),
    ],
)
def test_a_key_like_one_that_is_read_is_named(changes: Json, field: str, meant: str) -> None:
    assert warned("cart.updated", a.a_generic_cart(**changes)) == {
        field: f"is not known; did you mean {meant}?"
    }


def test_a_key_that_is_read_elsewhere_is_nobodys_mistake() -> None:
    customer = a.a_customer(last_name="Kos", birthday=None)
    assert (
        warned(
            "order.created", a.a_generic_order(items=[a.an_item()], customer=customer, order_id="1")
        )
        == {}
    )


def test_a_key_of_an_order_in_other_letters_is_named() -> None:
    assert warned("order.created", a.a_generic_order(orderID="1", order_id="1")) == {
        "data.orderID": "is not known; did you mean order_id?"
    }


def test_a_misspelt_key_is_named_also_where_nothing_can_be_read_without_it() -> None:
    body = {"type": "cart.updated", "timestamp": "2026-10-14T09:30:00Z", "Data": {}}
    with pytest.raises(PayloadError) as refused:
        generic.parse(a_request(raw(body)), SETTINGS)
    assert dict(refused.value.problems) == {
        "data": "is missing",
        "Data": "is not known; did you mean data?",
    }


@pytest.mark.parametrize("type_", ["order.create", "Order.Created", "order_created"])
def test_a_type_like_one_that_is_read_is_named(type_: str) -> None:
    body = {"type": type_, "data": {}}
    assert generic.parse(a_request(raw(body)), SETTINGS).warnings == (
        ("type", "is not known; did you mean order.created?"),
    )


def test_a_time_without_offset_is_the_shops_own() -> None:
    times = {"updated_at": "2026-10-14T11:28:00", "created_at": "2026-10-14 11:00"}
    changed = parsed("cart.updated", a.a_generic_cart(**times), timestamp="2026-10-14 11:30:00")
    assert changed.told == read("cart.updated", a.a_generic_cart())
    reason = (
        "has no offset, such as Z or +02:00: taken as the time in Europe/Warsaw, the shop's"
        " time_zone"
    )
    assert dict(changed.warnings) == dict.fromkeys(
        ("timestamp", "data.updated_at", "data.created_at"), reason
    )


@pytest.mark.parametrize("time", [1791970080, "1791970080", 1791970080000])
def test_seconds_since_1970_are_a_time(time: Any) -> None:
    assert parsed("cart.updated", a.a_generic_cart(updated_at=time)) == parsed(
        "cart.updated", a.a_generic_cart()
    )


NO_TIMES = [
    "yesterday",
    "2026-10-14",
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00",
    "0000-00-00 00:00:00",
    True,
    [],
]


@pytest.mark.parametrize("time", NO_TIMES)
def test_a_time_that_is_none_costs_only_itself(time: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(updated_at=time))
    assert changed.told == read("cart.updated", a.a_generic_cart(updated_at=None))
    assert list(dict(changed.warnings)) == ["data.updated_at"]


@pytest.mark.parametrize("time", [*NO_TIMES, None])
def test_where_no_time_is_told_at_all_it_is_the_time_of_receipt(time: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(updated_at=time), timestamp=time)
    assert [event.at for event in cast(Any, changed.told)] == [a.NOW]
    assert "the time of receipt is taken" in dict(changed.warnings)["timestamp"]
