import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support import webhook_bodies as a
from support.platform_contract import ShopContract
from support.shopify_reading import SETTINGS, read, the_problem, warned
from support.webhook_bodies import NOW, Json, a_request, raw, yeses
from wracaj import clock
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.errors import PayloadError, SignatureError
from wracaj.events import CartDeleted, CartUpdated, Contact, Item, OrderPlaced
from wracaj.platforms import Ignored, ShopPlatform
from wracaj.platforms.shopify import webhooks as shopify

CONTRACT: ShopPlatform = shopify


class TestShopify(ShopContract):
    name = "shopify"
    secret = a.SHOPIFY_SECRET
    other_secret = "shpss_ffffffffffffffffffffffffffffffff"
    signature_header = "X-Shopify-Hmac-Sha256"
    bodies = a.SHOPIFY_BODIES
    cart_topic = "checkouts/update"
    order_topic = "orders/create"

    def a_body_of_cart(self, cart_id: str) -> Json:
        return a.a_shopify_checkout(cart_token=cart_id)


# --- headers


def test_the_headers_without_x_count_too() -> None:
    body = raw(a.a_shopify_cart())
    headers = shopify.sign("carts/update", body, SETTINGS, a.SHOPIFY_SECRET, NOW)
    request = a_request(
        body, {name.replace("X-Shopify", "shopify"): value for name, value in headers.items()}
    )
    shopify.verify(request, [a.SHOPIFY_SECRET])
    assert shopify.parse(request, SETTINGS).told == read("carts/update", a.a_shopify_cart())


def test_a_webhook_of_another_shop_names_both() -> None:
    field, problem = the_problem(
        "carts/update", a.a_shopify_cart(), **{"X-Shopify-Shop-Domain": "obcy.myshopify.com"}
    )
    assert field == "X-Shopify-Shop-Domain"
    assert "obcy.myshopify.com" in problem
    assert "kubek.myshopify.com" in problem


@pytest.mark.parametrize("domain", ["", None])
def test_a_webhook_that_names_no_shop_is_refused(domain: str | None) -> None:
    """One app signs for all its shops: without the header, another shop's order would be this
    one's."""
    headers = {"X-Shopify-Topic": "carts/update"} | (
        {"X-Shopify-Shop-Domain": domain} if domain is not None else {}
    )
    with pytest.raises(PayloadError, match="X-Shopify-Shop-Domain: is missing"):
        shopify.parse(a_request(a.raw(a.a_shopify_cart()), headers), SETTINGS)


def test_the_shop_domain_counts_in_any_case() -> None:
    assert read(
        "carts/update", a.a_shopify_cart(), **{"X-Shopify-Shop-Domain": "Kubek.MyShopify.com"}
    )


def test_a_topic_that_is_not_used_is_ignored_whatever_its_body() -> None:
    assert read("products/update", a.a_shopify_cart()) == Ignored(
        "topic 'products/update' is not used"
    )


def test_a_request_without_topic_says_so() -> None:
    with pytest.raises(PayloadError, match="X-Shopify-Topic: is missing"):
        shopify.parse(a_request(b"{}"), SETTINGS)


def test_what_shopifys_own_library_signs_is_genuine() -> None:
    vectors = a.SHARED_PAYLOADS / "standard-webhooks" / "signature-vectors.json"
    if not vectors.exists():
        pytest.skip("the public signature vectors are not here")
    vector = next(
        v for v in json.loads(vectors.read_text())["vectors"] if v["platform"] == "shopify"
    )
    request = a_request(vector["body"].encode(), {vector["header"]: vector["signature"]})
    shopify.verify(request, [vector["secret"]])
    with pytest.raises(SignatureError):
        shopify.verify(a_request(request.body + b" ", request.headers), [vector["secret"]])


# --- carts


def test_a_cart_tells_its_content_and_no_shopper() -> None:
    (cart,) = read("carts/update", a.a_shopify_cart())
    assert cart.cart_id == "hWN9cart0001"
    assert cart.at == datetime(2026, 10, 14, 9, 11, tzinfo=UTC)
    assert cart.created_at == datetime(2026, 10, 14, 8, 58, tzinfo=UTC)
    assert cart.contact == Contact()
    assert cart.content.currency == "PLN"
    assert cart.content.total == Decimal("98.00")
    item = Item(
        product_id="8100200300401",
        variant_id="47100200300400",
        title="Kubek w kropki",
        quantity=2,
        unit_price=Decimal("49.00"),
    )
    assert cart.content.items == (item,)


def test_an_emptied_cart_is_empty() -> None:
    (cart,) = read("carts/update", a.a_shopify_cart(line_items=[]))
    assert cart.content.items == ()


