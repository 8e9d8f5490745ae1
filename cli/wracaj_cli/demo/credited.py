"""What the report must credit to messages, worked out from what shoppers clicked, ordered and sent
back. This module is pure and does not use our own records.

An order is credited to the message whose link was clicked last in the five days before it. What it
paid is without tax and without what was sent back.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple, Protocol

from wracaj_cli.demo.ledger import Ledger, Noted, What

CLICK_COUNTS = timedelta(days=5)
VAT_PERCENT = 23  # the shops' prices contain it, and most of their orders do not tell it
NOTHING, CENT = Decimal(0), Decimal("0.01")


class Credit(NamedTuple):
    orders: int
    paid: Decimal


class Row(Protocol):
    """A message in the report. `step`: its timeline and step, such as "abandoned_cart#sms"."""

    @property
    def step(self) -> str: ...

    @property
    def orders(self) -> int: ...

    @property
    def paid(self) -> Decimal: ...


class Kept(NamedTuple):
    """What is left of an order. `paid`: without tax; nothing in a currency that is not counted."""

    order: Noted
    stands: bool
    paid: Decimal


def kept_orders(
    ledger: Ledger, shopper: str, currency: str, until: datetime | None = None
) -> Iterator[Kept]:
    """Return the shopper's orders, with what was sent back or cancelled until this moment."""
    for order in ledger.of(shopper, What.ORDERED):
        ended = [
            noted
            for noted in ledger.of(shopper, What.SENT_BACK, What.CANCELLED)
            if noted.order == order.order and (until is None or noted.at < until)
        ]
        back = sum((noted.amount or NOTHING for noted in ended), NOTHING)
        left = (order.amount or NOTHING) - back
        counted = left if order.currency == currency else NOTHING
        yield Kept(order, left > 0, without_tax(counted, order))


def without_tax(amount: Decimal, order: Noted) -> Decimal:
    """Return what is left of the order's amount, without its part of the order's tax."""
    net = amount * 100 / (100 + VAT_PERCENT)
    if order.tax is not None and order.amount:
        net = amount - amount * order.tax / order.amount
    return net.quantize(CENT, ROUND_HALF_EVEN)


def credits_of(ledger: Ledger, shoppers: Iterable[str], currency: str) -> dict[str, Credit]:
    """Return kind of message → what must be credited to all messages of this kind."""
    found: dict[str, Credit] = {}
    for shopper in shoppers:
        clicks = ledger.of(shopper, What.CLICKED)
        for order, stands, paid in kept_orders(ledger, shopper, currency):
            led = [one for one in clicks if order.at - CLICK_COUNTS <= one.at <= order.at]
            if led and stands:
                kind = max(led, key=lambda one: one.at).step or ""
                known = found.get(kind, Credit(0, NOTHING))
                found[kind] = Credit(known.orders + 1, known.paid + paid)
    return found


def differences(
    expected: Mapping[str, Credit], told: Iterable[Row], kinds: Mapping[str, str]
) -> Iterator[str]:
    """Return where the report differs. `kinds`: timeline and step, as in the report → the kind of
    its messages."""
    credited = {kinds.get(row.step, row.step): Credit(row.orders, row.paid) for row in told}
    credited = {kind: credit for kind, credit in credited.items() if any(credit)}
    for kind in sorted(expected.keys() | credited.keys()):
        ours, theirs = credited.get(kind), expected.get(kind)
        if ours != theirs:
            yield f"{kind}: the report says {_words(ours)}, the shop's till {_words(theirs)}"


def _words(credit: Credit | None) -> str:
    return f"{credit.orders} for {credit.paid}" if credit else "nothing"
