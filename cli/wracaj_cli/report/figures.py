"""Retention, churn, repeat purchases and lifetime value, from the customers' accounts. This module
is pure.

A *customer at a moment* is a shopper who bought within the 12 calendar months before it. All
figures are in one currency. Customers are read one at a time and none is kept, so memory does not
grow with the size of the shop.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from wracaj.loyalty.ledger import Account, Sums, sum_up

ACTIVE_MONTHS = 12


class Lifetime(NamedTuple):
    customers: int
    orders: int
    spend: Decimal
    repeat_rate: Decimal | None  # share of customers with two orders or more, in percent
    churn: Decimal | None  # per month, over all the months, in percent
    historic_value: Decimal | None  # spent per customer so far; not rounded, like the next one
    expected_value: Decimal | None

    @property
    def retention(self) -> Decimal | None:
        return None if self.churn is None else 100 - self.churn


class MonthFigures(NamedTuple):
    month: str  # "2026-11"
    at_start: int  # S: customers at the start of the month
    # N: new customers, by a first order or by an order after they had stopped being customers
    new: int
    at_end: int  # E: customers at the end of the month
    buyers: int
    orders: int
    spend: Decimal
    # at the end of the month; churn and purchase rate cover the months until then
    lifetime: Lifetime

    @property
    def retention(self) -> Decimal | None:
        return retention_rate(self.at_start, self.at_end, self.new)

    @property
    def churn(self) -> Decimal | None:
        return None if self.retention is None else 100 - self.retention


def retention_rate(at_start: int, at_end: int, new: int) -> Decimal | None:
    """Return [(E − N) / S] × 100. With S = 100, E = 180, N = 150 it is 30 %.

    E − N are the customers of S who stayed. A customer who came back was not in S, so the rate is
    never below 0 % or above 100 %.
    """
    return _percent(at_end - new, at_start)


def expected_lifetime_value(
    average_order: Decimal, orders_per_month: Decimal, monthly_churn: Decimal
) -> Decimal | None:
    """Return average order × orders a month ÷ monthly churn, which is what a customer spends in the
    1 ÷ churn months that they stay.

    This is the constant-retention model of Berger and Nasr, *Journal of Interactive Marketing* 12
    (1998), case 1, without discounting. `monthly_churn` is in percent. Return None if nobody
    leaves, because the model then has no end. The value is not rounded; whoever shows it rounds it
    by its currency.
    """
    if monthly_churn <= 0:
        return None
    return average_order * orders_per_month * 100 / monthly_churn


@dataclass
class _Month:
    """Sums of one month, which grow with each customer."""

    name: str
    at_start: int = 0
    new: int = 0
    at_end: int = 0
    buyers: int = 0
    sums: Sums = field(default_factory=Sums)
    known: int = 0  # shoppers who ever bought, until the month's end
    repeating: int = 0  # those of them with two orders or more
    until: Sums = field(default_factory=Sums)

    def __post_init__(self) -> None:
        self._before, self._during = window(earlier(self.name, 1)), window(self.name)

    def add(self, bought: Mapping[str, Sums], first: str) -> None:
        began, ended = not self._before.isdisjoint(bought), not self._during.isdisjoint(bought)
        self.at_start += began
        self.at_end += ended
        self.new += ended and not began
        if self.name in bought:
            self.buyers += 1
            self.sums = self.sums.plus(bought[self.name])
        if first <= self.name:
            so_far = sum_up(sums for month, sums in bought.items() if month <= self.name)
            self.known += 1
            self.repeating += so_far.orders >= 2
            self.until = self.until.plus(so_far)

    def figures(self, months: Sequence["_Month"]) -> MonthFigures:
        """Return the month's figures. `months`: the reported months, up to this one."""
        sums, lifetime = self.sums, _lifetime(self.known, self.repeating, self.until, months)
        return MonthFigures(
            self.name,
            self.at_start,
            self.new,
            self.at_end,
            self.buyers,
            sums.orders,
            sums.spend,
            lifetime,
        )


class Customers:
    """The figures of some customers over some months."""

    def __init__(self, months: Iterable[str]) -> None:
        self._months = [_Month(month) for month in months]
        self._sums, self._customers, self._repeating = Sums(), 0, 0

    def add(self, bought: Mapping[str, Sums]) -> None:
        """Add what one customer bought, by month. A customer who bought nothing does not count."""
        if not bought:
            return
        first, orders = min(bought), 0
        for sums in bought.values():
            self._sums, orders = self._sums.plus(sums), orders + sums.orders
        self._customers += 1
        self._repeating += orders >= 2
        for month in self._months:
            month.add(bought, first)

    @property
    def by_month(self) -> list[MonthFigures]:
        return [
            month.figures(self._months[: place + 1]) for place, month in enumerate(self._months)
        ]

    @property
    def lifetime(self) -> Lifetime:
        return _lifetime(self._customers, self._repeating, self._sums, self._months)


def _lifetime(customers: int, repeating: int, sums: Sums, months: Sequence[_Month]) -> Lifetime:
    churn = _churn(months)
    return Lifetime(
        customers=customers,
        orders=sums.orders,
        spend=sums.spend,
        repeat_rate=_percent(repeating, customers),
        churn=None if churn is None else churn.quantize(Decimal("0.01")),
        historic_value=sums.spend / customers if customers else None,
        expected_value=_expected(sums, months, churn),
    )


def _churn(months: Sequence[_Month]) -> Decimal | None:
    """Return the share of customers lost: of all customers at the starts of the months, those who
    were no customers at the ends. It is not rounded."""
    left, began = (
        sum(month.at_start - (month.at_end - month.new) for month in months),
        sum(month.at_start for month in months),
    )
    return Decimal(100) * left / began if began else None


def _expected(sums: Sums, months: Sequence[_Month], churn: Decimal | None) -> Decimal | None:
    customer_months = sum(month.at_end for month in months)
    if not sums.orders or not customer_months or churn is None:
        return None
    rate = Decimal(sum(month.sums.orders for month in months)) / customer_months
    return expected_lifetime_value(sums.spend / sums.orders, rate, churn)


def bought_in(account: Account, currency: str, until: str) -> dict[str, Sums]:
    """Return the months with an order that was kept, up to and including `until`. An account also
    has months without such an order, because points are given for other actions, too."""
    months = (
        (month, sums[currency])
        for month, sums in account.months.items()
        if currency in sums and month <= until
    )
    return {month: sums for month, sums in months if sums.orders > 0}


def window(last: str) -> set[str]:
    """Return the 12 months that end with this one."""
    return {earlier(last, back) for back in range(ACTIVE_MONTHS)}


def earlier(month: str, by: int) -> str:
    year, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 - by, 12)
    return f"{year:04d}-{index + 1:02d}"


def last_months(last: str, count: int) -> list[str]:
    """Return the months up to and including this one, the oldest first."""
    return [earlier(last, back) for back in reversed(range(count))]


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100) * part / whole).quantize(Decimal("0.01")) if whole else None
