"""Consent, opt-outs and suppressions.

A message needs an opt-in for its very address and channel that counts: given in that cart, by its
account, by a guest at the address, or by a click of the address's reader. It must be newer than
every opt-out that was answered before the message could no longer be stopped. Whatever may or may
not be known counts in the product's favour.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from simulation.judge.evidence import Evidence, Message
from simulation.judge.people import accounts_of, recorded_addresses, steady_who
from simulation.judge.promises import Promise, Violation
from simulation.judge.truth import CartTold, Tick, Truth, WordTold

ASKED_FOR = {"data_link"}
QUESTION = "confirm_consent"
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
Moment = tuple[datetime, Tick]  # when it was said, and when it came to our door


def wanted(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    for message in seen.messages:
        yield from _suppressed(truth, message)
        if message.timeline not in ASKED_FOR:
            yield from _unwanted(truth, message)


def _suppressed(truth: Truth, message: Message) -> Iterator[Violation]:
    for one in truth.suppressions:
        is_here = (one.channel, one.address) == (message.channel, message.to)
        if is_here and one.is_known(message.committed):
            told = f"{message}, though the address is suppressed"
            yield Violation(Promise.STOP, told, message.at)
            return


def _unwanted(truth: Truth, message: Message) -> Iterator[Violation]:
    yeses = list(opt_ins(truth, message))
    if not yeses:
        yield Violation(Promise.CONSENT, f"{message}: nobody agreed", message.at)
        return
    if is_page(truth, message):  # its box undoes no opt-out: anybody may have ticked it
        clicked = [(word.at, word.asked or 0) for word in clicks(truth, message)]
        yeses = clicked or [(FIRST, -1)]
    newest_yes, newest_door = max(at for at, _ in yeses), max(door for _, door in yeses)
    for at, door, is_stop in opt_outs(truth, message):
        # a click on "stop" is later than all that was reported before, whatever the shop's clock
        # showed
        if at >= newest_yes or (is_stop and door > newest_door):
            promise = Promise.STOP if is_stop else Promise.CONSENT
            yield Violation(promise, f"{message}, refused at {at}", message.at)
            return


def is_page(truth: Truth, message: Message) -> bool:
    return any(one.is_page for one in truth.carts if one.cart == message.subject)


def clicks(truth: Truth, message: Message) -> Iterator[WordTold]:
    """Opt-ins outside of carts at this address."""
    for word in truth.words:
        is_here = word.address == message.to and word.channel == message.channel
        if word.is_yes and is_here and word.may_be_known(message.committed):
            yield word


def opt_ins(truth: Truth, message: Message) -> Iterator[Moment]:
    tick, accounts = message.committed, accounts_near(truth, message)
    needs_click = message.timeline != QUESTION and is_double(truth, message)
    forgotten = _forgotten(truth, message, accounts) or FIRST
    for word in truth.words:
        if not (word.is_yes and word.channel == message.channel and word.may_be_known(tick)):
            continue
        counts = word.by == "reader" or word.confirmed or not needs_click
        if counts and word.at > forgotten and is_about(truth, word, message, accounts):
            yield word.at, word.asked or 0
    for cart in () if needs_click else truth.carts:
        at = cart.ticked.get(message.channel)
        is_here = cart.who.address(message.channel) == message.to
        is_its = cart.cart == message.subject or message.subject not in truth.cart_ids
        if at is None or at <= forgotten or not (is_here and is_its and cart.may_be_known(tick)):
            continue
        if not _unticked_since(truth, cart, message):
            yield at, _first_asked(truth, cart, message.channel)


def is_about(truth: Truth, word: WordTold, message: Message, accounts: set[str]) -> bool:
    if word.by in ("reader", "guest"):
        return word.address == message.to
    if word.account not in accounts:
        return False
    recorded = recorded_addresses(truth, accounts, message.channel)
    return word.address == message.to or (word.address is None and message.to in recorded)


def accounts_near(truth: Truth, message: Message) -> set[str]:
    """The accounts of the message's cart. For an occasion, whose cart is unknown here, every
    account whose record or order has the address."""
    if message.subject in truth.cart_ids:
        return accounts_of(truth, message.subject, message.committed)
    told = [(one.account, one.who) for one in truth.records]
    told += [(one.who.account or "", one.who) for one in [*truth.carts, *truth.orders]]
    return {name for name, who in told if name and who.address(message.channel) == message.to}


def is_double(truth: Truth, message: Message) -> bool:
    return all(message.channel in one.double_opt_in for one in truth.rules)


def _forgotten(truth: Truth, message: Message, accounts: set[str]) -> datetime | None:
    """When an erasure ended the opt-ins before it: the account's, or for a guest the address's. The
    message may be of any of several accounts: then the earliest of their erasures counts, and none
    where one of them was never erased."""
    erased = [one for one in truth.erasures if one.is_known(message.committed)]
    if not accounts:
        here = [one.at for one in erased if one.who.address(message.channel) == message.to]
        return max(here, default=None)
    return min(
        max((one.at for one in erased if one.who.account == account), default=FIRST)
        for account in accounts
    )


def _unticked_since(truth: Truth, cart: CartTold, message: Message) -> bool:
    return any(
        message.channel in one.unticked and one.is_known(message.committed)
        for one in truth.reports_of(cart.cart)
        if truth.is_newer(one, cart)
    )


def _first_asked(truth: Truth, cart: CartTold, channel: str) -> Tick:
    """When the box that this report shows ticked came to our door first: it stays ticked in every
    later report, and says nothing new there."""
    same = [
        one.asked
        for one in truth.reports_of(cart.cart)
        if one.ticked.get(channel) == cart.ticked[channel] and one.asked is not None
    ]
    return min(same, default=0)


def opt_outs(truth: Truth, message: Message) -> Iterator[tuple[datetime, Tick, bool]]:
    """When, the tick at our door, and whether by a click on "stop"."""
    tick = message.committed
    reports = [one for one in truth.reports_of(message.subject) if one.is_known(tick)]
    who = steady_who(truth.reports_of(message.subject))
    account = who.account if who else None
    for word in truth.words:
        if word.is_yes or word.channel != message.channel or not word.is_known(tick):
            continue
        is_here = word.address == message.to and word.by in ("reader", "guest")
        if is_here or (account and word.account == account):
            yield word.at, word.asked or 0, False
    for report in reports:
        if (at := report.refuses.get(message.channel)) is not None:
            yield at, report.asked or 0, False
    is_guests = bool(reports) and not accounts_of(truth, message.subject, tick)
    typed = {a for one in reports for a in (one.who.email, one.who.phone) if a}
    for stop in truth.stops:
        if not stop.is_known(tick):
            continue
        is_here = stop.address == message.to or stop.cart == message.subject
        if is_here or (is_guests and stop.address in typed):
            yield stop.at, stop.asked or 0, True
