"""Addresses that were given up: why, and how a person who knows better lifts it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from wracaj.consent import Channel, Consent, ConsentState
from wracaj.contacts import normal_phone
from wracaj.customer import Customer, address_key
from wracaj.deliveries import SOFT_BOUNCES
from wracaj.email_addresses import normal_email
from wracaj.errors import NothingKnownError, WracajError
from wracaj.events import Contact
from wracaj.settings import ShopSettings
from wracaj.store import Store
from wracaj.store.given_up import Held
from wracaj_cli.outcome_words import given_up_in_words


class NoAddressError(WracajError):
    """What was typed is no address."""


class NotGivenUpError(WracajError):
    """There is nothing to lift."""


def contact_of(address: str, shop: ShopSettings) -> Contact:
    email, phone = normal_email(address), normal_phone(address, shop.phone_region)
    if not email and not phone:
        raise NoAddressError(f"{address!r} is neither an e-mail address nor a phone number, such as +48600100200")
    return Contact(email=email) if email else Contact(phone=phone)


def owners(store: Store, shop: str, contact: Contact) -> list[Customer]:
    """Nobody, where the address of a shopper who was forgotten is still given up."""
    found = [customer for customer in store.erasure.find(shop, contact) if not customer.erased_at]
    if not found and not held(store, shop, contact):
        raise NothingKnownError(f"nobody is known by this address in {shop!r}; look at how it is written, and at the shop's name")
    return found


def keys_of(contact: Contact) -> dict[Channel, str]:
    """Where something may be held against the address."""
    return {
        channel: address_key(channel, address)
        for channel in (Channel.EMAIL, Channel.SMS, Channel.AUDIENCE)
        if (address := contact.address(channel))
    }


def held(store: Store, shop: str, contact: Contact) -> dict[str, Held]:
    """What is given up, on whoever's profile: a phone may be on those of several."""
    found = {key: store.given_up.held(shop, key) for key in keys_of(contact).values()}
    return {key: one for key, one in found.items() if one}


class Told(NamedTuple):
    """What is known of one channel of an address, on one profile."""

    channel: Channel
    given_up: str | None  # why
    not_arrived: int  # messages in a row
    no: Consent | None  # the shopper's own


def shown(store: Store, shop: str, contact: Contact) -> Iterator[str]:
    for one in told(store, shop, contact):
        yield from _in_words(one)


def told(store: Store, shop: str, contact: Contact) -> Iterator[Told]:
    customers, given_up = owners(store, shop, contact), held(store, shop, contact)
    for customer in customers or [Customer(id="")]:
        yield from _told(customer, contact, given_up)


def _told(customer: Customer, contact: Contact, held: Mapping[str, Held]) -> Iterator[Told]:
    for channel, key in keys_of(contact).items():
        why = customer.suppressed.get(key) or (held[key].why if key in held else None)
        delivery, word = customer.deliveries.get(key), customer.consent.get(f"{channel}#")
        no = word if word and word.state is ConsentState.UNSUBSCRIBED else None
        yield Told(channel, why, len(delivery.soft) if delivery else 0, no)


def _in_words(one: Told) -> Iterator[str]:
    if one.given_up:
        yield f"{one.channel}: given up, as {given_up_in_words(one.given_up)}"
    elif one.not_arrived:
        yield f"{one.channel}: in use; {one.not_arrived} of {SOFT_BOUNCES} messages in a row did not arrive"
    elif one.channel is not Channel.AUDIENCE:
        yield f"{one.channel}: in use"
    if one.no:
        yield f"{one.channel}: the shopper said no on {one.no.at:%Y-%m-%d} ({one.no.source}); only they can take that back"


def as_json(one: Told, contact: Contact) -> dict[str, Any]:
    """The keys are named in docs/operations.md and stay as they are."""
    return {
        "channel": str(one.channel),
        "address": contact.address(one.channel),
        "given_up": one.given_up,
        "not_arrived_in_a_row": one.not_arrived,
        "said_no_at": one.no.at if one.no else None,
        "said_no_by": one.no.source if one.no else None,
    }


def lift(store: Store, shop: str, contact: Contact, at: datetime) -> None:
    """For everybody who is known by the address; what is told later of messages sent before changes nothing.

    Raises NotGivenUpError where nobody's is given up.
    """
    keys, given_up, known = keys_of(contact).values(), held(store, shop, contact), owners(store, shop, contact)
    if not given_up and not any(key in customer.suppressed for customer in known for key in keys):
        raise NotGivenUpError("this address is not given up: there is nothing to lift")

    def trusting(customer: Customer) -> Customer:
        for key in keys:
            customer = customer.trusted_again(key, at)
        return customer

    for customer_id in {customer.id for customer in known}.union(*(one.by for one in given_up.values())):
        store.customers.amend(shop, customer_id, trusting)
    for key in given_up:
        store.given_up.lift(shop, key)
