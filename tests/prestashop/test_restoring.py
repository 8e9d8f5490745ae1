"""The link in a message brings a copy of the cart, and never anybody's login."""

import json
from typing import Any

import pytest

from support.prestashop import NEEDS_PHP, Answered, PrestaShop
from wracaj.events import OrderPlaced

pytestmark = NEEDS_PHP
ORDERED = "Zamówienie z tego koszyka zostało już złożone."


def link(shop: PrestaShop, cart: int) -> str:
    row = shop.sql(f"SELECT token FROM ps_wracaj_cart WHERE id_cart = {cart}")[0]
    return f"/module/wracaj/restore?token={row['token']}"


def visit(presta: PrestaShop, path: str, **headers: str) -> Answered:
    answer = presta.call("GET", path, **headers)
    assert answer.status == 302, answer.body
    assert answer.headers["location"] == "https://kubek.example/cart?action=show"
    assert presta.log() == []
    return answer


def lines(shop: PrestaShop, cart: int) -> list[tuple[int, int, int]]:
    row = shop.sql(f"SELECT json FROM ps_object WHERE class = 'Cart' AND id = {cart}")[0]
    return [
        (line["id_product"], line["id_product_attribute"], line["cart_quantity"])
        for line in json.loads(row["json"])["lines"]
    ]


def product(shop: PrestaShop, id_: int, **changes: Any) -> None:
    shop.do({"do": "set", "class": "Product", "id": id_, "with": changes})


def test_a_visitor_gets_a_copy_in_a_cart_of_their_own(shop: PrestaShop) -> None:
    product(shop, 2, variants=[7, 8])
    cart = shop.a_cart()
    shop.do({"do": "take", "cart": cart, "product": 2, "variant": 8})
    shop.a_guest(cart)
    answer = visit(shop, link(shop, cart))
    copy = int(answer.headers["x-cart"])
    assert copy != cart
    assert lines(shop, copy) == [(1, 0, 2), (2, 8, 1)]
    assert answer.told == {"success": ["Twój koszyk wrócił."], "info": []}


def test_a_link_works_for_180_days_after_the_last_change(shop: PrestaShop) -> None:
    """PrestaShop gives a customer the old cart again."""
    old, forgotten = shop.a_cart(), shop.a_cart()
    for cart in (old, forgotten):
        shop.a_guest(cart)
    links = {cart: link(shop, cart) for cart in (old, forgotten)}
    shop.sql("UPDATE ps_wracaj_cart SET made_at = made_at - 181 * 86400")
    shop.sql(
        f"UPDATE ps_wracaj_cart SET told_at = told_at - 181 * 86400 WHERE id_cart = {forgotten}"
    )
    shop.deliver()
    assert visit(shop, links[old]).told["success"] == ["Twój koszyk wrócił."]
    assert visit(shop, links[forgotten]).told["info"] == [
        "Ten link nie prowadzi już do żadnego koszyka."
    ]


