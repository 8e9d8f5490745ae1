"""Whether a loyalty programme can pay: of 100 of sales it must not give away more than the margin. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol


class Offer(NamedTuple):
    told: str
    share: Decimal  # of 100 of sales


class Code(Protocol):
    @property
    def percent(self) -> int | None: ...
    @property
    def cost(self) -> Decimal | None: ...
    @property
    def minimum_total(self) -> Decimal | None: ...


def share_of(told: str, cost: Decimal, sales: Decimal) -> Offer:
    return Offer(f"{told} {cost} ÷ {sales} × 100", cost / sales * 100)


def problem_of(
    margin: Decimal,
    currency: str,
    always: Sequence[Offer],
    codes: Sequence[tuple[str, Code, bool]],
    once: Sequence[Offer] = (),
) -> str | None:
    """The first sum that does not come out, in words; None: it can pay.

    `always` is given away with all sales, so it adds up; a code, on top of that, with the one order it is used on; what is
    given `once`, on top of that, of the sales that it takes to get there.
    """
    for offers in ([*always], *([*always, offer] for offer in once)):
        if sum((offer.share for offer in offers), Decimal(0)) > margin:
            return _refusal(margin, currency, offers)
    for name, code, pays_itself in codes:
        if code.percent is not None:
            offers = [*always, Offer(f"{name}: {code.percent} %", Decimal(code.percent))]
        elif pays_itself and code.cost is not None:
            if code.minimum_total is None:
                least = code.cost * 100 / margin
                return (
                    f"{name} gives {code.cost} {currency} on an order of any value, however small; "
                    f"set its minimum_total, to {least:.2f} at least ({code.cost} ÷ {margin} %)"
                )
            offers = [*always, share_of(f"{name}:", code.cost, code.minimum_total)]
        else:
            continue
        if sum((offer.share for offer in offers), Decimal(0)) > margin:
            return _refusal(margin, currency, offers)
    return None


def _refusal(margin: Decimal, currency: str, offers: Sequence[Offer]) -> str:
    total = sum((offer.share for offer in offers), Decimal(0))
    summed = " + ".join(offer.told for offer in offers)
    return (
        f"of 100 {currency} spent it gives away {summed} = {total:.2f} {currency}, more than the margin of {margin} %; "
        "lower one of them"
    )
