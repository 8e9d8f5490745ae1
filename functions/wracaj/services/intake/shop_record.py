"""What an event reports of its shopper, with the event's version."""

from collections.abc import Mapping

from wracaj.carts.cart import CONTACT_FACTS
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact, Event


def reported(shopper: Shopper, contact: Contact, versions: Mapping[str, str]) -> Shopper:
    """Apply the event's part of the shop's customer record. For a guest, only the language is
    kept."""
    if shopper.owner.is_account:
        return shopper.learned(contact.recorded, versions)
    return shopper.changed(shopper.owner.learn(Contact(locale=contact.locale), versions))


def fact_versions(event: Event) -> dict[str, str]:
    """Return the event's version for each contact fact."""
    return dict.fromkeys(CONTACT_FACTS, event.version)
