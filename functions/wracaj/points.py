"""Points that wait: which of them expire soon, and which are taken first. Pure."""

from datetime import date, timedelta
from decimal import Decimal

from wracaj.events import Frozen
from wracaj.ledger import Account
from wracaj.programme import Programme

CENT = Decimal("0.01")


class Expiring(Frozen):
    points: int
    last_day: date
    worth: Decimal  # money


def expiring(programme: Programme, account: Account, today: date) -> Expiring | None:
    """The next points to go, within the days of the settings."""
    if programme.points is None:
        return None
    until = (today + timedelta(days=programme.points.warn_days)).isoformat()
    days = [day for day, points in account.expiring.items() if today.isoformat() <= day <= until and points > 0]
    balance = account.points(today)
    if not days or balance <= 0:
        return None
    points = min(balance, account.expiring[min(days)])
    return Expiring(points=points, last_day=date.fromisoformat(min(days)), worth=(points * programme.points.worth).quantize(CENT))


def oldest_first(account: Account, points: int, today: date) -> dict[str, int]:
    """From which days so many points are taken; those that are about to expire go first."""
    taken: dict[str, int] = {}
    for day, there in sorted(account.expiring.items()):
        if day >= today.isoformat() and there > 0 and points > 0:
            taken[day] = min(there, points)
            points -= taken[day]
    return taken
