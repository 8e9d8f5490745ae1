"""After the order, twice, and while the shop is switched off."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from simulation.judge.evidence import Evidence, Message
from simulation.judge.people import merged, same_shopper, shares_any, steady_who
from simulation.judge.promises import Promise, Violation
from simulation.judge.truth import ErasureTold, OrderTold, Tick, Truth, Who

# Settings are cached for five minutes by each process, and a process that finds Parameter Store
# away goes on with what it knows: that is documented, and this is the longest it may take.
SETTINGS_TAKE = timedelta(minutes=15)
A_LITTLE = timedelta(minutes=2)


def after_order(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """The claim and the order are transactions over one item. So a message may leave after the
    order only if the last write before it took effect before the order was answered 2xx: the only
    gap is the call of the provider itself."""
    carts = set(truth.cart_ids)
    for message in seen.messages:
        if message.subject not in carts or may_be_erased(truth, message.subject, message.committed):
            continue
        for order in truth.orders:
            if order.is_known(message.committed) and is_for(truth, order, message):
                told = f"{message}, though order {order.order} was known"
                yield Violation(Promise.AFTER_ORDER, told, message.at)
                break


def is_for(truth: Truth, order: OrderTold, message: Message) -> bool:
    """Whether the order must end this cart: it names it, or its shopper is surely the same and was
    known to have the cart when they ordered."""
    if message.subject in order.carts:
        return True
    reports = truth.reports_of(message.subject)
    who = steady_who(reports)
    known_from = [one.version[0] for one in reports if shares_any(one.who, order.who)]
    if who is None or not known_from or order.placed_at < min(known_from):
        return False
    tick = message.committed
    return same_shopper(_now(truth, order.who, tick), _now(truth, who, tick))


def _now(truth: Truth, who: Who, tick: Tick) -> Who:
    return Who(merged(truth, who.account, tick), who.email, who.phone)


def may_be_erased(truth: Truth, cart: str, tick: Tick) -> bool:
    """Whether an erasure may have begun this cart anew, or emptied it. It reaches the account whose
    record has its address, and all addresses of that record."""
    reports = truth.reports_of(cart)
    return any(
        one.may_be_known(tick)
        and any(shares_any(who, report.who) for who in reached(truth, one) for report in reports)
        for one in truth.erasures
    )


def reached(truth: Truth, erasure: ErasureTold) -> list[Who]:
    """Whom an erasure is about: who it names, and every record of the accounts that it leads to."""
    accounts = {one.account for one in truth.records if shares_any(one.who, erasure.who)}
    accounts.add(erasure.who.account or "")
    return [erasure.who, *(one.who for one in truth.records if one.account in accounts)]


def twice(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """A step of one cart or occasion sends once in an episode, and a cart's next episode comes days
    after its last message. An erasure begins anew."""
    groups: dict[tuple[str, str, str], list[Message]] = defaultdict(list)
    for message in seen.messages:
        groups[message.subject, message.step, message.channel].append(message)
    pause = timedelta(days=min(one.new_episode_days for one in truth.rules)) - A_LITTLE
    for messages in groups.values():
        messages.sort(key=lambda one: one.at)
        for first, second in pairwise(messages):
            is_same = first.episode == second.episode or second.at - first.at < pause
            if is_same and not may_be_erased(truth, second.subject, second.committed):
                yield Violation(Promise.TWICE, f"{second}, and before at {first.at}", second.at)


def page_twice(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """A page cart is a stranger's claim: it leads to one message on a channel, and to no more."""
    pages = {one.cart for one in truth.carts if one.is_page}
    first: dict[tuple[str, str], Message] = {}
    for message in sorted(seen.messages, key=lambda one: one.at):
        if message.subject in pages:
            known = first.setdefault((message.subject, message.channel), message)
            if known is not message:
                told = f"{message}, of a page cart that had its message"
                yield Violation(Promise.TWICE, told, message.at)


def started_twice(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """An episode of a cart or an occasion has one execution."""
    known: dict[tuple[str, str, int], str] = {}
    for run in seen.executions:
        key = (run.timeline, run.subject, run.episode)
        if known.setdefault(key, run.name) != run.name:
            told = f"{run.timeline} of {run.subject}, episode {run.episode}, started twice"
            yield Violation(Promise.TWICE, told, run.started_at)


def switched_off(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    for message in seen.messages:
        since = message.began_at - SETTINGS_TAKE
        held = [one for one in truth.rules if one.since <= since][-1:]
        held += [one for one in truth.rules if since < one.since <= message.at]
        if held and not any(one.enabled for one in held):
            yield Violation(Promise.SWITCH, f"{message}, though the shop is off", message.at)
