"""Lists of customers by day: birthdays, anniversaries, and last days of points.

Yearly days are listed as "03-14". Days that come once are listed as "2026-12-31".
"""

from datetime import date
from typing import NamedTuple

from wracaj.customers.customer import Customer
from wracaj.loyalty.ledger import Account
from wracaj.timelines.occasion import OccasionKind


class Listed(NamedTuple):
    kind: OccasionKind
    day: str


def year_day(day: date) -> str:
    return f"{day:%m-%d}"


def days_of_customer(customer: Customer) -> frozenset[Listed]:
    """Return the customer's birthday. Erased customers, and those merged into another, are on no
    list."""
    if customer.birthday is None or customer.is_buried or customer.merged_into:
        return frozenset()
    return frozenset({Listed(OccasionKind.BIRTHDAY, customer.birthday)})


def days_of_account(account: Account) -> frozenset[Listed]:
    first = account.first_bought
    begun = {Listed(OccasionKind.ANNIVERSARY, year_day(first))} if first else set()
    return frozenset(
        begun
        | {
            Listed(OccasionKind.POINTS_EXPIRING, day)
            for day, points in account.expiring.items()
            if points > 0
        }
    )
