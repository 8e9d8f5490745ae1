"""What the PrestaShop module tells of orders, their states and their slips."""

from decimal import Decimal
from typing import Any

import pytest

from support.prestashop import NEEDS_PHP, PrestaShop
from wracaj.events import OrderCancelled, OrderPlaced, OrderRefunded

pytestmark = NEEDS_PHP
TRANSFER, PAID, SHIPPED, CANCELLED, REFUNDED, ERROR, REFUSED = 1, 2, 4, 16, 17, 18, 20


def bought(shop: PrestaShop, state: int = TRANSFER, **changes: Any) -> int:
    cart = shop.a_cart()
    shop.a_guest(cart)
    order: int = shop.do({"do": "order", "cart": cart, "state": state, **changes})[0]
    return order


def types(shop: PrestaShop) -> list[str]:
    return [type_ for type_, _ in shop.waiting()]


def of_orders(shop: PrestaShop) -> list[str]:
    return [type_ for type_ in types(shop) if not type_.startswith("cart.")]


def test_an_order_names_its_cart_and_says_what_was_paid(shop: PrestaShop) -> None:
    order = bought(shop, shipping=15)
    cart, placed = shop.told()
    assert isinstance(placed, OrderPlaced)
    assert placed.order_id == str(order)
    assert placed.cart_ids == (getattr(cart, "cart_id"),)  # noqa: B009
    assert placed.contact.email == "ala@poczta.example"
    assert (placed.total, placed.shipping) == (Decimal("413.00"), Decimal("15.00"))
    assert placed.tax == Decimal("77.23")
    assert placed.cost == Decimal("20.00")
    assert [product.title for product in placed.products] == ["Filiżanka"]
    assert not placed.stands


def test_a_transfer_is_an_order_at_once_and_paid_later(shop: PrestaShop) -> None:
    order = bought(shop, TRANSFER)
    assert of_orders(shop) == ["order.created"]
    shop.do({"do": "state", "order": order, "state": SHIPPED})
    assert of_orders(shop) == ["order.created", "order.paid"]
    placed = shop.told()[-1]
    assert isinstance(placed, OrderPlaced)
    assert placed.stands


def test_what_is_paid_by_card_is_told_of_once(shop: PrestaShop) -> None:
    order = bought(shop, PAID)
    shop.do({"do": "state", "order": order, "state": SHIPPED})
    assert of_orders(shop) == ["order.created", "order.paid"]


@pytest.mark.parametrize("state", [CANCELLED, REFUNDED])
def test_a_cancelled_order_does_not_count(shop: PrestaShop, state: int) -> None:
    order = bought(shop)
    shop.do({"do": "state", "order": order, "state": state})
    assert isinstance(shop.told()[-1], OrderCancelled)
    shop.do({"do": "state", "order": order, "state": PAID})
    assert of_orders(shop) == ["order.created", "order.cancelled", "order.paid"]


def test_a_status_that_the_shop_ticked_cancels_too(shop: PrestaShop) -> None:
    order = bought(shop)
    shop.do({"do": "state", "order": order, "state": REFUSED})
    assert of_orders(shop) == ["order.created"]
    form = {"submitWracajOptions": "1", "wracaj_cancelled": [str(REFUSED)]}
    shop.do({"do": "settings", "form": form})
    shop.do({"do": "state", "order": order, "state": REFUSED})
    assert of_orders(shop) == ["order.created", "order.cancelled"]


def test_a_failed_payment_is_no_order(shop: PrestaShop) -> None:
    order = bought(shop, ERROR)
    assert of_orders(shop) == []
    shop.do({"do": "state", "order": order, "state": TRANSFER})
    assert of_orders(shop) == ["order.created"]


def test_who_paid_another_amount_has_bought_and_is_not_reminded(shop: PrestaShop) -> None:
    """PrestaShop itself sets "payment error" then."""
    bought(shop, PAID, paid=397.99)
    assert of_orders(shop) == ["order.created"]


