"""The record of each step: `SHOP#{shop}#CART#{cart_id}` / `MESSAGE#{episode}#{step}`.

A claim is one transaction over the record, the cart and what is known under the shopper's
identifiers. It succeeds only if all of them are as they were when the decision was made.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from wracaj.clock import timestamp
from wracaj.customers.identity import DECIDING
from wracaj.customers.shopper import Shopper
from wracaj.discounts.code import DiscountCode
from wracaj.errors import ConflictError
from wracaj.store.carts import cart_key
from wracaj.store.codes import code_key
from wracaj.store.counters import Counters, sent_in_arms
from wracaj.store.customers import Customers, written
from wracaj.store.message_links import LinkTarget, link_item
from wracaj.store.table import Change, PreconditionError, Table, dump
from wracaj.timelines.steps import Reason, RecordState, StepRecord, StepRequest
from wracaj.timelines.subject import Subject

MAY_BE_CLAIMED = (RecordState.HELD, RecordState.PREPARING, RecordState.RELEASED, RecordState.FAILED)
OPEN_STATES = {f":s{number}": str(state) for number, state in enumerate(MAY_BE_CLAIMED)}
STILL_OPEN = f"attribute_not_exists(PK) OR #state IN ({', '.join(OPEN_STATES)})"


class StepRecords:
    def __init__(self, table: Table) -> None:
        self.table = table

    def claim(
        self,
        request: StepRequest,
        step: str,
        record: StepRecord,
        subject: Subject,
        before: Shopper,
        after: Shopper,
        to: str,
        expires_at: int,
        also: Sequence[Mapping[str, Any]] = (),
    ) -> Shopper:
        """Reserve the message for this try, the only one that may send it. Raises ConflictError if
        anything changed since the decision.

        `before`: the shopper as read. `after`: with what the message changes, such as the number of
        sent messages. `to`: the address, of which a keyed hash is kept. `also`: actions of the same
        transaction.
        """
        touched = (
            Change()
            .add(revision=1)
            .set(last_step_at=timestamp(record.at), last_message_at=timestamp(record.at))
        )
        touched.only_if(revision=subject.revision).only_if_absent("orders", "erased")
        link = LinkTarget(
            shop=subject.shop,
            cart_id=subject.cart_id,
            episode=request.episode,
            step=step,
            channel=record.channel,
            customer_id=after.id,
            address=after.at(record.channel, to).id,
            timeline=request.timeline,
        )
        customers = Customers(self.table)
        changed = {name for name, one in after.known.items() if one != before.known.get(name)}
        self.table.transact(
            [
                {"Put": self._putting(request, step, record, expires_at)},
                {"Update": self.table.updating(cart_key(subject.shop, subject.cart_id), touched)},
                {"Put": self.table.putting(link_item(link, record.message_id, record.at))},
                *customers.changing(subject.shop, before, after),
                *customers.holding(subject.shop, before, sorted(set(deciding(before)) - changed)),
                *also,
            ]
        )
        return after.changed(*(written(after.known[name]) for name in sorted(changed)))

    def hand_over(
        self,
        request: StepRequest,
        step: str,
        record: StepRecord,
        shopper: Shopper,
        also: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Change the record from `preparing` to `sending`, if there is still no order and what is
        known of the shopper is as it was at the claim.

        The code's item now contains the cart, episode and step that it was given to. `also`:
        actions of the same transaction.
        """
        change = (
            Change()
            .set(state=str(record.state), record=dump(record))
            .only_if(state=str(RecordState.PREPARING))
        )
        voucher = record.code_told
        cart_is_open = "attribute_not_exists(orders) AND attribute_not_exists(erased)"
        is_claimed = "last_message_at = :claimed_at"  # and was not taken back by another try
        self.table.transact(
            [
                {"Update": self.table.updating(record_key(request, step), change)},
                {
                    "ConditionCheck": self.table.checking(
                        cart_key(request.shop, request.cart_id),
                        f"{cart_is_open} AND {is_claimed}",
                        claimed_at=timestamp(record.at),
                    )
                },
                *Customers(self.table).holding(request.shop, shopper, deciding(shopper)),
                *([self.giving(request, step, record, voucher)] if voucher else []),
                *also,
            ]
        )

    def giving(
        self, request: StepRequest, step: str, record: StepRecord, voucher: DiscountCode
    ) -> dict[str, Any]:
        """Return the action that writes which message gives this code. The code counts for the
        last message that gave it."""
        item = code_key(request.shop, voucher.code) | {
            "state": "given",
            "cart_id": request.cart_id,
            "episode": request.episode,
            "step": step,
            "timeline": request.timeline,
            "sent_at": timestamp(record.at),
            **({"free_shipping": True} if voucher.free_shipping else {}),
        }
        return {"Put": self.table.putting(item)}

    def conclude(
        self,
        request: StepRequest,
        step: str,
        record: StepRecord,
        *,
        was: RecordState,
        also: Sequence[Mapping[str, Any]] = (),
    ) -> StepRecord:
        """Write the outcome of a claimed message, and return the record as written. If it says
        unknown or failed, but the provider has reported the message meanwhile, it is written as
        sent.

        `also`: actions of the same transaction.
        """
        written = self._write(request, step, record, was, also)
        self._count(request, step, written)
        return written

    def release(
        self,
        request: StepRequest,
        step: str,
        record: StepRecord,
        also: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Release a message that the provider certainly did not take, so that another try may claim
        it. If the provider has reported the message meanwhile, it is written as sent.

        `also`: actions of the same transaction.
        """
        written = self._write(request, step, record, RecordState.SENDING, also)
        if written.state is RecordState.SENT:
            self._count(request, step, written)

    def _write(
        self,
        request: StepRequest,
        step: str,
        record: StepRecord,
        was: RecordState,
        also: Sequence[Mapping[str, Any]],
    ) -> StepRecord:
        change = Change().set(state=str(record.state), record=dump(record)).only_if(state=str(was))
        if record.is_sent_by_any_word:
            change.only_if_absent("taken_at")
        try:
            if also:
                self.table.transact(
                    [{"Update": self.table.updating(record_key(request, step), change)}, *also]
                )
            else:
                self.table.update(record_key(request, step), change)
        except ConflictError:
            found = self.table.get(record_key(request, step)) or {}
            if not record.is_sent_by_any_word or "taken_at" not in found:
                raise
            return self._write(request, step, as_sent(record), was, ())
        return record

    def note(
        self,
        request: StepRequest,
        step: str,
        record: StepRecord,
        expires_at: int,
        *,
        ends_episode: bool,
    ) -> None:
        """Record once why a step sent nothing. If it is recorded or claimed already, nothing
        changes."""
        touched = Change().add(revision=1).set(last_step_at=timestamp(record.at))
        if ends_episode:
            touched.set(episode_ended_at=timestamp(record.at))
        touched.only_if(episode=request.episode).only_if_absent("episode_ended_at")
        put = {"Put": self._putting(request, step, record, expires_at)}
        update = {"Update": self.table.updating(cart_key(request.shop, request.cart_id), touched)}
        try:
            self.table.transact([put, update])
        except PreconditionError:
            # the cart is gone, or its timeline has ended already
            if not self._note_alone(put):
                return
        self._count(request, step, record)

    def note_lost(
        self, request: StepRequest, step: str, record: StepRecord, expires_at: int
    ) -> None:
        """Record a message that left no record. If there is a record by now, it stays and nothing
        is counted."""
        put = self._putting(request, step, record, expires_at) | {
            "ConditionExpression": "attribute_not_exists(PK)"
        }
        del put["ExpressionAttributeNames"], put["ExpressionAttributeValues"]
        try:
            self.table.transact([{"Put": put}])
        except PreconditionError:
            return
        self._count(request, step, record)

    def give(self, link: LinkTarget, record: StepRecord, voucher: DiscountCode) -> None:
        """Write which message gave this code, as its claim did."""
        request = StepRequest(
            shop=link.shop, cart_id=link.cart_id, episode=link.episode, timeline=link.timeline
        )
        self.table.transact([self.giving(request, link.step, record, voucher)])

    def knows(self, link: LinkTarget) -> bool:
        """Return whether there is a record of a message that left, or was concluded."""
        request = StepRequest(shop=link.shop, cart_id=link.cart_id, episode=link.episode)
        item = self.table.get(record_key(request, link.step))
        return item is not None and item["state"] not in MAY_BE_CLAIMED

    def restore(self, link: LinkTarget, record: StepRecord, expires_at: int) -> bool:
        """Write a message that left, of which a backup of the table knows nothing. Return False if
        its record is there."""
        request = StepRequest(
            shop=link.shop, cart_id=link.cart_id, episode=link.episode, timeline=link.timeline
        )
        voucher = record.code_told
        try:
            self.table.transact(
                [
                    {"Put": self._putting(request, link.step, record, expires_at)},
                    {"Put": self.table.putting(link_item(link, record.message_id, record.at))},
                    *([self.giving(request, link.step, record, voucher)] if voucher else []),
                ]
            )
        except PreconditionError:
            return False
        self._touch(request, record)
        self._count(request, link.step, record)
        return True

    def _touch(self, request: StepRequest, record: StepRecord) -> None:
        at = timestamp(record.at)
        change = Change().add(revision=1).set(last_step_at=at, last_message_at=at)
        change.only_if_below(last_message_at=at).only_if_present("cart_id")
        with suppress(ConflictError):  # a later message is known, or the cart is gone
            self.table.update(cart_key(request.shop, request.cart_id), change)

    def hold(self, request: StepRequest, step: str, record: StepRecord, expires_at: int) -> None:
        """Record a step that waits. It keeps the code of its claim, and counts nothing."""
        self._note_alone({"Put": self._putting(request, step, record, expires_at)})

    def _note_alone(self, put: dict[str, Any]) -> bool:
        """Return False if another try concluded it or is sending it: its record stays."""
        try:
            self.table.transact([put])
        except PreconditionError:
            return False
        return True

    def _putting(
        self, request: StepRequest, step: str, record: StepRecord, expires_at: int
    ) -> dict[str, Any]:
        item = record_key(request, step) | {
            "state": str(record.state),
            "record": dump(record),
            "expires_at": expires_at,
        }
        put = self.table.putting(item, STILL_OPEN)
        put["ExpressionAttributeNames"] = {"#state": "state"}
        put["ExpressionAttributeValues"] = {
            name: {"S": state} for name, state in OPEN_STATES.items()
        }
        return put

    def _count(self, request: StepRequest, step: str, record: StepRecord) -> None:
        change = Change()
        if name := record.counter:
            change.add(**{name: 1})
        if record.state is RecordState.SENT:
            change.add(**sent_in_arms(record))
            if record.without_discount:
                change.add(without_discount=1)
            if record.segments:
                change.add(segments=record.segments)
        Counters(self.table).add(request.shop, record.at, f"{request.timeline}#{step}", change)


def deciding(shopper: Shopper) -> list[str]:
    """Return the identifiers under which an order, an opt-out or a suppression is looked for: the
    shopper's id, and all others except conversations and browsers."""
    return list(
        dict.fromkeys(
            [shopper.id, *(name for kind, name in shopper.names.items() if kind in DECIDING)]
        )
    )


def as_sent(record: StepRecord) -> StepRecord:
    return record.model_copy(
        update={"state": RecordState.SENT, "reason": Reason.DUE, "error": None}
    )


def record_key(request: StepRequest, step: str) -> dict[str, str]:
    return cart_key(request.shop, request.cart_id) | {"SK": f"MESSAGE#{request.episode}#{step}"}
