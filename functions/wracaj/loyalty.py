"""What a customer has reached in the programme, is close to, and is about to lose. Pure.

Whatever is reached has a key, and is granted once for each key. It is worked out anew from the account each time, for all
that lies in the last LOOKS_BACK days: so it does not depend on the order in which a shop told of its orders, and what a
refund makes untrue can be found and taken back.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from wracaj.events import Frozen
from wracaj.ledger import DAYS_KEPT, Account, Posting, last_day, month_of
from wracaj.periods import anniversary_of, full_years, period_of
from wracaj.programme import Achievement, Prize, Programme, Reward
from wracaj.thresholds import counted, spent_in
from wracaj.vouchers import Voucher

LOOKS_BACK = timedelta(days=100)
CENT = Decimal("0.01")


class Kind(StrEnum):
    REWARD = "reward"
    TIER = "tier"
    ACHIEVEMENT = "achievement"
    ORDER_GIFT = "order_gift"
    FIRST_PURCHASE = "first_purchase"
    CASHBACK = "cashback"
    EXCHANGE = "exchange"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"


class Reached(Frozen):
    """Something that the programme gives; `key` names it among all that one customer can be given."""

    key: str
    kind: Kind
    name: str = ""  # as the settings call it
    gives: Prize | None = None
    points: int = 0
    takes_points: int = 0  # of an exchange


CELEBRATIONS = frozenset({Kind.BIRTHDAY, Kind.ANNIVERSARY})


class GrantState(StrEnum):
    EARNED = "earned"  # its code does not exist in the shop yet
    STANDING = "standing"
    REVERSED = "reversed"  # what it was for is no longer so


class Grant(Frozen):
    """What a customer was given, once."""

    key: str
    kind: Kind
    name: str = ""
    at: AwareDatetime
    state: GrantState
    revision: int = 1
    gives: Prize | None = None
    voucher: Voucher | None = None  # minted before the shop is asked to create it
    posted: Posting = Posting()  # its points
    taken: Mapping[str, int] = {}  # last day → points that an exchange took
    told_by: str | None = None  # the message that tells of it

    @property
    def to_tell(self) -> bool:
        return self.state is GrantState.STANDING and self.told_by is None

    def reversed(self) -> Self:
        return self.model_copy(
            update={"state": GrantState.REVERSED, "posted": Posting(), "taken": {}, "revision": self.revision + 1}
        )


class Expiring(Frozen):
    points: int
    last_day: date
    worth: Decimal  # money


class About(Frozen):
    """The order that a check is about: what stands for it."""

    order_id: str
    spend: Decimal
    currency: str


def reached(
    programme: Programme,
    account: Account,
    now: datetime,
    *,
    since: datetime | None = None,
    about: About | None = None,
    reviews: Iterable[date] = (),
    granted: Collection[str] = (),
) -> list[Reached]:
    """All that stands as reached now, granted before or not. `since`: what happened before is not looked at."""
    earliest = since or now - LOOKS_BACK
    days = [date.fromisoformat(day) for day in account.days if earliest.date().isoformat() <= day <= now.date().isoformat()]
    found = [one for reward in programme.rewards for one in _rewards(reward, programme, account, days)]
    found += [one for rule in programme.achievements for one in _achievements(rule, account, days, reviews, earliest, now)]
    found += _tier(programme, account, now, granted)
    found += _of_first_order(programme, account, earliest)
    found += _of_order(programme, about) if about and about.currency == programme.currency and about.spend > 0 else []
    return found


def _rewards(reward: Reward, programme: Programme, account: Account, days: Iterable[date]) -> Iterable[Reached]:
    for period in sorted({period_of(day, reward.per) for day in days}):
        if spent_in(account, programme.currency, period) >= reward.spend:
            yield Reached(key=f"reward#{reward.name}#{period}", kind=Kind.REWARD, name=reward.name, gives=reward.gives)


def _achievements(
    rule: Achievement, account: Account, days: Iterable[date], reviews: Iterable[date], earliest: datetime, now: datetime
) -> Iterable[Reached]:
    match rule.does:
        case "orders":
            periods = {period_of(day, rule.per) for day in days if orders_within(account, day, rule.within_days) >= rule.orders}
        case "review":
            periods = {period_of(day, rule.per) for day in reviews if day >= earliest.date()}
        case "year_together":
            periods = _years_together(account, earliest, now)
    for period in sorted(periods):
        yield Reached(key=f"achievement#{rule.name}#{period}", kind=Kind.ACHIEVEMENT, name=rule.name, points=rule.points)


def _years_together(account: Account, earliest: datetime, now: datetime) -> set[str]:
    """The years that were completed lately, by a customer who has bought something in the last one."""
    first, last = account.first_order_at, account.last_order_at
    if first is None or last is None or not account.months:
        return set()
    years = full_years(first.date(), now.date())
    completed = anniversary_of(first.date(), years)
    bought_in_it = last.date() >= anniversary_of(first.date(), years - 1) if years else False
    return {str(years)} if bought_in_it and completed >= earliest.date() and _has_bought(account) else set()


def _tier(programme: Programme, account: Account, now: datetime, granted: Collection[str]) -> Iterable[Reached]:
    """The highest one, unless it or a higher one was reached before: nobody is congratulated on falling."""
    places = [place for place, tier in enumerate(programme.tiers) if counted(tier, programme, account, now) >= tier.reach]
    if not places:
        return
    if any(f"tier#{tier.name}" in granted for tier in programme.tiers[places[-1] + 1 :]):
        return
    tier = programme.tiers[places[-1]]
    yield Reached(key=f"tier#{tier.name}", kind=Kind.TIER, name=tier.name, gives=tier.gives)


def _of_first_order(programme: Programme, account: Account, earliest: datetime) -> Iterable[Reached]:
    first = account.first_order_at
    if programme.first_purchase and first and first >= earliest and _has_bought(account):
        yield Reached(key="first_purchase", kind=Kind.FIRST_PURCHASE, gives=programme.first_purchase)


def _of_order(programme: Programme, about: About) -> list[Reached]:
    found = []
    if programme.order_gift and about.spend >= programme.order_gift.order_from:
        found.append(Reached(key=f"order_gift#{about.order_id}", kind=Kind.ORDER_GIFT, gives=programme.order_gift.gives))
    if programme.cashback:
        back = (about.spend * programme.cashback.percent / 100).quantize(CENT, ROUND_HALF_UP)
        if back >= programme.cashback.smallest:
            gives = Prize(amount=back, valid_days=programme.cashback.valid_days)
            found.append(Reached(key=f"cashback#{about.order_id}", kind=Kind.CASHBACK, gives=gives))
    return found


def exchange(programme: Programme, account: Account, now: datetime, granted: Collection[str]) -> Reached | None:
    """Points that suffice for a code become one, the oldest first; at most one a day."""
    rule = programme.points.exchange if programme.points else None
    key = f"exchange#{now:%Y-%m-%d}"
    if rule is None or key in granted or account.points(now.date()) < rule.points:
        return None
    return Reached(key=key, kind=Kind.EXCHANGE, gives=rule.gives, takes_points=rule.points)


def told_at(grant: Grant, occasion: str | None) -> bool:
    """A birthday's gift is told on the birthday; everything else by the timeline of an order."""
    return grant.kind == occasion if occasion in CELEBRATIONS else grant.kind not in CELEBRATIONS