def test_lines_of_zero_are_dropped() -> None:
    lines = [a.a_cart_line(quantity=0), a.a_cart_line(quantity=-1), a.a_cart_line(title="Talerz")]
    (cart,) = read("carts/update", a.a_shopify_cart(line_items=lines))
    assert [item.title for item in cart.content.items] == ["Talerz"]
    assert cart.content.total == Decimal("98.00")


def test_a_gift_card_stays_in_the_cart() -> None:
    (cart,) = read("carts/update", a.a_shopify_cart(line_items=[a.a_cart_line(gift_card=True)]))
    assert len(cart.content.items) == 1


def test_a_cart_shows_what_the_shopper_sees_not_the_shops_currency() -> None:
    prices = {
        "shop_money": {"amount": "49.00", "currency_code": "PLN"},
        "presentment_money": {"amount": "11.50", "currency_code": "EUR"},
    }
    line = a.a_cart_line(price_set=prices, line_price_set=a.shopify_money("23.00", "EUR"))
    (cart,) = read("carts/update", a.a_shopify_cart(line_items=[line]))
    assert cart.content.currency == "EUR"
    assert cart.content.items[0].unit_price == Decimal("11.50")
    assert cart.content.total == Decimal("23.00")


def test_money_without_a_currency_is_not_shown() -> None:
    (cart,) = read(
        "carts/update",
        a.a_shopify_cart(line_items=[a.a_cart_line(price_set=None, line_price_set=None)]),
    )
    assert (cart.content.currency, cart.content.total, cart.content.items[0].unit_price) == (
        None,
        None,
        None,
    )


def test_a_cart_of_two_currencies_has_no_total() -> None:
    lines = [a.a_cart_line(), a.a_cart_line(currency="EUR")]
    (cart,) = read("carts/update", a.a_shopify_cart(line_items=lines))
    assert cart.content.total is None
    assert [item.unit_price for item in cart.content.items] == [Decimal("49.00"), None]


def test_a_cart_without_token_is_refused() -> None:
    assert the_problem("carts/update", a.a_shopify_cart(id=None, token=None))[0] == "token"


@pytest.mark.parametrize(
    "price", ["free", "12,500", "1e3", "NaN", "-1.00", "", True, {}, "1" * 12, "٣.00"]
)
def test_money_that_is_no_number_is_unknown(price: Any) -> None:
    body = a.a_shopify_checkout(
        total_price=price, line_items=[a.a_checkout_line(), a.a_checkout_line() | {"price": price}]
    )
    (cart,) = read("checkouts/update", body)
    assert [item.unit_price for item in cart.content.items] == [Decimal("49.00"), None]
    assert cart.content.total is None
    assert set(warned("checkouts/update", body)) == (
        {"line_items.1.price", "total_price"} if price != "" else set()
    )


def test_a_line_that_is_none_costs_that_line_and_the_sum_of_all() -> None:
    lines = [None, a.a_cart_line() | {"quantity": "kilka"}, a.a_cart_line(title=True, sku="K-1")]
    body = a.a_shopify_cart(line_items=lines)
    (cart,) = read("carts/update", body)
    assert [item.title for item in cart.content.items] == ["K-1"]
    assert cart.content.total is None
    assert list(warned("carts/update", body)) == [
        "line_items.0",
        "line_items.1.quantity",
        "line_items.2.title",
    ]


def test_amounts_of_no_currency_are_unknown() -> None:
    (cart,) = read(
        "checkouts/update", a.a_shopify_checkout(currency=None, presentment_currency="zł")
    )
    assert (cart.content.total, cart.content.items[0].unit_price) == (None, None)


def test_numbers_where_strings_are_promised_are_exact_too() -> None:
    line = a.a_checkout_line(
        price=0.1, quantity="3", product_id="8100200300401", presentment_title=2026
    )
    (cart,) = read("checkouts/update", a.a_shopify_checkout(line_items=[line], total_price=112))
    assert cart.content.items[0].unit_price == Decimal("0.1")
    assert cart.content.items[0].quantity == 3
    assert cart.content.items[0].title == "2026 – zielony"
    assert cart.content.total == Decimal(112)


def test_a_title_may_be_long_and_broken_over_lines_but_stays_one_line() -> None:
    (cart,) = read(
        "carts/update", a.a_shopify_cart(line_items=[a.a_cart_line(title="Kubek\r\n" + "x" * 900)])
    )
    title = cart.content.items[0].title
    assert title.startswith("Kubek xxx")
    assert len(title) == 500


