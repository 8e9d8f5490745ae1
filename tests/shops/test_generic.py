from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from shops import builders as a
from shops.builders import Json, a_request, an_envelope, raw, settings_of
from shops.contract import ShopContract
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.errors import PayloadError
from wracaj.events import (
    CartContent,
    CartDeleted,
    CartUpdated,
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    Item,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
    Product,
    ProductViewed,
    ReviewWritten,
)
from wracaj.shops import Ignored, Parsed, ShopPlatform, generic

SETTINGS = settings_of("generic")
CONTRACT: ShopPlatform = generic
JAN = Contact(
    platform_id="42", id_by_login=True, email="jan.kos@poczta.example", phone="+48601234567", first_name="Jan", locale="pl-PL"
)
JANS_RECORD = JAN.model_copy(
    update={"record_email": "jan.kos@poczta.example", "record_phone": "+48601234567", "record_first_name": "Jan"}
)
CUP = Product(
    product_id="p-1",
    title="Filiżanka",
    url="https://kubek.example/filizanka",
    image_url="https://cdn.kubek.example/1.jpg",
    price=Decimal("199.00"),
    currency="PLN",
)
HAPPENED = datetime(2026, 10, 14, 9, 30, tzinfo=UTC)
UPDATED = datetime(2026, 10, 14, 9, 28, tzinfo=UTC)
SAID = datetime(2026, 10, 14, 9, 29, tzinfo=UTC)


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


def read(type_: str, data: Any, **changes: Any) -> Any:
    return parsed(type_, data, **changes).told


def parsed(type_: str, data: Any, **changes: Any) -> Parsed:
    return generic.parse(a_request(raw(an_envelope(type_, data, **changes))), SETTINGS)


def warned(type_: str, data: Any, **changes: Any) -> dict[str, str]:
    return dict(parsed(type_, data, **changes).warnings)


def problems(type_: str, data: Any, **changes: Any) -> dict[str, str]:
    with pytest.raises(PayloadError) as refused:
        read(type_, data, **changes)
    return dict(refused.value.problems)


# --- envelope


def test_an_unknown_type_is_ignored_even_of_an_unknown_schema() -> None:
    body = {"type": "stock.low", "data": {"schema": 9}}
    assert generic.parse(a_request(raw(body)), SETTINGS) == Parsed(Ignored("type 'stock.low' is not used"))


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
    assert parsed("cart.updated", a.a_generic_cart(colour="red"), sender="x") == parsed("cart.updated", a.a_generic_cart())


@pytest.mark.parametrize(
    ("changes", "field", "meant"),
    [
        ({"totl": "1.00"}, "data.totl", "total"),
        ({"update_at": None}, "data.update_at", "updated_at"),
        ({"customer": a.a_customer(mail="x@poczta.example")}, "data.customer.mail", "email"),
        ({"items": [a.an_item(), a.an_item(image_ulr="x")]}, "data.items.1.image_ulr", "image_url"),
        ({"items": [a.an_item(), a.an_item(productid="7"), a.an_item(productid="8")]}, "data.items.1.productid", "product_id"),
        ({"consent": {"emial": a.a_word()}}, "data.consent.emial", "email"),
    ],
)
def test_a_key_like_one_that_is_read_is_named(changes: Json, field: str, meant: str) -> None:
    assert warned("cart.updated", a.a_generic_cart(**changes)) == {field: f"is not known; did you mean {meant}?"}


def test_a_key_that_is_read_elsewhere_is_nobodys_mistake() -> None:
    customer = a.a_customer(last_name="Kos", birthday=None)
    assert warned("order.created", a.a_generic_order(items=[a.an_item()], customer=customer, order_id="1")) == {}


def test_a_type_like_one_that_is_read_is_named() -> None:
    body = {"type": "order.create", "data": {}}
    assert generic.parse(a_request(raw(body)), SETTINGS).warnings == (("type", "is not known; did you mean order.created?"),)


def test_a_time_without_offset_is_the_shops_own() -> None:
    times = {"updated_at": "2026-10-14T11:28:00", "created_at": "2026-10-14 11:00"}
    changed = parsed("cart.updated", a.a_generic_cart(**times), timestamp="2026-10-14 11:30:00")
    assert changed.told == read("cart.updated", a.a_generic_cart())
    reason = "has no offset, such as Z or +02:00: taken as the time in Europe/Warsaw, the shop's time_zone"
    assert dict(changed.warnings) == dict.fromkeys(("timestamp", "data.updated_at", "data.created_at"), reason)


