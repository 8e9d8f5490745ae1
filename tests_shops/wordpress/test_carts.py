"""Carts of the theme, of AJAX and of the Store API; guests and customers; nothing of bots."""

import re

from shopping import a_product, a_variation, add, buy, type_address
from site_here import Site, Visitor
from wracaj_here import WracajHere

from wracaj.carts.ids import is_hard_to_guess


def test_a_guests_cart_of_the_theme_arrives_with_its_link(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    visitor.get(f"/?add-to-cart={a_product(site)}&quantity=2")
    site.run_actions()
    assert wracaj.types() == ["cart.created"] and wracaj.problems == []
    cart = wracaj.last("cart")
    assert is_hard_to_guess(cart["cart_id"])
    assert (cart["total"], cart["currency"]) == ("398.00", "PLN")
    assert cart["items"][0] | {"url": ""} == {
        "product_id": cart["items"][0]["product_id"],
        "title": "Kubek",
        "quantity": 2,
        "unit_price": "199.00",
        "url": "",
    }
    assert re.fullmatch(r"https://kubek.example/\?wracaj=[\w-]{43}", cart["recovery_url"])
    assert cart["customer"]["id"] is None and cart["consent"] is None


def test_ajax_and_the_store_api_report_the_same_cart_as_the_theme(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    mug, plate = a_product(site), a_product(site, "Talerz", "50.00")
    add(visitor, mug)
    visitor.store("POST", "cart/add-item", {"id": plate, "quantity": 3})
    site.run_actions()
    cart = wracaj.last("cart")
    assert [(item["title"], item["quantity"]) for item in cart["items"]] == [
        ("Kubek", 1),
        ("Talerz", 3),
    ]
    assert cart["total"] == "349.00" and wracaj.problems == []


def test_several_changes_in_a_row_are_one_event(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    mug = a_product(site)
    for _ in range(3):
        add(visitor, mug)
    assert site.php("return (new Wracaj\\WooCommerce\\Outbox())->count('waiting');") == 1
    site.run_actions()
    assert [item["quantity"] for item in wracaj.last("cart")["items"]] == [3]


def test_a_later_change_keeps_the_id_and_the_link(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    site.run_actions()
    visitor.post("/?wc-ajax=change", {"line": 0, "quantity": 5})
    site.run_actions()
    first, second = (event["data"] for event in wracaj.events)
    assert wracaj.types() == ["cart.created", "cart.updated"]
    assert (first["cart_id"], first["recovery_url"]) == (second["cart_id"], second["recovery_url"])
    assert first["updated_at"] < second["updated_at"] and second["items"][0]["quantity"] == 5


def test_an_emptied_cart_is_reported_and_pages_alone_are_not(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    site.run_actions()
    visitor.get("/")
    visitor.store("GET", "cart")
    assert site.run_actions() == [] and len(wracaj.events) == 1
    visitor.post("/?wc-ajax=change", {"line": 0, "quantity": 0})
    site.run_actions()
    assert (wracaj.last("cart")["items"], wracaj.last("cart")["total"]) == ([], "0.00")


def test_two_guests_with_the_same_product_have_two_ids(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    mug, other = a_product(site), site.visitor()
    add(visitor, mug)
    add(other, mug)
    site.run_actions()
    assert len({event["data"]["cart_id"] for event in wracaj.events}) == 2


def test_a_bot_that_keeps_no_cookie_is_not_reported(site: Site, wracaj: WracajHere) -> None:
    mug = a_product(site)
    for _ in range(3):
        site.visitor().post("/?wc-ajax=add_to_cart", {"product_id": mug})
    assert site.run_actions() == []
    assert (
        site.php(
            "global $wpdb; return (int) $wpdb->get_var('SELECT COUNT(*) FROM wp_wracaj_outbox');"
        )
        == 0
    )


def test_a_visitor_without_a_cart_gets_no_cookie(site: Site, visitor: Visitor) -> None:
    page = visitor.get("/")
    assert list(visitor.cookies) == [] and "wracaj" not in page.text


def test_a_variation_is_named_by_both_ids(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    shirt = a_product(site, "Koszulka", "80.00")
    red = a_variation(site, shirt, "Koszulka czerwona", "90.00")
    visitor.post("/?wc-ajax=add_to_cart", {"product_id": shirt, "variation_id": red})
    visitor.get("/")
    site.run_actions()
    (item,) = wracaj.last("cart")["items"]
    assert (item["product_id"], item["variant_id"], item["unit_price"]) == (
        str(shirt),
        str(red),
        "90.00",
    )


def test_a_variation_for_any_colour_is_called_by_the_chosen_one(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    shirt = a_product(site, "Koszulka", "80.00")
    medium = a_variation(site, shirt, "Koszulka - M", "90.00")
    for attribute, value in (("rozmiar", "M"), ("kolor", "")):
        site.php(f"update_post_meta({medium}, 'attribute_{attribute}', '{value}');")
    chosen = {"attribute_rozmiar": "M", "attribute_kolor": "Czerwony"}
    visitor.post("/?wc-ajax=add_to_cart", {"product_id": shirt, "variation_id": medium, **chosen})
    buy(visitor, "ala@poczta.example")
    site.run_actions()
    assert [wracaj.last(event)["items"][0]["title"] for event in ("cart", "order")] == [
        "Koszulka - M, Czerwony"
    ] * 2


def test_attributes_that_a_variations_name_leaves_out_are_added(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """WooCommerce names no attribute where a product has three or more; terms are kept as slugs."""
    shirt = a_product(site, "Koszulka", "80.00")
    one = a_variation(site, shirt, "Koszulka", "90.00")
    title = site.php(
        "register_taxonomy('pa_kolor', 'product');"
        "wp_insert_term('Błękitny & biały', 'pa_kolor', ['slug' => 'blekitny']);"
        f"return Wracaj\\WooCommerce\\ProductTitle::of(wc_get_product({one})->get_name(),"
        " ['attribute_rozmiar' => 'M', 'attribute_pa_kolor' => 'blekitny',"
        " 'attribute_krój' => '']);"
    )
    assert title == "Koszulka - M, Błękitny &amp; biały"  # Wracaj reads titles as HTML


def test_a_logged_in_customer_has_an_id_and_a_record(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    user = a_customer(site, "ola")
    visitor.log_in("ola")
    visitor.post("/?wc-ajax=add_to_cart", {"product_id": a_product(site)})
    site.run_actions()
    assert sorted(wracaj.types()) == ["cart.created", "customer.created"]
    assert wracaj.last("cart")["customer"]["id"] == str(user)
    assert wracaj.last("customer")["customer"] | {"locale": ""} == {
        "id": str(user),
        "email": "ola@poczta.example",
        "first_name": "Ola",
        "locale": "",
    }
    assert wracaj.problems == []


def test_a_guests_cart_stays_the_same_cart_after_the_login(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    user = a_customer(site, "ewa")
    add(visitor, a_product(site))
    site.run_actions()
    before = wracaj.last("cart")["cart_id"]
    visitor.log_in("ewa")
    visitor.get("/")
    site.run_actions()
    after = wracaj.last("c")
    assert [
        e["data"]["customer"]["id"] for e in wracaj.events if e["data"].get("cart_id") == before
    ] == [
        None,
        str(user),
    ], after


def test_a_customers_older_cart_ends_when_they_log_in_with_a_new_one(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """WooCommerce goes on with one cart, so only one is reminded of."""
    user = a_customer(site, "kasia")
    elsewhere = site.visitor()
    elsewhere.log_in("kasia")
    elsewhere.post("/?wc-ajax=add_to_cart", {"product_id": a_product(site)})
    site.run_actions()
    older = wracaj.last("cart")["cart_id"]
    site.php(f"delete_option('_wc_session_{user}');")
    add(visitor, a_product(site, "Talerz"))
    visitor.log_in("kasia")
    visitor.get("/")
    site.run_actions()
    assert wracaj.last("cart.deleted")["cart_id"] == older
    assert wracaj.last("c")["cart_id"] != older and wracaj.problems == []


def test_a_customers_cart_keeps_its_id_when_the_session_ended(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    user = a_customer(site, "iza")
    visitor.log_in("iza")
    visitor.post("/?wc-ajax=add_to_cart", {"product_id": a_product(site)})
    site.run_actions()
    before = wracaj.last("cart")["cart_id"]
    site.php(f"delete_option('_wc_session_{user}');")
    visitor.post("/?wc-ajax=change", {"line": 0, "quantity": 2})
    site.run_actions()
    assert wracaj.last("cart")["cart_id"] == before


def test_a_copied_session_is_another_cart(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    """A link with `session=` copies a guest's session to whoever opens it."""
    add(visitor, a_product(site))
    type_address(visitor, "ala@poczta.example")
    session = next(c.value or "" for c in visitor.cookies if "session" in c.name).split("%7C")[0]
    other = site.visitor()
    add(other, a_product(site))
    copy = next(c.value or "" for c in other.cookies if "session" in c.name).split("%7C")[0]
    site.php(
        f"$copied = ['previous_customer_id' => '{session}'] + get_option('_wc_session_{session}');"
        f"unset($copied['customer']); update_option('_wc_session_{copy}', $copied, false);"
    )
    other.post("/?wc-ajax=change", {"line": 0, "quantity": 4})
    other.get("/")
    site.run_actions()
    ids = {event["data"]["cart_id"] for event in wracaj.events}
    copied = wracaj.last("cart")
    assert len(ids) == 3 and copied["items"][0]["quantity"] == 4
    assert "email" not in copied["customer"]


def test_nothing_is_recorded_before_the_shop_is_connected(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    site.php("delete_option('wracaj_settings');")
    add(visitor, a_product(site))
    assert site.run_actions() == [] and wracaj.events == []


def a_customer(site: Site, name: str) -> int:
    return int(
        site.php(
            f"return wp_insert_user(['user_login' => '{name}', 'user_pass' =>"
            f" 'password', 'user_email' =>"
            f" '{name}@poczta.example', 'first_name' => '{name.title()}', 'role' => 'customer']);"
        )
    )