def test_the_copy_belongs_to_nobody(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.a_guest(cart)
    answer = visit(shop, link(shop, cart))
    copy = shop.sql(
        f"SELECT json FROM ps_object WHERE class = 'Cart' AND id = {answer.headers['x-cart']}"
    )[0]["json"]
    assert '"id_customer":0' in copy
    assert "ala@" not in answer.body + str(answer.headers)


def test_what_the_visitor_has_already_stays_and_is_not_doubled(shop: PrestaShop) -> None:
    left = shop.a_cart()
    own = shop.do({"do": "cart"})[0]
    shop.do({"do": "take", "cart": own, "product": 1}, {"do": "take", "cart": own, "product": 2})
    for _ in range(2):
        visit(shop, link(shop, left), cart=str(own))
    assert lines(shop, own) == [(1, 0, 2), (2, 0, 1)]


def test_who_still_has_the_cart_keeps_it(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    answer = visit(shop, link(shop, cart), cart=str(cart))
    assert lines(shop, cart) == [(1, 0, 2)]
    assert answer.told["success"] == ["Twój koszyk wrócił."]
    assert len(shop.sql("SELECT * FROM ps_object WHERE class = 'Cart'")) == 1


@pytest.mark.parametrize(
    "gone",
    [
        {"active": 0},
        {"available_for_order": 0},
        {"stock": 0},
        {"minimal_quantity": 5},
        {"variants": [9]},
    ],
)
def test_what_cannot_be_bought_now_is_left_out(shop: PrestaShop, gone: dict[str, Any]) -> None:
    cart = shop.a_cart()
    shop.do({"do": "take", "cart": cart, "product": 2})
    product(shop, 1, **gone)
    answer = visit(shop, link(shop, cart))
    assert lines(shop, int(answer.headers["x-cart"])) == [(2, 0, 1)]
    assert answer.told["info"] == [
        "Twój koszyk wrócił. Niektórych produktów nie ma już w tej ilości."
    ]


def test_of_what_is_short_the_rest_is_taken(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    product(shop, 1, stock=1)
    answer = visit(shop, link(shop, cart), language="en")
    assert lines(shop, int(answer.headers["x-cart"])) == [(1, 0, 1)]
    assert "no longer available in that quantity" in answer.told["info"][0]


def test_what_may_be_ordered_without_stock_is_taken_whole(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    product(shop, 1, stock=0, backorders=1)
    answer = visit(shop, link(shop, cart))
    assert lines(shop, int(answer.headers["x-cart"])) == [(1, 0, 2)]


def test_where_nothing_is_left_no_cart_is_made(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    product(shop, 1, active=0)
    answer = visit(shop, link(shop, cart))
    assert answer.told["info"] == ["Produkty z tego koszyka nie są już dostępne."]
    assert len(shop.sql("SELECT * FROM ps_object WHERE class = 'Cart'")) == 1


def test_a_gift_does_not_become_a_product_that_is_paid(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.do({"do": "code", "cart": cart, "gift": 3}, {"do": "code", "cart": cart, "gift": 1})
    answer = visit(shop, link(shop, cart))
    assert lines(shop, int(answer.headers["x-cart"])) == [(1, 0, 2)]
    assert answer.told["success"] == ["Twój koszyk wrócił."]


def test_what_was_engraved_for_another_is_not_copied(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.do({"do": "take", "cart": cart, "product": 2, "customization": 4})
    answer = visit(shop, link(shop, cart))
    assert lines(shop, int(answer.headers["x-cart"])) == [(1, 0, 2)]
    assert answer.told["success"] == []


@pytest.mark.parametrize(
    "query",
    ["", "?token=", "?token=x", f"?token={'0' * 64}", "?token=%27%20OR%201=1", "?token[]=1"],
)
def test_an_unknown_link_leads_to_the_basket_with_a_sentence(shop: PrestaShop, query: str) -> None:
    shop.a_cart()
    answer = visit(shop, f"/module/wracaj/restore{query}")
    assert answer.told == {"success": [], "info": ["Ten link nie prowadzi już do żadnego koszyka."]}
    assert "x-cart" not in answer.headers


def test_a_link_of_another_shop_is_unknown_here(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    answer = visit(shop, link(shop, cart), shop="2")
    assert answer.told["info"] == ["Ten link nie prowadzi już do żadnego koszyka."]


def test_an_ordered_basket_is_not_filled_again(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.do({"do": "order", "cart": cart, "state": 2})
    answer = visit(shop, link(shop, cart))
    assert answer.told["info"] == [ORDERED]


def test_after_a_failed_payment_the_link_still_works(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.do({"do": "order", "cart": cart, "state": 18})
    assert visit(shop, link(shop, cart)).told["success"] == ["Twój koszyk wrócił."]


def test_a_mail_program_that_looks_first_makes_no_cart(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    answer = shop.call("HEAD", link(shop, cart))
    assert (answer.status, answer.headers.get("x-cart")) == (302, None)


def test_who_buys_the_copy_ends_the_original_too(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    original = shop.sql("SELECT cart_id FROM ps_wracaj_cart")[0]["cart_id"]
    copy = int(visit(shop, link(shop, cart)).headers["x-cart"])
    shop.do({"do": "order", "cart": copy, "state": 2})
    placed = next(event for event in shop.told() if isinstance(event, OrderPlaced))
    assert original in placed.cart_ids
    assert len(placed.cart_ids) == 2


@pytest.mark.parametrize(
    ("buyer", "told"),
    [
        ("Ala@poczta.example", {"success": [], "info": [ORDERED]}),
        ("friend@poczta.example", {"success": ["Twój koszyk wrócił."], "info": []}),
    ],
)
def test_after_a_shopper_bought_the_copy_the_link_says_so(
    shop: PrestaShop, buyer: str, told: dict[str, list[str]]
) -> None:
    """A friend who got the link and bought has not bought for the shopper."""
    cart = shop.a_cart()
    shop.a_guest(cart)
    copy = int(visit(shop, link(shop, cart)).headers["x-cart"])
    shop.a_guest(copy, buyer)
    shop.do({"do": "order", "cart": copy, "state": 2})
    assert visit(shop, link(shop, cart)).told == told
