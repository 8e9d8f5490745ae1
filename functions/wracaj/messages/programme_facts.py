"""What a shop's loyalty programme offers, in words for a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from wracaj.discounts.wording import discount_words
from wracaj.language import Locale
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.programme_terms import Perk, Reward, Tier
from wracaj.money import format_money
from wracaj.text.wording import one_line

_ROUND_AMOUNTS = tuple(Decimal(amount) for amount in (100, 1_000, 10_000))
HUNDRED_POINTS = 100


@dataclass(frozen=True)
class TierView:
    name: str
    # the spend from which the tier applies, such as "500 zł"; None: it depends on points
    spend: str | None
    points: int | None
    months: int  # the period that counts
    factor: str | None  # factor of points, such as "1,5"; None: points are not multiplied
    perks: tuple[str, ...]


@dataclass(frozen=True)
class RewardView:
    spend: str  # such as "500 zł"
    per: str  # the period: month, quarter, half_year, year or ever
    discount: str  # "20 zł", "prezent: Kubek", "darmową dostawę"


@dataclass(frozen=True)
class ProgrammeView:
    amount: str  # a round amount of money, such as "100 zł"
    points: int  # the points that `amount` earns
    hundred_points: str | None  # their value; None: points have none in money, or are exchanged
    exchanged: int | None  # number of points that become a code automatically
    exchanged_for: str | None  # the discount of that code
    months: int  # how long points are valid
    tiers: tuple[TierView, ...]
    rewards: tuple[RewardView, ...]


def view_of_programme(programme: Programme | None, locale: Locale) -> ProgrammeView | None:
    """None: the programme has no points."""
    if programme is None or programme.points is None:
        return None
    points, currency = programme.points, programme.currency
    amount = next(
        (each for each in _ROUND_AMOUNTS if each * points.per_unit % 1 == 0), _ROUND_AMOUNTS[-1]
    )
    value = points.value * HUNDRED_POINTS if points.exchange is None else None
    exchange = points.exchange
    return ProgrammeView(
        amount=format_money(amount, currency, locale, short=True),
        points=int(amount * points.per_unit),
        hundred_points=format_money(value, currency, locale, short=True) if value else None,
        exchanged=exchange.points if exchange else None,
        exchanged_for=discount_words(exchange.discount.terms(currency), locale)
        if exchange
        else None,
        months=points.expire_after_months,
        tiers=tuple(_tier(tier, currency, locale) for tier in programme.tiers),
        rewards=tuple(_reward(reward, currency, locale) for reward in programme.rewards),
    )


def _reward(reward: Reward, currency: str, locale: Locale) -> RewardView:
    spend = format_money(reward.threshold, currency, locale, short=True)
    return RewardView(spend, reward.per, discount_words(reward.discount.terms(currency), locale))


def _tier(tier: Tier, currency: str, locale: Locale) -> TierView:
    by_spend = tier.by == "spend"
    factor = f"{tier.points_factor.normalize():f}"
    return TierView(
        name=one_line(tier.name),
        spend=format_money(tier.threshold, currency, locale, short=True) if by_spend else None,
        points=None if by_spend else int(tier.threshold),
        months=tier.within_months,
        factor=None if factor == "1" else factor.replace(".", "," if locale == "pl" else "."),
        perks=perks_in(tier.perks, locale),
    )


def perks_in(perks: Iterable[Perk], locale: Locale) -> tuple[str, ...]:
    """The perks in this language where the settings have it, otherwise as the settings have
    them."""
    return tuple(
        one_line(perk if isinstance(perk, str) else perk.get(locale) or next(iter(perk.values())))
        for perk in perks
    )
