"""Whether it pays: retention, churn, repeat purchases and lifetime value, from customers' accounts. Pure.

A *customer at a moment* is a shopper who bought within the 12 calendar months before it. All figures are of one currency.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from wracaj.ledger import Account, Sums, sum_up

ACTIVE_MONTHS = 12


class MonthFigures(NamedTuple):
    month: str  # "2026-11"
    at_start: int  # S: customers when it began
    new: int  # N: who bought for the first time in it
    at_end: int  # E: customers when it ended
    buyers: int
    orders: int
    spend: Decimal

    @property
    def retention(self) -> Decimal | None:
        return retention_rate(self.at_start, self.at_end, self.new)

    @property
    def churn(self) -> Decimal | None:
        return None if self.retention is None else 100 - self.retention


class Lifetime(NamedTuple):
    customers: int
    orders: int
    spend: Decimal
    repeat_rate: Decimal | None  # customers with two orders or more, of all, in percent
    historic_value: Decimal | None  # spent per customer so far
    expected_value: Decimal | None


def retention_rate(at_start: int, at_end: int, new: int) -> Decimal | None:
    """[(E − N) / S] × 100. With S = 100, E = 180, N = 150: 30 %."""
    return _percent(at_end - new, at_start)


def expected_lifetime_value(average_order: Decimal, orders_per_month: Decimal, monthly_churn: Decimal) -> Decimal | None:
    """Average order × orders a month ÷ monthly churn: what a customer spends while they stay 1 ÷ churn months.

    The constant-retention model of Berger and Nasr, *Journal of Interactive Marketing* 12 (1998), case 1, without
    discounting. `monthly_churn` in percent; None where nobody leaves, as the model then knows no end.
    """
    if monthly_churn <= 0:
        return None
    return (average_order * orders_per_month * 100 / monthly_churn).quantize(Decimal("0.01"))


def by_month(accounts: Sequence[Account], currency: str, months: Iterable[str]) -> list[MonthFigures]:
    bought = [bought_in(account, currency) for account in accounts]
    return [_month_figures(month, bought) for month in months]


def bought_in(account: Account, currency: str) -> dict[str, Sums]:
    return {month: sums[currency] for month, sums in account.months.items() if currency in sums}


def _month_figures(month: str, bought: Sequence[dict[str, Sums]]) -> MonthFigures:
    before, during = window(earlier(month, 1)), window(month)
    sums = sum_up(months[month] for months in bought if month in months)
    return MonthFigures(
        month=month,
        at_start=sum(not before.isdisjoint(months) for months in bought),
        new=sum(min(months, default="") == month for months in bought),
        at_end=sum(not during.isdisjoint(months) for months in bought),
        buyers=sum(month in months for months in bought),
        orders=sums.orders,
        spend=sums.spend,
    )


def lifetime(accounts: Sequence[Account], currency: str, months: Sequence[MonthFigures]) -> Lifetime:
    """`months`: those over which the purchase rate and the churn are taken."""
    totals = [sum_up(bought_in(account, currency).values()) for account in accounts]
    totals = [sums for sums in totals if sums.orders]
    everything = sum_up(totals)
    return Lifetime(
        customers=len(totals),
        orders=everything.orders,
        spend=everything.spend,
        repeat_rate=_percent(sum(sums.orders >= 2 for sums in totals), len(totals)),
        historic_value=(everything.spend / len(totals)).quantize(Decimal("0.01")) if totals else None,
        expected_value=_expected(everything, months),
    )


def _expected(everything: Sums, months: Sequence[MonthFigures]) -> Decimal | None:
    customer_months = sum(month.at_end for month in months)
    started, left = sum(m.at_start for m in months), sum(m.at_start - (m.at_end - m.new) for m in months)
    churn = _percent(left, started)
    if everything.average_order is None or not customer_months or churn is None:
        return None
    rate = Decimal(sum(month.orders for month in months)) / customer_months
    return expected_lifetime_value(everything.average_order, rate, churn)


def window(last: str) -> set[str]:
    """The 12 months that end with this one."""
    return {earlier(last, back) for back in range(ACTIVE_MONTHS)}


def earlier(month: str, by: int) -> str:
    year, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 - by, 12)
    return f"{year:04d}-{index + 1:02d}"


def last_months(now: datetime, count: int) -> list[str]:
    """Up to and with this one, oldest first."""
    this = f"{now.astimezone(UTC):%Y-%m}"
    return [earlier(this, back) for back in reversed(range(count))]


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100) * part / whole).quantize(Decimal("0.01")) if whole else None
