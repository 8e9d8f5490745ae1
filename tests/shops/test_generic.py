from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

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
from wracaj.shops import Ignored, ShopPlatform, generic

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
    return generic.parse(a_request(raw(an_envelope(type_, data, **changes))), SETTINGS)


def problems(type_: str, data: Any, **changes: Any) -> dict[str, str]:
    with pytest.raises(PayloadError) as refused:
        read(type_, data, **changes)
    return dict(refused.value.problems)


# --- envelope


def test_an_unknown_type_is_ignored_even_of_an_unknown_schema() -> None:
    body = {"type": "stock.low", "data": {"schema": 9}}
    assert generic.parse(a_request(raw(body)), SETTINGS) == Ignored("type 'stock.low' is not used")


@pytest.mark.parametrize("type_", [None, 5, {}, []])
def test_a_body_without_type_says_so(type_: Any) -> None:
    with pytest.raises(PayloadError, match="type: is missing or not text"):
        generic.parse(a_request(raw({"type": type_})), SETTINGS)


@pytest.mark.parametrize("schema", [2, 0, "1", None])
def test_another_schema_is_refused(schema: Any) -> None:
    assert problems("cart.updated", a.a_generic_cart(schema=schema)) == {"data.schema": "must be 1"}


def test_what_is_not_known_is_passed_over() -> None:
    assert read("cart.updated", a.a_generic_cart(colour="red"), sender="x") == read("cart.updated", a.a_generic_cart())


def test_a_time_without_offset_is_refused() -> None:
    found = problems("cart.updated", a.a_generic_cart(updated_at="2026-10-14T09:30:00"), timestamp="2026-10-14 09:30")
    assert found == dict.fromkeys(("timestamp", "data.updated_at"), "must carry an offset, such as Z or +02:00")


@pytest.mark.parametrize(
    "time", [1791970200, "1791970200", "yesterday", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"]
)
def test_a_time_that_is_none_is_refused(time: Any) -> None:
    assert "data.updated_at" in problems("cart.updated", a.a_generic_cart(updated_at=time))


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


@pytest.mark.parametrize("amount", [199.0, 199, "199,00", "-1.00", "1e3", "NaN", "", True])
def test_amounts_are_decimal_strings_and_nothing_else(amount: Any) -> None:
    found = problems("cart.updated", a.a_generic_cart(total=amount, items=[a.an_item(unit_price=amount)]))
    assert set(found) == {"data.total", "data.items.0.unit_price"}


def test_a_float_is_refused_with_the_reason() -> None:
    assert "in quotes" in problems("cart.updated", a.a_generic_cart(total=199.0))["data.total"]


@pytest.mark.parametrize("quantity", ["1", 1.0, None, True, 10**9])
def test_a_quantity_is_a_whole_number(quantity: Any) -> None:
    assert (
        "whole number"
        in problems("cart.updated", a.a_generic_cart(items=[a.an_item(quantity=quantity)]))["data.items.0.quantity"]
    )


def test_items_of_zero_are_dropped() -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(quantity=0), a.an_item(title="Spodek")]))
    assert [item.title for item in cart.content.items] == ["Spodek"]


def test_amounts_need_a_currency() -> None:
    reason = "currency, which amounts need, is missing"
    assert problems("cart.updated", a.a_generic_cart(currency=None)) == {"data": reason}
    assert problems("refund.created", a.a_generic_refund(currency=None)) == {"data": reason}
    assert read("cart.updated", a.a_generic_cart(currency=None, total=None, items=[a.an_item(unit_price=None)]))


@pytest.mark.parametrize("currency", ["zł", "PLNN", 985, "EU"])
def test_a_currency_that_is_none_is_refused(currency: Any) -> None:
    assert "three letters" in problems("cart.updated", a.a_generic_cart(currency=currency))["data.currency"]


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "http://kubek.example/", "https://kubek.example@evil.example/", "javascript:alert(1)", "https://["],
)
def test_a_leaked_secret_makes_us_no_phisher(url: str) -> None:
    problem = problems("cart.updated", a.a_generic_cart(recovery_url=url))["data.recovery_url"]
    assert "kubek.example, checkout.kubek.example" in problem
    assert "evil" not in problem


@pytest.mark.parametrize(
    "url", ["http://cdn.example/1.jpg", "//cdn.example/1.jpg", "data:image/png;base64,x", "https://", 'https://x"y']
)
def test_a_picture_that_cannot_be_shown_costs_only_itself(url: str) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(items=[a.an_item(image_url=url)]))
    assert cart.content.items[0].image_url is None


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


def test_a_word_without_its_date_is_refused() -> None:
    consent = {"email": {"state": "subscribed"}}
    assert problems("cart.updated", a.a_generic_cart(consent=consent)) == {"data.consent.email.updated_at": "is missing"}


@pytest.mark.parametrize("state", ["yes", "SUBSCRIBED", True, None])
def test_a_word_we_do_not_know_is_refused(state: Any) -> None:
    found = problems("cart.updated", a.a_generic_cart(consent={"sms": a.a_word(state)}))
    assert "'subscribed', 'pending', 'unsubscribed' or 'unknown'" in found["data.consent.sms.state"]


def test_consent_is_told_per_channel() -> None:
    data = {"customer": a.a_customer(), "consent": {"email": a.a_word("unsubscribed"), "sms": a.a_word(source=None)}}
    email, sms = read("consent.updated", data)
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=SAID, source="checkout")
    yes = Consent(state=ConsentState.SUBSCRIBED, at=SAID, source="shop")
    assert email == ConsentChanged(at=HAPPENED, contact=JAN, channel=Channel.EMAIL, consent=no)
    assert sms == ConsentChanged(at=HAPPENED, contact=JAN, channel=Channel.SMS, consent=yes)


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


def test_an_order_without_id_is_refused() -> None:
    assert problems("order.created", a.a_generic_order(order_id=None)) == {"data.order_id": "must not be empty"}


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
        ({"product": a.a_viewed_product(currency=None)}, "data.product"),
        ({"product": a.a_viewed_product(price=199.0)}, "data.product.price"),
        ({"product": a.a_viewed_product(url="https://evil.example/kubek")}, "data.product.url"),
    ],
)
def test_a_view_that_cannot_be_used_says_why(changes: dict[str, Any], field: str) -> None:
    assert list(problems("product.viewed", a.a_generic_view(**changes))) == [field]


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
def test_a_birthday_that_is_none_is_refused_with_how_to_write_it(told: Any) -> None:
    found = problems("customer.created", {"customer": a.a_customer(birthday=told)})
    assert found["data.customer.birthday"] == "must be a day that there is, written as 1990-03-14 or, without the year, 03-14"


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
