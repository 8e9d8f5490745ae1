"""WooCommerce without a plugin: signatures, the ping, and what each status of an order becomes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.platform_contract import ShopContract
from support.webhook_bodies import NOW, Json, a_request, raw, settings_of
from support.woocommerce_bodies import (
    KEY,
    OTHER_WOOCOMMERCE_SECRET,
    SETTINGS,
    WOOCOMMERCE_BODIES,
    WOOCOMMERCE_SECRET,
    a_coupon_line,
    a_refund_stub,
    a_woo_draft,
    a_woo_line,
    a_woo_order,
    parsed,
    read,
    the_problem,
)
from wracaj.errors import PayloadError, SignatureError
from wracaj.events import (
    CartUpdated,
    Contact,
    Item,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    Product,
)
from wracaj.platforms import Ignored
from wracaj.platforms.woocommerce import webhooks as woocommerce
from wracaj.platforms.woocommerce.ways_back import with_code

CHANGED = datetime(2026, 10, 14, 9, 29, tzinfo=UTC)
BEGUN = datetime(2026, 10, 14, 9, 1, tzinfo=UTC)


class TestContract(ShopContract):
    name = "woocommerce"
    section = {"site_url": "https://kubek.example"}
    secret = WOOCOMMERCE_SECRET
    other_secret = OTHER_WOOCOMMERCE_SECRET
    signature_header = woocommerce.SIGNATURE
    bodies = WOOCOMMERCE_BODIES
    cart_topic = "order.updated"
    order_topic = "order.created"

    def a_body_of_cart(self, cart_id: str) -> Json:
        return a_woo_draft(order_key=cart_id)


def only(body: Any, **settings: Any) -> Any:
    (event,) = read(body, **settings)
    return event


# --- the ping


def test_the_ping_is_answered_and_changes_nothing() -> None:
    ping = a_request(b"webhook_id=4", {"Content-Type": "application/x-www-form-urlencoded"})
    woocommerce.verify(ping, [WOOCOMMERCE_SECRET])
    told = woocommerce.parse(ping, SETTINGS).told
    assert told == Ignored("this is WooCommerce's ping, sent when a webhook is saved")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"webhook_id=4&id=1", {}),
        (b"webhook_id=", {}),
        (b"webhook_id=4", {woocommerce.TOPIC: "order.created"}),
        (b"webhook_id=4", {woocommerce.SIGNATURE: "AAAA"}),
        (raw(a_woo_order()), {"Content-Type": "application/x-www-form-urlencoded"}),
    ],
)
def test_nothing_else_passes_without_a_signature(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        woocommerce.verify(a_request(body, headers), [WOOCOMMERCE_SECRET])


def test_a_webhook_without_its_topic_says_what_is_missing() -> None:
    with pytest.raises(PayloadError, match=r"X-WC-Webhook-Topic: is missing"):
        woocommerce.parse(a_request(raw(a_woo_order())), SETTINGS)


@pytest.mark.parametrize("topic", ["coupon.created", "product.updated", "action.woocommerce_x"])
def test_other_topics_are_taken_and_not_used(topic: str) -> None:
    assert read({"id": 7}, topic) == Ignored(f"topic {topic!r} is not used")


# --- drafts are carts


def test_a_draft_is_a_cart_with_its_e_mail() -> None:
    cart = only(a_woo_draft())
    assert isinstance(cart, CartUpdated)
    assert (cart.cart_id, cart.checkout_id) == (KEY, "1204")
    assert (cart.at, cart.created_at) == (datetime(2026, 10, 14, 9, 12, tzinfo=UTC), BEGUN)
    assert cart.contact == Contact(
        email="ala.nowak@poczta.example", phone="+48601234567", first_name="Ala"
    )
    assert cart.content is not None
    assert cart.content.items == (
        Item(
            product_id="10",
            title="Kubek w kropki",
            quantity=Decimal(2),
            unit_price=Decimal("49.00"),
        ),
    )
    assert (cart.content.total, cart.content.currency) == (Decimal("112.99"), "PLN")


@pytest.mark.parametrize("topic", ["order.created", "order.updated", "order.restored"])
@pytest.mark.parametrize("status", ["checkout-draft", "wc-checkout-draft", "Checkout-Draft"])
def test_a_draft_is_never_a_purchase_whatever_the_topic_says(topic: str, status: str) -> None:
    told = read(a_woo_draft(status=status, date_paid_gmt="2026-10-14T09:10:00"), topic)
    assert [type(event) for event in told] == [CartUpdated]


def test_a_draft_without_lines_is_an_emptied_cart() -> None:
    assert only(a_woo_draft(line_items=[])).content.items == ()


def test_a_draft_without_an_address_is_kept_and_reaches_nobody() -> None:
    cart = only(a_woo_draft(billing={"email": "", "phone": ""}))
    assert not cart.contact.reachable
    assert cart.content.items


def test_a_draft_without_its_key_goes_by_its_number() -> None:
    assert only(a_woo_draft(order_key="")).cart_id == "1204"
    field, problem = the_problem(a_woo_draft(order_key="", id=0))
    assert (field, "which cart" in problem) == ("order_key", True)


@pytest.mark.parametrize(
    ("line", "price"),
    [
        ({"quantity": 1, "total": "161.79", "total_tax": "37.21"}, "199.00"),
        ({"quantity": 3, "total": "81.30", "total_tax": "18.70"}, "33.3333"),
        ({"quantity": 2, "total": "40.00", "total_tax": "0.00"}, "20.00"),
        ({"quantity": 0.5, "total": "10.00", "total_tax": "2.30"}, "24.60"),
    ],
)
def test_a_price_is_with_tax_although_lines_are_net(line: Json, price: str) -> None:
    (item,) = only(a_woo_draft(line_items=[a_woo_line(**line)])).content.items
    assert item.unit_price == Decimal(price)


def test_a_price_without_its_tax_is_not_shown() -> None:
    (item,) = only(a_woo_draft(line_items=[a_woo_line(total_tax=None)])).content.items
    assert item.unit_price is None


def test_a_variation_and_its_picture() -> None:
    line = a_woo_line(variation_id=23, image={"id": "5", "src": "https://kubek.example/k.jpg"})
    (item,) = only(a_woo_draft(line_items=[line])).content.items
    assert (item.product_id, item.variant_id) == ("10", "23")
    assert item.image_url == "https://kubek.example/k.jpg"


# --- the way back


def test_the_way_back_is_the_shops_own_checkout_link() -> None:
    lines = [a_woo_line(), a_woo_line(product_id=22, variation_id=23, quantity=1)]
    content = only(a_woo_draft(line_items=lines)).content
    assert content.recovery_url == "https://kubek.example/checkout-link/?products=10:2,23:1"


def test_the_shoppers_own_coupon_is_in_the_way_back() -> None:
    content = only(a_woo_draft(coupon_lines=[a_coupon_line("lato & wino")])).content
    assert content.recovery_url == (
        "https://kubek.example/checkout-link/?products=10:2&coupon=lato%20%26%20wino"
    )


def test_our_code_takes_the_place_of_the_shoppers_own_coupon() -> None:
    own = "https://kubek.example/checkout-link/?products=10:2&coupon=lato"
    assert with_code(own, "K7DM-4XRA-PL9C") == (
        "https://kubek.example/checkout-link/?products=10:2&coupon=K7DM-4XRA-PL9C"
    )
    assert with_code("https://kubek.example/", "K7DM") == "https://kubek.example/"


def test_the_way_back_opens_no_session() -> None:
    body = a_woo_draft(
        payment_url="https://kubek.example/zamowienie/order-pay/1204/?key=" + KEY,
        meta_data=[{"key": "session", "value": "t_abc"}],
    )
    link = only(body).content.recovery_url
    assert KEY not in link
    assert "session" not in link
    assert "t_abc" not in link


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [a_woo_line(product_id=0)],
        [a_woo_line(quantity=0.5)],
        [a_woo_line(product_id="10:1&coupon=X")],
    ],
)
def test_what_a_link_cannot_hold_is_left_out(lines: list[Json]) -> None:
    assert only(a_woo_draft(line_items=lines)).content.recovery_url is None


def test_a_site_in_a_folder_has_its_link_there() -> None:
    content = only(
        a_woo_draft(), woocommerce={"site_url": "https://kubek.example/sklep/?lang=pl"}
    ).content
    assert content.recovery_url.startswith("https://kubek.example/sklep/checkout-link/?products=")


# --- statuses


@pytest.mark.parametrize("status", ["processing", "completed", "on-hold", "wc-on-hold", "wyslane"])
def test_an_order_is_bought_from_when_it_is_placed_paid_or_not(status: str) -> None:
    placed = only(a_woo_order(status=status))
    assert isinstance(placed, OrderPlaced)
    assert (placed.order_id, placed.at) == ("1204", CHANGED)
    assert (placed.cart_ids, placed.checkout_ids) == ((KEY,), ("1204",))
    assert (placed.total, placed.currency) == (Decimal("112.99"), "PLN")
    assert placed.current_total is None
    assert placed.stands


def test_the_parts_of_an_order_are_with_tax() -> None:
    placed = only(a_woo_order(discount_total="16.18", discount_tax="3.72"))
    parts = (placed.tax, placed.shipping, placed.discount)
    assert parts == (Decimal("21.13"), Decimal("14.99"), Decimal("19.90"))


def test_what_was_bought_and_with_which_code() -> None:
    placed = only(a_woo_order(coupon_lines=[a_coupon_line(), a_coupon_line("lato-2026")]))
    assert placed.products == (Product(product_id="10", title="Kubek w kropki"),)
    assert placed.discount_codes == ("K7DM-4XRA-PL9C", "lato-2026")


def test_a_payment_that_is_awaited_stops_reminders_and_is_not_counted_yet() -> None:
    placed = only(a_woo_order(status="pending"))
    assert isinstance(placed, OrderPlaced)
    assert (placed.order_id, placed.total, placed.stands) == (None, None, False)
    assert (placed.cart_ids, placed.checkout_ids) == ((KEY,), ("1204",))
    assert placed.contact.email == "ala.nowak@poczta.example"


def test_a_failed_payment_is_no_purchase_and_its_cart_is_still_there() -> None:
    cancelled, cart = read(a_woo_order(status="failed"))
    assert cancelled == OrderCancelled(at=CHANGED, order_id="1204")
    assert isinstance(cart, CartUpdated)
    assert cart.cart_id == KEY
    assert cart.content is not None
    assert cart.content.recovery_url


@pytest.mark.parametrize("via", ["admin", "subscription", "rest-api", ""])
def test_a_failed_renewal_is_no_cart(via: str) -> None:
    (cancelled,) = read(a_woo_order(status="failed", created_via=via))
    assert isinstance(cancelled, OrderCancelled)


@pytest.mark.parametrize("status", ["cancelled", "trash"])
def test_a_cancelled_order_ends_its_cart_and_counts_no_more(status: str) -> None:
    cancelled, placed = read(a_woo_order(status=status))
    assert (placed.order_id, placed.stands) == ("1204", False)
    assert cancelled == OrderCancelled(at=CHANGED, order_id="1204")


def test_an_order_in_the_bin_is_cancelled_and_out_of_it_stands_again() -> None:
    (cancelled,) = read({"id": 1204}, "order.deleted")
    assert cancelled == OrderCancelled(at=NOW, order_id="1204")
    (placed,) = read(a_woo_order(), "order.restored")
    assert (placed.at, placed.stands) == (NOW, True)
    assert the_problem({}, "order.deleted")[0] == "id"


@pytest.mark.parametrize("status", ["auto-draft", "draft", "new"])
def test_an_order_that_the_shop_is_writing_is_nothing_yet(status: str) -> None:
    told = read(a_woo_order(status=status), "order.created")
    assert told == Ignored("the shop is still writing this order")


def test_an_order_without_a_status_stops_reminders_and_is_not_counted() -> None:
    told = parsed(a_woo_order(status=None))
    assert isinstance(told.told, tuple)
    (placed,) = told.told
    assert isinstance(placed, OrderPlaced)
    assert placed.order_id is None
    assert dict(told.warnings)["status"].startswith("is missing")


# --- refunds


def test_refunds_come_inside_an_update() -> None:
    stubs = [a_refund_stub(), a_refund_stub(id=1302, total="-0.01"), a_refund_stub(id=3, total="0")]
    *refunds, placed = read(a_woo_order(refunds=stubs))
    assert isinstance(placed, OrderPlaced)
    assert placed.total == Decimal("112.99")
    assert refunds == [
        OrderRefunded(
            at=CHANGED, order_id="1204", refund_id="1301", currency="PLN", amount=Decimal("12.99")
        ),
        OrderRefunded(
            at=CHANGED, order_id="1204", refund_id="1302", currency="PLN", amount=Decimal("0.01")
        ),
    ]


def test_a_refund_that_cannot_be_read_is_of_an_unknown_amount() -> None:
    refund, _ = read(a_woo_order(refunds=[a_refund_stub(total="wszystko")]))
    assert (refund.refund_id, refund.amount) == ("1301", None)


def test_a_full_refund_is_its_refunds_and_without_them_a_cancellation() -> None:
    refunded = read(a_woo_order(status="refunded", refunds=[a_refund_stub(total="-112.99")]))
    assert [type(event) for event in refunded] == [OrderRefunded, OrderPlaced]
    assert [type(event) for event in read(a_woo_order(status="refunded"))] == [
        OrderCancelled,
        OrderPlaced,
    ]


def test_an_order_awaiting_its_payment_has_nothing_to_refund() -> None:
    assert len(read(a_woo_order(status="pending", refunds=[a_refund_stub()]))) == 1


# --- who, when


def test_a_guest_has_no_account_and_a_login_is_one() -> None:
    assert only(a_woo_order()).contact.platform_id is None
    logged_in = only(a_woo_order(customer_id=77)).contact
    assert (logged_in.platform_id, logged_in.id_by_login) == ("77", True)
    by_the_shop = only(a_woo_order(customer_id=77, created_via="admin")).contact
    assert (by_the_shop.platform_id, by_the_shop.id_by_login) == ("77", False)


def test_a_plugins_language_is_the_shoppers() -> None:
    spoken = [{"key": "wpml_language", "value": "en"}]
    assert only(a_woo_draft(meta_data=spoken)).contact.locale == "en"
    other = [{"key": "jezyk", "value": "de"}]
    settings: Json = {"woocommerce": {"language_key": "jezyk"}}
    assert only(a_woo_draft(meta_data=other), **settings).contact.locale == "de"
    assert (
        only(a_woo_draft(meta_data=[{"key": "wpml_language", "value": {}}])).contact.locale is None
    )


def test_times_are_gmt_and_else_the_shops_own() -> None:
    local = only(a_woo_order(date_modified_gmt=None, date_created_gmt=""))
    assert (local.at, local.placed_at) == (CHANGED, CHANGED)
    unchanged = a_woo_order(date_modified_gmt="wczoraj", date_modified=None)
    assert only(unchanged).at == NOW
    bare = a_woo_order(**dict.fromkeys([*_TIMES, *(f"{name}_gmt" for name in _TIMES)]))
    assert only(bare).at == NOW
    assert parsed(a_woo_order(date_modified_gmt="wczoraj")).warnings[0][0] == "date_modified_gmt"


_TIMES = ("date_created", "date_modified")


@pytest.mark.parametrize(
    ("changes", "placed_at"),
    [
        ({}, CHANGED),
        ({"date_paid_gmt": "2026-10-14T09:20:00"}, CHANGED - timedelta(minutes=9)),
        ({"date_modified_gmt": "2026-10-20T08:00:00"}, BEGUN + timedelta(days=1)),
        ({"date_modified_gmt": "2026-10-14T08:00:00"}, BEGUN),
        (dict.fromkeys(("date_modified", "date_modified_gmt")), BEGUN + timedelta(days=1)),
        ({"created_via": "checkout"}, BEGUN),
        ({"created_via": "admin"}, BEGUN),
    ],
)
def test_an_order_of_the_block_checkout_is_dated_by_its_draft_and_was_placed_later(
    changes: Json, placed_at: datetime
) -> None:
    assert only(a_woo_order(**changes)).placed_at == placed_at


def test_gmt_times_without_an_offset_are_no_mistake() -> None:
    assert parsed(a_woo_order()).warnings == ()
    assert parsed(a_woo_draft()).warnings == ()


def test_an_order_without_a_number_stops_reminders_and_is_not_counted() -> None:
    told = parsed(a_woo_order(id=None))
    assert isinstance(told.told, tuple)
    (placed,) = told.told
    assert isinstance(placed, OrderPlaced)
    assert (placed.order_id, placed.cart_ids) == (None, (KEY,))
    assert "id" in dict(told.warnings)
    nobody = a_woo_order(id=None, order_key="", billing=None)
    assert the_problem(nobody)[0] == "id"


def test_a_test_event_is_not_older_than_the_moment_that_it_is_made_for() -> None:
    moment = NOW.replace(microsecond=400_000)
    _, body = woocommerce.test_event(SETTINGS, moment, "ania@poczta.example", agrees=True)
    (cart,) = read(body)
    assert isinstance(cart, CartUpdated)
    assert cart.created_at and moment <= cart.created_at <= moment + timedelta(seconds=1)


def test_two_deliveries_of_one_second_share_their_id_and_are_two_orders() -> None:
    """WooCommerce makes the id from the webhook and the second."""
    first, second = (raw(a_woo_order(id=number)) for number in (1, 2))
    headers = [
        woocommerce.sign("order.created", body, SETTINGS, WOOCOMMERCE_SECRET, NOW)
        for body in (first, second)
    ]
    ids = {header["X-WC-Webhook-Delivery-ID"] for header in headers}
    assert len(ids) == 1
    told: list[Any] = [
        woocommerce.parse(a_request(body, header), SETTINGS).told
        for body, header in zip((first, second), headers, strict=True)
    ]
    assert [placed.order_id for (placed,) in told] == ["1", "2"]


def test_a_test_event_is_later_than_what_came_before() -> None:
    _, body = woocommerce.test_event(SETTINGS, NOW + timedelta(hours=1), "ktos@poczta.example")
    assert only(body).at == NOW + timedelta(hours=1)


# --- settings


def test_links_back_need_their_host_on_the_list() -> None:
    from wracaj.errors import SettingsError

    with pytest.raises(SettingsError, match=r"recovery_hosts: .*sklep\.example"):
        settings_of("woocommerce", woocommerce={"site_url": "https://sklep.example"})
