"""Periods of the year, and anniversaries."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, get_args

Period = Literal["month", "quarter", "half_year", "year", "ever"]

# How many periods of each kind twelve consecutive calendar months can touch.
MOST_IN_TWELVE_MONTHS: Mapping[Period, int] = {
    "month": 12,
    "quarter": 5,
    "half_year": 3,
    "year": 2,
    "ever": 1,
}


def period_of(day: date, per: Period) -> str:
    """Return the period's name, such as "2026-11", "2026-Q4", "2026-H2", "2026", "ever"."""
    return {
        "month": f"{day:%Y-%m}",
        "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}",
        "half_year": f"{day:%Y}-H{(day.month + 5) // 6}",
        "year": f"{day:%Y}",
        "ever": "ever",
    }[per]


def in_period(day: date, name: str) -> bool:
    return any(period_of(day, per) == name for per in get_args(Period))


def full_years(since: date, until: date) -> int:
    return max(
        0, until.year - since.year - (anniversary_of(since, until.year - since.year) > until)
    )


def month_before(day: date) -> date:
    """Return the last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def anniversary_of(day: date, years: int) -> date:
    """Return the same day in another year. For the 29th of February it is the 28th in years without
    a 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