def test_a_cart_of_five_hundred_lines_keeps_the_first_hundred() -> None:
    lines = [a.a_cart_line(title=f"Kubek {number}") for number in range(500)]
    (cart,) = read("carts/update", a.a_shopify_cart(line_items=lines))
    assert [item.title for item in cart.content.items] == [
        f"Kubek {number}" for number in range(100)
    ]
    assert cart.content.total == 500 * Decimal("98.00")


# --- checkouts


def test_a_checkout_tells_the_shopper_and_the_way_back() -> None:
    (cart,) = read("checkouts/update", a.a_shopify_checkout())
    assert (cart.cart_id, cart.checkout_id) == ("hWN9cart0001", "c0ffee00c0ffee00")
    assert cart.at == datetime(2026, 10, 14, 9, 12, tzinfo=UTC)
    assert cart.contact == Contact(
        platform_id="7001002003004",
        email="ala.nowak@poczta.example",
        locale="pl-PL",
        record_email="ala.nowak@poczta.example",
        record_first_name="Ala",
    )
    assert cart.content.items[0].title == "Kubek w kropki – zielony"
    assert (cart.content.total, cart.content.currency) == (Decimal("112.99"), "PLN")
    assert (
        cart.content.recovery_url
        == "https://checkout.kubek.example/61/checkouts/c0ffee00c0ffee00/recover?key=k"
    )
    assert yeses(cart) == {}


def test_what_was_typed_is_not_what_the_customers_record_says() -> None:
    """Shopify looks the customer up by the e-mail that was typed, and keeps a guest's phone in the
    record it finds."""
    record = {
        "id": 7,
        "email": "Wanda@poczta.example",
        "phone": "+48601000001",
        "first_name": "Wanda",
    }
    typed = {"email": "obca@poczta.example", "phone": "+48601000002"}
    bodies = {"checkouts/update": a.a_shopify_checkout, "orders/create": a.a_shopify_order}
    for topic, body in bodies.items():
        shopper = read(topic, body(customer=record, **typed))[0].contact
        assert (shopper.email, shopper.phone) == ("obca@poczta.example", "+48601000002")
        assert (shopper.record_email, shopper.record_phone) == ("wanda@poczta.example", None)
        assert (shopper.record_first_name, shopper.id_by_login) == ("Wanda", False)


def test_without_a_cart_token_the_checkout_is_its_own_cart() -> None:
    (cart,) = read("checkouts/update", a.a_shopify_checkout(cart_token=None))
    assert (cart.cart_id, cart.checkout_id) == ("c0ffee00c0ffee00", "c0ffee00c0ffee00")


def test_a_checkout_without_any_token_is_refused() -> None:
    assert (
        the_problem("checkouts/update", a.a_shopify_checkout(cart_token=None, token=""))[0]
        == "token"
    )


@pytest.mark.parametrize("customer", [None, [], {}, ""])
def test_a_guest_without_email_is_nobody_yet(customer: Any) -> None:
    body = a.a_shopify_checkout(email=None, customer=customer)
    (cart,) = read("checkouts/update", body)
    assert not cart.contact.reachable
    del body["customer"], body["email"]
    assert read("checkouts/update", body) == (cart,)


def test_a_way_back_on_another_host_is_left_out() -> None:
    for url in (
        "https://evil.example/recover",
        "http://kubek.example/",
        "https://kubek.example@evil.example/",
        "https://[",
        "x" * 3000,
    ):
        (cart,) = read("checkouts/update", a.a_shopify_checkout(abandoned_checkout_url=url))
        assert cart.content.recovery_url is None


def test_a_checkouts_amounts_are_in_the_presentment_currency() -> None:
    (cart,) = read(
        "checkouts/update", a.a_shopify_checkout(currency="PLN", presentment_currency="EUR")
    )
    assert cart.content.currency == "EUR"


def test_a_ticked_box_is_a_yes_of_the_moment_the_checkout_began() -> None:
    (cart,) = read("checkouts/update", a.a_shopify_checkout(buyer_accepts_marketing=True))
    began = datetime(2026, 10, 14, 9, 1, tzinfo=UTC)
    assert yeses(cart) == {
        Channel.EMAIL: Consent(state=ConsentState.SUBSCRIBED, at=began, source="checkout")
    }


@pytest.mark.parametrize("box", [False, None, "true", 1, "yes"])
def test_only_a_plain_true_is_a_yes(box: Any) -> None:
    (cart,) = read("checkouts/update", a.a_shopify_checkout(buyer_accepts_marketing=box))
    assert yeses(cart) == {}


def test_a_box_unticked_again_takes_back_what_the_same_checkout_gave() -> None:
    (cart,) = read("checkouts/update", a.a_shopify_checkout(buyer_accepts_marketing=False))
    assert cart.consent[Channel.EMAIL].state is ConsentState.UNKNOWN


