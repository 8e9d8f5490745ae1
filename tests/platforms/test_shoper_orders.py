"""Orders, clients and subscribers as Shoper's API tells them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support import shoper_bodies as a
from support.shoper_reading import a_reader, consents, of_kind, read_order
from support.shoper_shop import ShoperShop, a_shoper_shop
from support.webhook_bodies import NOW
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.errors import NotThereYetError, ShopBusyError
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomerUpdated,
    OrderCancelled,
    OrderPlaced,
    PrivacyKind,
    PrivacyRequested,
    Product,
)
from wracaj.orders.order import OrderState
from wracaj.platforms import Ignored, Parsed, ToRead
from wracaj.platforms.shoper import api, api_reader

YES, NO = ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[ShoperShop]:
    monkeypatch.setattr(api, "sleep", lambda _: None)
    monkeypatch.setattr(api_reader, "_lists", {})
    with a_shoper_shop() as found:
        found.bucket_of = 1000
        yield found


def read(shop: ShoperShop, kind: str, id_: str, topic: str, **section: Any) -> Parsed:
    return a_reader(shop, **section).read(ToRead(kind, id_, topic), NOW)


def an_order_is_read(shop: ShoperShop, **changes: Any) -> Parsed:
    shop.keep("orders", a.an_order(**changes))
    return read_order(shop)


def placed(shop: ShoperShop, **changes: Any) -> OrderPlaced:
    (order,) = of_kind(an_order_is_read(shop, **changes).told, OrderPlaced)
    assert isinstance(order, OrderPlaced)
    return order


# --- orders


def test_a_guest_s_order(shop: ShoperShop) -> None:
    shop.keep("order-products", a.a_line(), a.a_line(order_product_id="2", product_id="37"))
    shop.keep("order-products", a.a_line("113", order_product_id="3", product_id="99"))
    order = placed(shop, promo_code="K7DM-4XRA")
    assert (order.order_id, order.total, order.currency) == ("112", Decimal("112.99"), "PLN")
    assert order.placed_at == datetime(2026, 10, 14, 9, 20, tzinfo=UTC)
    assert order.at == datetime(2026, 10, 14, 9, 25, tzinfo=UTC)
    assert order.contact == Contact(
        email="ala.nowak@poczta.example", phone="+48601234567", first_name="Ala"
    )
    assert order.discount_codes == ("K7DM-4XRA",)
    assert order.products == (
        Product(product_id="36", title="Kubek w kropki"),
        Product(product_id="37", title="Kubek w kropki"),
    )


def test_an_order_with_a_login_is_the_account_s_and_brings_its_record(shop: ShoperShop) -> None:
    shop.keep("users", a.a_client(email="konto@poczta.example"))
    order = placed(shop, registered="1", email="inny@poczta.example")
    assert order.contact.platform_id == "7"
    assert not order.contact.id_by_login
    assert order.contact.record_email == "konto@poczta.example"
    assert order.contact.email == "inny@poczta.example"


@pytest.mark.parametrize("date", ["0000-00-00 00:00:00", None, "", "kiedyś"])
def test_an_order_without_its_status_s_date_goes_by_its_own(shop: ShoperShop, date: Any) -> None:
    order = placed(shop, status_date=date)
    assert order.at == order.placed_at == datetime(2026, 10, 14, 9, 20, tzinfo=UTC)


def test_an_order_that_waits_for_cash_on_delivery_is_an_order(shop: ShoperShop) -> None:
    assert placed(shop, is_cash_on_delivery=True, is_paid=False).total == Decimal("112.99")


@pytest.mark.parametrize(("status_id", "ended"), [("1", False), ("7", False), ("8", True)])
def test_the_type_of_the_status_says_what_became_of_it(
    shop: ShoperShop, status_id: str, ended: bool
) -> None:
    told = an_order_is_read(shop, status_id=status_id).told
    (order,) = of_kind(told, OrderPlaced)
    assert order.stands is not ended
    assert bool(of_kind(told, OrderCancelled)) is ended


def test_an_order_that_was_cancelled_by_mistake_stands_again(shop: ShoperShop) -> None:
    state = OrderState(order_id="112")
    for status_id, at in (("8", "11:25:00"), ("1", "11:40:00"), ("8", "11:25:00")):
        told = an_order_is_read(shop, status_id=status_id, status_date=f"2026-10-14 {at}").told
        for event in of_kind(told, OrderPlaced):
            state = state.placed(event)
        for event in of_kind(told, OrderCancelled):
            state = state.cancelled_by(event)
    assert not state.cancelled


def test_an_edit_shows_in_the_later_reading_though_no_date_of_the_shop_changes(
    shop: ShoperShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = []
    for minute, amount in enumerate(("112.99", "80.00")):
        moment = NOW + timedelta(minutes=minute)
        monkeypatch.setattr(api_reader, "now", lambda moment=moment: moment)
        readings.append(placed(shop, sum=amount))
    for order in (readings, readings[::-1]):
        state = OrderState(order_id="112")
        for event in order:
            state = state.placed(event)
        assert state.total == Decimal("80.00")


def test_a_status_that_nobody_knows_is_told_and_undoes_nothing(shop: ShoperShop) -> None:
    told = an_order_is_read(shop, status_id="99")
    assert [name for name, _ in told.warnings] == ["status_id"]
    (order,) = of_kind(told.told, OrderPlaced)
    assert not order.stands


def test_a_status_that_is_new_in_the_shop_is_asked_for_again(shop: ShoperShop) -> None:
    an_order_is_read(shop)
    shop.keep("statuses", {"status_id": "99", "type": "4", "name_pl": "zwrot"})
    assert of_kind(an_order_is_read(shop, status_id="99").told, OrderCancelled)


def test_statuses_and_currencies_are_asked_for_once(shop: ShoperShop) -> None:
    an_order_is_read(shop)
    shop.asked.clear()
    an_order_is_read(shop)
    assert [path.partition("?")[0] for path in shop.asked] == [
        "/webapi/rest/orders/112",
        "/webapi/rest/order-products",
    ]


def test_the_currency_is_the_settings_else_the_api_s(shop: ShoperShop) -> None:
    shop.keep("orders", a.an_order(currency_id="3"))
    (by_api,) = of_kind(read_order(shop).told, OrderPlaced)
    (by_settings,) = of_kind(read_order(shop, currencies={"3": "CZK"}).told, OrderPlaced)
    assert (by_api.currency, by_settings.currency) == ("EUR", "CZK")


def test_an_amount_without_its_currency_counts_for_nothing(shop: ShoperShop) -> None:
    told = an_order_is_read(shop, currency_id="17")
    (order,) = of_kind(told.told, OrderPlaced)
    assert (order.total, order.currency) == (None, None)
    assert [name for name, _ in told.warnings] == ["currency_id"]


def test_a_part_of_an_order_that_was_split_is_not_counted_twice(shop: ShoperShop) -> None:
    told = an_order_is_read(shop, parent_order_id="111")
    (order,) = of_kind(told.told, OrderPlaced)
    assert order.total is None
    assert order.contact.email == "ala.nowak@poczta.example"


@pytest.mark.parametrize("resource", ["order-products", "users", "statuses", "currencies"])
def test_what_the_token_may_not_read_costs_only_itself(shop: ShoperShop, resource: str) -> None:
    shop.forbidden = {resource}
    told = an_order_is_read(shop, registered="1")
    (order,) = of_kind(told.told, OrderPlaced)
    assert order.contact.email == "ala.nowak@poczta.example"
    assert f"may not read {resource}" in str(told.warnings)


def test_an_order_of_allegro_is_nobody_s_here(shop: ShoperShop) -> None:
    told = an_order_is_read(shop, origin="3", email="k2x9+1a@allegromail.pl")
    assert isinstance(told.told, Ignored)
    assert "Allegro" in told.told.reason
    assert len(shop.asked) == 1  # and nothing more is asked


@pytest.mark.parametrize(
    ("email", "is_masked"),
    [
        ("k2x9+1a@allegromail.pl", True),
        ("a1@user.allegrogroup.pl", True),
        ("allegromail.pl@poczta.example", False),
        ("ala@nieallegromail.pl", False),
    ],
)
def test_a_masked_address_is_allegro_s_whatever_brought_the_order(
    shop: ShoperShop, email: str, is_masked: bool
) -> None:
    assert isinstance(an_order_is_read(shop, email=email).told, Ignored) is is_masked


def test_only_a_ticked_box_that_the_settings_name_is_an_opt_in(shop: ShoperShop) -> None:
    fields = [a.a_box("2"), a.a_box("3", "0"), a.a_box("4")]
    shop.keep("orders", a.an_order(additional_fields=fields))
    assert consents(read_order(shop).told) == []
    told = read_order(shop, consent_fields={"email": "2", "sms": "3"}).told
    (change,) = of_kind(told, ConsentChanged)
    assert (change.channel, change.consent.state) == (Channel.EMAIL, YES)
    assert change.consent.at == datetime(2026, 10, 14, 9, 20, tzinfo=UTC)


def test_an_order_in_an_hour_that_came_twice_is_placed_late_and_agreed_to_early(
    shop: ShoperShop,
) -> None:
    """So it ends what was filled before, and an opt-out in between stands."""
    when = "2025-10-26 02:30:00"
    order_then = a.an_order(date=when, status_date=when, additional_fields=[a.a_box("2")])
    shop.keep("orders", order_then)
    told = read_order(shop, consent_fields={"email": "2"}).told
    (order,), (change,) = of_kind(told, OrderPlaced), of_kind(told, ConsentChanged)
    assert order.placed_at == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert change.consent.at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_a_ticked_box_of_an_order_that_was_cancelled_counts_for_nothing(shop: ShoperShop) -> None:
    shop.keep("orders", a.an_order(additional_fields=[a.a_box("2")], status_id="8"))
    assert consents(read_order(shop, consent_fields={"email": "2"}).told) == []


# --- what is not there


@pytest.mark.parametrize("topic", ["order.create", "order.edit", "order.paid", "order.status"])
def test_an_order_that_the_api_does_not_know_is_nothing(shop: ShoperShop, topic: str) -> None:
    with pytest.raises(NotThereYetError):
        read_order(shop, topic)


def test_a_deleted_order_is_undone_once_it_is_gone(shop: ShoperShop) -> None:
    assert read_order(shop, "order.delete").told == (OrderCancelled(at=NOW, order_id="112"),)
    shop.keep("orders", a.an_order())
    assert of_kind(read_order(shop, "order.delete").told, OrderCancelled) == []


def test_another_entry_than_was_asked_for_is_no_answer(shop: ShoperShop) -> None:
    shop.entries["orders"] = [a.an_order(order_id="112") | {"order_id": 113}]
    shop._one = lambda resource, id_: shop.entries["orders"][0]  # type: ignore[method-assign]
    with pytest.raises(ShopBusyError, match="another entry"):
        read_order(shop)


def test_a_reader_asks_for_an_entry_once(shop: ShoperShop) -> None:
    shop.keep("orders", a.an_order())
    reader = a_reader(shop)
    for topic in ("order.create", "order.paid"):
        reader.read(ToRead("order", "112", topic), NOW)
    assert [path for path in shop.asked if "orders/" in path] == ["/webapi/rest/orders/112"]


# --- clients


def test_a_client_with_a_login_is_an_account_with_its_record(shop: ShoperShop) -> None:
    shop.keep("users", a.a_client())
    told = read(shop, "client", "7", "client.create").told
    (customer,) = of_kind(told, CustomerUpdated)
    assert customer.contact.platform_id == "7"
    assert customer.contact.record_email == "ala.nowak@poczta.example"
    assert consents(told) == []


def test_an_opt_in_counts_from_the_day_of_the_account_not_from_its_repetition(
    shop: ShoperShop,
) -> None:
    shop.keep("users", a.a_client(newsletter="1"))
    for topic, source in (("client.create", "shoper"), ("client.edit", "shoper, undated")):
        (change,) = of_kind(read(shop, "client", "7", topic).told, ConsentChanged)
        assert change.consent.state is YES
        assert change.consent.at == datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
        assert change.consent.source == source


def test_an_opt_in_without_a_day_counts_for_nothing(shop: ShoperShop) -> None:
    shop.keep("users", a.a_client(newsletter="1", date_add="0000-00-00 00:00:00"))
    told = read(shop, "client", "7", "client.create")
    assert consents(told.told) == []
    assert [name for name, _ in told.warnings] == ["date_add"]


@pytest.mark.parametrize("value", ["", None, "tak", "2", []])
def test_what_is_no_plain_yes_is_none(shop: ShoperShop, value: Any) -> None:
    shop.keep("users", a.a_client(newsletter=value))
    assert consents(read(shop, "client", "7", "client.edit").told) == []


def test_a_guest_is_no_account(shop: ShoperShop) -> None:
    shop.keep("users", a.a_client(registered="0", newsletter="1"))
    told = read(shop, "client", "7", "client.create").told
    assert of_kind(told, CustomerUpdated) == []
    assert consents(told) == [(YES, None, "ala.nowak@poczta.example")]


def test_a_deleted_client_is_erased_by_the_account_alone(shop: ShoperShop) -> None:
    (erase,) = of_kind(read(shop, "client", "7", "client.delete").told, PrivacyRequested)
    assert erase.kind is PrivacyKind.CUSTOMER_REDACT
    assert erase.contact == Contact(platform_id="7")


def test_a_client_that_is_still_there_is_not_erased(shop: ShoperShop) -> None:
    shop.keep("users", a.a_client())
    assert of_kind(read(shop, "client", "7", "client.delete").told, PrivacyRequested) == []


def test_a_client_from_allegro_is_none_of_the_shop(shop: ShoperShop) -> None:
    shop.keep("users", a.a_client(origin="3", newsletter="1"))
    assert isinstance(read(shop, "client", "7", "client.create").told, Ignored)


# --- subscribers


def test_a_subscriber_agreed_on_the_day_that_the_shop_says(shop: ShoperShop) -> None:
    shop.keep("subscribers", a.a_subscriber())
    told = read(shop, "subscriber", "5", "subscriber.edit").told
    (change,) = of_kind(told, ConsentChanged)
    assert consents(told) == [(YES, None, "ala.nowak@poczta.example")]
    assert change.consent.at == datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    assert not change.consent.imported


@pytest.mark.parametrize(("topic", "told"), [("subscriber.create", []), ("subscriber.edit", [NO])])
def test_an_inactive_subscriber_has_not_confirmed_or_has_left(
    shop: ShoperShop, topic: str, told: list[ConsentState]
) -> None:
    shop.keep("subscribers", a.a_subscriber(active="0"))
    found = read(shop, "subscriber", "5", topic).told
    states = [] if isinstance(found, Ignored) else [state for state, _, _ in consents(found)]
    assert states == told


# --- whatever the API sends


GARBAGE: list[Any] = [None, True, 0, -1, 1.5, "", "x", "ł\x00", "9" * 400, [], [None], {}, [[[]]]]


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
def test_any_field_of_an_order_may_be_anything(shop: ShoperShop, garbage: Any) -> None:
    for name in a.an_order():
        if name == "order_id":
            continue
        shop.keep("orders", a.an_order() | {name: garbage})
        (order,) = of_kind(read_order(shop).told, OrderPlaced)
        assert order.version
        assert order.order_id == "112"


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
@pytest.mark.parametrize(
    ("kind", "resource", "entry"),
    [("client", "users", a.a_client()), ("subscriber", "subscribers", a.a_subscriber())],
)
def test_any_field_of_a_person_may_be_anything_and_is_no_opt_in(
    shop: ShoperShop, kind: str, resource: str, entry: dict[str, Any], garbage: Any
) -> None:
    for name in entry:
        if name in ("user_id", "subscriber_id"):
            continue
        shop.keep(resource, entry | {name: garbage, "active": "0", "newsletter": "0"})
        id_ = entry.get("user_id") or entry["subscriber_id"]
        told = read(shop, kind, id_, f"{kind}.edit").told
        assert isinstance(told, Ignored) or YES not in [state for state, _, _ in consents(told)]
