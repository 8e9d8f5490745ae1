"""The shopper, the consents and the cart's content: parts that many types of the generic envelope
share."""

from datetime import datetime

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.contact import Record, contact
from wracaj.errors import PayloadError
from wracaj.events import CartContent, ConsentChanged, Contact, Item, Product
from wracaj.platforms.delivery import Delivery
from wracaj.platforms.fields import MAX_ITEMS
from wracaj.platforms.generic import data as told

NAMES_NOBODY = "must hold an id, a valid email or a valid phone: nothing else says who this is"


def contact_of(
    delivery: Delivery, data: told.Data | told.ViewData, *, is_record: bool = False
) -> Contact:
    """The contact. Only `customer` webhooks contain the shop's record; in other types an address
    was typed."""
    customer = data.customer or told.Customer()
    record = Record(customer.email, customer.phone, customer.first_name)
    shopper = contact(
        delivery.region,
        platform_id=customer.id,
        emails=[customer.email],
        phones=[customer.phone],
        first_name=customer.first_name,
        locale=customer.locale,
        id_by_login=True,
        record=record if is_record else None,
    )
    if customer.email and not shopper.email:
        delivery.warn("data.customer.email", "is no address that a mail could reach")
    if customer.phone and not shopper.phone:
        delivery.warn(
            "data.customer.phone",
            f"is no number of {delivery.region}, nor of another country with its + and code",
        )
    return shopper


def known_contact(
    delivery: Delivery, data: told.Data | told.ViewData, *, is_record: bool = False
) -> Contact:
    shopper = contact_of(delivery, data, is_record=is_record)
    if not shopper.reachable:
        raise PayloadError([("data.customer", NAMES_NOBODY)])
    return shopper


def consent_in(delivery: Delivery, data: told.Data, at: datetime) -> dict[Channel, Consent]:
    """The consents in the data. Missing and unknown are the same, and never an opt-in."""
    consent = data.consent or told.ConsentWords()
    words: dict[Channel, told.ConsentWord | None] = {
        channel: getattr(consent, channel.value) for channel in Channel
    }
    return {
        channel: said
        for channel, word in words.items()
        if word and (said := _said(delivery, channel, word, at))
    }


def _said(
    delivery: Delivery, channel: Channel, word: told.ConsentWord, at: datetime
) -> Consent | None:
    """An opt-out counts without a date. Any other consent without a date could be older than an
    opt-out, and is dropped."""
    if word.state is ConsentState.UNKNOWN:
        return None
    if word.updated_at is None:
        is_no = word.state is ConsentState.UNSUBSCRIBED
        what = (
            "the time of the webhook is taken"
            if is_no
            else "without its date an opt-in counts for nothing"
        )
        delivery.warn(f"data.consent.{channel}.updated_at", f"is missing: {what}")
        return Consent(state=word.state, at=at, source=word.source or "shop") if is_no else None
    return Consent(
        state=word.state, at=word.updated_at, source=word.source or "shop", confirmed=word.confirmed
    )


def consent_changes(
    delivery: Delivery, data: told.Data, at: datetime, *, noes_only: bool = False
) -> tuple[ConsentChanged, ...]:
    shopper, said = contact_of(delivery, data), consent_in(delivery, data, at)
    if not shopper.reachable:
        return ()
    chosen = {
        channel: word
        for channel, word in said.items()
        if word.state is ConsentState.UNSUBSCRIBED or not noes_only
    }
    return tuple(
        ConsentChanged(at=at, contact=shopper, channel=channel, consent=word)
        for channel, word in chosen.items()
    )


def content_of(delivery: Delivery, data: told.CartData) -> CartContent | None:
    if data.items is None:
        return None
    lines = [item for item in data.items if item.quantity > 0]
    if len(lines) > MAX_ITEMS:
        delivery.warn("data.items", f"has more than {MAX_ITEMS} lines: the others are left out")
    return CartContent(
        items=tuple(_item(delivery, data.currency, item) for item in lines[:MAX_ITEMS]),
        currency=data.currency,
        total=delivery.money(data.total, data.currency, "data.currency"),
        recovery_url=data.recovery_url,
    )


def _item(delivery: Delivery, currency: str | None, item: told.Item) -> Item:
    return Item(
        product_id=item.product_id,
        variant_id=item.variant_id,
        title=item.title or "—",
        quantity=item.quantity,
        unit_price=delivery.money(item.unit_price, currency, "data.currency"),
        image_url=item.image_url,
        url=item.url,
    )


def bought(item: told.BoughtItem) -> Product | None:
    if item.product_id is None:
        return None
    return Product(
        product_id=item.product_id, title=item.title or "", url=item.url, image_url=item.image_url
    )
