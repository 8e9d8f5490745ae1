"""The shopper and the opt-ins of a WooCommerce order or draft, and WooCommerce's customers."""

from datetime import datetime

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.contact import Record, contact
from wracaj.errors import PayloadError
from wracaj.events import Contact, CustomerUpdated, PrivacyKind, PrivacyRequested
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.woocommerce.payloads import (
    BLOCK_CHECKOUT,
    Address,
    Customer,
    DeletedCustomer,
    Order,
)
from wracaj.settings.shop import ShopSettings

BY_SHOPPERS = frozenset(
    {"checkout", BLOCK_CHECKOUT}
)  # the classic checkout, and the block checkout
_META_OF_FIELDS = "_wc_other/"
_TICKED = ("1", 1)


def contact_of(delivery: Delivery, order: Order) -> Contact:
    """The contact that was typed. In a checkout `customer_id` is the account that was logged in;
    an order that the shop itself writes may have it from a search by the typed address."""
    billing = order.billing or Address()
    languages = order.meta(delivery.settings.woocommerce.language_key)
    locale = languages[-1] if languages and isinstance(languages[-1], str) else None
    return contact(
        delivery.region,
        platform_id=order.customer_id,
        emails=[billing.email],
        phones=[billing.phone],
        first_name=billing.first_name,
        locale=locale,
        id_by_login=order.created_via in BY_SHOPPERS,
    )


def opt_ins(settings: ShopSettings, order: Order, shopper: Contact) -> dict[Channel, Consent]:
    """The boxes that are ticked, each for the address in the same checkout. They count from when
    the checkout began, because a box stays ticked in every later webhook, and must not count again
    after an opt-out. Without that time they count for nothing."""
    if order.begun_at is None:
        return {}
    yes = Consent(state=ConsentState.SUBSCRIBED, at=order.begun_at, source="checkout")
    return {
        channel: yes
        for channel, field in _boxes(settings).items()
        if field and _is_ticked(order, field) and shopper.address(channel)
    }


def boxes_of_cart(
    settings: ShopSettings, order: Order, shopper: Contact, at: datetime
) -> dict[Channel, Consent]:
    """The opt-ins. An empty box says nothing about other consents. It only withdraws the opt-in
    that the same checkout gave before."""
    nothing = Consent(state=ConsentState.UNKNOWN, at=order.begun_at or at, source="checkout")
    empty = {
        channel: nothing
        for channel, field in _boxes(settings).items()
        if field and not _is_ticked(order, field)
    }
    return empty | opt_ins(settings, order, shopper)


def _boxes(settings: ShopSettings) -> dict[Channel, str | None]:
    fields = settings.woocommerce.consent_fields
    return {Channel.EMAIL: fields.email, Channel.SMS: fields.sms}


def _is_ticked(order: Order, field: str) -> bool:
    values = order.meta(f"{_META_OF_FIELDS}{field}")
    return bool(values) and all(value in _TICKED for value in values)


def read_customer(delivery: Delivery) -> Reading:
    """An account of the shop. Its address and phone are written by whoever is logged in to it, or
    by the shop. Boxes in its meta data have no date, and count for nothing."""
    customer = delivery.read(Customer)
    billing = customer.billing or Address()
    first_name = customer.first_name or billing.first_name
    shopper = contact(
        delivery.region,
        platform_id=customer.id,
        emails=[customer.email],
        phones=[billing.phone],
        first_name=first_name,
        record=Record(customer.email, billing.phone, first_name),
    )
    if not shopper.reachable:
        raise PayloadError(
            [("id", "is missing, and no e-mail or phone says which customer this is")]
        )
    changed_at = customer.date_modified_gmt or customer.date_modified
    made_at = customer.date_created_gmt or customer.date_created
    return (CustomerUpdated(at=changed_at or made_at or delivery.sent_at, contact=shopper),)


def read_deleted_customer(delivery: Delivery) -> Reading:
    """The end of an account, by its number alone. What we keep of it is of no more use to anybody,
    and is erased, as with the other platforms that tell of it."""
    gone = delivery.read(DeletedCustomer)
    if gone.id is None:
        raise PayloadError([("id", "is missing: nothing says which customer this was")])
    erase = PrivacyRequested(
        at=delivery.sent_at,
        kind=PrivacyKind.CUSTOMER_REDACT,
        contact=Contact(platform_id=gone.id),
    )
    return (erase,)
