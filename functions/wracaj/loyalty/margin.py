"""Compares sums with a margin: what is given away of each 100 of sales. `programme_cost.py`
computes what a programme gives.

A gift for a threshold of spend costs the largest share of sales with a customer who spent exactly
the threshold. Gifts for the same sales form a ladder, of which a customer has reached some steps.
Gifts for different sales are added up.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from wracaj.money import rounded_up

CENT = Decimal("0.01")


class Offer(NamedTuple):
    wording: str
    share: Decimal  # what it gives away of 100 of sales


class GivenAway(NamedTuple):
    """A step of a ladder."""

    name: str
    wording: str  # how the cost is computed: 2 × 150 points × 0.02, 1 × 14
    cost: Decimal
    spent: Decimal | None  # the spend that it requires; None: none
    mend: str = "spent_from"  # the setting that would require a spend


Ladder = Sequence[GivenAway]


def problem_of(
    margin: Decimal,
    currency: str,
    always: Sequence[Offer],
    codes: Sequence[Offer] = (),
    once: Sequence[Ladder] = (),
) -> str | None:
    """Return in words the first sum that exceeds the margin. None: the margin pays for everything.

    `always`: given away with all sales. `codes`: each with the one order on which it is used.
    `once`: all given with the sales of the same time.
    """
    paid = [
        most_of(steps)
        for ladder in once
        if (steps := [step for step in ladder if step.spent is not None])
    ]
    sums = [[*always], *([*always, code] for code in codes), [*always, *paid]]
    if too_much := next((offers for offers in sums if total(offers) > margin), None):
        return _refusal(margin, currency, too_much)
    unpaid = next((step for ladder in once for step in ladder if step.spent is None), None)
    return (
        _nothing_spent(
            unpaid, currency, (margin - total([*always, *paid])).quantize(CENT, ROUND_FLOOR)
        )
        if unpaid
        else None
    )


def most_of(ladder: Ladder) -> Offer:
    """Return the largest share of sales that the ladder gives away to any customer. Each of its
    steps must require a spend."""
    return max(
        (_climbed(ladder, step.spent) for step in ladder if step.spent is not None),
        key=lambda offer: offer.share,
    )


def _climbed(ladder: Ladder, spent: Decimal) -> Offer:
    steps = [step for step in ladder if step.spent is not None and step.spent <= spent]
    summed = " + ".join(f"{step.name} {step.wording}" for step in steps)
    told = f"({summed})" if len(steps) > 1 else summed
    return Offer(
        f"{told} ÷ {spent:f} × 100", sum((step.cost for step in steps), Decimal(0)) / spent * 100
    )


def total(offers: Iterable[Offer]) -> Decimal:
    return sum((offer.share for offer in offers), Decimal(0))


def _nothing_spent(step: GivenAway, currency: str, left: Decimal) -> str:
    given = (
        f"{step.name} gives {step.wording} = {step.cost:.2f} {currency}, however little is spent"
        " for it"
    )
    if left <= 0:
        return (
            f"{given}, and what else is given leaves nothing of the margin for it; leave it out, or"
            " lower the rest"
        )
    least = rounded_up(step.cost * 100 / left, currency)
    return (
        f"{given}; set its {step.mend}, to {least} at least ({step.cost:.2f} ÷ {left} %, which is"
        " left of the margin)"
    )


def _refusal(margin: Decimal, currency: str, offers: Sequence[Offer]) -> str:
    summed = " + ".join(offer.wording for offer in offers)
    given = (
        f"of 100 {currency} spent it gives away {summed} ="
        f" {total(offers).quantize(CENT, ROUND_CEILING)} {currency}"
    )
    return (
        f"{given}, more than the margin of {margin} %; lower one of them, or ask for more to be"
        " spent for it"
    )
