"""The loyalty summary of a customer: what was reached, what is close, and what expires soon."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from pydantic import AwareDatetime

from wracaj.events import Frozen
from wracaj.loyalty.grants import Grant, GrantKind, GrantState, given_for_good
from wracaj.loyalty.ledger import Account, tier_of
from wracaj.loyalty.points import Expiring, next_expiring
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.progress import Near, close_to, is_close


class GrantSummary(Frozen):
    key: str
    kind: GrantKind
    name: str
    at: AwareDatetime
    state: GrantState
    points: int
    told: bool


class LoyaltySummary(Frozen):
    """It has no personal data, and no codes."""

    currency: str
    orders: int
    spend: Decimal
    average_order: Decimal | None
    first_bought: date | None  # of the orders that count
    last_bought: date | None
    points: int
    tier: str | None
    reached: tuple[GrantSummary, ...]  # the newest first
    close: tuple[Near, ...]  # the nearest first
    expiring: Expiring | None


def loyalty_summary(
    programme: Programme, account: Account, grants: Iterable[Grant], now: datetime
) -> LoyaltySummary:
    """`now`: in the shop's time zone."""
    known = sorted(grants, key=lambda grant: grant.at, reverse=True)
    sums, tier = account.sums(programme.currency, now), tier_of(account, programme, now)
    open_ones = close_to(programme, account, now, given_for_good(known))
    return LoyaltySummary(
        currency=programme.currency,
        orders=sums.orders,
        spend=sums.spend,
        average_order=sums.average_order,
        first_bought=account.first_bought,
        last_bought=account.last_bought,
        points=account.points(now.date()),
        tier=tier.name if tier else None,
        reached=tuple(_given(grant) for grant in known),
        close=tuple(near for near in open_ones if is_close(near, programme)),
        expiring=next_expiring(programme, account, now.date()),
    )


def _given(grant: Grant) -> GrantSummary:
    told = grant.announced_by is not None
    return GrantSummary(
        key=grant.key,
        kind=grant.kind,
        name=grant.name,
        at=grant.at,
        state=grant.state,
        points=grant.posted.points,
        told=told,
    )
