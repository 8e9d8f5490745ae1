"""Carts of a generic shop, and the texts in them."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from support import webhook_bodies as a
from support.generic_reading import HAPPENED, JAN, SAID, UPDATED, parsed, problems, read, warned
from support.webhook_bodies import Json, a_request, an_envelope, raw, settings_of
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import CartContent, CartDeleted, CartUpdated, Item
from wracaj.platforms.generic import webhooks as generic


@pytest.mark.parametrize(
    "type_", ["cart.created", "cart.updated", "checkout.created", "checkout.updated"]
)
def test_a_cart_comes_whole(type_: str) -> None:
    item = Item(
        product_id="p-1",
        variant_id="v-1",
        title="Filiżanka",
        quantity=1,
        unit_price=Decimal("199.00"),
        image_url="https://cdn.kubek.example/1.jpg",
    )
    content = CartContent(
        items=(item,),
        currency="PLN",
        total=Decimal("199.00"),
        recovery_url="https://kubek.example/koszyk/12",
    )
    assert read(type_, a.a_generic_cart()) == (
        CartUpdated(
            at=UPDATED,
            cart_id="cart-12",
            checkout_id="co-7",
            created_at=datetime(2026, 10, 14, 9, tzinfo=UTC),
            content=content,
            contact=JAN,
            consent={
                Channel.EMAIL: Consent(state=ConsentState.SUBSCRIBED, at=SAID, source="checkout")
            },
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
    changed = parsed(
        "cart.updated", a.a_generic_cart(total=written, items=[a.an_item(unit_price=written)])
    )
    (cart,) = cast(Any, changed.told)
    assert (cart.content.total, cart.content.items[0].unit_price) == (
        Decimal(exact),
        Decimal(exact),
    )
    assert changed.warnings == ()


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("199,00", "199.00"),
        ("0,5", "0.5"),
        (" 1234,50 ", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234\u00a0567,50", "1234567.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 199.00", "1199.00"),
        ("1 199", "1199"),
    ],
)
def test_an_amount_as_people_write_it_is_read_if_it_can_mean_only_one(
    written: str, exact: str
) -> None:
    changed = parsed(
        "cart.updated", a.a_generic_cart(total=written, items=[a.an_item(unit_price=written)])
    )
    (cart,) = cast(Any, changed.told)
    assert cart.content.total == cart.content.items[0].unit_price == Decimal(exact)
    warned = dict(changed.warnings)
    assert set(warned) == {"data.total", "data.items.0.unit_price"}
    assert "write it as 1234.50" in warned["data.total"]


@pytest.mark.parametrize(
    "amount",
    [
        "1,199",
        "1 19,00",
        "1.19,00",
        "1,199,00",
        "-1,00",
        "-1.00",
        -1,
        "1e3",
        "NaN",
        "zł",
        True,
        [],
        {},
        "1" * 12,
        "٣.00",
        1e300,
    ],
)
def test_an_amount_that_cannot_be_read_is_unknown(amount: Any) -> None:
    changed = parsed(
        "cart.updated", a.a_generic_cart(total=amount, items=[a.an_item(unit_price=amount)])
    )
    (cart,) = cast(Any, changed.told)
    assert (cart.content.total, cart.content.items[0].unit_price, cart.content.items[0].title) == (
        None,
        None,
        "Filiżanka",
    )
    assert set(dict(changed.warnings)) == {"data.total", "data.items.0.unit_price"}


def test_lines_that_are_too_many_are_told() -> None:
    lines = [a.an_item(title=f"Kubek {number}") for number in range(101)]
    changed = parsed("cart.updated", a.a_generic_cart(items=lines))
    (cart,) = cast(Any, changed.told)
    assert len(cart.content.items) == 100
    assert changed.warnings == (("data.items", "has more than 100 lines: the others are left out"),)


def test_a_tail_is_rounded_to_what_the_currency_can_pay() -> None:
    totals = {
        currency: read("order.created", a.a_generic_order(total="10.123456789", currency=currency))
        for currency in ("JPY", "BHD")
    }
    assert {currency: order.total for currency, (order,) in totals.items()} == {
        "JPY": Decimal(10),
        "BHD": Decimal("10.123"),
    }


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
    lines = [
        None,
        a.an_item(title=True),
        {"title": "Kubek"},
        a.an_item(unit_price="drogo", product_id=[]),
    ]
    assert list(warned("cart.updated", a.a_generic_cart(items=lines))) == [
        "data.items.0",
        "data.items.1.title",
        "data.items.2.quantity",
        "data.items.3.product_id",
        "data.items.3.unit_price",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        {"1": a.an_item(), "4": a.an_item(title="Spodek")},
        {"0": a.an_item(), "1": a.an_item(title="Spodek")},
    ],
)
def test_a_list_that_php_wrote_as_an_object_is_a_list(lines: Json) -> None:
    assert parsed("cart.updated", a.a_generic_cart(items=lines)) == parsed(
        "cart.updated", a.a_generic_cart(items=[*lines.values()])
    )
    assert read("order.created", a.a_generic_order(items=lines)) == read(
        "order.created", a.a_generic_order(items=[*lines.values()])
    )


def test_one_line_alone_is_a_list_of_one() -> None:
    assert parsed("cart.updated", a.a_generic_cart(items=a.an_item())) == parsed(
        "cart.updated", a.a_generic_cart()
    )


@pytest.mark.parametrize("title", [True, [], {}])
def test_a_title_that_is_no_text_costs_the_title(title: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(items=[a.an_item(title=title)]))
    assert cast(Any, changed.told)[0].content.items[0].title == "—"
    assert dict(changed.warnings) == {"data.items.0.title": "must be text"}


@pytest.mark.parametrize(
    ("written", "read_as"), [(12.0, "12"), ("12.0", "12.0"), (12, "12"), (" 12 ", "12")]
)
def test_a_whole_number_is_an_id_however_it_is_written(written: Any, read_as: str) -> None:
    (cart,) = read(
        "cart.updated", a.a_generic_cart(cart_id=written, customer=a.a_customer(id=written))
    )
    assert (cart.cart_id, cart.contact.platform_id) == (read_as, read_as)


@pytest.mark.parametrize(
    "id_", [1.5, True, [], "ż" * 128, "a\nb", "\ud800", "\ufffd", float("nan")]
)
def test_an_id_that_is_none_costs_only_itself(id_: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(customer=a.a_customer(id=id_), cart_id=id_))
    assert changed.told == read(
        "cart.updated", a.a_generic_cart(customer=a.a_customer(id=None), cart_id=None)
    )
    assert list(dict(changed.warnings)) == ["data.customer.id", "data.cart_id"]


def test_items_of_zero_are_dropped() -> None:
    (cart,) = read(
        "cart.updated", a.a_generic_cart(items=[a.an_item(quantity=0), a.an_item(title="Spodek")])
    )
    assert [item.title for item in cart.content.items] == ["Spodek"]


def test_amounts_without_a_currency_count_for_nothing() -> None:
    changed = parsed("cart.updated", a.a_generic_cart(currency=None))
    (cart,) = cast(Any, changed.told)
    assert (cart.content.total, cart.content.items[0].unit_price) == (None, None)
    assert dict(changed.warnings) == {
        "data.currency": "is missing: amounts without it count for nothing"
    }
    (order,) = read("order.created", a.a_generic_order(currency=None))
    assert (order.total, order.currency, order.cart_ids) == (None, None, ("cart-12", "co-7"))
    assert (
        warned(
            "cart.updated",
            a.a_generic_cart(currency=None, total=None, items=[a.an_item(unit_price=None)]),
        )
        == {}
    )


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
    [
        "https://evil.example/",
        "http://kubek.example/",
        "https://kubek.example@evil.example/",
        "javascript:alert(1)",
        "https://[",
    ],
)
def test_a_leaked_secret_makes_us_no_phisher(url: str) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(recovery_url=url))
    assert cast(Any, changed.told)[0].content.recovery_url is None
    problem = dict(changed.warnings)["data.recovery_url"]
    assert "kubek.example, checkout.kubek.example" in problem
    assert "evil" not in problem


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/1.jpg",
        "//cdn.example/1.jpg",
        "data:image/png;base64,x",
        "https://",
        'https://x"y',
        "https://x\\@y/",
    ],
)
def test_a_picture_that_cannot_be_shown_costs_only_itself(url: str) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(image_url=url)]))
    assert cart.content.items[0].image_url is None


def test_a_picture_or_a_page_of_a_line_that_is_left_out_is_told_with_its_reason() -> None:
    lines = [a.an_item(), a.an_item(image_url="http://x/a.jpg", url="https://evil.example/7")]
    found = warned("cart.updated", a.a_generic_cart(items=lines))
    assert found == {
        "data.items.1.image_url": "is left out: a picture's address must begin with https://",
        "data.items.1.url": (
            "is left out: it must begin with https:// and one of the shop's recovery_hosts:"
            " kubek.example, checkout.kubek.example"
        ),
    }
    assert warned("order.created", a.a_generic_order(order_id="1", items=lines)) == found


def test_a_line_of_an_order_is_checked_as_a_line_of_a_cart() -> None:
    line = {"product_id": "7", "title": "Kubek", "quantity": "dwa", "unit_price": "5 zł"}
    changed = parsed("order.created", a.a_generic_order(order_id="1", items=[line]))
    assert list(dict(changed.warnings)) == ["data.items.0.quantity", "data.items.0.unit_price"]
    assert [product.product_id for product in cast(Any, changed.told)[0].products] == ["7"]


def test_a_line_that_is_left_out_is_said_to_be_and_its_misspelt_keys_are_named() -> None:
    found = warned(
        "cart.updated",
        a.a_generic_cart(items=[a.an_item(), {"title": "Kubek", "productid": "7", "qty": 2}]),
    )
    assert found == {
        "data.items.1.quantity": "is missing: the line is left out",
        "data.items.1.productid": "is not known; did you mean product_id?",
        "data.items.1.qty": "is not known; did you mean quantity?",
    }


def test_a_cart_whose_id_is_too_long_is_not_said_to_have_none() -> None:
    (problem,) = problems(
        "cart.updated", a.a_generic_cart(cart_id="7" * 300, checkout_id=None)
    ).items()
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
    (cart,) = read(
        "cart.updated",
        a.a_generic_cart(
            items=[a.an_item(**urls)], recovery_url="https://kubek.example/mój koszyk"
        ),
    )
    assert cart.content.items[0].url == "https://kubek.example/du%C5%BCy%20o%27neil"
    assert cart.content.recovery_url == "https://kubek.example/m%C3%B3j%20koszyk"


def test_a_shop_on_a_host_with_polish_letters() -> None:
    settings = settings_of("generic", recovery_hosts=["żółw.example"])
    assert settings.recovery_hosts == ("xn--w-uga1v8h.example",)
    for written in (
        "https://żółw.example/1",
        "https://Z\u0307ółw.example/1",
        "https://xn--w-uga1v8h.example/1",
    ):
        assert settings.allows_recovery_to(written)
        body = raw(an_envelope("cart.updated", a.a_generic_cart(recovery_url=written)))
        told = generic.parse(a_request(body), settings).told
        assert cast(Any, told)[0].content.recovery_url == "https://xn--w-uga1v8h.example/1"
    assert not settings.allows_recovery_to("https://żółw.example.evil.example/")
    assert not settings.allows_recovery_to("https://żółw.example@evil.example/")


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("Kubek &amp; spodek &#8211; 0,5&nbsp;l", "Kubek & spodek – 0,5 l"),
        ("<b>Talerz</b> du&#380;y", "Talerz duży"),
        ("Talerz<br/>duży", "Talerz duży"),
        ('<p class="x">Talerz</p><p>duży</p>', "Talerz duży"),
        ("H<sub>2</sub>O", "H2O"),
        ("a < b", "a < b"),
        ("1 <2> 3 <o> 4", "1 <2> 3 4"),  # HTML: `<` and a letter begin a tag, whatever it is called
        ("Kubek <3", "Kubek <3"),
        ("5 < 7 i 9 > 3", "5 < 7 i 9 > 3"),
        ("5<7 i 9>3", "5<7 i 9>3"),
        ("a<b>c", "ac"),
        ("Kubek<o:p></o:p>", "Kubek"),
        ("<article><header>Talerz</header><main>duży</main></article>", "Talerz duży"),
        ("<cite>Lalka</cite>, <kbd>A5</kbd> <nobr>10 cm</nobr>", "Lalka, A5 10 cm"),
        ("<figure><picture>Talerz</picture></figure>", "Talerz"),
        ("<label>Kubek</label><button>Kup</button>", "Kubek Kup"),
        ("<address>Długa 5</address>", "Długa 5"),
        ("<custom-el>Ku</custom-el>bek<My-Badge new/>", "Kubek"),
        ("<a title=\"x > y\" href='#'>Kubek</a>", "Kubek"),
        ("<b don't>Kubek</b>", "Kubek"),
        ("<!DOCTYPE html><?xml version='1.0'?>Kubek", "Kubek"),
        ("Kubek<svg><title>ikona</title><path/></svg>", "Kubek"),
        ("<iframe src='https://x.example'>nie działa</iframe>Kubek", "Kubek"),
        ("<style>b { color: red }</style>Kubek", "Kubek"),
        ("<Nowość> kubek", "<Nowość> kubek"),
        ("cena <100 zł, >50 zł", "cena <100 zł, >50 zł"),
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


@pytest.mark.parametrize("text", ["<a " * 6000, '<a "' * 5000, "<a '" * 5000, "<!--" * 5000])
def test_a_text_full_of_beginnings_of_tags_is_read_in_no_time(text: str) -> None:
    began = time.process_time()
    read("cart.updated", a.a_generic_cart(items=[a.an_item(title=text)]))
    assert time.process_time() - began < 1


@pytest.mark.parametrize("quantity", [-1, "-0.5"])
def test_a_line_of_less_than_nothing_is_left_out_and_said_to_be(quantity: Any) -> None:
    lines = [a.an_item(), a.an_item(quantity=quantity)]
    changed = parsed("cart.updated", a.a_generic_cart(items=lines))
    assert len(cast(Any, changed.told)[0].content.items) == 1
    assert dict(changed.warnings) == {
        "data.items.1.quantity": "is below zero: the line is left out"
    }


@pytest.mark.parametrize("field", ["recovery_url", "url", "image_url"])
@pytest.mark.parametrize(
    "written",
    [
        " https://kubek.example/k\n",
        "\r\n\thttps://kubek.example/k",
        "https://kubek.example/k\u2028",
    ],
)
def test_an_address_is_freed_of_what_surrounds_it(field: str, written: str) -> None:
    data = (
        a.a_generic_cart(recovery_url=written)
        if field == "recovery_url"
        else a.a_generic_cart(items=[a.an_item(**{field: written})])
    )
    (cart,) = read("cart.updated", data)
    holder = cart.content if field == "recovery_url" else cart.content.items[0]
    assert getattr(holder, field) == "https://kubek.example/k"


@pytest.mark.parametrize("field", ["recovery_url", "url", "image_url"])
@pytest.mark.parametrize(
    ("written", "cause"),
    [
        ("https://kubek.example/" + "k" * 2048, "is longer than 2048 characters"),
        ("https://kubek.example/a\nb", "has control characters in it, such as a line break"),
        (5, "must be text"),
        (["https://kubek.example/k"], "must be text"),
        ("kubek.example/k", "is no web address: it must begin with https://"),
        ("zdjęcie", "is no web address: it must begin with https://"),
        ("https://", "is no web address: it must begin with https://"),
    ],
)
def test_an_address_that_cannot_be_read_is_told_with_its_own_cause(
    field: str, written: Any, cause: str
) -> None:
    if field == "recovery_url":
        found = warned("cart.updated", a.a_generic_cart(recovery_url=written))
    else:
        found = warned("cart.updated", a.a_generic_cart(items=[a.an_item(**{field: written})]))
    assert len(found) == 1 and cause in next(iter(found.values()))


@pytest.mark.parametrize("blank", [" ", "\n", "\u00a0"])
def test_an_address_of_blanks_is_none(blank: str) -> None:
    assert warned("cart.updated", a.a_generic_cart(recovery_url=blank)) == {}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (0.5, "0.5"),
        ("0.5", "0.5"),
        (0.1 + 0.2, "0.3"),
        (1.25, "1.25"),
        ("2.000", "2"),
        (0.0001, None),
        (-1, None),
    ],
)
def test_what_is_sold_by_weight_is_kept(told: Any, kept: str | None) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(quantity=told)]))
    assert [item.quantity for item in cart.content.items] == ([Decimal(kept)] if kept else [])


@pytest.mark.parametrize(
    ("url", "kept"), [("https://kubek.example/1", True), ("https://evil.example/1", False)]
)
def test_a_page_of_a_product_is_kept_where_links_may_lead(url: str, kept: bool) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(url=url)]))
    assert cart.content.items[0].url == (url if kept else None)


def test_a_deleted_cart_is_gone() -> None:
    assert read("cart.deleted", {"cart_id": "cart-12"}) == (
        CartDeleted(at=HAPPENED, cart_id="cart-12"),
    )
