"""Takes back what a claim counted of a message that certainly did not leave."""

from contextlib import suppress
from datetime import datetime

from wracaj.clock import timestamp
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.store.carts import cart_key
from wracaj.store.customers import Customers
from wracaj.store.message_links import MessageLinks
from wracaj.store.step_records import record_key
from wracaj.store.table import Change, Table
from wracaj.timelines.steps import StepRecord, StepRequest

TRIES = 3


class Unsent:
    def __init__(self, table: Table) -> None:
        self.table = table

    def take_back(
        self, request: StepRequest, step: str, record: StepRecord, before: datetime | None
    ) -> None:
        """Undo what the claim counted, so that the message holds back no other message and no later
        timeline of its cart. Nothing changes if another try gave it to the provider meanwhile, or
        if the claim was taken back already.

        `record`: as it is stored. `before`: when the cart's message before it left.
        """
        link = MessageLinks(self.table).target(record.message_id)
        if link is None:  # it was never claimed
            return
        for _ in range(TRIES):
            with suppress(ConflictError):  # the address's record may have been written meanwhile
                self._write(request, step, record, link.address, before)
                return

    def _write(
        self,
        request: StepRequest,
        step: str,
        record: StepRecord,
        address: str,
        before: datetime | None,
    ) -> None:
        customers, at = Customers(self.table), record.at
        known = customers.read(request.shop, [address])
        counted = Shopper(shop=request.shop, names={}, known=known)
        uncounted = counted.each(
            lambda one: one.without_sent(record.channel, at).without_why_asked(at)
        )
        cart = Change().add(revision=1).set(last_message_at=timestamp(before) if before else None)
        cart.only_if(last_message_at=timestamp(at))
        check = self.table.checking(
            record_key(request, step), "#state = :state", state=str(record.state)
        )
        self.table.transact(
            [
                {"ConditionCheck": check | {"ExpressionAttributeNames": {"#state": "state"}}},
                {"Update": self.table.updating(cart_key(request.shop, request.cart_id), cart)},
                *customers.changing(request.shop, counted, uncounted),
            ]
        )