@pytest.mark.parametrize("time", [1791970080, "1791970080", 1791970080000])
def test_seconds_since_1970_are_a_time(time: Any) -> None:
    assert parsed("cart.updated", a.a_generic_cart(updated_at=time)) == parsed("cart.updated", a.a_generic_cart())


NO_TIMES = ["yesterday", "2026-10-14", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "0000-00-00 00:00:00", True, []]


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


# --- carts


@pytest.mark.parametrize("type_", ["cart.created", "cart.updated", "checkout.created", "checkout.updated"])
def test_a_cart_comes_whole(type_: str) -> None:
    item = Item(
        product_id="p-1",
        variant_id="v-1",
        title="Filiżanka",
        quantity=1,
        unit_price=Decimal("199.00"),
        image_url="https://cdn.kubek.example/1.jpg",
    )
    content = CartContent(items=(item,), currency="PLN", total=Decimal("199.00"), recovery_url="https://kubek.example/koszyk/12")
    assert read(type_, a.a_generic_cart()) == (
        CartUpdated(
            at=UPDATED,
            cart_id="cart-12",
            checkout_id="co-7",
            created_at=datetime(2026, 10, 14, 9, tzinfo=UTC),
            content=content,
            contact=JAN,
            consent={Channel.EMAIL: Consent(state=ConsentState.SUBSCRIBED, at=SAID, source="checkout")},
        ),
    )


def test_without_updated_at_the_envelopes_time_counts() -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(updated_at=None))
    assert cart.at == HAPPENED


def test_a_checkout_without_cart_is_its_own_cart() -> None:
    (cart,) = read("checkout.updated", a.a_generic_cart(cart_id=None, checkout_id=777))
    assert (cart.cart_id, cart.checkout_id) == ("777", "777")


def test_a_cart_without_any_id_is_refused() -> None:
    assert problems("cart.updated", a.a_generic_cart(cart_id=None, checkout_id=" ")) == {
        "data": "cart_id or checkout_id is missing"
    }


def test_items_left_out_say_nothing_of_the_content_and_an_empty_list_empties_it() -> None:
    (unsaid,) = read("cart.updated", a.a_generic_cart(items=None))
    (emptied,) = read("cart.updated", a.a_generic_cart(items=[]))
    assert unsaid.content is None
    assert emptied.content.items == ()


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (199.99, "199.99"),
        (199, "199"),
        (" 199.99 ", "199.99"),
        ("199.99000000000001", "199.99"),
        (199.98999999999998, "199.99"),
        ("0.1250", "0.1250"),
        ("0.005000000001", "0.01"),
        (1.5e2, "150"),
        ("0.00", "0.00"),
        ("-0.00", "0.00"),
    ],
)
def test_an_amount_is_read_however_a_shop_writes_numbers(written: Any, exact: str) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(total=written, items=[a.an_item(unit_price=written)]))
    (cart,) = cast(Any, changed.told)
    assert (cart.content.total, cart.content.items[0].unit_price) == (Decimal(exact), Decimal(exact))
    assert changed.warnings == ()


@pytest.mark.parametrize("amount", ["199,00", "1 199.00", "-1.00", -1, "1e3", "NaN", "zł", True, [], {}, "1" * 12, "٣.00", 1e300])
def test_an_amount_that_cannot_be_read_is_unknown(amount: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(total=amount, items=[a.an_item(unit_price=amount)]))
    (cart,) = cast(Any, changed.told)
    assert (cart.content.total, cart.content.items[0].unit_price, cart.content.items[0].title) == (None, None, "Filiżanka")
    assert set(dict(changed.warnings)) == {"data.total", "data.items.0.unit_price"}


def test_a_tail_is_rounded_to_what_the_currency_can_pay() -> None:
    totals = {
        currency: read("order.created", a.a_generic_order(total="10.123456789", currency=currency)) for currency in ("JPY", "BHD")
    }
    assert {currency: order.total for currency, (order,) in totals.items()} == {"JPY": Decimal(10), "BHD": Decimal("10.123")}


@pytest.mark.parametrize("quantity", [1, "1", 1.0, " 1 "])
def test_a_quantity_is_a_number_however_it_is_written(quantity: Any) -> None:
    assert parsed("cart.updated", a.a_generic_cart(items=[a.an_item(quantity=quantity)])) == parsed(
        "cart.updated", a.a_generic_cart()
    )


