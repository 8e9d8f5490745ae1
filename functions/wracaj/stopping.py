"""A shopper wants no more messages: written down for every channel and every address, and proven."""

from wracaj.clock import now
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.consent_wording import Wording
from wracaj.customer import Customer
from wracaj.errors import ConflictError
from wracaj.observability import count
from wracaj.store import open_store
from wracaj.store.step_records import LinkTarget


def is_off(customer: Customer, channel: Channel) -> bool:
    """A no for all addresses, and nothing said since, in whatever cart."""
    no = customer.consent.get(f"{channel}#")
    words = (*customer.consent.items(), *customer.pending.items())
    said = [word.version for key, word in words if key.startswith(f"{channel}#")]
    if no is not None and channel in customer.clicked_yes and customer.clicked_yes[channel] > no.at:
        return False
    return no is not None and no.state is ConsentState.UNSUBSCRIBED and no.version == max(said)


def stop_all(target: LinkTarget, customer: Customer, wording: Wording | None = None) -> None:
    """From every channel: whoever clicks "stop" in a mail does not want the SMS either. Twice is once."""
    store = open_store()
    if all(is_off(customer, channel) for channel in Channel):
        return
    # A shop's clock may be ahead of ours: the no is said after every yes that is known, whatever time that claims.
    moment = max([now(), *(word.at for words in (customer.consent, customer.pending) for word in words.values())])
    word = Consent(state=ConsentState.UNSUBSCRIBED, at=moment, source=f"link in {target.step}")

    def stop(customer: Customer) -> Customer:
        for channel in Channel:
            customer = customer.with_consent(channel, word)
        return customer

    if store.customers.amend(target.shop, customer.id, stop) is None:
        raise ConflictError("the shopper's profile is gone")
    for channel in Channel:
        store.customers.log_consent(target.shop, customer.id, channel, word, wording)
    count("Unsubscribed")
