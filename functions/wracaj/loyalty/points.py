"""Points that are not used yet: which expire soon, and which are used first."""

from datetime import date, timedelta
from decimal import Decimal

from wracaj.events import Frozen
from wracaj.loyalty.ledger import Account
from wracaj.loyalty.programme import Programme
from wracaj.money import rounded_down


class Expiring(Frozen):
    points: int
    last_day: date
    worth: Decimal  # their value in money


def expiring(
    programme: Programme, account: Account, today: date, last_day: date
) -> Expiring | None:
    """Return the unused points whose last day of validity is `last_day`. None if there are none, or
    if that day has passed."""
    there = min(account.points(today), account.left(today).get(last_day.isoformat(), 0))
    if programme.points is None or last_day < today or there <= 0:
        return None
    worth = rounded_down(there * programme.points.value, programme.currency)
    return Expiring(points=there, last_day=last_day, worth=worth)


def next_expiring(programme: Programme, account: Account, today: date) -> Expiring | None:
    """Return the next points to expire, within the programme's `warn_days`."""
    warn_days = programme.points.warn_days if programme.points else 0
    until = (today + timedelta(days=warn_days)).isoformat()
    days = [day for day in account.left(today) if today.isoformat() <= day <= until]
    return expiring(programme, account, today, date.fromisoformat(min(days))) if days else None


def oldest_first(account: Account, points: int, today: date) -> dict[str, int]:
    """Return last day of validity → points to take. The points that expire first are taken
    first."""
    taken: dict[str, int] = {}
    for day, there in sorted(account.left(today).items()):
        if day >= today.isoformat() and points > 0:
            taken[day] = min(there, points)
            points -= taken[day]
    return taken