BAD_LINES: list[tuple[Any, str]] = [
    (None, "data.items.1"),
    ([], "data.items.1"),
    ("Kubek", "data.items.1"),
    ({}, "data.items.1.quantity"),
    ({"title": "Kubek"}, "data.items.1.quantity"),
    ({"title": "Kubek", "quantity": "kilka"}, "data.items.1.quantity"),
    ({"title": "Kubek", "quantity": True}, "data.items.1.quantity"),
    ({"title": "Kubek", "quantity": 10**9}, "data.items.1.quantity"),
]


@pytest.mark.parametrize(("line", "field"), BAD_LINES)
def test_a_line_that_is_none_costs_that_line(line: Any, field: str) -> None:
    lines = [a.an_item(), line, line, a.an_item(title="Spodek")]
    changed = parsed("cart.updated", a.a_generic_cart(items=lines))
    (cart,) = cast(Any, changed.told)
    assert [item.title for item in cart.content.items] == ["Filiżanka", "Spodek"]
    assert list(dict(changed.warnings)) == [field, field.replace(".1", ".2", 1)]


def test_lines_are_named_as_the_shop_counts_them() -> None:
    """The first is left out at once, the others only when it is gone."""
    lines = [None, a.an_item(title=True), {"title": "Kubek"}, a.an_item(unit_price="drogo", product_id=[])]
    assert list(warned("cart.updated", a.a_generic_cart(items=lines))) == [
        "data.items.0",
        "data.items.1.title",
        "data.items.2.quantity",
        "data.items.3.product_id",
        "data.items.3.unit_price",
    ]


@pytest.mark.parametrize(
    "lines", [{"1": a.an_item(), "4": a.an_item(title="Spodek")}, {"0": a.an_item(), "1": a.an_item(title="Spodek")}]
)
def test_a_list_that_php_wrote_as_an_object_is_a_list(lines: Json) -> None:
    assert parsed("cart.updated", a.a_generic_cart(items=lines)) == parsed(
        "cart.updated", a.a_generic_cart(items=[*lines.values()])
    )
    assert read("order.created", a.a_generic_order(items=lines)) == read(
        "order.created", a.a_generic_order(items=[*lines.values()])
    )


def test_one_line_alone_is_a_list_of_one() -> None:
    assert parsed("cart.updated", a.a_generic_cart(items=a.an_item())) == parsed("cart.updated", a.a_generic_cart())


@pytest.mark.parametrize("title", [True, [], {}])
def test_a_title_that_is_no_text_costs_the_title(title: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(items=[a.an_item(title=title)]))
    assert cast(Any, changed.told)[0].content.items[0].title == "—"
    assert dict(changed.warnings) == {"data.items.0.title": "must be text"}


@pytest.mark.parametrize(("written", "read_as"), [(12.0, "12"), ("12.0", "12.0"), (12, "12"), (" 12 ", "12")])
def test_a_whole_number_is_an_id_however_it_is_written(written: Any, read_as: str) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(cart_id=written, customer=a.a_customer(id=written)))
    assert (cart.cart_id, cart.contact.platform_id) == (read_as, read_as)


@pytest.mark.parametrize("id_", [1.5, True, [], "ż" * 128, "a\nb", "\ud800", "\ufffd", float("nan")])
def test_an_id_that_is_none_costs_only_itself(id_: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(customer=a.a_customer(id=id_), cart_id=id_))
    assert changed.told == read("cart.updated", a.a_generic_cart(customer=a.a_customer(id=None), cart_id=None))
    assert list(dict(changed.warnings)) == ["data.customer.id", "data.cart_id"]


def test_items_of_zero_are_dropped() -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(quantity=0), a.an_item(title="Spodek")]))
    assert [item.title for item in cart.content.items] == ["Spodek"]


def test_amounts_without_a_currency_count_for_nothing() -> None:
    changed = parsed("cart.updated", a.a_generic_cart(currency=None))
    (cart,) = cast(Any, changed.told)
    assert (cart.content.total, cart.content.items[0].unit_price) == (None, None)
    assert dict(changed.warnings) == {"data.currency": "is missing: amounts without it count for nothing"}
    (order,) = read("order.created", a.a_generic_order(currency=None))
    assert (order.total, order.currency, order.cart_ids) == (None, None, ("cart-12", "co-7"))
    assert warned("cart.updated", a.a_generic_cart(currency=None, total=None, items=[a.an_item(unit_price=None)])) == {}


def test_a_refund_without_a_currency_is_in_the_orders() -> None:
    (refund,) = read("refund.created", a.a_generic_refund(currency=None))
    assert (refund.amount, refund.currency) == (Decimal("19.90"), None)


