"""One order in the loyalty ledger: its state, whose it is, and what was posted for it."""

from typing import NamedTuple, Self

from wracaj.customers.identity import IdentifierKind, identifier_kind
from wracaj.events import Frozen
from wracaj.loyalty.ledger import Posting, Terms
from wracaj.orders.order import OrderState


class Buyer(NamedTuple):
    """The owner of an order, as one event reports it. `ids`: the owner's id, and those of accounts
    that the shop merged into it."""

    ids: tuple[str, ...]
    version: str


class OrderEntry(Frozen):
    state: OrderState
    customer_id: str | None = None
    told_by: str = ""  # version of the event that reported the owner
    moved_from: str | None = None  # the owner before
    forgotten: bool = False  # erased with its customer: nothing is posted for it again
    terms: Terms | None = None  # None: not posted yet
    posted: Posting = Posting()

    def told(self, state: OrderState, buyer: Buyer | None) -> Self:
        """Apply what an event reports. The strongest identifier is the owner. Of two that are
        equally strong, it is the one reported last."""
        told = self.model_copy(update={"state": state})
        if buyer is None or self.forgotten:
            return told
        if self.customer_id in buyer.ids:
            return told.model_copy(update={"told_by": max(self.told_by, buyer.version)})
        if self.customer_id and _claim(self.customer_id, self.told_by) >= _claim(
            buyer.ids[0], buyer.version
        ):
            return told
        return told.model_copy(
            update={
                "customer_id": buyer.ids[0],
                "told_by": buyer.version,
                "moved_from": self.customer_id,
            }
        )

    def unposted(self) -> Self:
        """Return the entry as if nothing had been posted for it yet."""
        return self.model_copy(update={"posted": Posting(), "terms": None})


def owner_of_both(one: OrderEntry, other: OrderEntry) -> OrderEntry:
    """Return whichever says more surely whose the order is; the first if both say the same."""
    if one.customer_id is None or other.customer_id is None:
        return one if one.customer_id else other
    claims = [_claim(str(entry.customer_id), entry.told_by) for entry in (one, other)]
    return one if claims[0] >= claims[1] else other


def _claim(name: str, told_by: str) -> tuple[int, str]:
    """Return the rank of an owner: the higher one has the order."""
    return -list(IdentifierKind).index(identifier_kind(name)), told_by