def test_a_yes_of_unknown_date_could_outlive_a_later_no_and_does_not_count() -> None:
    (cart,) = read(
        "checkouts/update", a.a_shopify_checkout(buyer_accepts_marketing=True, created_at=None)
    )
    assert yeses(cart) == {}


def test_a_yes_to_sms_is_for_the_number_it_was_given_for() -> None:
    changes = {
        "phone": "+48602222222",
        "sms_marketing_phone": "601 234 567",
        "buyer_accepts_sms_marketing": True,
    }
    (cart,) = read("checkouts/update", a.a_shopify_checkout(**changes))
    assert cart.contact.phone == "+48601234567"
    assert set(yeses(cart)) == {Channel.SMS}


def test_a_yes_to_sms_without_a_usable_number_is_none() -> None:
    changes = {
        "phone": "+48602222222",
        "sms_marketing_phone": "555-SHIP",
        "buyer_accepts_sms_marketing": True,
    }
    (cart,) = read("checkouts/update", a.a_shopify_checkout(**changes))
    assert cart.contact.phone is None
    assert yeses(cart) == {}


@pytest.mark.parametrize("completed", [True, "yes", "2026-10-14", 1, [1]])
def test_a_checkout_completed_at_an_unreadable_time_is_completed(completed: Any) -> None:
    order, _ = read("checkouts/update", a.a_shopify_checkout(completed_at=completed))
    assert isinstance(order, OrderPlaced)
    assert order.placed_at == NOW


@pytest.mark.parametrize("box", ["no", "false", 0, "0", False])
def test_a_box_that_says_no_takes_back_what_the_same_checkout_gave(box: Any) -> None:
    (cart,) = read("checkouts/update", a.a_shopify_checkout(buyer_accepts_marketing=box))
    assert cart.consent[Channel.EMAIL].state is ConsentState.UNKNOWN


def test_a_completed_checkout_is_an_order_before_anything_else() -> None:
    order, cart = read(
        "checkouts/update", a.a_shopify_checkout(completed_at="2026-10-14T11:12:00+02:00")
    )
    assert isinstance(cart, CartUpdated)
    assert order == OrderPlaced(
        at=datetime(2026, 10, 14, 9, 12, tzinfo=UTC),
        order_id=None,
        placed_at=datetime(2026, 10, 14, 9, 12, tzinfo=UTC),
        cart_ids=("hWN9cart0001", "c0ffee00c0ffee00"),
        checkout_ids=("c0ffee00c0ffee00",),
        contact=cart.contact,
    )


def test_a_checkout_the_shop_has_closed_is_gone() -> None:
    events = read("checkouts/update", a.a_shopify_checkout(closed_at="2026-10-14T11:12:00+02:00"))
    assert events == (
        CartDeleted(at=datetime(2026, 10, 14, 9, 12, tzinfo=UTC), cart_id="hWN9cart0001"),
    )


def test_a_deleted_checkout_is_gone_since_shopify_said_so() -> None:
    headers = {"X-Shopify-Triggered-At": "2026-10-14T09:20:14.518371058Z"}
    (gone,) = read("checkouts/delete", a.a_shopify_checkout_deletion(), **headers)
    assert gone == CartDeleted(
        at=datetime(2026, 10, 14, 9, 20, 14, 518371, tzinfo=UTC), cart_id="hWN9cart0001"
    )


@pytest.mark.parametrize("triggered", [None, "soon", "2026-10-14T09:20:14", "2031-01-01T00:00:00Z"])
def test_where_shopify_names_no_believable_time_it_is_the_time_of_receipt(
    triggered: str | None,
) -> None:
    headers = {"X-Shopify-Triggered-At": triggered} if triggered else {}
    (gone,) = read("checkouts/delete", a.a_shopify_checkout_deletion(), **headers)
    assert gone.at == NOW


def test_the_time_of_receipt_runs_on_the_virtual_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.STARTED_AT, (NOW - timedelta(minutes=1)).isoformat())
    monkeypatch.setenv(clock.SPEED, "3600")
    (gone,) = read("checkouts/delete", a.a_shopify_checkout_deletion())
    assert gone.at == NOW - timedelta(minutes=1) + timedelta(hours=60)


def test_a_deleted_checkout_that_names_no_cart_is_ignored() -> None:
    assert read("checkouts/delete", a.a_shopify_checkout_deletion(cart_token=None)) == Ignored(
        "the deleted checkout names no cart"
    )


def test_a_box_unticked_at_an_unreadable_time_takes_back_the_yes_too() -> None:
    (cart,) = read(
        "checkouts/update", a.a_shopify_checkout(buyer_accepts_marketing=False, created_at={})
    )
    assert cart.consent[Channel.EMAIL].state is ConsentState.UNKNOWN