@pytest.mark.parametrize("currency", ["zł", "PLNN", 985, "EU", [], True])
def test_a_currency_that_is_none_costs_the_amounts(currency: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(currency=currency))
    assert cast(Any, changed.told)[0].content.total is None
    assert list(dict(changed.warnings)) == ["data.currency"]
    assert "three letters" in dict(changed.warnings)["data.currency"]


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "http://kubek.example/", "https://kubek.example@evil.example/", "javascript:alert(1)", "https://["],
)
def test_a_leaked_secret_makes_us_no_phisher(url: str) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(recovery_url=url))
    assert cast(Any, changed.told)[0].content.recovery_url is None
    problem = dict(changed.warnings)["data.recovery_url"]
    assert "kubek.example, checkout.kubek.example" in problem
    assert "evil" not in problem


@pytest.mark.parametrize(
    "url",
    ["http://cdn.example/1.jpg", "//cdn.example/1.jpg", "data:image/png;base64,x", "https://", 'https://x"y', "https://x\\@y/"],
)
def test_a_picture_that_cannot_be_shown_costs_only_itself(url: str) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(image_url=url)]))
    assert cart.content.items[0].image_url is None


def test_a_picture_or_a_page_of_a_line_that_is_left_out_is_told_with_its_reason() -> None:
    lines = [a.an_item(), a.an_item(image_url="http://x/a.jpg", url="https://evil.example/7")]
    found = warned("cart.updated", a.a_generic_cart(items=lines))
    assert found == {
        "data.items.1.image_url": "is left out: a picture's address must begin with https://",
        "data.items.1.url": "is left out: it must begin with https:// and one of the shop's recovery_hosts:"
        " kubek.example, checkout.kubek.example",
    }
    assert warned("order.created", a.a_generic_order(order_id="1", items=lines)) == found


def test_a_line_of_an_order_is_checked_as_a_line_of_a_cart() -> None:
    line = {"product_id": "7", "title": "Kubek", "quantity": "dwa", "unit_price": "5 zł"}
    changed = parsed("order.created", a.a_generic_order(order_id="1", items=[line]))
    assert list(dict(changed.warnings)) == ["data.items.0.quantity", "data.items.0.unit_price"]
    assert [product.product_id for product in cast(Any, changed.told)[0].products] == ["7"]


def test_a_line_that_is_left_out_is_said_to_be_and_its_misspelt_keys_are_named() -> None:
    found = warned("cart.updated", a.a_generic_cart(items=[a.an_item(), {"title": "Kubek", "productid": "7", "qty": 2}]))
    assert found == {
        "data.items.1.quantity": "is missing: the line is left out",
        "data.items.1.productid": "is not known; did you mean product_id?",
        "data.items.1.qty": "is not known; did you mean quantity?",
    }


def test_a_cart_whose_id_is_too_long_is_not_said_to_have_none() -> None:
    (problem,) = problems("cart.updated", a.a_generic_cart(cart_id="7" * 300, checkout_id=None)).items()
    assert problem[0] == "data.cart_id" and "at most 255 bytes" in problem[1]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://cdn.example/duży kubek.jpg", "https://cdn.example/du%C5%BCy%20kubek.jpg"),
        ("https://cdn.example/o'neil.jpg?a='b'", "https://cdn.example/o%27neil.jpg?a=%27b%27"),
        ('https://cdn.example/a"b<c>.jpg', "https://cdn.example/a%22b%3Cc%3E.jpg"),
        ("https://cdn.example/du%C5%BCy%20kubek.jpg", "https://cdn.example/du%C5%BCy%20kubek.jpg"),
        ("https://cdn.example/50% taniej.jpg", "https://cdn.example/50%25%20taniej.jpg"),
        ("HTTPS://Żółw.example/1.jpg", "https://xn--w-uga1v8h.example/1.jpg"),
        (" https://cdn.example/1.jpg ", "https://cdn.example/1.jpg"),
    ],
)
def test_an_address_is_written_for_machines(told: str, kept: str) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(image_url=told)]))
    assert cart.content.items[0].image_url == kept


def test_a_page_with_a_space_or_an_apostrophe_is_kept() -> None:
    urls = {"url": "https://kubek.example/duży o'neil"}
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(**urls)], recovery_url="https://kubek.example/mój koszyk"))
    assert cart.content.items[0].url == "https://kubek.example/du%C5%BCy%20o%27neil"
    assert cart.content.recovery_url == "https://kubek.example/m%C3%B3j%20koszyk"


