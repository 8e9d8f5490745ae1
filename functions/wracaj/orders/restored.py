"""One order as two tables know it: the same as if one had heard all that both heard."""

from datetime import datetime

from wracaj.orders.order import OrderState, Refund

PRICE = (
    *("priced_by", "currency", "total", "is_current", "contains"),
    *("tax", "shipping", "discount", "shipping_discount"),
)


def joined(one: OrderState, other: OrderState) -> OrderState:
    """The newest word on each fact wins."""
    newer = one if one.priced_by >= other.priced_by else other
    price = {name: getattr(newer, name) for name in PRICE}
    costed = max(one, other, key=lambda order: (order.cost is not None, order.costed_by))
    refunds = {
        refund_id: _known(one.refunds.get(refund_id), other.refunds.get(refund_id))
        for refund_id in [*one.refunds, *other.refunds]
    }
    return one.model_copy(
        update={
            **price,
            "cost": costed.cost,
            "costed_by": costed.costed_by,
            "placed_at": _first(one.placed_at, other.placed_at),
            "heard_at": _first(one.heard_at, other.heard_at),
            "most": max(one.most, other.most),
            "cancelled_at": _last(one.cancelled_at, other.cancelled_at),
            "stands_at": _last(one.stands_at, other.stands_at),
            "edited_at": _last(one.edited_at, other.edited_at),
            "refunds": refunds,
        }
    )


def _known(*told: Refund | None) -> Refund:
    """As in OrderState.refunded."""
    return max(filter(None, told), key=lambda refund: (refund.amount is not None, refund.version))


def _first(*told: datetime | None) -> datetime | None:
    return min(filter(None, told), default=None)


def _last(*told: datetime | None) -> datetime | None:
    return max(filter(None, told), default=None)
