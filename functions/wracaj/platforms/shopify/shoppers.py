"""Turns Shopify's customers, consents and privacy requests into our events."""

from wracaj.consent.channel import Channel
from wracaj.consent.consent import UNDATED, Consent, ConsentState
from wracaj.customers.contact import Record, contact
from wracaj.errors import PayloadError
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    PrivacyKind,
    PrivacyRequested,
)
from wracaj.platforms import Ignored
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.shopify.cart_payloads import Customer, known_ids, record_of
from wracaj.platforms.shopify.payloads import (
    EmailConsentUpdate,
    MarketingConsent,
    Merge,
    PrivacyRequest,
    SmsConsentUpdate,
)


def read_customer(delivery: Delivery) -> Reading:
    customer = delivery.read(Customer)
    shopper = _customer_contact(delivery, customer)
    if not shopper.reachable:
        raise PayloadError(
            [("id", "is missing, and no e-mail or phone says which customer this is")]
        )
    return (CustomerUpdated(at=customer.updated_at or delivery.sent_at, contact=shopper),)


def _customer_contact(delivery: Delivery, customer: Customer) -> Contact:
    return contact(
        delivery.region,
        platform_id=customer.id,
        emails=[customer.email],
        phones=[customer.phone],
        first_name=customer.first_name,
        record=record_of(customer),
    )


def read_merge(delivery: Delivery) -> Reading:
    """A merge contains no time. Values of `status` are those of GraphQL's
    CustomerMergeRequestStatus."""
    merge = delivery.read(Merge)
    if (merge.status or "").lower() != "completed":
        return Ignored("the merge of two customers is not completed")
    kept, gone = (
        _number(id_)
        for id_ in (
            merge.admin_graphql_api_customer_kept_id,
            merge.admin_graphql_api_customer_deleted_id,
        )
    )
    if kept == gone:
        return Ignored("a customer is not merged with itself")
    return (CustomersMerged(at=delivery.sent_at, sequence=delivery.sequence, kept=kept, gone=gone),)


def _number(gid: str) -> str:
    """The customer's id as all other webhooks write it."""
    number = gid.rpartition("/")[2]
    if not number:
        raise PayloadError(
            [("(body)", "must name both customers, such as gid://shopify/Customer/7")]
        )
    return number


def read_email_consent(delivery: Delivery) -> Reading:
    update = delivery.read(EmailConsentUpdate)
    emails, record = [update.email_address], Record(email=update.email_address)
    shopper = contact(delivery.region, platform_id=update.customer_id, emails=emails, record=record)
    return _consent_changed(delivery, Channel.EMAIL, update.email_marketing_consent, shopper)


def read_sms_consent(delivery: Delivery) -> Reading:
    update = delivery.read(SmsConsentUpdate)
    shopper = contact(delivery.region, platform_id=update.id, phones=[update.phone])
    return _consent_changed(delivery, Channel.SMS, update.sms_marketing_consent, shopper)


_STATES = {
    "subscribed": ConsentState.SUBSCRIBED,
    "pending": ConsentState.PENDING,
    "not_subscribed": ConsentState.UNKNOWN,
    None: ConsentState.UNKNOWN,
}


def _consent_changed(
    delivery: Delivery, channel: Channel, said: MarketingConsent | None, shopper: Contact
) -> Reading:
    # `unsubscribed`, `redacted`, `invalid`, and any value that Shopify may add: what is not known
    # as an opt-in is an opt-out.
    state = _STATES.get(
        said.state.lower() if said and said.state else None, ConsentState.UNSUBSCRIBED
    )
    if state is ConsentState.UNKNOWN:
        return Ignored("the shopper gave neither an opt-in nor an opt-out")
    if not shopper.reachable:
        raise PayloadError(
            [
                (
                    "(body)",
                    f"has no customer id and no usable address: whose {channel} consent is this?",
                )
            ]
        )
    said_at = said.consent_updated_at if said else None
    at, source = (said_at, "shopify") if said_at else (delivery.sent_at, f"shopify{UNDATED}")
    # "confirmed_opt_in": the shopper clicked a link in Shopify's own mail
    is_confirmed = bool(
        said and said.opt_in_level and said.opt_in_level.lower() == "confirmed_opt_in"
    )
    word = Consent(state=state, at=at, source=source, confirmed=is_confirmed)
    return (ConsentChanged(at=at, contact=shopper, channel=channel, consent=word),)


_PRIVACY_KINDS = {
    "customers/data_request": PrivacyKind.DATA_REQUEST,
    "customers/redact": PrivacyKind.CUSTOMER_REDACT,
    "shop/redact": PrivacyKind.SHOP_REDACT,
}


def read_privacy(delivery: Delivery) -> Reading:
    """Check the shop in the signed body: one app secret signs for all shops, and the headers are
    not signed."""
    request = delivery.read(PrivacyRequest)
    ours = delivery.settings.shopify.shop_domain if delivery.settings.shopify else ""
    if (request.shop_domain or "").lower() != ours:
        raise PayloadError(
            [
                (
                    "shop_domain",
                    f"must be {ours}: nothing is disclosed or erased on another shop's behalf",
                )
            ]
        )
    kind = _PRIVACY_KINDS[delivery.topic]
    shopper = _customer_contact(delivery, request.customer or Customer())
    if kind is not PrivacyKind.SHOP_REDACT and not shopper.reachable:
        raise PayloadError([("customer", "is missing: nothing says whose data this is about")])
    orders = known_ids(*request.orders_requested, *request.orders_to_redact)
    return (PrivacyRequested(at=delivery.sent_at, kind=kind, contact=shopper, order_ids=orders),)
