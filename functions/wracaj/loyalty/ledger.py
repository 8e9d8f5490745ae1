"""What a customer has earned: one account, posted from the state of each order.

An order's posting is a function of all that is known of the order (order.py), not of the order in
which it was reported. Each change posts the difference to the earlier posting. So a replay posts
nothing, a refund takes back exactly what the order gave, and an order's events give the same
account in any order. (Points are multiplied by the factor of the tier that was reached when the
order was first posted.) Days and months are those of the shop's calendar.
"""

import calendar
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_FLOOR, Decimal
from typing import Self

from wracaj.events import Frozen
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.programme_terms import Tier
from wracaj.orders.order import NOTHING, OrderState


class Terms(Frozen):
    """The terms by which an order earns points. They are fixed when the order is first posted, so
    later settings do not change earlier orders."""

    points_per_unit: Decimal = NOTHING  # includes the factor of the customer's tier at that time
    good_for_months: int = 12


class Posting(Frozen):
    """What the account has for one order or one grant: enough to take it back exactly."""

    day: str = ""  # "2026-11-21"; "" for a grant
    month: str = ""  # "2026-11"
    currency: str = ""
    good_until: str = ""  # the last day on which its points are valid
    spend: Decimal = NOTHING
    orders: int = 0
    points: int = 0


class Sums(Frozen):
    """Sums in one currency, over a month or more."""

    spend: Decimal = NOTHING
    orders: int = 0
    points: int = 0  # earned, expired or not

    def plus(self, other: Self | Posting, sign: int = 1) -> Self:
        return self.model_copy(
            update={
                "spend": self.spend + sign * other.spend,
                "orders": self.orders + sign * other.orders,
                "points": self.points + sign * other.points,
            }
        )

    @property
    def average_order(self) -> Decimal | None:
        return (self.spend / self.orders).quantize(Decimal("0.01")) if self.orders else None


class Account(Frozen):
    """A customer's sums, of orders that were not cancelled or refunded in full.

    Points that were spent, and whose order was then undone, are a debt. It is paid with the points
    that were valid when it arose, and with points earned later. Nothing else pays it, and it never
    expires.

    The account grows with the months and days on which the customer bought, by about 15 bytes a
    day.
    """

    months: Mapping[str, Mapping[str, Sums]] = {}  # "2026-11" → currency → sums
    days: Mapping[str, int] = {}  # "2026-11-21" → orders
    # last day of validity → points; below zero: more were spent than are left
    expiring: Mapping[str, int] = {}
    owed: Mapping[str, int] = {}  # day on which the debt arose → points

    @property
    def first_bought(self) -> date | None:
        """The day of the first order. It moves to a later day if that order is cancelled."""
        return date.fromisoformat(min(self.days)) if self.days else None

    @property
    def last_bought(self) -> date | None:
        return date.fromisoformat(max(self.days)) if self.days else None

    def post(self, before: Posting, after: Posting) -> Self:
        """Replace an order's old posting by its new one."""
        return self._with(before, -1)._with(after, 1)

    def taking(self, taken: Mapping[str, int]) -> Self:
        """Take points away. `taken`: last day of validity → points."""
        expiring = self.expiring
        for day, points in taken.items():
            expiring = _added(expiring, day, -points)
        return self.model_copy(update={"expiring": expiring})

    def plus(self, other: Self) -> Self:
        """Add the account of another customer who turned out to be the same."""
        merged = self
        for month, currencies in other.months.items():
            for currency, sums in currencies.items():
                merged = merged._with(
                    Posting(month=month, currency=currency, **sums.model_dump()), 1, earns=False
                )
        for day, points in other.expiring.items():
            merged = merged.model_copy(update={"expiring": _added(merged.expiring, day, points)})
        for day, orders in other.days.items():
            merged = merged._with_day(day, orders)
        owed = {
            day: self.owed.get(day, 0) + other.owed.get(day, 0)
            for day in sorted({*self.owed, *other.owed})
        }
        return merged.model_copy(update={"owed": owed})

    def sums(self, currency: str, now: date, within_months: int | None = None) -> Sums:
        """Return the sums of the last `within_months` calendar months, the current one included.
        Without a number, of all months."""
        earliest, latest = (
            (months_before(now, within_months - 1), month_of(now))
            if within_months
            else ("", "9999-12")
        )
        chosen = (
            months[currency]
            for month, months in self.months.items()
            if earliest <= month <= latest and currency in months
        )
        return sum_up(chosen)

    def points(self, today: date) -> int:
        """Return the balance: valid points, less the debt. Time alone never raises it."""
        left, debt = self._settled(today)
        return sum(points for day, points in left.items() if day >= today.isoformat()) - debt

    def left(self, today: date) -> dict[str, int]:
        """Return last day of validity → points, after the debts are paid with the points that
        expire first."""
        return self._settled(today)[0]

    def owing(self, today: date) -> Self:
        """Return the account with its debts recorded. A new debt is dated today. Points that came
        back pay the newest debt first."""
        owed = dict(self.owed)
        more = -sum(points for points in self.expiring.values() if points < 0) - sum(owed.values())
        if more > 0:
            owed = _added(owed, today.isoformat(), more)
        for day in sorted(owed, reverse=True) if more < 0 else ():
            settled = min(owed[day], -more)
            owed, more = _added(owed, day, -settled), more + settled
        return self if owed == self.owed else self.model_copy(update={"owed": owed})

    def _settled(self, today: date) -> tuple[dict[str, int], int]:
        left, debt = {day: points for day, points in self.expiring.items() if points > 0}, 0
        for since, owed in self.owing(today).owed.items():
            for day in sorted(day for day in left if day >= since):
                paid = min(left[day], owed)
                left[day], owed = left[day] - paid, owed - paid
            debt += owed
        return {day: points for day, points in left.items() if points}, debt

    def _with(self, posting: Posting, sign: int, *, earns: bool = True) -> Self:
        if not posting.month:
            return self
        months = {month: dict(currencies) for month, currencies in self.months.items()}
        currencies = months.setdefault(posting.month, {})
        currencies[posting.currency] = currencies.get(posting.currency, Sums()).plus(posting, sign)
        if currencies[posting.currency] == Sums():
            del currencies[posting.currency]
        expiring = (
            _added(self.expiring, posting.good_until, sign * posting.points)
            if earns
            else self.expiring
        )
        kept = {month: currencies for month, currencies in sorted(months.items()) if currencies}
        return self.model_copy(update={"months": kept, "expiring": expiring})._with_day(
            posting.day, sign * posting.orders
        )

    def _with_day(self, day: str, orders: int) -> Self:
        return self.model_copy(update={"days": _added(self.days, day, orders)}) if day else self


