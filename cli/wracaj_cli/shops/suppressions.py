"""Suppressed addresses, the reasons, and how a person lifts a suppression."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from wracaj.consent.channel import TRAITS, Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.bounces import SOFT_BOUNCES
from wracaj.customers.consents import Speaker
from wracaj.customers.contact import normal_phone
from wracaj.customers.customer import Customer
from wracaj.customers.email_address import normal_email
from wracaj.customers.identity import identifiers_of
from wracaj.errors import NothingKnownError, WracajError
from wracaj.events import Contact
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj_cli.outcome_words import channel_in_words, suppression_in_words


class NoAddressError(WracajError):
    """The given text is not an address."""


class NotSuppressedError(WracajError):
    """The address is not suppressed."""


def contact_of(address: str, shop: ShopSettings) -> Contact:
    email, phone = normal_email(address), normal_phone(address, shop.phone_region)
    if not email and not phone:
        raise NoAddressError(
            f"{address!r} is neither an e-mail address nor a phone number, such as +48600100200"
        )
    return Contact(email=email) if email else Contact(phone=phone)


def known_at(store: Store, shop: str, contact: Contact) -> tuple[list[Channel], Customer]:
    """Return the channels that use the address, and what is known of it. Raises
    NothingKnownError."""
    channels = [one for one in Channel if TRAITS[one].typed_field and contact.address(one)]
    (name,) = identifiers_of(shop, contact).values()
    known = store.customers.get(shop, name)
    if known is None and store.pointers.cart_ids(shop, [name], most=1):
        known = Customer(id=name)  # nothing suppresses it
    if known is None:
        raise NothingKnownError(
            f"nothing is known of this address in {shop!r}; look at how it is written, and at the"
            " shop's name"
        )
    return channels, known


class Told(NamedTuple):
    """What is known of one channel of an address, on one profile."""

    channel: Channel
    suppressed: str | None  # the reason
    soft_bounces: int  # number of messages in a row
    no: Consent | None  # the shopper's own opt-out


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
    """Return the facts in words, such as "e-mail: suppressed: messages to it bounce; the shopper
    opted out on …"."""
    facts = list(_facts(one))
    return f"{channel_in_words(one.channel)}: {'; '.join(facts or ['not suppressed'])}"


def _facts(one: Told) -> Iterator[str]:
    """Return the facts. An opt-out counts even if messages to the address arrive."""
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
    """Return the facts for scripts. docs/operations.md describes the keys, which do not change."""
    return {
        "channel": str(one.channel),
        "address": contact.address(one.channel),
        "suppressed": one.suppressed,
        "soft_bounces_in_a_row": one.soft_bounces,
        "opted_out_at": one.no.at if one.no else None,
        "opted_out_by": one.no.source if one.no else None,
    }


def lift(store: Store, shop: str, contact: Contact, at: datetime) -> None:
    """Lift the suppression for everybody who uses the address. Later reports about messages sent
    before do not restore it.

    Raises NotSuppressedError if the address is not suppressed.
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
