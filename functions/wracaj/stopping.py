"""A shopper wants no more messages: written down for every channel and every address, and proven."""

from collections.abc import Iterable
from datetime import datetime

from wracaj.clock import now
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.consent_wording import Wording
from wracaj.customer import Customer, OpenCart
from wracaj.errors import ConflictError
from wracaj.observability import count
from wracaj.store import open_store
from wracaj.store.step_records import LinkTarget


def newest_told(customer: Customer, carts: Iterable[OpenCart]) -> datetime | None:
    """The time that the newest word claims, of all that are known. Of a cart that is its beginning: no yes in it counts
    from later, but for a click's, whose time the profile knows. A shop's clock may be ahead of ours: what is said here is
    said after all this, whatever our clock shows."""
    words = (*customer.consent.values(), *customer.pending.values())
    told = (*(word.at for word in words), *customer.clicked_yes.values(), *(cart.created_at for cart in carts))
    return max(told, default=None)


def is_off(customer: Customer, channel: Channel, carts: Iterable[OpenCart]) -> bool:
    """A no for all addresses, and nothing said since, nor a cart begun that may hold a yes of its own."""
    no = customer.consent.get(f"{channel}#")
    words = (*customer.consent.items(), *customer.pending.items())
    said = [word.version for key, word in words if key.startswith(f"{channel}#")]
    if no is None or no.state is not ConsentState.UNSUBSCRIBED or no.version != max(said):
        return False
    if channel in customer.clicked_yes and customer.clicked_yes[channel] > no.at:
        return False
    return all(cart.created_at <= no.at for cart in carts)


def stop_all(target: LinkTarget, customer: Customer, wording: Wording | None = None) -> None:
    """From every channel: whoever clicks "stop" in a mail does not want the SMS either. Twice is once."""
    store = open_store()
    carts = store.carts.open_carts(target.shop, customer)
    if all(is_off(customer, channel, carts) for channel in Channel):
        return

    def stop(customer: Customer) -> Customer:
        moment = max(filter(None, (now(), newest_told(customer, carts))))
        word = Consent(state=ConsentState.UNSUBSCRIBED, at=moment, source=f"link in {target.step}")
        for channel in Channel:
            customer = customer.with_consent(channel, word)
        return customer

    stopped = store.customers.amend(target.shop, customer.id, stop)
    if stopped is None:
        raise ConflictError("the shopper's profile is gone")
    for channel in Channel:
        store.customers.log_consent(target.shop, customer.id, channel, stopped.consent[f"{channel}#"], wording)
    count("Unsubscribed")
