"""All that is known of one order, in whatever order it became known.

Each fact carries the time, or the version, of the event that told it, and the newest wins: what it
costs, that it was cancelled, that it stands, what was paid back. So a payment after a cancellation
brings the order back, and a cancellation that is told late does not take it away again.

A shop tells what an order costs in one of two ways. Its *total* knows nothing of refunds: all of
them come off it. What it is worth *now* has in it whatever was taken off until then; only refunds
that came later come off that, too.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from pydantic import AwareDatetime

from wracaj.clock import timestamp
from wracaj.events import Frozen, OrderCancelled, OrderEdited, OrderPlaced, OrderRefunded

NOTHING = Decimal(0)
# what a shop tells of one edit in several webhooks lies so close together
OF_ONE_EDIT = timedelta(minutes=1)


class Refund(Frozen):
    # what it takes off the order; None: the shop did not tell, or it is not paid out yet
    amount: Decimal | None
    currency: str | None = None  # None: the order's
    version: str = ""  # of the event that told it

    @property
    def told_at(self) -> str:
        return self.version.partition("#")[0]


class OrderState(Frozen):
    order_id: str
    placed_at: AwareDatetime | None = None
    heard_at: AwareDatetime | None = None  # when it was first told, see OrderPlaced
    priced_by: str = ""  # the version of the event that told the total
    currency: str | None = None
    total: Decimal | None = None
    is_current: bool = False  # the total is what the order is worth now, not what it began with
    # the refunds that such a total has in it; None: all that came before it
    contains: frozenset[str] | None = None
    most: Decimal = NOTHING  # that it was ever said to be worth
    cancelled_at: AwareDatetime | None = None
    stands_at: AwareDatetime | None = None  # when it was last said to stand, as by a payment
    edited_at: AwareDatetime | None = None  # when something was last taken away from it
    refunds: Mapping[str, Refund] = {}

    def placed(self, event: OrderPlaced) -> Self:
        told: dict[str, datetime | None] = {
            "placed_at": min(filter(None, (self.placed_at, event.placed_at)))
        }
        told["heard_at"] = min(filter(None, (self.heard_at, event.heard_at)), default=None)
        if event.stands:
            told["stands_at"] = _latest(self.stands_at, event.at)
        return self.model_copy(update=told)._priced(event)

    def _priced(self, event: OrderPlaced) -> Self:
        """The newest event that names an amount names it; one that does not takes none away."""
        if event.worth is None or event.currency is None:
            return self
        most = self.model_copy(update={"most": max(self.most, event.worth)})
        if event.version <= self.priced_by:
            return most
        price = {"priced_by": event.version, "currency": event.currency, "total": event.worth}
        is_current = event.current_total is not None
        contains = (
            frozenset(event.refunds_in_it)
            if is_current and event.refunds_in_it is not None
            else None
        )
        return most.model_copy(update=price | {"is_current": is_current, "contains": contains})

    def cancelled_by(self, event: OrderCancelled) -> Self:
        return self.model_copy(update={"cancelled_at": _latest(self.cancelled_at, event.at)})

    def edited(self, event: OrderEdited) -> Self:
        return self.model_copy(update={"edited_at": _latest(self.edited_at, event.at)})

    def refunded(self, event: OrderRefunded) -> Self:
        """An amount once known stays known; of two, the newest counts."""
        told = Refund(amount=event.amount, currency=event.currency, version=event.version)
        known = self.refunds.get(event.refund_id, told)
        counts = max(known, told, key=lambda refund: (refund.amount is not None, refund.version))
        return self.model_copy(update={"refunds": {**self.refunds, event.refund_id: counts}})

    @property
    def cancelled(self) -> bool:
        """Of the same moment, the cancellation is the later one: whoever pays and cancels in one go
        has cancelled."""
        return self.cancelled_at is not None and (
            self.stands_at is None or self.stands_at <= self.cancelled_at
        )

    @property
    def to_take_off(self) -> list[Refund]:
        """The refunds that the total does not know of."""
        return [
            refund
            for refund_id, refund in self.refunds.items()
            if not self._knows_of(refund_id, refund)
        ]

    def _knows_of(self, refund_id: str, refund: Refund) -> bool:
        if not self.is_current:
            return False
        return (
            refund.told_at <= self.priced_by.partition("#")[0]
            if self.contains is None
            else refund_id in self.contains
        )

    @property
    def net(self) -> Decimal:
        """What the shopper pays and does not get back, in the order's currency; a refund in another
        is not subtracted."""
        if self.cancelled or self.total is None:
            return NOTHING
        back = (
            r.amount
            for r in self.to_take_off
            if r.amount is not None and r.currency in {None, self.currency}
        )
        return max(NOTHING, self.total - sum(back, NOTHING))

    @property
    def unclear(self) -> bool:
        """Something was taken off, and nobody can say how much of this order: it gives
        no points."""
        return self._is_edited_since or any(
            r.amount is None or r.currency not in {None, self.currency} for r in self.to_take_off
        )

    @property
    def _is_edited_since(self) -> bool:
        """Neither a newer total nor a refund says what the edit took away."""
        if self.edited_at is None:
            return False
        told = (
            self.priced_by.partition("#")[0],
            *(refund.told_at for refund in self.refunds.values()),
        )
        return max(told) < timestamp(self.edited_at - OF_ONE_EDIT)

    @property
    def was_lowered(self) -> bool:
        """Whether it is, or was, worth less than was once said: what it brought may have to be
        taken back."""
        return self.cancelled_at is not None or bool(self.refunds) or self.net < self.most

    @property
    def undone(self) -> bool:
        """Nothing of it is left; a part that was sent back leaves the rest."""
        return self.cancelled or (self.was_lowered and self.net == 0)

    @property
    def perhaps_undone(self) -> bool:
        """For messages: whoever may have sent everything back is not asked how they like it."""
        return self.undone or self.unclear

    @property
    def counts(self) -> bool:
        return self.placed_at is not None and self.currency is not None and self.net > 0


def _latest(known: datetime | None, told: datetime) -> datetime:
    return max(known, told) if known else told