def test_a_shop_on_a_host_with_polish_letters() -> None:
    settings = settings_of("generic", recovery_hosts=["żółw.example"])
    assert settings.recovery_hosts == ("xn--w-uga1v8h.example",)
    for written in ("https://żółw.example/1", "https://Z\u0307ółw.example/1", "https://xn--w-uga1v8h.example/1"):
        assert settings.allows_recovery_to(written)
        body = raw(an_envelope("cart.updated", a.a_generic_cart(recovery_url=written)))
        told = generic.parse(a_request(body), settings).told
        assert cast(Any, told)[0].content.recovery_url == "https://xn--w-uga1v8h.example/1"
    assert not settings.allows_recovery_to("https://żółw.example.evil.example/")
    assert not settings.allows_recovery_to("https://żółw.example@evil.example/")


# --- texts


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("Kubek &amp; spodek &#8211; 0,5&nbsp;l", "Kubek & spodek – 0,5 l"),
        ("<b>Talerz</b> du&#380;y", "Talerz duży"),
        ("Talerz<br/>duży", "Talerz duży"),
        ('<p class="x">Talerz</p><p>duży</p>', "Talerz duży"),
        ("H<sub>2</sub>O", "H2O"),
        ("a < b", "a < b"),
        ("1 <2> 3 <o> 4", "1 <2> 3 <o> 4"),
        ("R&D, AT&T; 5 &lt; 6", "R&D, AT&T; 5 < 6"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&amp;amp;", "&amp;"),
        ("&lt;b&gt;", "<b>"),
        ("Kubek&notit; &nieznana;", "Kubek&notit; &nieznana;"),
        ("O&#8217;Neil &#x17C;", "O’Neil ż"),
        ("<script>alert(1)</script>Kubek<!-- x -->", "Kubek"),
        ("Kubek\u200b du\u00adży\u202e", "Kubek duży"),
        ("z\u0307ółw", "żółw"),
        ("👩‍💻", "👩‍💻"),
    ],
)
def test_a_text_is_read_as_a_person_reads_it(told: str, read_as: str) -> None:
    data = a.a_generic_cart(items=[a.an_item(title=told)], customer=a.a_customer(first_name=told))
    (cart,) = read("cart.updated", data)
    assert (cart.content.items[0].title, cart.contact.first_name) == (read_as, read_as)
    (order,) = read("order.created", a.a_generic_order(items=[a.a_bought_item(title=told)]))
    assert order.products[0].title == read_as
    (view,) = read("product.viewed", a.a_generic_view(product=a.a_viewed_product(title=told)))
    assert view.product.title == read_as


@pytest.mark.parametrize(
    ("told", "kept"),
    [(0.5, "0.5"), ("0.5", "0.5"), (0.1 + 0.2, "0.3"), (1.25, "1.25"), ("2.000", "2"), (0.0001, None), (-1, None)],
)
def test_what_is_sold_by_weight_is_kept(told: Any, kept: str | None) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(quantity=told)]))
    assert [item.quantity for item in cart.content.items] == ([Decimal(kept)] if kept else [])


@pytest.mark.parametrize(("url", "kept"), [("https://kubek.example/1", True), ("https://evil.example/1", False)])
def test_a_page_of_a_product_is_kept_where_links_may_lead(url: str, kept: bool) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(url=url)]))
    assert cart.content.items[0].url == (url if kept else None)


def test_a_deleted_cart_is_gone() -> None:
    assert read("cart.deleted", {"cart_id": "cart-12"}) == (CartDeleted(at=HAPPENED, cart_id="cart-12"),)


# --- consent


@pytest.mark.parametrize("consent", [None, [], {}, {"email": None, "sms": None}, {"email": a.a_word("unknown")}])
def test_missing_consent_is_unknown_and_never_a_yes(consent: Any) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(consent=consent))
    assert cart.consent == {}


@pytest.mark.parametrize("date", [None, "", "wczoraj", [], "0000-00-00 00:00:00"])
def test_a_yes_without_its_date_counts_for_nothing(date: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(consent={"email": a.a_word(updated_at=date)}))
    assert cast(Any, changed.told)[0].consent == {}
    assert list(dict(changed.warnings)) == ["data.consent.email.updated_at"]


@pytest.mark.parametrize("date", [None, "", "wczoraj", []])
def test_a_no_without_its_date_is_a_no_of_the_webhooks_time(date: Any) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(consent={"email": a.a_word("unsubscribed", updated_at=date)}))
    assert cart.consent[Channel.EMAIL] == Consent(state=ConsentState.UNSUBSCRIBED, at=UPDATED, source="checkout")