def celebrated(programme: Programme, occasion: str, year: int) -> Reached | None:
    """The gift of a birthday or of an anniversary; None: the programme gives none."""
    kind = Kind(occasion)
    gives = programme.birthday if kind is Kind.BIRTHDAY else programme.anniversary
    return Reached(key=f"{kind}#{year}", kind=kind, gives=gives) if gives else None


def no_longer_true(
    grants: Iterable[Grant], programme: Programme, account: Account, now: datetime, about: About | None = None
) -> list[Grant]:
    """What a refund or a cancellation has undone, of what can be undone: gifts of days, reviews and exchanges stay.

    What was given so long ago that the account does not know its days any more stays as well.
    """
    known_since = now - timedelta(days=DAYS_KEPT)
    true = {one.key for one in reached(programme, account, now, since=known_since, about=about)}
    lately = (grant for grant in grants if grant.state is not GrantState.REVERSED and grant.at >= known_since + LOOKS_BACK)
    return [grant for grant in lately if grant.key not in true and _may_be_undone(grant, programme, about)]


def _may_be_undone(grant: Grant, programme: Programme, about: About | None) -> bool:
    match grant.kind:
        case Kind.ORDER_GIFT | Kind.CASHBACK:
            return about is not None and grant.key.endswith(f"#{about.order_id}")
        case Kind.ACHIEVEMENT:
            return any(rule.name == grant.name and rule.does == "orders" for rule in programme.achievements)
        case Kind.REWARD | Kind.FIRST_PURCHASE:
            return True
    return False  # a tier is reached once; whether it still holds is asked where it counts


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


def grant_of(one: Reached, programme: Programme, account: Account, now: datetime, earlier: Grant | None = None) -> Grant:
    """`earlier`: it was given before and taken back. A code that was told of then is not given a second time."""
    told = earlier.told_by if earlier and earlier.voucher else None
    return Grant(
        key=one.key,
        kind=one.kind,
        name=one.name,
        at=now,
        state=GrantState.EARNED if one.gives and not told else GrantState.STANDING,
        revision=earlier.revision + 1 if earlier else 1,
        gives=one.gives,
        voucher=earlier.voucher if earlier else None,
        posted=_posting_of(one.points, programme, now),
        taken=oldest_first(account, one.takes_points, now.date()),
        told_by=told,
    )


def _posting_of(points: int, programme: Programme, at: datetime) -> Posting:
    if not points or programme.points is None:
        return Posting()
    good_until = last_day(at, programme.points.expire_after_months)
    return Posting(month=month_of(at), currency=programme.currency, good_until=good_until, points=points)


def oldest_first(account: Account, points: int, today: date) -> dict[str, int]:
    """From which days so many points are taken; those that are about to expire go first."""
    taken: dict[str, int] = {}
    for day, there in sorted(account.expiring.items()):
        if day >= today.isoformat() and there > 0 and points > 0:
            taken[day] = min(there, points)
            points -= taken[day]
    return taken


def orders_within(account: Account, last: date, days: int) -> int:
    """In the days that end with this one."""
    first = (last - timedelta(days=days - 1)).isoformat()
    return sum(orders for day, orders in account.days.items() if first <= day <= last.isoformat())


def _has_bought(account: Account) -> bool:
    return any(sums.orders > 0 for month in account.months.values() for sums in month.values())
