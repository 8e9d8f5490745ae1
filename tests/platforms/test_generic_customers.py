"""Customers of a generic shop: their record, birthdays, merges, reviews, privacy."""

from typing import Any, cast

import pytest

from support import webhook_bodies as a
from support.generic_reading import HAPPENED, JAN, JANS_RECORD, UPDATED, parsed, problems, read
from support.webhook_bodies import Json
from wracaj.events import (
    CustomersMerged,
    CustomerUpdated,
    PrivacyKind,
    PrivacyRequested,
    ReviewWritten,
)
from wracaj.platforms import Ignored


def test_a_customer_is_told() -> None:
    assert read("customer.created", {"customer": a.a_customer()}) == (
        CustomerUpdated(at=HAPPENED, contact=JANS_RECORD),
    )


def test_an_id_says_who_is_logged_in_and_an_address_in_a_checkout_says_what_was_typed() -> None:
    (cart,) = read("checkout.updated", a.a_generic_cart())
    assert (cart.contact.id_by_login, cart.contact.record_email) == (True, None)
    (guest,) = read("checkout.updated", a.a_generic_cart(customer=a.a_customer(id=None)))
    assert guest.contact.id_by_login is False
    (nobodys,) = read("customer.updated", {"customer": a.a_customer(id=None)})
    assert (nobodys.contact.record_email, nobodys.contact.record_phone) == (None, None)


def test_customers_are_merged_by_the_shops_word() -> None:
    data = {
        "customer": {"id": 42},
        "merged_customer_ids": ["17", 18, "17", "42"],
        "updated_at": "2026-10-14T09:28:00Z",
    }
    assert read("customer.merged", data) == tuple(
        CustomersMerged(at=UPDATED, kept="42", gone=gone) for gone in ("17", "18")
    )
    assert isinstance(
        read("customer.merged", {"customer": {"id": 42}, "merged_customer_ids": ["42"]}), Ignored
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"customer": {"id": None}, "merged_customer_ids": ["17"]}, "data.customer.id"),
        (
            {"customer": {"email": "ala@poczta.example"}, "merged_customer_ids": ["17"]},
            "data.customer.id",
        ),
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


@pytest.mark.parametrize(
    "told",
    ["14.03.1990", "1990-02-30", "2023-02-29", "31-04", "13-01", "1990-03-14T00:00Z", "٠٣-١٤", 314],
)
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
@pytest.mark.parametrize(
    "type_",
    ["customer.updated", "consent.updated", "privacy.data_request", "privacy.customer_redact"],
)
def test_nobody_is_no_customer(type_: str, customer: Any) -> None:
    found = problems(type_, {"customer": customer, "consent": {"email": a.a_word()}})
    assert "an id, a valid email or a valid phone" in found["data.customer"]


def test_a_review_names_its_shopper() -> None:
    read_so = read("review.written", {"customer": a.a_customer(), "review_id": 7})
    assert read_so == (ReviewWritten(at=HAPPENED, contact=JAN, review_id="7"),)
    assert (
        "is missing" in problems("review.written", {"customer": a.a_customer()})["data.review_id"]
    )


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("privacy.data_request", PrivacyKind.DATA_REQUEST),
        ("privacy.customer_redact", PrivacyKind.CUSTOMER_REDACT),
    ],
)
def test_a_privacy_request_names_shopper_and_orders(type_: str, kind: PrivacyKind) -> None:
    data = {"customer": a.a_customer(), "order_ids": ["ZAM-1", 2]}
    assert read(type_, data) == (
        PrivacyRequested(at=HAPPENED, kind=kind, contact=JAN, order_ids=("ZAM-1", "2")),
    )


def test_a_shop_is_redacted_without_naming_anybody() -> None:
    assert read("privacy.shop_redact", {}) == (
        PrivacyRequested(at=HAPPENED, kind=PrivacyKind.SHOP_REDACT),
    )
