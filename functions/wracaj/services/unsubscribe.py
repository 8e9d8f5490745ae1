"""Opts a reader out, and adds the proof to the consent log.

At the address, the opt-out holds for everybody who uses it. If a customer's record contains the
address, it holds at all addresses of that customer. The cart of the message, and guests' carts that
contain the address, get no more messages on any channel, even if somebody logs in to them later.
For all other carts it holds at this address only.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial

from wracaj.archive.rows import Row, RowKind
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import count, logger
from wracaj.carts.cart import Cart
from wracaj.clock import now, timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.consent.wording import Wording
from wracaj.customers.consents import EACH, Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.identity import is_account
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact
from wracaj.services.guardrails import count_unsubscribe
from wracaj.services.readers import Reader, carts_of, known_in, names_in, reader_of
from wracaj.store import Store, open_store
from wracaj.store.message_links import LinkTarget
from wracaj.timelines.subject import Subject


def stop_all(target: LinkTarget, wording: Wording | None = None) -> None:
    """Opt out of every channel: whoever clicks "stop" in a mail does not want SMS either. A second
    click changes nothing."""
    store = open_store()
    reader = reader_of(store, target)
    carts = carts_of(store, reader)
    known = list(known_in(store, reader, carts).values())
    if is_all_off(reader, known, carts):
        return
    moment = max(filter(None, (now(), newest_reported(known, carts))))
    word = Consent(state=ConsentState.UNSUBSCRIBED, at=moment, source=f"link in {target.step}")
    stopped = [
        cart.cart_id
        for cart in carts
        if cart.cart_id == target.cart_id or (cart.customer_id and not is_account(cart.customer_id))
    ]
    for cart_id in stopped:
        store.carts.stop(target.shop, cart_id, moment)
    note(Row(RowKind.STOP, target.shop, now(), {"carts": stopped, "moment": timestamp(moment)}))
    opt_out(store, reader, word, list(Channel), carts, wording)
    for channel in Channel:
        store.consent_log.add(target.shop, reader.here.id, channel, word, wording)
    count_unsubscribe(store, target.shop, known_of_person(reader, target, carts, known), now())
    count("Unsubscribed")
    mark_unsubscribed(store, target)


def mark_unsubscribed(store: Store, target: LinkTarget) -> None:
    """Mark the message as one by which somebody opted out, and count that once. An error is only
    logged, because the shopper is opted out already."""
    at = now()
    note(Row(RowKind.STOP, target.shop, at, target.message))
    try:
        store.delivery_events.note(target, "unsubscribed", at)
    except Exception as error:
        logger.error("unsubscribe not counted", extra={"error": type(error).__name__})


def known_of_person(
    reader: Reader, target: LinkTarget, carts: Iterable[Cart], known: Iterable[Customer]
) -> list[Customer]:
    """Return what is known of the message's shopper: at the address, of the cart's owner, and under
    the other identifiers of the cart, if it is still open."""
    theirs = {
        name for cart in carts if cart.cart_id == target.cart_id for name in names_in(cart).values()
    }
    return [reader.here, reader.owner, *(one for one in known if one.id in theirs)]


def newest_reported(known: Iterable[Customer], carts: Iterable[Subject]) -> datetime | None:
    """Return the latest consent time known for this shopper. An opt-out must be newer than every
    opt-in, even when the shop's clock runs ahead of ours. Opt-ins inside a cart count from the
    cart's creation, except those given by a click: the profile holds their own time."""
    customers, carts = list(known), list(carts)
    words = [word for channel in Channel for word in _words(channel, customers, carts)]
    clicks = [at for one in customers for at in one.clicked_opt_ins.values()]
    return max(
        (*(word.at for word in words), *clicks, *filter(None, (cart.created_at for cart in carts))),
        default=None,
    )


def is_stopped(store: Store, reader: Reader) -> bool:
    """Return whether another click on "stop" would change nothing."""
    carts = carts_of(store, reader)
    return is_all_off(reader, list(known_in(store, reader, carts).values()), carts)


def is_all_off(reader: Reader, known: Collection[Customer], carts: Collection[Cart]) -> bool:
    return all(is_off(reader, channel, known, carts) for channel in Channel)


def is_off(
    reader: Reader, channel: Channel, known: Collection[Customer], carts: Collection[Cart]
) -> bool:
    """Return whether this reader is opted out of the channel, at the address and in the account. No
    opt-in may be newer than the opt-out. No cart may be newer either, because it may contain an
    opt-in of its own."""
    noes = [
        reader.here.word(channel, Speaker.READER),
        *([reader.account.word(channel, EACH)] if reader.account else []),
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
    wording: Wording | None = None,
) -> None:
    """Opt out the address, and the customer of the message if their record contains the address.
    `wording`: that was shown to the reader.

    `carts`: other carts that contain the address. If one of them put its shopper into an audience
    at Meta, the shopper leaves it.
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
    note(stop_row(reader, word, channels, wording))
    if reader.account:
        store.customers.amend(
            reader.shop, Contact(platform_id=reader.account.contact.platform_id), of_account
        )
    if Channel.AUDIENCE in channels:
        for cart in carts:
            _leave_audience(store, reader, cart)


def stop_row(
    reader: Reader, word: Consent, channels: Collection[Channel], wording: Wording | None = None
) -> Row:
    """What a replay needs to bring this opt-out back: it needs no address."""
    told = {
        "address": reader.here.id,
        "account": reader.account.id if reader.account else None,
        "channels": list(channels),
        "word": word.model_dump(mode="json", exclude_defaults=True),
        "wording": wording.text if wording else None,
    }
    return Row(RowKind.STOP, reader.shop, now(), told)


def _leave_audience(store: Store, reader: Reader, cart: Cart) -> None:
    if cart.customer_id and cart.customer_id not in reader.ids:
        leave = partial(Customer.out_of_audience_of, cart_id=cart.cart_id, episode=cart.episode)
        store.customers.amend_one(reader.shop, cart.customer_id, leave)
