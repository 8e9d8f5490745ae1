"""Who agreed to what in a WooCommerce checkout, and WooCommerce's customers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from support.webhook_bodies import NOW, Json, settings_of, yeses
from support.woocommerce_bodies import a_box, a_woo_customer, a_woo_draft, a_woo_order, read
from support.woocommerce_bodies import the_problem as problem_of
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.errors import SettingsError
from wracaj.events import (
    CartUpdated,
    ConsentChanged,
    Contact,
    CustomerUpdated,
    PrivacyKind,
    PrivacyRequested,
)

BEGUN = datetime(2026, 10, 14, 9, 1, tzinfo=UTC)
SMS_BOX = "_wc_other/wracaj/sms-consent"
BOTH: Json = {"woocommerce": {"consent_fields": {"sms": "wracaj/sms-consent"}}}


def cart(**changes: Any) -> CartUpdated:
    (told,) = read(a_woo_draft(**changes))
    assert isinstance(told, CartUpdated)
    return told


def test_a_ticked_box_of_a_draft_is_an_opt_in_from_when_the_checkout_began() -> None:
    (yes,) = yeses(cart(meta_data=[a_box()])).items()
    assert yes[0] is Channel.EMAIL
    assert (yes[1].at, yes[1].source) == (BEGUN, "checkout")


@pytest.mark.parametrize("ticked", ["", "0", "no", "yes", "true", None, 0, 2, [], {}])
def test_nothing_but_a_ticked_box_is_an_opt_in(ticked: Any) -> None:
    told = cart(meta_data=[a_box(ticked)])
    assert told.consent[Channel.EMAIL].state is ConsentState.UNKNOWN
    placed = read(a_woo_order(meta_data=[a_box(ticked)]))
    assert not [event for event in placed if isinstance(event, ConsentChanged)]


@pytest.mark.parametrize(
    "meta",
    [
        [],
        [a_box(key="wracaj/email-consent")],
        [a_box(key="_wc_billing/wracaj/email-consent")],
        [a_box(key="_wc_other/inny/email-consent")],
        [a_box(), a_box("0")],
    ],
)
def test_another_field_is_no_opt_in_and_two_answers_are_none(meta: list[Json]) -> None:
    assert yeses(cart(meta_data=meta)) == {}


def test_without_an_address_or_a_beginning_a_box_counts_for_nothing() -> None:
    assert yeses(cart(meta_data=[a_box()], billing={"email": "ala@"})) == {}
    undated = {"date_created": None, "date_created_gmt": None}
    assert yeses(cart(meta_data=[a_box()], **undated)) == {}


def test_a_box_for_sms_is_for_the_phone_of_the_same_checkout() -> None:
    (told,) = read(a_woo_draft(meta_data=[a_box(key=SMS_BOX)]), **BOTH)
    assert set(yeses(told)) == {Channel.SMS}
    billing = {"email": "ala@poczta.example", "phone": "123"}
    (told,) = read(a_woo_draft(meta_data=[a_box(key=SMS_BOX)], billing=billing), **BOTH)
    assert yeses(told) == {}


def test_a_shop_names_its_boxes_itself_or_has_none() -> None:
    own: Json = {"woocommerce": {"consent_fields": {"email": "kubek/newsletter"}}}
    (told,) = read(a_woo_draft(meta_data=[a_box(key="_wc_other/kubek/newsletter")]), **own)
    assert set(yeses(told)) == {Channel.EMAIL}
    none: Json = {"woocommerce": {"consent_fields": {"email": None}}}
    (told,) = read(a_woo_draft(meta_data=[a_box()]), **none)
    assert told.consent == {}


def test_the_box_of_an_order_is_told_with_it_paid_or_not() -> None:
    for status in ("processing", "pending", "on-hold"):
        _, agreed = read(a_woo_order(status=status, meta_data=[a_box()]))
        assert isinstance(agreed, ConsentChanged)
        assert (agreed.channel, agreed.consent.at) == (Channel.EMAIL, BEGUN)
        assert agreed.contact.email == "ala.nowak@poczta.example"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("_wc_other/wracaj/email-consent", "write only wracaj/email-consent"),
        ("email-consent", "as the shop registers it, such as wracaj/email-consent"),
        ("a b/c", "as the shop registers it"),
    ],
)
def test_a_box_that_is_written_in_another_way_is_refused_with_the_right_one(
    written: str, problem: str
) -> None:
    with pytest.raises(SettingsError, match=r"woocommerce\.consent_fields\.email") as refused:
        settings_of("woocommerce", woocommerce={"consent_fields": {"email": written}})
    assert problem in str(refused.value)


# --- customers


def test_a_customer_is_the_shops_record_and_its_old_box_is_no_opt_in() -> None:
    (told,) = read(a_woo_customer(date_modified_gmt="2026-10-14T09:00:00"), "customer.updated")
    assert isinstance(told, CustomerUpdated)
    assert told.at == datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
    assert told.contact == Contact(
        platform_id="77",
        email="ala.nowak@poczta.example",
        phone="+48601234567",
        first_name="Ala",
        record_email="ala.nowak@poczta.example",
        record_phone="+48601234567",
        record_first_name="Ala",
    )


def test_a_new_customer_is_dated_by_its_beginning() -> None:
    (told,) = read(a_woo_customer(), "customer.created")
    assert told.at == datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
    undated = dict.fromkeys(("date_created", "date_created_gmt"))
    (told,) = read(a_woo_customer(**undated), "customer.created")
    assert told.at == NOW


def test_a_customer_without_anything_to_know_them_by_is_refused() -> None:
    nobody = a_woo_customer(id=0, email="", billing=[])
    assert problem_of(nobody, "customer.updated")[0] == "id"


def test_the_end_of_an_account_erases_what_is_kept_of_it() -> None:
    (told,) = read({"id": 77}, "customer.deleted")
    contact = Contact(platform_id="77")
    assert told == PrivacyRequested(at=NOW, kind=PrivacyKind.CUSTOMER_REDACT, contact=contact)


@pytest.mark.parametrize("body", [{}, {"id": 0}, {"id": None}, {"email": "ala@poczta.example"}])
def test_the_end_of_nobody_s_account_erases_nobody(body: dict[str, Any]) -> None:
    assert problem_of(body, "customer.deleted")[0] == "id"


def test_orders_of_people_who_were_erased_there_are_no_one_shoppers() -> None:
    """WordPress puts the same address into all of them."""
    erased = {"email": "deleted@site.invalid", "phone": "000 000 000", "first_name": "[deleted]"}
    placed, *_ = read(a_woo_order(customer_id=0, billing=erased))
    assert not placed.contact.reachable
