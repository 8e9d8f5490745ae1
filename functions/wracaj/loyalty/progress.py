"""How far a customer is from the thresholds of the programme, computed by the rules of the
ledger."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from pydantic import Field

from wracaj.events import Frozen
from wracaj.loyalty.ledger import Account, Posting, Sums, counted, posting_of, sum_up, terms_for
from wracaj.loyalty.periods import in_period, period_of
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.programme_terms import Perk, ProgrammeDiscount, Reward, Tier
from wracaj.money import rounded_up
from wracaj.orders.order import OrderState


class Near(Frozen):
    """A threshold that is not reached yet."""

    key: str  # one nudge for each key; a reward's key is that of its grant
    kind: Literal["reward", "tier"]
    name: str
    missing: Decimal  # money; the smallest order that reaches it now
    whole: Decimal = Field(Decimal(0), exclude=True)  # money; the threshold itself
    discount: ProgrammeDiscount | None = None
    perks: tuple[Perk, ...] = ()


def close_to(
    programme: Programme, account: Account, now: datetime, granted: Collection[str] = ()
) -> list[Near]:
    """Return the thresholds of this period that are not reached yet, the nearest first. `granted`:
    keys that are not given again."""
    found = [
        near
        for reward in programme.rewards
        if (near := _near_reward(reward, programme, account, now))
    ]
    found += [
        near
        for tier in programme.tiers
        if (near := _near_tier(tier, programme, account, now, granted))
    ]
    return sorted(
        (near for near in found if near.key not in granted),
        key=lambda near: (near.missing, near.key),
    )


def is_close(near: Near, programme: Programme) -> bool:
    """Whether the missing amount is within the nudge's percent or amount of the settings."""
    share = near.whole * programme.nudge.within_percent / 100
    return 0 < near.missing <= max(share, programme.nudge.within_amount)


def nudge_of(
    programme: Programme,
    account: Account,
    now: datetime,
    granted: Collection[str],
    nudged: Collection[str],
) -> Near | None:
    """Return the nearest threshold that is close and had no nudge before."""
    open_ones = close_to(programme, account, now, granted)
    return next(
        (near for near in open_ones if is_close(near, programme) and near.key not in nudged), None
    )


def reached_with(
    programme: Programme,
    account: Account,
    now: datetime,
    adding: Decimal,
    granted: Collection[str] = (),
) -> Near | None:
    """Return the threshold that an order of `adding` would reach now. If it would reach several,
    the farthest."""
    order = _order_now(programme, now, adding)
    zone = now.tzinfo or UTC
    after = account.post(
        Posting(), posting_of(order, terms_for(order, programme, account, zone), zone)
    )
    with_it = {near.key for near in close_to(programme, after, now, granted)}
    crossed = [
        near for near in close_to(programme, account, now, granted) if near.key not in with_it
    ]
    return crossed[-1] if crossed else None


def _near_reward(
    reward: Reward, programme: Programme, account: Account, now: datetime
) -> Near | None:
    period = period_of(now.date(), reward.per)
    missing = reward.threshold - spent_in(account, programme.currency, period)
    if missing <= 0:
        return None
    return Near(
        key=reward_key(reward, period),
        kind="reward",
        name=reward.name,
        missing=rounded_up(missing, programme.currency),
        whole=reward.threshold,
        discount=reward.discount,
    )


def _near_tier(
    tier: Tier, programme: Programme, account: Account, now: datetime, granted: Collection[str]
) -> Near | None:
    """Return the tier if it is not reached. Its code is given once: a customer who had this tier or
    a higher one before gets no code for it."""
    missing = tier.threshold - counted(tier, programme, account, now)
    points_per_unit = terms_for(
        _order_now(programme, now), programme, account, now.tzinfo or UTC
    ).points_per_unit
    # such settings are refused now, but may be stored already
    if missing <= 0 or (tier.by == "points" and not points_per_unit):
        return None
    from_here_up = programme.tiers[programme.tiers.index(tier) :]
    return Near(
        key=f"{tier_key(tier)}#{now:%Y}",
        kind="tier",
        name=tier.name,
        missing=_least_order(missing, tier, programme, points_per_unit),
        whole=_least_order(tier.threshold, tier, programme, points_per_unit),
        discount=None if any(tier_key(one) in granted for one in from_here_up) else tier.discount,
        perks=tier.perks,
    )


def _least_order(
    count: Decimal, tier: Tier, programme: Programme, points_per_unit: Decimal
) -> Decimal:
    """Return the smallest order that gives so much of what the tier counts. Only whole units of
    currency give points, and points are whole."""
    if tier.by == "spend":
        return rounded_up(count, programme.currency)
    units, rest = divmod(count.to_integral_value(ROUND_CEILING), points_per_unit)
    return units + 1 if rest else units


def _order_now(programme: Programme, now: datetime, total: Decimal | None = None) -> OrderState:
    return OrderState(order_id="", placed_at=now, currency=programme.currency, total=total)


def tier_key(tier: Tier) -> str:
    """Return the key of what the tier gives. It is given once, even if the tier is reached
    again."""
    return f"tier#{tier.name}"


def reward_key(reward: Reward, period: str) -> str:
    return f"reward#{reward.name}#{period}"


def grant_keys(programme: Programme, today: date) -> list[str]:
    """Return the keys of everything that reaching a threshold can give today."""
    rewards = [reward_key(reward, period_of(today, reward.per)) for reward in programme.rewards]
    return rewards + [tier_key(tier) for tier in programme.tiers]


def spent_in(account: Account, currency: str, period: str) -> Decimal:
    months = (
        sums
        for month, sums in account.months.items()
        if in_period(date.fromisoformat(f"{month}-01"), period)
    )
    return sum_up(sums.get(currency, Sums()) for sums in months).spend


def orders_within(account: Account, last: date, days: int) -> int:
    """Return the number of orders in the `days` days that end with `last`."""
    first = (last - timedelta(days=days - 1)).isoformat()
    return sum(orders for day, orders in account.days.items() if first <= day <= last.isoformat())
