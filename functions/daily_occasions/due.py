"""Which lists of customers are searched on a shop's day, and whether a customer found there really
has the occasion. Pure."""

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from wracaj.customers.customer import Customer
from wracaj.loyalty.ledger import Account
from wracaj.loyalty.points import expiring
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.date_triggers import Listed, days_of_account, days_of_customer, year_day
from wracaj.timelines.decision import next_opening
from wracaj.timelines.occasion import OccasionKind

FOUND_BY_DAY = (OccasionKind.BIRTHDAY, OccasionKind.ANNIVERSARY, OccasionKind.POINTS_EXPIRING)
LATE_DAYS = 3  # a greeting is not sent later than this
LEAD = timedelta(hours=5)  # a message found now is sent some hours later
LEAP_DAY = "02-29"


class Search(NamedTuple):
    """One list to search, and the date of its occasions."""

    on: date
    listed: Listed


def kinds_of(shop: ShopSettings) -> list[OccasionKind]:
    return [kind for kind in FOUND_BY_DAY if kind in shop.timelines]


def day_served(now: datetime, shop: ShopSettings) -> date:
    """The day, in the shop's time zone, on which a message that begins now is sent."""
    return next_opening(now + LEAD, shop).astimezone(shop.zone).date()


def begins_at(now: datetime, shop: ShopSettings) -> datetime:
    """The earliest time for the day's messages: its midnight in the shop's time zone, or now."""
    midnight = datetime.combine(day_served(now, shop), time(), tzinfo=shop.zone)
    return max(now, midnight.astimezone(UTC))


def last_searched(kind: OccasionKind, today: date, shop: ShopSettings) -> date:
    """The last date that today's search covers. For expiring points it is `warn_days` ahead."""
    points = shop.loyalty.points if shop.loyalty else None
    return (
        today + timedelta(days=points.warn_days)
        if kind is OccasionKind.POINTS_EXPIRING and points
        else today
    )


def searches(kind: OccasionKind, searched: date, today: date, shop: ShopSettings) -> list[Search]:
    """Searches for every day after `searched`, the last day that was completed. A failed day is
    searched again the next day."""
    until = last_searched(kind, today, shop)
    if kind is OccasionKind.POINTS_EXPIRING:
        return [
            Search(day, Listed(kind, day.isoformat()))
            for day in _days(searched, today, until)
            if _ends_a_month(day)
        ]
    earliest = today - timedelta(days=LATE_DAYS)
    return [
        Search(day, Listed(kind, key))
        for day in _days(searched, earliest, until)
        for key in _keys(day)
    ]


def _days(searched: date, earliest: date, until: date) -> list[date]:
    first = max(earliest, searched + timedelta(days=1))
    return [first + timedelta(days=number) for number in range((until - first).days + 1)]


def _keys(day: date) -> Iterable[str]:
    """The list of 29 February is searched on 28 February where the year has no 29th."""
    yield year_day(day)
    if year_day(day) == "02-28" and not calendar.isleap(day.year):
        yield LEAP_DAY


def _ends_a_month(day: date) -> bool:
    """Points expire at the end of a month only, see `ledger.last_day`."""
    return day.day == calendar.monthrange(day.year, day.month)[1]


def still_so(
    search: Search, customer: Customer, account: Account, today: date, shop: ShopSettings
) -> bool:
    """Whether the customer still has the occasion. A list may be out of date."""
    match search.listed.kind:
        case OccasionKind.BIRTHDAY:
            return search.listed in days_of_customer(customer)
        case OccasionKind.ANNIVERSARY:
            first = account.first_bought
            return (
                search.listed in days_of_account(account)
                and first is not None
                and first.year < search.on.year
            )
        case OccasionKind.POINTS_EXPIRING:
            return (
                shop.loyalty is not None
                and expiring(shop.loyalty, account, today, search.on) is not None
            )
    return False


def once(search: Search, customer_id: str) -> str:
    """The key of the occasion: one a year, or one for each last day of points."""
    is_date = search.listed.kind is OccasionKind.POINTS_EXPIRING
    return f"{customer_id}#{search.on if is_date else search.on.year}"
