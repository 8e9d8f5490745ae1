"""Addresses that were given up: why, and how a person who knows better lifts it."""

from collections.abc import Iterator
from datetime import datetime

from wracaj.consent import Channel, ConsentState
from wracaj.contacts import normal_phone
from wracaj.customer import Customer, Speaker
from wracaj.deliveries import SOFT_BOUNCES
from wracaj.email_addresses import normal_email
from wracaj.errors import NothingKnownError, WracajError
from wracaj.events import Contact
from wracaj.settings import ShopSettings
from wracaj.store import Store
from wracaj.who import names_of
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


def known_at(store: Store, shop: str, contact: Contact) -> tuple[Channel, Customer]:
    """The channel that the address is of, and what is known there. Raises NothingKnownError."""
    channel = Channel.EMAIL if contact.email else Channel.SMS
    (name,) = names_of(shop, contact).values()
    known = store.customers.get(shop, name)
    if known is None:
        raise NothingKnownError(
            f"nothing is known of this address in {shop!r}; look at how it is written, and at the shop's name"
        )
    return channel, known


def shown(store: Store, shop: str, contact: Contact) -> Iterator[str]:
    channel, known = known_at(store, shop, contact)
    if why := known.suppressed.get(channel):
        yield f"{channel}: given up, as {given_up_in_words(why)}"
    elif (told := known.deliveries.get(channel)) and told.soft:
        yield f"{channel}: in use; {len(told.soft)} of {SOFT_BOUNCES} messages in a row did not arrive"
    else:
        yield f"{channel}: in use"
    for each in Channel:
        no = known.word(each, Speaker.READER)
        if no and no.state is ConsentState.UNSUBSCRIBED:
            yield f"{each}: the shopper said no on {no.at:%Y-%m-%d} ({no.source}); only they can take that back"


def lift(store: Store, shop: str, contact: Contact, at: datetime) -> None:
    """For everybody who uses the address; what is told later of messages sent before changes nothing.

    Raises NotGivenUpError where it is not given up.
    """
    channel, known = known_at(store, shop, contact)
    if channel not in known.suppressed:
        raise NotGivenUpError("this address is not given up: there is nothing to lift")
    store.customers.amend_one(shop, known.id, lambda known: known.trusted_again(channel, at))