@pytest.mark.parametrize("state", ["yes", "tak", True, 1, "granted", [], {}])
def test_a_word_we_do_not_know_counts_for_nothing(state: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(consent={"sms": a.a_word(state)}))
    assert cast(Any, changed.told)[0].consent == {}
    problem = "must be subscribed, pending, unsubscribed or unknown: it counts for nothing"
    assert dict(changed.warnings) == {"data.consent.sms.state": problem}


@pytest.mark.parametrize("state", ["no", "NO", "nie", False, "false", 0, "0", "opted_out", "opt-out", "Opted Out", "revoked"])
@pytest.mark.parametrize("shape", ["an object", "a bare word", "for all channels"])
def test_what_can_be_read_as_a_no_is_a_no(state: Any, shape: str) -> None:
    consent = {"an object": {"email": a.a_word(state)}, "a bare word": {"email": state}, "for all channels": state}[shape]
    changed = parsed("cart.updated", a.a_generic_cart(consent=consent))
    assert cast(Any, changed.told)[0].consent[Channel.EMAIL].state is ConsentState.UNSUBSCRIBED
    assert "it is read as a no" in dict(changed.warnings)["data.consent.email.state"]


@pytest.mark.parametrize("consent", ["subscribed", True, 1, {"email": "subscribed"}, {"email": True}, [True], {"email": [[]]}])
def test_a_yes_that_is_no_dated_word_is_none(consent: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(consent=consent))
    assert cast(Any, changed.told)[0].consent == {}
    assert changed.warnings


def test_a_state_counts_in_any_case() -> None:
    assert parsed("cart.updated", a.a_generic_cart(consent={"email": a.a_word(" Subscribed")})).told == read(
        "cart.updated", a.a_generic_cart(consent={"email": a.a_word()})
    )


@pytest.mark.parametrize("confirmed", ["true", 1, [], "yes"])
def test_only_a_plain_true_confirms(confirmed: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(consent={"email": a.a_word(confirmed=confirmed)}))
    word = cast(Any, changed.told)[0].consent[Channel.EMAIL]
    assert (word.state, word.confirmed) == (ConsentState.SUBSCRIBED, False)
    assert list(dict(changed.warnings)) == ["data.consent.email.confirmed"]


def test_of_a_cart_without_a_name_a_no_is_kept() -> None:
    """Nothing else can be: but who said no said it."""
    consent = {"email": a.a_word("unsubscribed"), "sms": a.a_word()}
    changed = parsed("cart.updated", a.a_generic_cart(cart_id=[], checkout_id=None, consent=consent))
    (no,) = cast(Any, changed.told)
    assert (no.contact, no.channel, no.consent.state) == (JAN, Channel.EMAIL, ConsentState.UNSUBSCRIBED)
    assert list(dict(changed.warnings)) == ["data.cart_id", "data"]


def test_consent_is_told_per_channel() -> None:
    data = {"customer": a.a_customer(), "consent": {"email": a.a_word("unsubscribed"), "sms": a.a_word(source=None)}}
    email, sms = read("consent.updated", data)
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=SAID, source="checkout")
    yes = Consent(state=ConsentState.SUBSCRIBED, at=SAID, source="shop")
    assert email == ConsentChanged(at=HAPPENED, contact=JANS_RECORD, channel=Channel.EMAIL, consent=no)
    assert sms == ConsentChanged(at=HAPPENED, contact=JANS_RECORD, channel=Channel.SMS, consent=yes)


def test_a_word_about_any_channel_is_heard() -> None:
    said = {channel.value: a.a_word("unsubscribed") for channel in Channel}
    told = read("consent.updated", {"customer": a.a_customer(), "consent": said})
    assert [event.channel for event in told] == list(Channel)
    (cart,) = read("cart.updated", a.a_generic_cart(consent={"audience": a.a_word()}))
    assert cart.consent.keys() == {Channel.AUDIENCE}


def test_a_consent_that_says_nothing_is_ignored() -> None:
    assert isinstance(read("consent.updated", {"customer": a.a_customer(), "consent": {"email": a.a_word("unknown")}}), Ignored)


def test_consent_on_an_order_and_a_customer_counts_too() -> None:
    word = {"email": a.a_word()}
    _, from_order = read("order.created", a.a_generic_order(consent=word))
    _, from_completion = read("checkout.completed", a.a_generic_order(consent=word))
    _, from_customer = read("customer.updated", {"customer": a.a_customer(), "consent": word})
    assert from_order.consent == from_completion.consent == from_customer.consent


