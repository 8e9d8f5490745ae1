"""Parts of the year, and days that come again each year."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, get_args

Period = Literal["month", "quarter", "half_year", "year", "ever"]

# How many of them twelve calendar months in a row have a part of.
MOST_IN_TWELVE_MONTHS: Mapping[Period, int] = {
    "month": 12,
    "quarter": 5,
    "half_year": 3,
    "year": 2,
    "ever": 1,
}


def period_of(day: date, per: Period) -> str:
    """Such as "2026-11", "2026-Q4", "2026-H2", "2026", "ever"."""
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
    """Its last day."""
    return day.replace(day=1) - timedelta(days=1)


def anniversary_of(day: date, years: int) -> date:
    """The 29th of February is kept on the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
