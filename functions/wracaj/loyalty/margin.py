"""Sums held against a margin: what is given away of 100 of sales. `programme_cost.py` says what a
programme gives.

What is given for spending so much costs most, by the sales behind it, for whoever spent just so
much. What is given for the same sales makes a ladder, of which a customer has climbed some steps;
what is given for others adds up.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from wracaj.money import rounded_up

CENT = Decimal("0.01")


class Offer(NamedTuple):
    wording: str
    share: Decimal  # of 100 of sales


class GivenAway(NamedTuple):
    """A step of a ladder."""

    name: str
    wording: str  # what makes the cost: 2 × 150 points × 0.02, 1 × 14
    cost: Decimal
    spent: Decimal | None  # what it takes; None: nothing
    mend: str = "spent_from"  # the setting that would ask for it


Ladder = Sequence[GivenAway]


def problem_of(
    margin: Decimal,
    currency: str,
    always: Sequence[Offer],
    codes: Sequence[Offer] = (),
    once: Sequence[Ladder] = (),
) -> str | None:
    """The first sum that does not come out, in words; None: it can pay.

    `always` is given away with all sales; of `codes` each with the one order that it is used on;
    what is given `once` of the sales of a time, all of it.
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
    """What it gives away of 100 of sales, to whom it gives most. All its steps take something."""
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
