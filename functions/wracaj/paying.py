"""Whether a loyalty programme can pay: of 100 of sales it must not give away more than the margin. Pure."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple, Protocol

CENT = Decimal("0.01")


class Offer(NamedTuple):
    told: str
    share: Decimal  # of 100 of sales


class Once(NamedTuple):
    """What is given so often at most in twelve months, to whoever spent so much in them."""

    name: str
    told: str  # what makes the cost: 2 × 150 points × 0.02, 1 × 14
    cost: Decimal  # of all of it
    spent_from: Decimal | None


class Code(Protocol):
    @property
    def percent(self) -> int | None: ...
    @property
    def cost(self) -> Decimal | None: ...
    @property
    def minimum_total(self) -> Decimal | None: ...


def share_of(told: str, cost: Decimal, sales: Decimal) -> Offer:
    return Offer(f"{told} ÷ {sales} × 100", cost / sales * 100)


def problem_of(
    margin: Decimal,
    currency: str,
    always: Sequence[Offer],
    codes: Sequence[tuple[str, Code, bool]],
    once: Sequence[Once] = (),
) -> str | None:
    """The first sum that does not come out, in words; None: it can pay.

    `always` is given away with all sales, so it adds up; a code, on top of that, with the one order it is used on; what is
    given `once`, on top of that, of the sales of twelve months, together with all else that they bring.
    """
    if _sum(always) > margin:
        return _refusal(margin, currency, always)
    return _of_codes(margin, currency, always, codes) or _of_a_year(margin, currency, always, once)


def _of_codes(margin: Decimal, currency: str, always: Sequence[Offer], codes: Sequence[tuple[str, Code, bool]]) -> str | None:
    for name, code, pays_itself in codes:
        if code.percent is not None:
            offers = [*always, Offer(f"{name}: {code.percent} %", Decimal(code.percent))]
        elif pays_itself and code.cost is not None:
            if code.minimum_total is None:
                given = f"{name} gives {code.cost} {currency} on an order of any value, however small"
                return f"{given}; {_least('minimum_total', code.cost, margin, always)}"
            offers = [*always, share_of(f"{name}: {code.cost}", code.cost, code.minimum_total)]
        else:
            continue
        if _sum(offers) > margin:
            return _refusal(margin, currency, offers)
    return None


def _of_a_year(margin: Decimal, currency: str, always: Sequence[Offer], once: Sequence[Once]) -> str | None:
    thresholds: set[Decimal] = set()
    for one in once:
        if one.spent_from is None:
            given = f"{one.name} gives {one.told} = {one.cost:.2f} {currency} in twelve months, however little was spent in them"
            return f"{given}; {_least('spent_from', one.cost, margin, always)}"
        thresholds.add(one.spent_from)
    for spent in sorted(thresholds):
        given_from_there = (one for one in once if one.spent_from is not None and one.spent_from <= spent)
        offers = [*always, *(share_of(f"{one.name} {one.told}", one.cost, spent) for one in given_from_there)]
        if _sum(offers) > margin:
            return _refusal(margin, currency, offers)
    return None


def _least(field: str, cost: Decimal, margin: Decimal, always: Sequence[Offer]) -> str:
    left = (margin - _sum(always)).quantize(CENT, ROUND_FLOOR)
    if left == 0:
        return "what is given with every order leaves nothing of the margin for it; leave it out"
    least = (cost * 100 / left).quantize(CENT, ROUND_CEILING)
    return f"set its {field}, to {least} at least ({cost:.2f} ÷ {left} %, which is left of the margin)"


def _sum(offers: Iterable[Offer]) -> Decimal:
    return sum((offer.share for offer in offers), Decimal(0))


def _refusal(margin: Decimal, currency: str, offers: Sequence[Offer]) -> str:
    summed = " + ".join(offer.told for offer in offers)
    return (
        f"of 100 {currency} spent it gives away {summed} = {_sum(offers):.2f} {currency}, more than the margin of {margin} %; "
        "lower one of them"
    )
