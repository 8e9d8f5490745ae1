"""Whoever reads an address wants no more messages: written down for whom it concerns, and proven.

At the address it holds for everybody who uses it. Of a customer whose record names the address it
holds wherever they are reached. The cart that the message was about, and guests' carts that name
the address, are told of no more on any channel, whoever logs in to them since. Of anybody else's
cart it holds for this address alone.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial

from wracaj.aws.observability import count
from wracaj.carts.cart import Cart
from wracaj.clock import now
from wracaj.consent.consent import Channel, Consent, ConsentState
from wracaj.consent.wording import Wording
from wracaj.customers.customer import Customer, Speaker
from wracaj.customers.identity import is_account
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact
from wracaj.services.readers import Reader, carts_of, known_in, reader_of
from wracaj.store import Store, open_store
from wracaj.store.step_records import LinkTarget
from wracaj.timelines.subject import Subject


def stop_all(target: LinkTarget, wording: Wording | None = None) -> None:
    """On every channel: whoever clicks "stop" in a mail does not want the SMS either. Twice is
    once."""
    store = open_store()
    reader = reader_of(store, target)
    carts = carts_of(store, reader)
    known = list(known_in(store, reader, carts).values())
    if is_all_off(reader, known, carts):
        return
    moment = max(filter(None, (now(), newest_reported(known, carts))))
    word = Consent(state=ConsentState.UNSUBSCRIBED, at=moment, source=f"link in {target.step}")
    for cart in carts:
        if cart.cart_id == target.cart_id or (
            cart.customer_id and not is_account(cart.customer_id)
        ):
            store.carts.stop(target.shop, cart.cart_id, moment)
    opt_out(store, reader, word, list(Channel), carts)
    for channel in Channel:
        store.consent_log.add(target.shop, reader.here.id, channel, word, wording)
    count("Unsubscribed")


def newest_reported(known: Iterable[Customer], carts: Iterable[Subject]) -> datetime | None:
    """The latest time that any known word claims. A shop's clock may be ahead of ours: what is said
    here is said after all that was said before, whatever our clock shows. A yes in a cart counts
    from the cart's beginning, but for a click's."""
    customers, carts = list(known), list(carts)
    words = [word for channel in Channel for word in _words(channel, customers, carts)]
    clicks = [at for one in customers for at in one.clicked_opt_ins.values()]
    return max(
        (*(word.at for word in words), *clicks, *filter(None, (cart.created_at for cart in carts))),
        default=None,
    )


def is_stopped(store: Store, reader: Reader) -> bool:
    """Whether another click on "stop" would change nothing."""
    carts = carts_of(store, reader)
    return is_all_off(reader, list(known_in(store, reader, carts).values()), carts)


def is_all_off(reader: Reader, known: Collection[Customer], carts: Collection[Cart]) -> bool:
    return all(is_off(reader, channel, known, carts) for channel in Channel)


def is_off(
    reader: Reader, channel: Channel, known: Collection[Customer], carts: Collection[Cart]
) -> bool:
    """A no of this reader, and nothing but noes said since, nor a cart begun that may hold a yes of
    its own."""
    noes = [
        reader.here.word(channel, Speaker.READER),
        *([reader.account.word(channel, "")] if reader.account else []),
    ]
    said = [no for no in noes if no and no.state is ConsentState.UNSUBSCRIBED]
    if len(said) < len(noes):
        return False
    stopped = min(no.at for no in said)
    yeses = [
        word.at
        for word in _words(channel, known, carts)
        if word.state is not ConsentState.UNSUBSCRIBED
    ]
    clicks = [one.clicked_opt_ins[channel] for one in known if channel in one.clicked_opt_ins]
    begun = filter(None, (cart.created_at for cart in carts))
    return all(at <= stopped for at in (*yeses, *clicks, *begun))


def _words(
    channel: Channel, known: Iterable[Customer], carts: Iterable[Subject]
) -> Iterator[Consent]:
    for one in known:
        yield from one.words(channel)
        if channel in one.pending:
            yield one.pending[channel]
    yield from (cart.words[channel] for cart in carts if channel in cart.words)


def opt_out(
    store: Store,
    reader: Reader,
    word: Consent,
    channels: Collection[Channel],
    carts: Iterable[Cart] = (),
) -> None:
    """Of whoever reads the address: there, and by the customer whose message it was, where their
    record names it.

    `carts`: others that name the address. What one of them told Meta of its shopper holds it, too.
    """

    def at_address(known: Customer) -> Customer:
        for channel in channels:
            known = known.with_consent(channel, Speaker.READER, word)
        return known

    def of_account(shopper: Shopper) -> Shopper:
        for channel in channels if reader.is_of(shopper.owner) else ():
            shopper = shopper.with_own_word(channel, word, None)
        return shopper

    store.customers.amend_one(reader.shop, reader.here.id, at_address)
    if reader.account:
        store.customers.amend(
            reader.shop, Contact(platform_id=reader.account.contact.platform_id), of_account
        )
    if Channel.AUDIENCE in channels:
        for cart in carts:
            _leave_audience(store, reader, cart)


def _leave_audience(store: Store, reader: Reader, cart: Cart) -> None:
    if cart.customer_id and cart.customer_id not in reader.ids:
        leave = partial(Customer.out_of_audience_of, cart_id=cart.cart_id, episode=cart.episode)
        store.customers.amend_one(reader.shop, cart.customer_id, leave)
