"""What a customer has reached in the programme.

Each thing reached has a key, and is granted once for that key. It is computed anew from the account
each time, for the last LOOKS_BACK days, and for the last full year together. So the result does not
depend on the order in which a shop reported its orders, and grants that a refund invalidates can be
found and reversed.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from math import ceil

from wracaj.loyalty.grants import LOOKS_BACK, About, Grant, GrantKind, GrantState, Needs, Reached
from wracaj.loyalty.ledger import Account, Posting, counted, last_day, month_of, months_before
from wracaj.loyalty.periods import anniversary_of, full_years, month_before, period_of
from wracaj.loyalty.points import oldest_first
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.programme_cost import TWELVE_MONTHS
from wracaj.loyalty.programme_terms import Achievement, Gift, ProgrammeDiscount, Reward
from wracaj.loyalty.progress import orders_within, reward_key, spent_in, tier_key
from wracaj.money import rounded_down


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
    """Return everything that is reached now, granted before or not. `now`: in the shop's time zone.
    `since`: earlier days are not checked."""
    earliest = max(since or now - LOOKS_BACK, now - LOOKS_BACK).astimezone(now.tzinfo)
    days = [
        date.fromisoformat(day)
        for day in account.days
        if earliest.date().isoformat() <= day <= now.date().isoformat()
    ]
    found = [
        one for reward in programme.rewards for one in _rewards(reward, programme, account, days)
    ]
    for rule in programme.achievements:
        paid = _paid_periods(
            rule, programme, account, _achieved_on(rule, account, days, reviews, earliest)
        )
        found += [_achieved(rule, period, needs) for period, needs in sorted(paid.items())]
    found += years_together(programme, account, now, since)
    found += _tier(programme, account, now, granted)
    found += _of_first_order(programme, account, now, earliest)
    found += (
        _of_order(programme, about)
        if about and about.currency == programme.currency and about.spend > 0
        else []
    )
    return found


def _rewards(
    reward: Reward, programme: Programme, account: Account, days: Iterable[date]
) -> Iterable[Reached]:
    for period in sorted({period_of(day, reward.per) for day in days}):
        if spent_in(account, programme.currency, period) >= reward.threshold:
            needs = Needs(currency=programme.currency, spend=reward.threshold)
            yield Reached(
                key=reward_key(reward, period),
                kind=GrantKind.REWARD,
                name=reward.name,
                discount=reward.discount,
                needs=needs,
            )


def paid_by(
    rule: Achievement | Gift, programme: Programme, account: Account, until: date
) -> Needs | None:
    """Return what must stay true of the spend of the twelve months that end with the month of
    `until`. None: too little was spent in them."""
    spent = account.sums(programme.currency, until, TWELVE_MONTHS).spend
    if rule.spent_from is not None and spent < rule.spent_from:
        return None
    return Needs(currency=programme.currency, spend=rule.spent_from, month=month_of(until))


def _achieved_on(
    rule: Achievement,
    account: Account,
    days: Iterable[date],
    reviews: Iterable[date],
    earliest: datetime,
) -> list[date]:
    match rule.action:
        case "orders":
            return [
                day for day in days if orders_within(account, day, rule.within_days) >= rule.orders
            ]
        case "review":
            return [day for day in reviews if day >= earliest.date()]
        case "year_together":
            return []  # see years_together()


def _paid_periods(
    rule: Achievement, programme: Programme, account: Account, days: Iterable[date]
) -> dict[str, Needs]:
    """Return period → what pays for it: the spend up to the first day in it on which the rule was
    achieved and paid for."""
    found: dict[str, Needs] = {}
    for day in sorted(days):
        if (needs := paid_by(rule, programme, account, day)) is not None:
            found.setdefault(period_of(day, rule.per), needs)
    return found


def _achieved(rule: Achievement, period: str, needs: Needs) -> Reached:
    if rule.action == "orders":
        needs = needs.model_copy(update={"orders": rule.orders, "within_days": rule.within_days})
    key = f"achievement#{rule.name}#{period}"
    return Reached(
        key=key, kind=GrantKind.ACHIEVEMENT, name=rule.name, points=rule.points, needs=needs
    )


def years_together(
    programme: Programme, account: Account, now: datetime, since: datetime | None = None
) -> list[Reached]:
    """Return the last completed year together, if the customer bought something in it. It stays
    reached until the next year is completed, because the next check may come only with a much later
    order."""
    first = account.first_bought
    if first is None or not (years := full_years(first, now.date())):
        return []
    begun, completed = anniversary_of(first, years - 1), anniversary_of(first, years)
    bought_in_it = any(begun.isoformat() <= day < completed.isoformat() for day in account.days)
    if not bought_in_it or (since and completed < since.astimezone(now.tzinfo).date()):
        return []
    rules = (rule for rule in programme.achievements if rule.action == "year_together")
    paid = ((rule, paid_by(rule, programme, account, month_before(completed))) for rule in rules)
    return [_achieved(rule, str(years), needs) for rule, needs in paid if needs is not None]


def _tier(
    programme: Programme, account: Account, now: datetime, granted: Collection[str]
) -> Iterable[Reached]:
    """Return the highest tier reached. Nothing is returned if it or a higher one was granted
    before: a customer who fell is not congratulated on a lower tier."""
    places = [
        place
        for place, tier in enumerate(programme.tiers)
        if counted(tier, programme, account, now) >= tier.threshold
    ]
    if not places:
        return
    if any(tier_key(tier) in granted for tier in programme.tiers[places[-1] + 1 :]):
        return
    tier = programme.tiers[places[-1]]
    counts = {"spend": tier.threshold} if tier.by == "spend" else {"points": ceil(tier.threshold)}
    needs = Needs(
        currency=programme.currency, month=month_of(now), within_months=tier.within_months, **counts
    )
    yield Reached(
        key=tier_key(tier), kind=GrantKind.TIER, name=tier.name, discount=tier.discount, needs=needs
    )


def _of_first_order(
    programme: Programme, account: Account, now: datetime, earliest: datetime
) -> Iterable[Reached]:
    first, gift = account.first_bought, programme.first_purchase
    if (
        gift
        and first
        and first >= earliest.date()
        and (needs := paid_by(gift, programme, account, now)) is not None
    ):
        yield Reached(
            key="first_purchase", kind=GrantKind.FIRST_PURCHASE, discount=gift, needs=needs
        )


def _of_order(programme: Programme, about: About) -> list[Reached]:
    found = []
    gift = programme.order_gift
    if gift and about.spend >= gift.order_from:
        needs = Needs(currency=about.currency, spend=gift.order_from)
        found.append(
            Reached(
                key=f"order_gift#{about.order_id}",
                kind=GrantKind.ORDER_GIFT,
                discount=gift.discount,
                needs=needs,
            )
        )
    if programme.cashback:
        back = rounded_down(about.spend * programme.cashback.percent / 100, about.currency)
        if back >= programme.cashback.minimum:
            discount = ProgrammeDiscount(amount=back, valid_days=programme.cashback.valid_days)
            needs = Needs(currency=about.currency, spend=about.spend)
            found.append(
                Reached(
                    key=f"cashback#{about.order_id}",
                    kind=GrantKind.CASHBACK,
                    discount=discount,
                    needs=needs,
                )
            )
    return found


def exchange(
    programme: Programme, account: Account, now: datetime, granted: Collection[str]
) -> Reached | None:
    """Return the exchange of points for a code, if there are enough points. At most one a day, the
    oldest points first."""
    rule = programme.points.exchange if programme.points else None
    key = f"exchange#{now:%Y-%m-%d}"
    if rule is None or key in granted or account.points(now.date()) < rule.points:
        return None
    return Reached(
        key=key, kind=GrantKind.EXCHANGE, discount=rule.discount, takes_points=rule.points
    )


def celebrated(
    programme: Programme, occasion: str, day: date, account: Account, granted: Iterable[Grant] = ()
) -> Reached | None:
    """Return the gift of a birthday or an anniversary. None if the programme has none, if the
    customer spent too little, or if the twelve months that pay for it have already paid for
    another. That happens when the shop reports another birthday, or when a cancelled order moves
    the anniversary."""
    kind, key = GrantKind(occasion), f"{occasion}#{day.year}"
    gift = programme.birthday if kind is GrantKind.BIRTHDAY else programme.anniversary
    until = month_before(day) if kind is GrantKind.ANNIVERSARY else day
    needs = paid_by(gift, programme, account, until) if gift else None
    others = (
        one
        for one in granted
        if one.kind is kind and one.key != key and one.state is not GrantState.REVERSED
    )
    if needs is None or any(
        one.needs.month > months_before(until, TWELVE_MONTHS) for one in others
    ):
        return None
    return Reached(key=key, kind=kind, discount=gift, needs=needs)


def grant_of(
    one: Reached,
    programme: Programme,
    account: Account,
    now: datetime,
    earlier: Grant | None = None,
) -> Grant:
    """Build the grant of something reached. `earlier`: the same grant, made before and reversed. If
    its code was announced then, no second code is created."""
    told = earlier.announced_by if earlier and earlier.voucher else None
    return Grant(
        key=one.key,
        kind=one.kind,
        name=one.name,
        at=now,
        state=GrantState.EARNED if one.discount and not told else GrantState.ISSUED,
        revision=earlier.revision + 1 if earlier else 1,
        needs=one.needs,
        discount=one.discount,
        voucher=earlier.voucher if earlier and told else None,
        posted=_posting_of(one.points, programme, now),
        taken=oldest_first(account, one.takes_points, now.date()),
        announced_by=told,
    )


def _posting_of(points: int, programme: Programme, at: datetime) -> Posting:
    if not points or programme.points is None:
        return Posting()
    good_until = last_day(at, programme.points.expire_after_months)
    return Posting(
        month=month_of(at), currency=programme.currency, good_until=good_until, points=points
    )