def test_consent_of_nobody_reachable_is_left_out() -> None:
    assert len(read("order.created", a.a_generic_order(customer=None, consent={"email": a.a_word()}))) == 1


# --- orders


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
            products=(CUP.model_copy(update={"url": "https://kubek.example/1", "price": None, "currency": None}),),
        ),
    )


def test_an_order_tells_each_product_once_and_is_never_refused_for_one() -> None:
    lines = [a.a_bought_item(), a.a_bought_item(title="inna"), {"product_id": 7}, {"title": "Napiwek"}, {"x": []}]
    (order,) = read("order.created", a.a_generic_order(items=lines))
    assert [(product.product_id, product.title) for product in order.products] == [("p-1", "Filiżanka"), ("7", "")]
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


@pytest.mark.parametrize("type_", ["order.created", "order.paid", "order.cancelled", "checkout.completed"])
def test_an_order_that_names_nothing_at_all_is_refused_with_every_reason(type_: str) -> None:
    customer = {"email": "nobody", "phone": True}
    found = problems(type_, a.a_generic_order(order_id=None, cart_id=[], checkout_id=None, customer=customer))
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
    {"customer": {"id": 12.0, "email": "jan.kos@poczta.example", "phone": {}, "first_name": [], "locale": 5}},
    {"schema": 2},
]


@pytest.mark.parametrize("changes", BAD_PARTS)
def test_an_order_with_a_bad_part_names_its_cart_and_its_shopper(changes: Json) -> None:
    order, *_ = read("order.created", a.a_generic_order(**changes))
    assert (order.order_id, order.cart_ids, order.contact.email) == ("ZAM-1", ("cart-12", "co-7"), JAN.email)


def test_a_discount_code_may_be_told_as_an_object() -> None:
    for codes in ([{"code": "LATO", "amount": "5.00"}, "ZIMA"], {"3": {"code": "LATO"}, "4": "ZIMA"}):
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
    assert read("order.cancelled", {"order_id": "ZAM-1"}) == (OrderCancelled(at=HAPPENED, order_id="ZAM-1"),)


def test_a_refund_tells_its_order_and_amount() -> None:
    refund = OrderRefunded(at=HAPPENED, order_id="ZAM-1", refund_id="KOR-1", currency="PLN", amount=Decimal("19.90"))
    assert read("refund.created", a.a_generic_refund()) == (refund,)
    assert "data.refund_id" in problems("refund.created", {"order_id": "ZAM-1"})


# --- views


def test_a_view_tells_who_looked_at_what_and_when() -> None:
    at = datetime(2026, 10, 14, 9, 27, tzinfo=UTC)
    assert read("product.viewed", a.a_generic_view()) == (ProductViewed(at=at, contact=JAN, product=CUP),)


def test_a_view_without_a_time_happened_when_its_envelope_says() -> None:
    (view,) = read("product.viewed", a.a_generic_view(viewed_at=None))
    assert view.at == HAPPENED


def test_a_view_of_a_product_needs_little() -> None:
    (view,) = read("product.viewed", {"customer": {"id": 42}, "product": {"product_id": 7, "title": "Kubek"}})
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
def test_a_bad_part_of_a_viewed_product_costs_only_itself(change: Json, lost: str, field: str) -> None:
    changed = parsed("product.viewed", a.a_generic_view(product=a.a_viewed_product(**change)))
    (view,) = cast(Any, changed.told)
    assert view.product == CUP.model_copy(update={lost: None} | {name: None for name in change if name == "currency"})
    assert list(dict(changed.warnings)) == [field]


# --- shoppers and privacy


def test_a_customer_is_told() -> None:
    assert read("customer.created", {"customer": a.a_customer()}) == (CustomerUpdated(at=HAPPENED, contact=JANS_RECORD),)


def test_an_id_says_who_is_logged_in_and_an_address_in_a_checkout_says_what_was_typed() -> None:
    (cart,) = read("checkout.updated", a.a_generic_cart())
    assert (cart.contact.id_by_login, cart.contact.record_email) == (True, None)
    (guest,) = read("checkout.updated", a.a_generic_cart(customer=a.a_customer(id=None)))
    assert guest.contact.id_by_login is False
    (nobodys,) = read("customer.updated", {"customer": a.a_customer(id=None)})
    assert (nobodys.contact.record_email, nobodys.contact.record_phone) == (None, None)