def test_a_cart_with_several_orders_is_told_of_with_each(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.a_guest(cart)
    step = {"do": "order", "cart": cart, "state": TRANSFER}
    shop.do(step, step)
    first, second = (event for event in shop.told() if isinstance(event, OrderPlaced))
    assert first.cart_ids == second.cart_ids
    assert first.order_id != second.order_id


def test_an_ordered_cart_is_told_of_no_more(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.do({"do": "order", "cart": cart, "state": TRANSFER})
    shop.deliver()
    shop.do({"do": "take", "cart": cart, "product": 2})
    assert shop.waiting() == []


def test_an_order_whose_cart_was_never_told_of_has_an_id_for_it(shop: PrestaShop) -> None:
    line = {"id_product": 1, "id_product_attribute": 0, "cart_quantity": 1}
    shop.do({"do": "cart", "with": {"lines": [line]}}, {"do": "order", "cart": 1, "state": PAID})
    placed = shop.told()[0]
    assert isinstance(placed, OrderPlaced)
    assert placed.cart_ids
    assert types(shop) == ["order.created", "order.paid"]


def test_a_slip_is_a_refund(shop: PrestaShop) -> None:
    order = bought(shop, PAID)
    parts = {"total_products_tax_incl": 199, "total_products_tax_excl": 161.79}
    amounts = parts | {"amount": 161.79, "total_shipping_tax_incl": 15}
    slip = shop.do({"do": "slip", "order": order, "with": amounts})[0]
    refund = shop.told()[-1]
    assert isinstance(refund, OrderRefunded)
    assert (refund.order_id, refund.refund_id) == (str(order), str(slip))
    assert (refund.amount, refund.currency) == (Decimal("214.00"), "PLN")


def test_of_a_slip_with_a_chosen_amount_that_amount_counts(shop: PrestaShop) -> None:
    order = bought(shop, PAID)
    amounts = {"total_products_tax_incl": 199, "total_products_tax_excl": 161.79, "amount": 50}
    shop.do({"do": "slip", "order": order, "with": amounts})
    refund = shop.told()[-1]
    assert isinstance(refund, OrderRefunded)
    assert refund.amount == Decimal("50.00")


def test_a_changed_order_is_told_of_with_its_new_total(shop: PrestaShop) -> None:
    order = bought(shop, PAID)
    shop.do({"do": "edit", "order": order, "total": 398})
    assert of_orders(shop) == ["order.created", "order.paid"]
    shop.do({"do": "edit", "order": order, "total": 199})
    placed = shop.told()[-1]
    assert isinstance(placed, OrderPlaced)
    assert placed.total == Decimal("199.00")


def test_an_imported_order_that_no_hook_told_of_is_told_of(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    guest = shop.a_guest(cart)
    totals = {"total_paid_tax_incl": 398, "total_paid_tax_excl": 323.58}
    order = {"id_cart": cart, "id_customer": guest, "current_state": TRANSFER} | totals
    step = {"do": "set", "class": "Order", "id": 5, "with": order}
    shop.do(step)
    shop.do(step)
    assert of_orders(shop) == ["order.created"]
    old = {"id": 6, "with": order | {"date_add": "2026-01-01 12:00:00"}}
    shop.do(step | old)
    shop.do(step | old)
    assert of_orders(shop) == ["order.created"]


def test_what_a_slip_refunds_is_not_taken_off_the_total_too(shop: PrestaShop) -> None:
    order = bought(shop, PAID)
    slip = {"do": "slip", "order": order, "with": {"total_products_tax_incl": 199}}
    shop.do({"do": "edit", "order": order, "total": 199}, slip)
    assert of_orders(shop) == ["order.created", "order.paid", "refund.created"]


def test_an_order_from_before_the_module_is_told_of_when_it_is_paid(shop: PrestaShop) -> None:
    order = bought(shop)
    shop.sql("DELETE FROM ps_wracaj_order")
    shop.sql("DELETE FROM ps_wracaj_outbox")
    shop.do({"do": "state", "order": order, "state": PAID})
    assert of_orders(shop) == ["order.paid"]
