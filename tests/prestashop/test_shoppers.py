"""What the PrestaShop module tells of customers, consents and requests about privacy."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.prestashop import NEEDS_PHP, PrestaShop
from support.webhook_bodies import Json
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import (
    CartUpdated,
    ConsentChanged,
    CustomerUpdated,
    PrivacyKind,
    PrivacyRequested,
)

pytestmark = NEEDS_PHP
JAN = "jan@poczta.example"


def registered(shop: PrestaShop, **changes: Any) -> int:
    customer = {"email": JAN, "firstname": "Jan"} | changes
    id_: int = shop.do({"do": "register", "with": customer})[0]
    return id_


def words(shop: PrestaShop) -> list[tuple[str, str | None]]:
    return [
        (event.consent.state.value, event.contact.email)
        for event in shop.told()
        if isinstance(event, ConsentChanged)
    ]


def last_word(shop: PrestaShop) -> Consent:
    return [event for event in shop.told() if isinstance(event, ConsentChanged)][-1].consent


def cart_consent(shop: PrestaShop) -> Consent | None:
    carts = [event for event in shop.told() if isinstance(event, CartUpdated)]
    return carts[-1].consent.get(Channel.EMAIL)


def test_a_customers_record_is_told_of(shop: PrestaShop) -> None:
    id_ = registered(shop)
    (told,) = shop.told()
    assert isinstance(told, CustomerUpdated)
    contact = told.contact
    assert (contact.platform_id, contact.record_email) == (str(id_), JAN)
    assert told.birthday is None


def test_a_login_that_changes_nothing_is_not_told_of(shop: PrestaShop) -> None:
    id_ = registered(shop)
    shop.deliver()
    shop.do({"do": "account", "customer": id_, "page": "order"})
    assert shop.waiting() == []


def test_a_birthday_only_where_customers_gave_it_for_greetings(shop: PrestaShop) -> None:
    shop.do({"do": "settings", "form": {"submitWracajOptions": "1", "wracaj_birthdays": "1"}})
    registered(shop, birthday="1990-03-14")
    registered(shop, email="ola@poczta.example", birthday="0000-00-00")
    days = [event.birthday for event in shop.told() if isinstance(event, CustomerUpdated)]
    assert days == ["03-14", None]


def test_the_newsletter_is_a_consent_with_the_date_that_the_shop_keeps(shop: PrestaShop) -> None:
    registered(shop, newsletter=1, newsletter_date_add="2026-07-01 12:00:00")
    word = last_word(shop)
    assert word.state is ConsentState.SUBSCRIBED
    assert word.at == datetime(2026, 7, 1, 10, tzinfo=UTC)  # summer in Warsaw


def test_who_never_subscribed_has_said_nothing(shop: PrestaShop) -> None:
    registered(shop, newsletter=0)
    assert words(shop) == []


def test_a_guests_consent_is_in_the_cart(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    shop.a_guest(cart, newsletter=1)
    word = cart_consent(shop)
    assert word
    assert word.state is ConsentState.SUBSCRIBED
    assert datetime.now(UTC) - word.at < timedelta(minutes=1)


def test_no_and_yes_again_are_dated_by_when_they_were_said(shop: PrestaShop) -> None:
    """PrestaShop keeps the first opt-in's date for ever."""
    old = {"newsletter": 1, "newsletter_date_add": "2025-01-01 12:00:00"}
    id_ = registered(shop, **old)
    shop.deliver()
    shop.do({"do": "account", "customer": id_, "with": {"newsletter": 0}})
    no = last_word(shop)
    assert no.state is ConsentState.UNSUBSCRIBED
    shop.deliver()
    shop.do({"do": "account", "customer": id_, "with": {"newsletter": 1}})
    yes = last_word(shop)
    assert yes.state is ConsentState.SUBSCRIBED
    assert yes.at > no.at > datetime.now(UTC) - timedelta(minutes=1)


def test_the_newsletters_form_counts_for_the_address(shop: PrestaShop) -> None:
    registered(shop)
    shop.do({"do": "newsletter", "email": JAN, "action": "0"})
    event = shop.told()[-1]
    assert isinstance(event, ConsentChanged)
    assert event.contact.platform_id is None  # anybody can type an address
    assert not event.consent.confirmed