def sum_up(parts: Iterable[Sums]) -> Sums:
    total = Sums()
    for part in parts:
        total = total.plus(part)
    return total


def posting_of(order: OrderState, terms: Terms, zone: tzinfo = UTC) -> Posting:
    """Return the order's posting. Whole units of currency earn points, and points are rounded down.
    An order that does not count has an empty posting.

    `zone`: the shop's time zone, which decides the day and month of the order.
    """
    if not order.counts or order.placed_at is None or order.currency is None:
        return Posting()
    points, placed_at = (
        order.net.to_integral_value(ROUND_FLOOR) * terms.points_per_unit,
        order.placed_at.astimezone(zone),
    )
    return Posting(
        day=f"{placed_at:%Y-%m-%d}",
        month=month_of(placed_at),
        currency=order.currency,
        good_until=last_day(placed_at, terms.good_for_months),
        spend=order.net,
        orders=1,
        points=0 if order.unclear else int(points.to_integral_value(ROUND_FLOOR)),
    )


def terms_for(
    order: OrderState, programme: Programme | None, account: Account, zone: tzinfo = UTC
) -> Terms:
    if (
        programme is None
        or programme.points is None
        or order.currency != programme.currency
        or order.placed_at is None
    ):
        return Terms()
    tier = tier_of(account, programme, order.placed_at.astimezone(zone))
    factor = tier.points_factor if tier else Decimal(1)
    return Terms(
        points_per_unit=programme.points.per_unit * factor,
        good_for_months=programme.points.expire_after_months,
    )


def tier_of(account: Account, programme: Programme, now: datetime) -> Tier | None:
    """Return the last tier reached. The settings list the tiers from the lowest up. `now`: in the
    shop's time zone."""
    reached = None
    for tier in programme.tiers:
        if counted(tier, programme, account, now) >= tier.threshold:
            reached = tier
    return reached


def counted(tier: Tier, programme: Programme, account: Account, now: datetime) -> Decimal:
    """Return the money or points that the tier counts, over its last months."""
    sums = account.sums(programme.currency, now, tier.within_months)
    return Decimal(sums.points) if tier.by == "points" else sums.spend


def month_of(moment: date) -> str:
    return f"{moment:%Y-%m}"


def months_before(now: date, months: int) -> str:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return f"{year:04d}-{month + 1:02d}"


def last_day(placed_at: datetime, months: int) -> str:
    """Return the last day on which an order's points are valid: the end of the month that is so
    many months later."""
    year, month = divmod(placed_at.year * 12 + placed_at.month - 1 + months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1]).isoformat()


def _added(counted: Mapping[str, int], day: str, number: int) -> dict[str, int]:
    changed = {**counted, day: counted.get(day, 0) + number}
    return {key: value for key, value in sorted(changed.items()) if value}
