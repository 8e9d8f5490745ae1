"""Checks that a programme's amounts can be paid and its tiers can be reached in their order."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from pydantic import BaseModel

from wracaj.money import minor_units, rounded_up

NO_MONEY = frozenset(
    {"percent", "margin_percent", "within_percent", "per_unit", "points_factor", "value"}
)


class Level(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def threshold(self) -> Decimal: ...
    @property
    def within_months(self) -> int: ...


def unpayable(programme: BaseModel, currency: str) -> str | None:
    """Return the first amount with more decimals than the currency has, in words."""
    places = minor_units(currency)
    for key, amount in _amounts(programme):
        if amount != round(amount, places):
            most = f"at most {places} decimals" if places else "no decimals"
            return (
                f"{key} is {amount}, and amounts in {currency} have {most}; write"
                f" {rounded_up(amount, currency)}"
            )
    return None


def _amounts(part: BaseModel, prefix: str = "") -> Iterator[tuple[str, Decimal]]:
    """Yield the key and value of each amount of money. Every decimal is one, except the fields in
    NO_MONEY and the threshold of a tier by points."""
    for field, value in part:
        key, entries = f"{prefix}{field}", value if isinstance(value, tuple) else ()
        if isinstance(value, BaseModel):
            yield from _amounts(value, f"{key}.")
        elif (
            isinstance(value, Decimal)
            and field not in NO_MONEY
            and getattr(part, "by", None) != "points"
        ):
            yield key, value
        for entry in entries:
            if isinstance(entry, BaseModel):
                yield from _amounts(entry, f"{key}.{getattr(entry, 'name', '')}.")


def out_of_order(tiers: Sequence[Level], *, has_points: bool) -> str | None:
    """Return in words the first tier that cannot be reached, or whose threshold is not above that
    of the tier before it. The order matters because a customer is in the last tier reached."""
    for tier in tiers:
        if tier.by == "points" and not has_points:
            return (
                f"tiers.{tier.name} counts points, and there are none; add the section points, or"
                " count by spend"
            )
    for counted in {(tier.by, tier.within_months): None for tier in tiers}:
        alike = [tier for tier in tiers if (tier.by, tier.within_months) == counted]
        for lower, higher in pairwise(alike):
            if higher.threshold <= lower.threshold:
                return _disorder(lower, higher)
    return None


def _disorder(first: Level, then: Level) -> str:
    told = (
        f"tiers.{then.name} (from {then.threshold}) stands after tiers.{first.name} (from"
        f" {first.threshold})"
    )
    mend = (
        "give it a higher threshold"
        if then.threshold == first.threshold
        else f"put {then.name} before {first.name}"
    )
    return f"tiers stand from the lowest up, and {told}; {mend}"
