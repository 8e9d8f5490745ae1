"""Shoppers, their consent and their privacy requests in Shopify's webhooks."""

from datetime import UTC, datetime

import pytest

from support import webhook_bodies as a
from support.shopify_reading import read, the_problem
from support.webhook_bodies import NOW
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import Contact, CustomersMerged, CustomerUpdated, PrivacyKind, PrivacyRequested
from wracaj.platforms import Ignored

# --- shoppers


def test_a_customer_is_told_by_all_addresses() -> None:
    (customer,) = read("customers/update", a.a_shopify_customer())
    contact = Contact(
        platform_id="7001002003004",
        email="ala.nowak@poczta.example",
        phone="+48601234567",
        first_name="Ala",
        record_email="ala.nowak@poczta.example",
        record_first_name="Ala",
    )
    assert customer == CustomerUpdated(at=datetime(2026, 10, 14, 9, tzinfo=UTC), contact=contact)


def test_a_customer_without_time_is_dated_by_arrival() -> None:
    (customer,) = read("customers/update", a.a_shopify_customer(created_at=None, updated_at=None))
    assert customer.at == NOW


def test_a_customer_without_id_and_address_is_refused() -> None:
    assert (
        the_problem("customers/update", a.a_shopify_customer(id=None, email=None, phone="555"))[0]
        == "id"
    )


def test_two_customers_are_merged_by_the_shops_word() -> None:
    (merged,) = read("customers/merge", a.a_shopify_merge("7", "9"))
    assert merged == CustomersMerged(at=NOW, kept="7", gone="9")


@pytest.mark.parametrize(
    "status", ["failed", "in_progress", "requested", "", "a word of next year"]
)
def test_a_merge_that_is_not_completed_merges_nobody(status: str) -> None:
    assert isinstance(read("customers/merge", a.a_shopify_merge(status=status)), Ignored)


def test_a_customer_is_not_merged_with_itself_or_with_nobody() -> None:
    assert isinstance(read("customers/merge", a.a_shopify_merge("7", "7")), Ignored)
    assert "both customers" in the_problem("customers/merge", a.a_shopify_merge(gone=""))[1]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("subscribed", ConsentState.SUBSCRIBED),
        ("SUBSCRIBED", ConsentState.SUBSCRIBED),
        ("pending", ConsentState.PENDING),
        ("unsubscribed", ConsentState.UNSUBSCRIBED),
        ("redacted", ConsentState.UNSUBSCRIBED),
        ("invalid", ConsentState.UNSUBSCRIBED),
        ("a word of next year", ConsentState.UNSUBSCRIBED),
    ],
)
def test_what_is_not_known_to_be_a_yes_is_a_no(word: str, state: ConsentState) -> None:
    said_at = datetime(2026, 10, 14, 9, 5, tzinfo=UTC)
    (email,) = read("customers_email_marketing_consent/update", a.an_email_consent(word))
    (sms,) = read("customers_marketing_consent/update", a.an_sms_consent(word))
    assert (email.channel, sms.channel) == (Channel.EMAIL, Channel.SMS)
    mail = "ala.nowak@poczta.example"
    assert email.contact == Contact(platform_id="7001002003004", email=mail, record_email=mail)
    assert sms.contact == Contact(platform_id="7001002003004", phone="+48601234567")
    assert email.consent == sms.consent == Consent(state=state, at=said_at, source="shopify")


def test_a_yes_without_its_own_time_says_so() -> None:
    """It may be a line of an imported list."""
    told = a.an_email_consent(
        "subscribed", email_marketing_consent={"state": "subscribed", "consent_updated_at": None}
    )
    (email,) = read("customers_email_marketing_consent/update", told)
    assert (email.consent.source, email.consent.imported) == ("shopify, undated", True)


@pytest.mark.parametrize("word", ["not_subscribed", None])
def test_neither_yes_nor_no_is_ignored(word: str | None) -> None:
    assert isinstance(
        read("customers_email_marketing_consent/update", a.an_email_consent(word)), Ignored
    )
    assert isinstance(read("customers_marketing_consent/update", a.an_sms_consent(word)), Ignored)


def test_a_consent_of_nobody_is_refused() -> None:
    body = a.an_email_consent(customer_id=None, email_address=None)
    assert "whose email consent" in the_problem("customers_email_marketing_consent/update", body)[1]


# --- privacy


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("customers/data_request", PrivacyKind.DATA_REQUEST),
        ("customers/redact", PrivacyKind.CUSTOMER_REDACT),
    ],
)
def test_a_privacy_request_tells_who_and_which_orders(topic: str, kind: PrivacyKind) -> None:
    (request,) = read(topic, a.SHOPIFY_BODIES[topic])
    ala = "ala.nowak@poczta.example"
    contact = Contact(platform_id="7001002003004", email=ala, record_email=ala)
    assert request == PrivacyRequested(
        at=NOW, kind=kind, contact=contact, order_ids=("6100200300400500",)
    )


@pytest.mark.parametrize("domain", ["obcy.myshopify.com", None, ""])
@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
def test_nothing_is_erased_on_another_shops_behalf(topic: str, domain: str | None) -> None:
    assert the_problem(topic, a.a_shopify_privacy_request(shop_domain=domain))[0] == "shop_domain"


def test_a_customer_to_redact_must_be_named() -> None:
    assert (
        the_problem("customers/redact", a.a_shopify_privacy_request(customer=None))[0] == "customer"
    )
