"""Carts of the theme, of AJAX and of the Store API; guests and customers; nothing of bots."""

import re

from shopping import a_product, a_variation, add, type_address
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