def test_the_newsletters_form_of_who_is_logged_in_counts_for_the_account(shop: PrestaShop) -> None:
    id_ = registered(shop)
    shop.do({"do": "newsletter", "email": JAN.upper(), "action": "0"}, customer=str(id_))
    assert shop.told()[-1].contact.platform_id == str(id_)  # type: ignore[union-attr]


def test_a_clicked_link_of_the_shop_confirms(shop: PrestaShop) -> None:
    shop.do({"do": "configure", "name": "NW_VERIFICATION_EMAIL", "value": "1"})
    shop.do({"do": "newsletter", "email": JAN, "action": "0"})
    assert last_word(shop).confirmed


@pytest.mark.parametrize(
    "changes", [{"error": "already registered"}, {"email": "no address"}, {"action": "2"}]
)
def test_a_form_that_failed_is_no_consent(shop: PrestaShop, changes: Json) -> None:
    shop.do({"do": "newsletter", "email": JAN, "action": "0"} | changes)
    assert shop.waiting() == []


def test_unsubscribing_by_the_form_stops_the_account_too(shop: PrestaShop) -> None:
    id_ = registered(shop)
    shop.do({"do": "newsletter", "email": JAN, "action": "1"})
    event = shop.told()[-1]
    assert isinstance(event, ConsentChanged)
    assert event.consent.state is ConsentState.UNSUBSCRIBED
    assert (event.contact.email, event.contact.platform_id) == (JAN, str(id_))


class TestOwnBox:
    @pytest.fixture(autouse=True)
    def box(self, shop: PrestaShop) -> None:
        shop.do({"do": "settings", "form": {"submitWracajOptions": "1", "wracaj_box": "1"}})

    def test_a_ticked_box_is_a_consent(self, shop: PrestaShop) -> None:
        cart = shop.a_cart()
        guest = {"email": JAN, "is_guest": 1}
        form = {"wracaj_consent": "1"}
        shop.do({"do": "register", "with": guest, "cart": cart, "form": form})
        word = cart_consent(shop)
        assert word
        assert word.state is ConsentState.SUBSCRIBED

    def test_an_unticked_box_says_nothing(self, shop: PrestaShop) -> None:
        cart = shop.a_cart()
        shop.a_guest(cart)
        assert cart_consent(shop) is None

    def test_the_tick_can_be_taken_away_on_the_page_of_ones_data(self, shop: PrestaShop) -> None:
        step = {"do": "register", "with": {"email": JAN}, "form": {"wracaj_consent": "1"}}
        id_ = shop.do(step)[0]
        assert shop.do({"do": "form"}, customer=str(id_))[0][0]["value"] == 1
        shop.deliver()
        shop.do({"do": "account", "customer": id_, "page": "order"})
        assert shop.waiting() == []
        shop.do({"do": "account", "customer": id_})
        assert words(shop) == [("unsubscribed", JAN)]

    def test_the_box_has_words_in_the_visitors_language(self, shop: PrestaShop) -> None:
        fields = {
            language: shop.do({"do": "form"}, language=language)[0] for language in ("pl", "en")
        }
        assert fields["pl"][0]["label"].endswith("ofertach. Zgodę mogę wycofać w każdej chwili.")
        assert fields["en"][0]["label"].endswith("loyalty and offers. I may withdraw at any time.")
        assert fields["pl"][0]["value"] == 0


def test_there_is_no_box_unless_the_shop_wants_it(shop: PrestaShop) -> None:
    assert shop.do({"do": "form"})[0] == []
    shop.do({"do": "register", "with": {"email": JAN}, "form": {"wracaj_consent": "1"}})
    assert words(shop) == []


def erasures(shop: PrestaShop) -> list[PrivacyRequested]:
    return [event for event in shop.told() if isinstance(event, PrivacyRequested)]


@pytest.mark.parametrize(
    "params",
    [
        ["{id}"],
        [{"email": JAN}],
        {"email": JAN},
        {"id": "{id}", "email": JAN},
        {"id_customer": "{id}", "email": JAN, "cart": None},
    ],
)
def test_each_form_of_the_gdpr_hook_erases(shop: PrestaShop, params: Any) -> None:
    id_ = registered(shop)
    params = json.loads(json.dumps(params).replace("{id}", str(id_)))
    shop.do({"do": "hook", "name": "actionDeleteGDPRCustomer", "params": params})
    (asked,) = erasures(shop)
    assert asked.kind is PrivacyKind.CUSTOMER_REDACT
    assert asked.contact.email == JAN


