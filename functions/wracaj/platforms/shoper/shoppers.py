"""Turns Shoper's clients and subscribers into our events.

An opt-out counts as soon as a webhook brings it, and from that moment. An opt-in counts only after
it was read from the API, and from the day that the API gives, because both entries repeat it in
every later webhook.
"""

from datetime import datetime

from wracaj.consent.channel import Channel
from wracaj.consent.consent import UNDATED, Consent, ConsentState
from wracaj.customers.contact import Record, contact
from wracaj.events import ConsentChanged, Contact, CustomerUpdated, ShopEvent
from wracaj.platforms import Ignored
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.shoper.resources import Client, Subscriber, is_allegros

OF_ALLEGRO = "a buyer from Allegro, who agreed to nothing in this shop"


def opt_out(delivery: Delivery, shopper: Contact) -> tuple[ShopEvent, ...]:
    at = delivery.sent_at
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=at, source="shoper")
    return (ConsentChanged(at=at, contact=shopper, channel=Channel.EMAIL, consent=no),)


def contact_of(delivery: Delivery, client: Client) -> Contact:
    """`registered` 0: somebody who ordered as a guest, so the address was only typed."""
    return contact(
        delivery.region,
        platform_id=client.user_id if client.registered else None,
        emails=[client.email],
        first_name=client.firstname,
        record=Record(email=client.email, first_name=client.firstname),
    )


def read_client(delivery: Delivery) -> Reading:
    client = delivery.read(Client)
    if is_allegros(client.origin, client.email):
        return Ignored(OF_ALLEGRO)
    shopper = contact_of(delivery, client)
    if not shopper.reachable:
        return Ignored("a client without a login and without a usable e-mail address")
    events: list[ShopEvent] = []
    if shopper.platform_id:
        events.append(CustomerUpdated(at=delivery.sent_at, contact=shopper))
    if client.newsletter:
        source = "shoper" if delivery.topic == "client.create" else f"shoper{UNDATED}"
        events += _opt_in(delivery, shopper, client.date_add, "date_add", source)
    elif client.newsletter is False and delivery.topic != "client.create":
        events += opt_out(delivery, shopper)
    return tuple(events) or Ignored("a client who ordered as a guest, and said nothing new")


def read_subscriber(delivery: Delivery) -> Reading:
    """An inactive subscriber is new and has not confirmed yet, or has left."""
    subscriber = delivery.read(Subscriber)
    if is_allegros(None, subscriber.email):
        return Ignored(OF_ALLEGRO)
    shopper = contact(delivery.region, emails=[subscriber.email])
    if not shopper.email:
        return Ignored("a subscriber without a usable e-mail address")
    if subscriber.active:
        return tuple(
            _opt_in(delivery, shopper, subscriber.dateadd, "dateadd", "newsletter")
        ) or Ignored("a subscriber without a date")
    if delivery.topic == "subscriber.create":
        return Ignored("a subscriber who is not active: whoever asked has not confirmed")
    return opt_out(delivery, shopper)


def _opt_in(
    delivery: Delivery, shopper: Contact, since: datetime | None, field: str, source: str
) -> list[ShopEvent]:
    if since is None:  # it could be older than an opt-out
        delivery.warn(field, "is missing: without its date an opt-in counts for nothing")
        return []
    if not (shopper.email or shopper.record_email):
        return []
    yes = Consent(state=ConsentState.SUBSCRIBED, at=since, source=source)
    event = ConsentChanged(at=delivery.sent_at, contact=shopper, channel=Channel.EMAIL, consent=yes)
    return [event]
