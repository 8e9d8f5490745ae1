"""All that is known of one order. It does not depend on the order in which it was reported.

Each fact has the time, or the version, of the event that reported it, and the newest wins: the
price, a cancellation, a payment, a refund. So a payment after a cancellation restores the order,
and a cancellation that is reported late does not cancel it again.

A shop reports an order's price in one of two ways. Its *total* contains no refunds, so all of them
are subtracted. Its *current* total already contains earlier refunds, so only later ones are
subtracted.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from pydantic import AwareDatetime

from wracaj.clock import timestamp
from wracaj.events import Frozen, OrderCancelled, OrderEdited, OrderPlaced, OrderRefunded

NOTHING = Decimal(0)
# the longest time between several webhooks about one edit
OF_ONE_EDIT = timedelta(minutes=1)


class Refund(Frozen):
    # how much was refunded; None: not reported, or not paid out yet
    amount: Decimal | None
    currency: str | None = None  # None: the order's
    version: str = ""  # of the event that reported it

    @property
    def told_at(self) -> str:
        return self.version.partition("#")[0]


class OrderState(Frozen):
    order_id: str
    placed_at: AwareDatetime | None = None
    heard_at: AwareDatetime | None = None  # when it was first reported, see OrderPlaced
    priced_by: str = ""  # the version of the event that reported the total
    currency: str | None = None
    total: Decimal | None = None
    is_current: bool = False  # the total is the current one, not the original one
    # parts of the total, where the shop reports them
    tax: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None  # taken off before the total
    shipping_discount: Decimal | None = None  # the part of it that was taken off shipping
    cost: Decimal | None = None  # of all goods to the shop, without tax
    costed_by: str = ""  # the version of the event that reported it
    # the refunds that a current total contains; None: all before it
    contains: frozenset[str] | None = None
    most: Decimal = NOTHING  # the highest total ever reported
    cancelled_at: AwareDatetime | None = None
    # when it was last reported as valid, for example by a payment
    stands_at: AwareDatetime | None = None
    edited_at: AwareDatetime | None = None  # when something was last removed from it
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
        """Take the total of the newest event that has one, and the cost of the newest that tells
        it: a payment tells none, and takes none away. An event without an amount changes
        nothing."""
        if event.worth is None or event.currency is None:
            return self
        known: dict[str, object] = {"most": max(self.most, event.worth)}
        if event.cost is not None and event.version > self.costed_by:
            known |= {"cost": event.cost, "costed_by": event.version}
        if event.version <= self.priced_by:
            return self.model_copy(update=known)
        price = {"priced_by": event.version, "currency": event.currency, "total": event.worth}
        parts = {"tax": event.tax, "shipping": event.shipping, "discount": event.discount}
        parts["shipping_discount"] = event.shipping_discount
        is_current = event.current_total is not None
        contains = (
            frozenset(event.refunds_in_it)
            if is_current and event.refunds_in_it is not None
            else None
        )
        return self.model_copy(
            update=known | price | parts | {"is_current": is_current, "contains": contains}
        )

    def cancelled_by(self, event: OrderCancelled) -> Self:
        return self.model_copy(update={"cancelled_at": _latest(self.cancelled_at, event.at)})

    def edited(self, event: OrderEdited) -> Self:
        return self.model_copy(update={"edited_at": _latest(self.edited_at, event.at)})

    def refunded(self, event: OrderRefunded) -> Self:
        """Add a refund. A known amount is never replaced by an unknown one; of two amounts, the
        newest counts."""
        told = Refund(amount=event.amount, currency=event.currency, version=event.version)
        known = self.refunds.get(event.refund_id, told)
        counts = max(known, told, key=lambda refund: (refund.amount is not None, refund.version))
        return self.model_copy(update={"refunds": {**self.refunds, event.refund_id: counts}})

    @property
    def cancelled(self) -> bool:
        """Whether it is cancelled. If it was paid and cancelled at the same moment, it is
        cancelled."""
        return self.cancelled_at is not None and (
            self.stands_at is None or self.stands_at <= self.cancelled_at
        )

    @property
    def to_take_off(self) -> list[Refund]:
        """The refunds that the total does not contain."""
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
        """What the shopper pays after refunds, in the order's currency. A refund in another
        currency is not subtracted."""
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
        """Whether something was taken off and the amount is unknown. The order then gives no
        points."""
        return self._is_edited_since or any(
            r.amount is None or r.currency not in {None, self.currency} for r in self.to_take_off
        )

    @property
    def _is_edited_since(self) -> bool:
        """Whether the last edit is newer than every reported total and refund, so that its amount
        is unknown."""
        if self.edited_at is None:
            return False
        told = (
            self.priced_by.partition("#")[0],
            *(refund.told_at for refund in self.refunds.values()),
        )
        return max(told) < timestamp(self.edited_at - OF_ONE_EDIT)

    @property
    def was_lowered(self) -> bool:
        """Whether it is, or was, below its highest reported total. What it earned may then have to
        be taken back."""
        return self.cancelled_at is not None or bool(self.refunds) or self.net < self.most

    @property
    def undone(self) -> bool:
        """Whether nothing of it is left. After a partial refund, the rest stays."""
        return self.cancelled or (self.was_lowered and self.net == 0)

    @property
    def perhaps_undone(self) -> bool:
        """Used by messages: a shopper who may have returned everything is not asked for a
        review."""
        return self.undone or self.unclear

    @property
    def counts(self) -> bool:
        return self.placed_at is not None and self.currency is not None and self.net > 0


def _latest(known: datetime | None, told: datetime) -> datetime:
    return max(known, told) if known else told
