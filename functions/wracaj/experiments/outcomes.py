"""What a person did after they entered an experiment.

A person counts once, by their first entry, and only when all their days are over: then everybody
counts after the same time, in each arm. Orders before the entry never count.

Formulas, of one order: the share of tax in a price is tax / total, as the order tells it, else
vat / (100 + vat). `paid` = (what is left of the total - shipping) without tax. `contribution` =
paid - cost, where the shop tells what the goods cost. Else list price x margin - discount, where
list price = paid + discount, both without tax. Of a part that was sent back, the same part of the
cost comes back.

Shipping is left out, as if it cost what the shopper pays for it. Where it was free, its cost is
taken off the contribution: what the order says was taken off shipping, without tax, which is no
part of `discount` then. Else, if a code of ours gave free delivery, the delivery cost in the shop's
settings. A refund does not bring it back.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from wracaj.experiments.arms import Entry
from wracaj.orders.order import OrderState
from wracaj.settings.experiments import LATE_WORD
from wracaj.settings.shop import ShopSettings

NOTHING, CENT = Decimal(0), Decimal("0.01")


class Outcome(NamedTuple):
    """What one order, or one person, brought, in the shop's main currency. `ordered`: 0 or 1.
    `contribution`: 0 where the shop tells neither cost nor margin."""

    ordered: int
    paid: Decimal
    contribution: Decimal


NO_OUTCOME = Outcome(0, NOTHING, NOTHING)


def counts(entry: Entry, days: int, placed_at: datetime) -> bool:
    """Whether an order counts for this entry. One at the last moment does."""
    return entry.at < placed_at <= entry.at + timedelta(days=days)


def freezes_at(day: date, days: int) -> datetime:
    """Return when a day of entry (UTC) freezes: the days of its last person are over, and late
    webhooks had 48 hours to arrive."""
    day_ends = datetime.combine(day, time(), UTC) + timedelta(days=1)
    return day_ends + timedelta(days=days) + LATE_WORD


def outcome_of_order(
    order: OrderState, shop: ShopSettings, *, free_shipping: bool = False
) -> Outcome:
    """`free_shipping`: a code of ours gave the order free delivery."""
    if order.placed_at is None or order.undone:
        return NO_OUTCOME
    if order.currency != shop.main_currency or not order.total:
        return Outcome(1, NOTHING, NOTHING)  # amounts in different currencies are never added
    left = order.net / order.total  # after refunds
    without_tax = left * (1 - tax_share(order, shop))
    paid = max(NOTHING, (order.total - (order.shipping or NOTHING)) * without_tax)
    contribution = (
        _by_margin(order, shop, paid, without_tax)
        if order.cost is None
        else paid - order.cost * left
    )
    if contribution is None:
        return Outcome(1, _to_cents(paid), NOTHING)
    contribution -= _free_delivery(order, shop, free_shipping=free_shipping)
    return Outcome(1, _to_cents(paid), _to_cents(contribution))


def facts_of_order(order: OrderState, *, free_shipping: bool = False) -> str:
    """Return what the outcome is made of, but for the settings, as a short text to compare. What is
    counted changes with it alone: a new margin or tax in the settings does not change what lies in
    the past, and a repeated event changes nothing. "": nothing is left of the order."""
    if order.placed_at is None or order.undone:
        return ""
    money = (order.net, order.total, order.tax, order.shipping, order.discount)
    told = (*money, order.shipping_discount, order.cost, order.currency, free_shipping)
    return hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()[:12]


def _free_delivery(order: OrderState, shop: ShopSettings, *, free_shipping: bool) -> Decimal:
    """Return what the shop paid for a delivery instead of the shopper, without tax."""
    if order.shipping_discount is not None:
        return order.shipping_discount * (1 - tax_share(order, shop))
    return (shop.economics.delivery_cost or NOTHING) if free_shipping else NOTHING


def tax_share(order: OrderState, shop: ShopSettings) -> Decimal:
    if order.tax is not None and order.total and order.tax < order.total:
        return order.tax / order.total
    vat = shop.economics.vat_percent
    return vat / (100 + vat)


def _by_margin(
    order: OrderState, shop: ShopSettings, paid: Decimal, without_tax: Decimal
) -> Decimal | None:
    margin = shop.economics.margin_percent
    if margin is None:
        return None
    off_goods = (order.discount or NOTHING) - (order.shipping_discount or NOTHING)
    discount = max(NOTHING, off_goods) * without_tax
    return (paid + discount) * margin / 100 - discount


def _to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_EVEN)


def outcome_of_person(orders: Mapping[str, Outcome]) -> Outcome:
    """Return what all orders of a person brought together."""
    return Outcome(
        int(any(one.ordered for one in orders.values())),
        sum((one.paid for one in orders.values()), NOTHING),
        sum((one.contribution for one in orders.values()), NOTHING),
    )
