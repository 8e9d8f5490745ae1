"""Loyalty content of a message, and the part of it that a template sees."""

from dataclasses import dataclass
from decimal import Decimal

from wracaj.discounts.wording import discount_words
from wracaj.events import Frozen
from wracaj.language import Locale
from wracaj.loyalty.grants import Grant
from wracaj.loyalty.points import Expiring
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.progress import Near
from wracaj.messages.programme_facts import perks_in
from wracaj.money import format_money
from wracaj.text.wording import day_words, one_line


class LoyaltyFacts(Frozen):
    programme: Programme
    given: tuple[Grant, ...] = ()
    near: Near | None = None  # a threshold that one more order would reach
    reaches: Near | None = None  # what this cart would reach
    expiring: Expiring | None = None


@dataclass(frozen=True)
class GivenView:
    # reward, tier, achievement, order_gift, first_purchase, cashback, exchange, birthday or
    # anniversary
    kind: str
    name: str  # the name in the shop's settings; "" where it has none
    points: int
    perks: tuple[str, ...]  # of a tier


@dataclass(frozen=True)
class NearView:
    kind: str  # reward or tier
    name: str
    missing: str  # such as "38,00 zł"
    discount: str | None  # of its code, such as "20 zł"; None: it has no code
    perks: tuple[str, ...]


@dataclass(frozen=True)
class ExpiringView:
    points: int
    last_day: str  # the last day on which the points are valid, such as "30 listopada"
    value: str | None  # such as "2,50 zł"; None: there is none to show


@dataclass(frozen=True)
class LoyaltyView:
    given: tuple[GivenView, ...]
    near: NearView | None
    reaches: NearView | None
    expiring: ExpiringView | None


def loyalty_view(facts: LoyaltyFacts, locale: Locale) -> LoyaltyView:
    return LoyaltyView(
        given=tuple(_given(grant, facts.programme, locale) for grant in facts.given),
        near=_near(facts.near, facts.programme, locale) if facts.near else None,
        reaches=_near(facts.reaches, facts.programme, locale) if facts.reaches else None,
        expiring=_expiring(facts.expiring, facts.programme, locale) if facts.expiring else None,
    )


def _given(grant: Grant, programme: Programme, locale: Locale) -> GivenView:
    tiers = {tier.name: tier.perks for tier in programme.tiers}
    perks = tiers.get(grant.name, ()) if grant.kind == "tier" else ()
    return GivenView(grant.kind, one_line(grant.name), grant.posted.points, perks_in(perks, locale))


def _near(near: Near, programme: Programme, locale: Locale) -> NearView:
    return NearView(
        kind=near.kind,
        name=one_line(near.name),
        missing=format_money(near.missing, programme.currency, locale),
        discount=discount_words(near.discount.terms(programme.currency), locale)
        if near.discount
        else None,
        perks=perks_in(near.perks, locale),
    )


def _expiring(soon: Expiring, programme: Programme, locale: Locale) -> ExpiringView:
    value = (
        format_money(soon.worth, programme.currency, locale) if soon.worth > Decimal(0) else None
    )
    return ExpiringView(soon.points, day_words(soon.last_day, locale), value)