def test_customers_are_merged_by_the_shops_word() -> None:
    data = {"customer": {"id": 42}, "merged_customer_ids": ["17", 18, "17", "42"], "updated_at": "2026-10-14T09:28:00Z"}
    assert read("customer.merged", data) == tuple(CustomersMerged(at=UPDATED, kept="42", gone=gone) for gone in ("17", "18"))
    assert isinstance(read("customer.merged", {"customer": {"id": 42}, "merged_customer_ids": ["42"]}), Ignored)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"customer": {"id": None}, "merged_customer_ids": ["17"]}, "data.customer.id"),
        ({"customer": {"email": "ala@poczta.example"}, "merged_customer_ids": ["17"]}, "data.customer.id"),
        ({"customer": {"id": 42}}, "data.merged_customer_ids"),
        ({"customer": {"id": 42}, "merged_customer_ids": []}, "data.merged_customer_ids"),
        ({"customer": {"id": 42}, "merged_customer_ids": [None]}, "data.merged_customer_ids.0"),
    ],
)
def test_a_merge_names_ids_and_nothing_else(data: Json, field: str) -> None:
    """An address says nothing of who is one person."""
    assert next(iter(problems("customer.merged", data))) == field


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("1990-03-14", "03-14"),
        ("03-14", "03-14"),
        ("2000-02-29", "02-29"),
        ("02-29", "02-29"),
        ("0000-12-01", "12-01"),
        ("1904-01-01", "01-01"),
        ("", None),
        (None, None),
    ],
)
def test_of_a_birthday_month_and_day_are_kept(told: str | None, kept: str | None) -> None:
    (updated,) = read("customer.updated", {"customer": a.a_customer(birthday=told)})
    assert updated == CustomerUpdated(at=HAPPENED, contact=JANS_RECORD, birthday=kept)
    assert "1990" not in updated.model_dump_json()


@pytest.mark.parametrize("told", ["14.03.1990", "1990-02-30", "2023-02-29", "31-04", "13-01", "1990-03-14T00:00Z", "٠٣-١٤", 314])
def test_a_birthday_that_is_none_costs_only_itself(told: Any) -> None:
    changed = parsed("customer.created", {"customer": a.a_customer(birthday=told)})
    assert changed.told == (CustomerUpdated(at=HAPPENED, contact=JANS_RECORD),)
    problem = "must be a day that there is, written as 1990-03-14 or, without the year, 03-14"
    assert dict(changed.warnings) == {"data.customer.birthday": problem}


def test_an_address_that_cannot_be_used_costs_only_itself() -> None:
    customer = a.a_customer(email="jan.kos", phone="12")
    changed = parsed("customer.updated", {"customer": customer})
    assert cast(Any, changed.told)[0].contact.platform_id == "42"
    assert dict(changed.warnings) == {
        "data.customer.email": "is no address that a mail could reach",
        "data.customer.phone": "is no number of PL, nor of another country with its + and code",
    }


def test_birthdays_are_read_where_customers_are_told_and_nowhere_else() -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(customer=a.a_customer(birthday="nonsense")))
    assert cart.contact == JAN


@pytest.mark.parametrize("customer", [None, [], {}, {"email": "nobody", "phone": "12"}])
@pytest.mark.parametrize("type_", ["customer.updated", "consent.updated", "privacy.data_request", "privacy.customer_redact"])
def test_nobody_is_no_customer(type_: str, customer: Any) -> None:
    found = problems(type_, {"customer": customer, "consent": {"email": a.a_word()}})
    assert "an id, a valid email or a valid phone" in found["data.customer"]


def test_a_review_names_its_shopper() -> None:
    read_so = read("review.written", {"customer": a.a_customer(), "review_id": 7})
    assert read_so == (ReviewWritten(at=HAPPENED, contact=JAN, review_id="7"),)
    assert "is missing" in problems("review.written", {"customer": a.a_customer()})["data.review_id"]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [("privacy.data_request", PrivacyKind.DATA_REQUEST), ("privacy.customer_redact", PrivacyKind.CUSTOMER_REDACT)],
)
def test_a_privacy_request_names_shopper_and_orders(type_: str, kind: PrivacyKind) -> None:
    data = {"customer": a.a_customer(), "order_ids": ["ZAM-1", 2]}
    assert read(type_, data) == (PrivacyRequested(at=HAPPENED, kind=kind, contact=JAN, order_ids=("ZAM-1", "2")),)


def test_a_shop_is_redacted_without_naming_anybody() -> None:
    assert read("privacy.shop_redact", {}) == (PrivacyRequested(at=HAPPENED, kind=PrivacyKind.SHOP_REDACT),)
