"""Whether a shop's rules can do what they say: each can be reached, and leads to a timeline that
runs.

Reach is found by trying: of each thing that a rule can ask about, every value that some rule tells
apart from the others, one of all the rest, and nothing. A rule that is not the first to hold for
any of these is never the first.
"""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import get_args

from wracaj.language import LOCALES
from wracaj.segments.segment import Segment
from wracaj.settings.timeline_rules import (
    ABANDONED_CART,
    NONE,
    CartRule,
    CartTimeline,
    Traits,
    amount_holds,
    first_that_holds,
    language_fits,
    shopper_fits,
)

# what a timeline of weeks takes, with some days for shoppers who come back meanwhile
KEEP_DAYS = {"high_value_cart": 30}


def check(
    rules: Sequence[CartRule], timelines: Collection[str], tiers: Sequence[str], keep_days: int
) -> None:
    """Raises ValueError, whose text says what to mend."""
    for place, rule in enumerate(rules, 1):
        _leads_somewhere(place, rule, timelines)
        _tiers_are_known(place, rule, tiers)
    _each_can_be_reached(rules)
    _each_timeline_has_its_rule(rules, timelines)
    for timeline, days in KEEP_DAYS.items():
        if timeline in timelines and keep_days < days:
            raise ValueError(
                f"{timeline} takes weeks, and carts go after keep_days: make it {days} or more (it"
                f" is {keep_days})"
            )


def _leads_somewhere(place: int, rule: CartRule, timelines: Collection[str]) -> None:
    if rule.timeline != NONE and rule.timeline not in timelines:
        raise ValueError(
            f"rule {place} leads to {rule.timeline}, which does not run: add it to `timelines`"
        )


def _tiers_are_known(place: int, rule: CartRule, tiers: Sequence[str]) -> None:
    for name in rule.tiers:
        if name not in tiers:
            known = f"there are {', '.join(tiers)}" if tiers else "there are none"
            raise ValueError(
                f"rule {place} names the tier {name!r}, which `loyalty.tiers` does not have:"
                f" {known}"
            )


def _each_timeline_has_its_rule(rules: Sequence[CartRule], timelines: Collection[str]) -> None:
    for timeline in get_args(CartTimeline):
        if (
            timeline in timelines
            and timeline != ABANDONED_CART
            and all(rule.timeline != timeline for rule in rules)
        ):
            raise ValueError(
                f"`timelines` has {timeline}, and no rule leads to it: add one, such as {{timeline:"
                f" {timeline}}}"
            )


def _each_can_be_reached(rules: Sequence[CartRule]) -> None:
    for place, rule in enumerate(rules, 1):
        before = {
            first_that_holds(rules[:place], traits)
            for traits in _that_tell_apart(rule, rules[:place])
        }
        if place not in before:
            by = sorted(number for number in before if number is not None)
            who = (
                f"rule {by[0]} takes"
                if len(by) == 1
                else f"rules {' and '.join(map(str, by))} take"
            )
            raise ValueError(
                f"rule {place} can never be reached: {who} every cart that it would; move it up, or"
                " remove it"
            )


def _that_tell_apart(rule: CartRule, rules: Sequence[CartRule]) -> Iterator[Traits]:
    """For which this rule holds."""
    worths = [worth for worth in _worths(rules) if amount_holds(rule, *worth)]
    shoppers = [
        (s, tier, back)
        for s, tier, back in _shoppers(rules)
        if shopper_fits(rule, s, tier, returning=back)
    ]
    locales = [locale for locale in LOCALES if language_fits(rule, locale)]
    for (currency, total), (segment, tier, returning), locale in product(worths, shoppers, locales):
        yield Traits(currency, total, segment, tier, returning, locale)


def _worths(rules: Sequence[CartRule]) -> Iterator[tuple[str | None, Decimal | None]]:
    yield None, None
    for currency in sorted({rule.currency for rule in rules if rule.currency}):
        own = [rule for rule in rules if rule.currency == currency]
        steps = {
            step
            for rule in own
            for step in (rule.cart_total_from, rule.cart_total_below)
            if step is not None
        }
        for total in (None, Decimal(0), *sorted(steps)):
            yield currency, total


def _shoppers(rules: Sequence[CartRule]) -> Iterator[tuple[Segment | None, str | None, bool]]:
    yield None, None, False
    segments = sorted({segment for rule in rules for segment in rule.segments})
    tiers = sorted({tier for rule in rules for tier in rule.tiers})
    for segment, tier in product((None, *segments), (None, *tiers)):
        yield segment, tier, True