def test_a_guest_whom_the_gdpr_module_deletes_first_is_still_erased(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    guest = shop.a_guest(cart, JAN)
    order = shop.do({"do": "order", "cart": cart, "state": 1})[0]
    shop.do(
        {"do": "delete", "class": "Customer", "id": guest},
        {"do": "hook", "name": "actionDeleteGDPRCustomer", "params": [str(guest)]},
    )
    (asked,) = shop.told()  # what waited of this shopper is gone
    assert isinstance(asked, PrivacyRequested)
    assert (asked.contact.email, asked.contact.platform_id) == (JAN, None)
    assert asked.order_ids == (str(order),)
    assert shop.sql("SELECT * FROM ps_wracaj_cart") == []
    assert shop.sql("SELECT * FROM ps_wracaj_shopper") == []


def test_a_phone_is_enough_to_ask(shop: PrestaShop) -> None:
    params = [{"phone": "601234567"}]
    shop.do({"do": "hook", "name": "actionDeleteGDPRCustomer", "params": params})
    assert erasures(shop)[0].contact.phone == "+48601234567"


@pytest.mark.parametrize("params", [[], {}, [{}], ["x"], [None], {"cookie": 1}])
def test_a_gdpr_hook_that_names_nobody_erases_nothing(shop: PrestaShop, params: Any) -> None:
    registered(shop)
    shop.deliver()
    shop.do({"do": "hook", "name": "actionDeleteGDPRCustomer", "params": params})
    assert shop.waiting() == []


def test_a_customer_whom_the_shop_deletes_is_not_kept_elsewhere(shop: PrestaShop) -> None:
    id_ = registered(shop)
    shop.do({"do": "account", "customer": id_, "with": {"deleted": 1}})
    assert erasures(shop)[0].contact.platform_id == str(id_)


def test_a_guest_who_is_a_customer_a_second_time_has_not_left(shop: PrestaShop) -> None:
    id_ = registered(shop)
    guest = shop.do({"do": "register", "with": {"email": JAN, "is_guest": 1}})[0]
    shop.do({"do": "delete", "class": "Customer", "id": guest})
    assert erasures(shop) == []
    shop.do({"do": "delete", "class": "Customer", "id": id_})
    assert len(erasures(shop)) == 1


def test_an_export_shows_what_the_module_keeps(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    id_ = shop.do(
        {"do": "register", "with": {"email": JAN, "newsletter": 1}, "cart": cart},
    )[0]
    ask = {"do": "hook", "name": "actionExportGDPRData", "params": {"id": id_, "email": JAN}}
    rows = json.loads(shop.do(ask)[0])
    assert [row["what"] for row in rows] == ["cart", "consent"]
    assert erasures(shop)[-1].kind is PrivacyKind.DATA_REQUEST
    nobody = shop.do(ask | {"params": {"email": "x@poczta.example"}})[0]
    assert json.loads(nobody) == "Wracaj: moduł nie przechowuje niczego o tym adresie."


def test_what_is_asked_for_twice_is_asked_once(shop: PrestaShop) -> None:
    """PrestaShop's GDPR module offers a shopper two files, and asks the modules for each."""
    ask = {"do": "hook", "name": "actionExportGDPRData", "params": {"id": 7, "email": JAN}}
    shop.do(ask)
    shop.do(ask)
    assert [type_ for type_, _ in shop.waiting()] == ["privacy.data_request"]


def test_a_guest_who_becomes_a_customer_brings_their_orders(shop: PrestaShop) -> None:
    cart = shop.a_cart()
    guest = shop.a_guest(cart)
    shop.do({"do": "order", "cart": cart, "state": 2})
    shop.deliver()
    shop.do({"do": "account", "customer": guest, "with": {"is_guest": 0}})
    assert {type_: data["customer"]["id"] for type_, data in shop.waiting()} == {
        "customer.updated": str(guest),
        "order.updated": str(guest),
    }
