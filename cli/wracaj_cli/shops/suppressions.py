"""Suppressed addresses: why, and how a person who knows better lifts it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from wracaj.consent.channel import TRAITS, Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.bounces import SOFT_BOUNCES
from wracaj.customers.contact import normal_phone
from wracaj.customers.customer import Customer, Speaker
from wracaj.customers.email_address import normal_email
from wracaj.customers.identity import identifiers_of
from wracaj.errors import NothingKnownError, WracajError
from wracaj.events import Contact
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj_cli.outcome_words import channel_in_words, suppression_in_words


class NoAddressError(WracajError):
    """What was typed is no address."""


class NotSuppressedError(WracajError):
    """There is nothing to lift."""


def contact_of(address: str, shop: ShopSettings) -> Contact:
    email, phone = normal_email(address), normal_phone(address, shop.phone_region)
    if not email and not phone:
        raise NoAddressError(
            f"{address!r} is neither an e-mail address nor a phone number, such as +48600100200"
        )
    return Contact(email=email) if email else Contact(phone=phone)


def known_at(store: Store, shop: str, contact: Contact) -> tuple[list[Channel], Customer]:
    """The channels that write to the address, and what is known there. Raises
    NothingKnownError."""
    channels = [one for one in Channel if TRAITS[one].typed_field and contact.address(one)]
    (name,) = identifiers_of(shop, contact).values()
    known = store.customers.get(shop, name)
    if known is None and store.pointers.cart_ids(shop, [name], most=1):
        known = Customer(id=name)  # nothing is held against it
    if known is None:
        raise NothingKnownError(
            f"nothing is known of this address in {shop!r}; look at how it is written, and at the"
            " shop's name"
        )
    return channels, known


class Told(NamedTuple):
    """What is known of one channel of an address, on one profile."""

    channel: Channel
    suppressed: str | None  # why
    soft_bounces: int  # messages in a row
    no: Consent | None  # the shopper's own


def shown(store: Store, shop: str, contact: Contact) -> Iterator[str]:
    return map(_in_words, told(store, shop, contact))


def told(store: Store, shop: str, contact: Contact) -> Iterator[Told]:
    channels, known = known_at(store, shop, contact)
    for each in (*channels, *(one for one in Channel if one not in channels)):
        word, delivery = known.word(each, Speaker.READER), known.deliveries.get(each)
        no = word if word and word.state is ConsentState.UNSUBSCRIBED else None
        if each in channels or no:
            yield Told(each, known.suppressed.get(each), len(delivery.soft) if delivery else 0, no)


def _in_words(one: Told) -> str:
    """Such as "e-mail: suppressed: messages to it bounce; the shopper opted out on …"."""
    facts = list(_facts(one))
    return f"{channel_in_words(one.channel)}: {'; '.join(facts or ['not suppressed'])}"


def _facts(one: Told) -> Iterator[str]:
    """Where somebody opted out, that is what counts, whatever arrives there."""
    if one.suppressed:
        yield f"suppressed: {suppression_in_words(one.suppressed)}"
    elif one.soft_bounces:
        lately = f"{one.soft_bounces} of {SOFT_BOUNCES} messages in a row did not arrive"
        yield lately if one.no else f"not suppressed; {lately}"
    if one.no:
        yield (
            f"the shopper opted out on {one.no.at:%Y-%m-%d} ({one.no.source}), which only they can"
            " take back"
        )


def as_json(one: Told, contact: Contact) -> dict[str, Any]:
    """The keys are named in docs/operations.md and stay as they are."""
    return {
        "channel": str(one.channel),
        "address": contact.address(one.channel),
        "suppressed": one.suppressed,
        "soft_bounces_in_a_row": one.soft_bounces,
        "opted_out_at": one.no.at if one.no else None,
        "opted_out_by": one.no.source if one.no else None,
    }


def lift(store: Store, shop: str, contact: Contact, at: datetime) -> None:
    """For everybody who uses the address; what is told later of messages sent before changes
    nothing.

    Raises NotSuppressedError where it is not suppressed.
    """
    channels, known = known_at(store, shop, contact)
    suppressed = [channel for channel in channels if channel in known.suppressed]
    if not suppressed:
        raise NotSuppressedError("this address is not suppressed: there is nothing to lift")

    def lifted(known: Customer) -> Customer:
        for channel in suppressed:
            known = known.with_suppression_lifted(channel, at)
        return known

    store.customers.amend_one(shop, known.id, lifted)
