"""What the PrestaShop module tells of carts."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from support.prestashop import NEEDS_PHP, PrestaShop
from wracaj.events import CartDeleted, CartUpdated

pytestmark = NEEDS_PHP


def the_cart(shop: PrestaShop) -> CartUpdated:
    (event,) = shop.told()
    assert isinstance(event, CartUpdated)
    return event


def test_a_cart_is_told_of_with_all_that_a_reminder_shows(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.do({"do": "take", "cart": cart, "product": 2, "variant": 0})
    told = the_cart(shop)
    assert told.content is not None
    assert told.content.total == Decimal("447.90")
    assert told.content.currency == "PLN"
    assert [(item.product_id, item.title, item.quantity) for item in told.content.items] == [
        ("1", "Filiżanka", Decimal(2)),
        ("2", "Talerz", Decimal(1)),
    ]
    cup = told.content.items[0]
    assert cup.unit_price == Decimal("199.00")
    assert cup.image_url == "https://kubek.example/1-101-home_default/produkt.jpg"
    assert cup.url == "https://kubek.example/1-produkt"
    assert told.created_at is not None
    assert datetime.now(UTC) - told.created_at < timedelta(minutes=1)


def test_neither_the_id_nor_the_link_can_be_guessed(shop: PrestaShop) -> None:
    shop.a_cart()
    told = the_cart(shop)
    assert told.content
    assert UUID(told.cart_id).version == 4
    link = re.fullmatch(
        r"https://kubek\.example/module/wracaj/restore\?token=([0-9a-f]{64})",
        told.content.recovery_url or "",
    )
    assert link
    assert link[1] not in told.cart_id


def test_a_page_tells_of_the_last_state_once(shop: PrestaShop) -> None:
    cart = shop.do({"do": "cart"})[0]
    shop.do(
        {"do": "take", "cart": cart, "product": 1},
        {"do": "take", "cart": cart, "product": 2},
        {"do": "take", "cart": cart, "product": 1, "quantity": -1},
    )
    content = the_cart(shop).content
    assert content
    assert [item.title for item in content.items] == ["Talerz"]


def test_empty_carts_of_bots_are_not_told_of(shop: PrestaShop) -> None:
    cart = shop.do({"do": "cart"})[0]
    shop.do({"do": "save", "cart": cart})
    assert shop.waiting() == []
    assert shop.sql("SELECT * FROM ps_wracaj_cart") == []


def test_a_bot_that_fills_a_new_cart_each_time_is_not_told_of(shop: PrestaShop) -> None:
    line = {"id_product": 1, "id_product_attribute": 0, "cart_quantity": 1}
    for _ in range(3):
        shop.do({"do": "cart", "with": {"lines": [line]}})
    assert shop.waiting() == []


def test_a_customer_who_is_logged_in_is_no_bot(shop: PrestaShop) -> None:
    jan = shop.do({"do": "register", "with": {"email": "jan@poczta.example"}})[0]
    line = {"id_product": 1, "id_product_attribute": 0, "cart_quantity": 1}
    shop.do({"do": "cart", "with": {"lines": [line], "id_customer": jan}})
    assert shop.waiting()[-1][0] == "cart.updated"


def test_an_emptied_cart_is_told_of(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.deliver()
    shop.do({"do": "take", "cart": cart, "product": 1, "quantity": -2})
    content = the_cart(shop).content
    assert content
    assert content.items == ()
    assert content.total == 0


def test_a_guests_address_is_told_of_as_soon_as_the_guest_is_stored(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    assert not the_cart(shop).contact.reachable
    shop.a_guest(cart)
    contact = the_cart(shop).contact
    assert contact.email == "ala@poczta.example"
    assert contact.first_name == "Ala"
    assert contact.locale == "pl-PL"
    assert contact.platform_id is None  # an id means: logged in


def test_a_customers_cart_has_the_id_and_the_phone_of_the_delivery(shop: PrestaShop) -> None:
    shop.do({"do": "set", "class": "Address", "id": 5, "with": {"phone": "601 234 567"}})
    cart = shop.a_cart(id_address_delivery=5)
    jan = shop.do({"do": "register", "with": {"email": "jan@poczta.example"}, "cart": cart})[0]
    contact = next(one.contact for one in shop.told() if isinstance(one, CartUpdated))
    assert (contact.platform_id, contact.phone) == (str(jan), "+48601234567")


def test_early_versions_hand_over_no_cart(shop: PrestaShop) -> None:
    cart = shop.do({"do": "cart"}, old_hook="1")[0]
    shop.do({"do": "take", "cart": cart, "product": 1}, old_hook="1", cart=str(cart))
    assert the_cart(shop).content


def test_a_cart_that_an_employee_fills_waits_for_no_shopper(shop: PrestaShop) -> None:
    cart = shop.do({"do": "cart"}, admin="1")[0]
    shop.do({"do": "take", "cart": cart, "product": 1}, admin="1")
    assert shop.waiting() == []


def test_an_unchanged_cart_is_told_of_again_after_ten_minutes(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.deliver()
    shop.do({"do": "save", "cart": cart})
    assert shop.waiting() == []
    shop.sql("UPDATE ps_wracaj_cart SET told_at = told_at - 601")
    shop.do({"do": "save", "cart": cart})
    assert the_cart(shop).content


def test_amounts_are_in_the_carts_own_currency(shop: PrestaShop) -> None:
    shop.a_cart(id_currency=2)
    content = the_cart(shop).content
    assert content
    assert (content.currency, content.total) == ("EUR", Decimal("99.50"))
    assert content.items[0].unit_price == Decimal("49.75")


@pytest.mark.parametrize(("precision", "total"), [(0, "398"), (2, "398.00"), (6, "398.00")])
def test_amounts_have_the_decimals_of_their_currency(
    shop: PrestaShop, precision: int, total: str
) -> None:
    shop.do({"do": "set", "class": "Currency", "id": 1, "with": {"precision": precision}})
    shop.a_cart()
    assert shop.waiting()[0][1]["total"] == total


@pytest.mark.parametrize("headers", [{}, {"old_hook": "1"}], ids=["9", "1.7.0"])
def test_gifts_of_codes_are_no_part_of_what_was_left(
    shop: PrestaShop, headers: dict[str, str]
) -> None:
    cart = shop.do({"do": "cart"})[0]
    shop.do({"do": "take", "cart": cart, "product": 1}, {"do": "take", "cart": cart, "product": 2})
    shop.do(*({"do": "code", "cart": cart, "gift": gift} for gift in (2, 3)), **headers)
    content = the_cart(shop).content
    assert content
    assert [(item.title, item.quantity) for item in content.items] == [
        ("Filiżanka", Decimal(1)),
        ("Talerz", Decimal(1)),
    ]


def test_a_deleted_cart_is_told_of(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.do({"do": "delete", "class": "Cart", "id": cart})
    assert isinstance(shop.told()[-1], CartDeleted)


def test_a_title_that_is_no_utf_8_costs_only_the_title(shop: PrestaShop) -> None:
    name = {"name": 'Kubek <b>ÿ</b> & \u0000 "spółka"'}
    shop.do({"do": "set", "class": "Product", "id": 1, "with": name})
    shop.a_cart()
    content = the_cart(shop).content
    assert content
    assert content.items[0].title == 'Kubek ÿ & "spółka"'


def test_nothing_is_collected_without_a_key(unconnected: PrestaShop) -> None:
    cart = unconnected.a_cart()
    unconnected.a_guest(cart)
    assert unconnected.waiting() == []
    assert unconnected.sql("SELECT * FROM ps_wracaj_shopper") == []
