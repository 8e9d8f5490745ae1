"""Whether it pays: retention, churn, repeat purchases and lifetime value, from customers' accounts.
Pure.

A *customer at a moment* is a shopper who bought within the 12 calendar months before it. All
figures are of one currency. Customers come one at a time, and none is kept: a shop with a million
of them is reported as one with ten.
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
    repeat_rate: Decimal | None  # customers with two orders or more, of all, in percent
    churn: Decimal | None  # a month, over all the months, in percent
    historic_value: Decimal | None  # spent per customer so far; this and the next, not rounded
    expected_value: Decimal | None

    @property
    def retention(self) -> Decimal | None:
        return None if self.churn is None else 100 - self.churn


class MonthFigures(NamedTuple):
    month: str  # "2026-11"
    at_start: int  # S: customers when it began
    new: int  # N: who became one in it, by a first order or by coming back after they were none
    at_end: int  # E: customers when it ended
    buyers: int
    orders: int
    spend: Decimal
    # as it stood when the month ended; churn and purchase rate over the months until then
    lifetime: Lifetime

    @property
    def retention(self) -> Decimal | None:
        return retention_rate(self.at_start, self.at_end, self.new)

    @property
    def churn(self) -> Decimal | None:
        return None if self.retention is None else 100 - self.retention


def retention_rate(at_start: int, at_end: int, new: int) -> Decimal | None:
    """[(E − N) / S] × 100. With S = 100, E = 180, N = 150: 30 %.

    E − N are those of S who stayed, as whoever came back was not among S: never below 0 % or above
    100 %.
    """
    return _percent(at_end - new, at_start)


def expected_lifetime_value(
    average_order: Decimal, orders_per_month: Decimal, monthly_churn: Decimal
) -> Decimal | None:
    """Average order × orders a month ÷ monthly churn: what a customer spends while they stay 1 ÷
    churn months.

    The constant-retention model of Berger and Nasr, *Journal of Interactive Marketing* 12 (1998),
    case 1, without discounting. `monthly_churn` in percent; None where nobody leaves, as the model
    then knows no end. Not rounded: that is for whoever shows it, by its currency.
    """
    if monthly_churn <= 0:
        return None
    return average_order * orders_per_month * 100 / monthly_churn


@dataclass
class _Month:
    """Counted up while customers come by."""

    name: str
    at_start: int = 0
    new: int = 0
    at_end: int = 0
    buyers: int = 0
    sums: Sums = field(default_factory=Sums)
    known: int = 0  # customers by its end, ever
    repeating: int = 0  # of those, with two orders or more
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
        """`months`: those that are reported, up to this one."""
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
        """What one of them bought, by month; nobody who bought nothing."""
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
    """Of the customers that the months began with, together, those who were none any more when they
    ended; not rounded."""
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
    """Months with an order that was kept, up to and with that one: points are given for other
    things, too."""
    months = (
        (month, sums[currency])
        for month, sums in account.months.items()
        if currency in sums and month <= until
    )
    return {month: sums for month, sums in months if sums.orders > 0}


def window(last: str) -> set[str]:
    """The 12 months that end with this one."""
    return {earlier(last, back) for back in range(ACTIVE_MONTHS)}


def earlier(month: str, by: int) -> str:
    year, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 - by, 12)
    return f"{year:04d}-{index + 1:02d}"


def last_months(last: str, count: int) -> list[str]:
    """Up to and with that one, oldest first."""
    return [earlier(last, back) for back in reversed(range(count))]


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100) * part / whole).quantize(Decimal("0.01")) if whole else None
