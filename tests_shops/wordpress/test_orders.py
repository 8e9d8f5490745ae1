"""Orders by what their status means, in both checkouts and by the shop's staff."""

from typing import Any

import pytest
from shopping import a_product, add, buy, buy_in_blocks
from site_here import Site, Visitor
from wracaj_here import WracajHere

from wracaj.events import OrderCancelled, OrderPlaced, OrderRefunded


def orders(wracaj: WracajHere) -> list[str]:
    return [type_ for type_ in wracaj.types() if not type_.startswith(("cart", "checkout"))]


@pytest.mark.parametrize("place", [buy, buy_in_blocks])
@pytest.mark.parametrize("method", ["bacs", "cod"])
def test_bank_transfer_and_cash_on_delivery_are_purchases_at_once(
    site: Site, visitor: Visitor, wracaj: WracajHere, place: Any, method: str
) -> None:
    add(visitor, a_product(site), 2)
    site.run_actions()
    cart_id = wracaj.last("cart")["cart_id"]
    number = place(visitor, "ala@poczta.example", method)
    site.run_actions()
    assert orders(wracaj) == ["order.created"]
    order = wracaj.last("order")
    assert (order["order_id"], order["cart_id"]) == (str(number), cart_id)
    assert (order["total"], order["tax"], order["currency"]) == ("398.00", "74.42", "PLN")
    assert order["customer"] == {
        "id": None,
        "email": "ala@poczta.example",
        "phone": "+48601234567",
        "first_name": "Ala",
    }
    assert order["items"][0]["quantity"] == 2 and wracaj.problems == []
    # the cart that the purchase emptied is not reported as emptied by the shopper
    assert [e["data"]["items"] for e in wracaj.events if e["type"].startswith("cart")][-1] != []


