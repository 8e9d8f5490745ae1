"""Whether a reason for not sending can be true, by what people did."""

from collections.abc import Callable

from simulation.judge.people import recorded_addresses, same_shopper, shares_any, steady_who
from simulation.judge.truth import OrderTold, Truth


def untrue(truth: Truth, cart: str, reason: str, channel: str) -> str | None:
    """Why this reason cannot be true. None: it can, or it is not judged."""
    check = CHECKS.get(reason)
    return check(truth, cart, channel) if check else None


def _ordered(truth: Truth, cart: str, channel: str) -> str | None:
    for order in truth.orders:
        if order.asked is None:
            continue
        if cart in order.carts or order.who.is_nobody or _may_be_one(truth, cart, order):
            return None
    return "nobody who may be this shopper ordered"


def _may_be_one(truth: Truth, cart: str, order: OrderTold) -> bool:
    """A cart without an address has those of its account's record. A cart with a phone alone may be
    of anybody who has it."""
    reports, who = truth.reports_of(cart), order.who
    steady = steady_who(reports)
    if steady is None or truth.merges:
        return any(shares_any(one.who, who) for one in reports)
    if same_shopper(steady, who):
        return True
    if steady.account is None:
        return steady.email is None and steady.phone in _phones_of_order(truth, order)
    emails = recorded_addresses(truth, {steady.account}, "email")
    phones = recorded_addresses(truth, {steady.account}, "sms")
    is_other = who.account is not None and who.account != steady.account
    return not is_other and (who.email in emails or who.phone in phones)


def _phone_ordered(truth: Truth, cart: str, channel: str) -> str | None:
    accounts = {one.who.account for one in truth.reports_of(cart) if one.who.account}
    phones = {one.who.phone for one in truth.reports_of(cart) if one.who.phone}
    phones |= recorded_addresses(truth, accounts, "sms")
    for one in truth.orders:
        if one.asked is not None and phones & _phones_of_order(truth, one):
            return None
    return "nobody ordered with this phone"


def _phones_of_order(truth: Truth, order: OrderTold) -> set[str]:
    """The order's phone, and those of its account's record and of its carts: it counts there too,
    as an order that identifies nobody is its cart's shopper's."""
    whos = [order.who, *(one.who for cart in order.carts for one in truth.reports_of(cart))]
    accounts = {who.account for who in whos if who.account}
    told = {who.phone for who in whos if who.phone}
    return told | recorded_addresses(truth, accounts, "sms")


def _no_consent(truth: Truth, cart: str, channel: str) -> str | None:
    """The cart's own box was ticked in every report, and nothing else was ever said."""
    reports = truth.reports_of(cart)
    quiet = not (truth.words or truth.stops or truth.suppressions or truth.erasures)
    is_clear = all(
        channel in one.ticked and one.answered is not None and one.who.address(channel)
        for one in reports
    )
    said_no = any(one.refuses for one in truth.carts)
    is_double = any(channel in one.double_opt_in for one in truth.rules)
    if quiet and is_clear and not said_no and not is_double and steady_who(reports):
        return "the cart's box was ticked all the time"
    return None


def _no_address(truth: Truth, cart: str, channel: str) -> str | None:
    reports = truth.reports_of(cart)
    always = all(one.who.address(channel) and one.answered is not None for one in reports)
    return f"every report has an address for {channel}" if always and steady_who(reports) else None


def _suppressed(truth: Truth, cart: str, channel: str) -> str | None:
    return None if truth.suppressions else "nothing bounced, and nobody complained"


def _erased(truth: Truth, cart: str, channel: str) -> str | None:
    return None if truth.erasures else "nobody was erased"


def _switched_off(truth: Truth, cart: str, channel: str) -> str | None:
    is_off = any(not one.enabled for one in truth.rules)
    return None if is_off else "the shop was never switched off"


def _newer_cart(truth: Truth, cart: str, channel: str) -> str | None:
    others = [one for one in truth.carts if one.cart != cart]
    return None if others else "there is no other cart"


def _emptied(truth: Truth, cart: str, channel: str) -> str | None:
    is_empty = any(not one.mark for one in truth.reports_of(cart))
    return None if is_empty else "no report shows it empty"


CHECKS: dict[str, Callable[[Truth, str, str], str | None]] = {
    "ordered": _ordered,
    "phone_ordered": _phone_ordered,
    "no_consent": _no_consent,
    "no_address": _no_address,
    "suppressed": _suppressed,
    "erased": _erased,
    "switched_off": _switched_off,
    "newer_cart": _newer_cart,
    "cart_emptied": _emptied,
}
