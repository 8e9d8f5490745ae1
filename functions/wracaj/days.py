"""The days by which customers are found: a birthday, the day of the first order, the last day of points. Pure.

What comes each year is listed under its day of the year, "03-14"; what comes once, under its date, "2026-12-31".
"""

from datetime import UTC, date, timedelta, tzinfo
from typing import NamedTuple

from wracaj.customer import Customer
from wracaj.ledger import Account
from wracaj.occasion import Occasion


class Listed(NamedTuple):
    kind: Occasion
    day: str


def year_day(day: date) -> str:
    return f"{day:%m-%d}"


def days_of_customer(customer: Customer) -> frozenset[Listed]:
    """Those who are forgotten, or known by another id now, are on no list."""
    if customer.birthday is None or customer.erased_at or customer.merged_into:
        return frozenset()
    return frozenset({Listed(Occasion.BIRTHDAY, customer.birthday)})


def days_of_account(account: Account, zone: tzinfo) -> frozenset[Listed]:
    first = account.first_order_at
    begun = {Listed(Occasion.ANNIVERSARY, year_day(first.astimezone(zone)))} if first else set()
    return frozenset(begun | {Listed(Occasion.POINTS_EXPIRING, day) for day, points in account.expiring.items() if points > 0})


def days_in_any_zone(account: Account) -> frozenset[Listed]:
    """Wherever the shop is, or was."""
    first = account.first_order_at
    around = [first.astimezone(UTC) + timedelta(days=days) for days in (-1, 0, 1)] if first else []
    return days_of_account(account, UTC) | {Listed(Occasion.ANNIVERSARY, year_day(day)) for day in around}