def test_the_next_cart_of_the_same_visitor_has_a_new_id(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    site.run_actions()
    before = wracaj.last("cart")["cart_id"]
    buy(visitor, "ala@poczta.example")
    add(visitor, a_product(site))
    site.run_actions()
    assert wracaj.last("cart")["cart_id"] != before


def test_an_order_that_waits_for_its_payment_is_none_yet(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    number = buy(visitor, "ala@poczta.example", "gateway")
    site.run_actions()
    assert orders(wracaj) == []
    site.php(f"wc_get_order({number})->payment_complete();")  # the gateway's own call
    site.run_actions()
    assert orders(wracaj) == ["order.created", "order.paid"]
    created, paid = (e["data"] for e in wracaj.events if e["type"].startswith("order"))
    assert (
        created["updated_at"] < paid["updated_at"] and created["created_at"] == paid["created_at"]
    )
    visitor.post("/?wc-ajax=change", {"line": 0, "quantity": 3})  # the cart was still full
    visitor.get("/")
    site.run_actions()
    assert wracaj.last("cart")["cart_id"] != created["cart_id"]


@pytest.mark.parametrize("place", [buy, buy_in_blocks])
def test_a_late_payment_does_not_end_the_cart_begun_since(
    site: Site, visitor: Visitor, wracaj: WracajHere, place: Any
) -> None:
    add(visitor, a_product(site))
    number = place(visitor, "ala@poczta.example", "gateway")
    visitor.get(f"/?order-received={number}")  # still pending; WooCommerce empties the cart
    site.run_actions()
    ordered = wracaj.last("c")
    add(visitor, a_product(site, "Talerz"))
    site.run_actions()
    begun = wracaj.last("cart")
    assert ordered["items"] == [] and begun["cart_id"] != ordered["cart_id"]
    site.php(f"wc_get_order({number})->payment_complete();")
    site.run_actions()
    assert wracaj.last("order")["cart_id"] == ordered["cart_id"] and wracaj.problems == []
    visitor.post("/?wc-ajax=change", {"line": 0, "quantity": 3})
    site.run_actions()
    assert wracaj.last("cart")["cart_id"] == begun["cart_id"]


def test_the_draft_of_a_block_checkout_is_no_order(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    visitor.store("POST", "cart/add-item", {"id": a_product(site)})
    visitor.store("GET", "checkout")
    visitor.store(
        "POST", "cart/update-customer", {"billing_address": {"email": "jan@poczta.example"}}
    )
    visitor.store("GET", "checkout")
    site.run_actions()
    assert orders(wracaj) == []
    assert site.php("return (new Wracaj\\WooCommerce\\Outbox())->count('waiting');") == 0


def test_a_failed_payment_is_no_order_and_the_second_try_is_one(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    number = buy(visitor, "ala@poczta.example", "gateway")
    site.php(f"wc_get_order({number})->update_status('failed');")
    site.run_actions()
    assert orders(wracaj) == []
    site.php(f"wc_get_order({number})->payment_complete();")
    site.run_actions()
    assert orders(wracaj) == ["order.created", "order.paid"]


def test_a_cancelled_order_that_is_paid_after_all_counts_again(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    number = a_bought_order(site, visitor)
    for status in ("cancelled", "processing"):
        site.php(f"wc_get_order({number})->update_status('{status}');")
        site.run_actions()
    assert orders(wracaj) == ["order.created", "order.cancelled", "order.paid"]
    assert any(isinstance(told, OrderCancelled) for told in wracaj.told)
    last = wracaj.told[-1]
    assert isinstance(last, OrderPlaced) and last.stands


def test_a_paid_bank_transfer_is_told_once(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    number = a_bought_order(site, visitor)
    for status in ("processing", "completed"):
        site.php(f"wc_get_order({number})->update_status('{status}');")
    site.php(f"wc_get_order({number})->save();")
    site.run_actions()
    assert orders(wracaj) == ["order.created", "order.paid"]


def test_a_status_of_the_shops_own_is_a_purchase_too(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    number = buy(visitor, "ala@poczta.example", "gateway")
    site.php(f"wc_get_order({number})->update_status('spakowane');")
    site.run_actions()
    assert orders(wracaj) == ["order.created"]


def test_refunds_in_part_and_whole_are_told_each_once(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    number = a_bought_order(site, visitor)
    site.php(f"wc_create_refund(['order_id' => {number}, 'amount' => '50.00']);")
    site.php(f"wc_create_refund(['order_id' => {number}, 'amount' => '149.00']);")
    site.php(f"wc_get_order({number})->update_status('refunded');")
    site.run_actions()
    assert orders(wracaj) == ["order.created", "refund.created", "refund.created"]
    amounts = [told.amount for told in wracaj.told if isinstance(told, OrderRefunded)]
    assert [str(amount) for amount in amounts] == ["50.00", "149.00"] and wracaj.problems == []


def test_a_status_of_refunded_alone_tells_the_whole_refund(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    number = a_bought_order(site, visitor)
    site.php(f"wc_get_order({number})->update_status('refunded');")
    site.run_actions()
    assert orders(wracaj) == ["order.created", "refund.created"]
    assert wracaj.last("refund")["amount"] == "199.00"


def test_a_changed_total_and_a_new_owner_are_told(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    number = a_bought_order(site, visitor)
    site.run_actions()
    site.php(f"$o = wc_get_order({number}); $o->set_total('250.00'); $o->save();")
    site.php(f"$o = wc_get_order({number}); $o->set_customer_id(1); $o->save();")
    site.run_actions()
    assert orders(wracaj) == ["order.created", "order.updated", "order.updated"]
    assert (wracaj.last("order")["total"], wracaj.last("order")["customer"]["id"]) == (
        "250.00",
        "1",
    )


def test_an_order_in_the_bin_is_cancelled(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    number = a_bought_order(site, visitor)
    site.php(
        f"wc_get_order({number})->update_status('trash');"
        f" do_action('woocommerce_trash_order', {number});"
    )
    site.run_actions()
    assert orders(wracaj) == ["order.created", "order.cancelled"]


def test_an_order_from_before_the_plugin_is_not_told(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    site.php(
        "$o = new WC_Order(); $o->set_date_created(time() - 86400 * 30);"
        " $o->set_status('processing'); $o->save();"
    )
    site.run_actions()
    assert orders(wracaj) == []


def test_an_order_whose_process_died_is_found_by_the_cron(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    site.php(
        "remove_all_actions('shutdown'); $o = new WC_Order();"
        " $o->set_billing_email('ala@poczta.example');"
        "$o->set_total('10.00'); $o->set_status('processing'); $o->save(); return $o->get_id();"
    )
    assert site.run_actions() == []
    site.php("do_action('wracaj_cron');")
    site.run_actions()
    assert orders(wracaj) == ["order.created"]


def a_bought_order(site: Site, visitor: Visitor) -> int:
    add(visitor, a_product(site))
    return buy(visitor, "ala@poczta.example")
