"""What an event tells of its shopper, with the version that it is of."""

from collections.abc import Mapping

from wracaj.carts.cart import CONTACT_FACTS
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact, Event


def reported(shopper: Shopper, contact: Contact, versions: Mapping[str, str]) -> Shopper:
    """With what the event tells of the shop's record; of a guest, the language alone is kept."""
    if shopper.owner.is_account:
        return shopper.learned(contact.recorded, versions)
    return shopper.changed(shopper.owner.learn(Contact(locale=contact.locale), versions))


def fact_versions(event: Event) -> dict[str, str]:
    """All that one event tells of the shopper is of its own version."""
    return dict.fromkeys(CONTACT_FACTS, event.version)
