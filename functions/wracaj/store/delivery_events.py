"""What providers report about a message, and whether its reader opted out by it, on the item of
its record: `MESSAGE#{episode}#{step}`. Each report is stored and counted once.

`taken_at`: the provider has the message, whatever is known to the try that sent it. The step's
conclusion and the provider's report may be written in any order. The second one finds what the
first one wrote, so an unknown outcome is settled either way.
"""

from typing import Literal, get_args

from pydantic import AwareDatetime

from wracaj.clock import timestamp
from wracaj.store.carts import cart_key
from wracaj.store.clicks import Clicks, message_key
from wracaj.store.counters import Counters, complained_in_arms, counters_key
from wracaj.store.message_links import LinkTarget
from wracaj.store.step_records import as_sent
from wracaj.store.table import Change, ConditionFailedError, Item, PreconditionError, Table, dump
from wracaj.timelines.steps import StepRecord

Mark = Literal["delivered", "opened", "followed", "bounced", "complained", "unsubscribed"]
MARKS: tuple[Mark, ...] = get_args(Mark)


class DeliveryEvents:
    def __init__(self, table: Table) -> None:
        self.table = table

    def note(
        self, target: LinkTarget, mark: Mark | None, at: AwareDatetime, *, by_shopper: bool = False
    ) -> frozenset[Mark] | None:
        """Store a report, and return all reports about the message. None: its record is gone. A
        repeated report changes nothing. `by_shopper`: the shopper complained, and the address is
        not merely on a list."""
        change = Change().set_once(taken_at=timestamp(at)).only_if_present("record")
        change = (
            change.set(**{f"{mark}_at": timestamp(at)}).only_if_absent(f"{mark}_at")
            if mark
            else change
        )
        try:
            item, first = self.table.update(message_key(target), change), mark is not None
        except ConditionFailedError as refused:
            item, first = refused.item, False
        if "record" not in item:
            return None
        record = StepRecord.model_validate_json(item["record"])
        self._settle(target, record)
        if first:
            counted = {str(mark): 1, **(complained_in_arms(record) if by_shopper else {})}
            Counters(self.table).add(
                target.shop, record.at, counted_as(target), Change().add(**counted)
            )
        if first and mark == "delivered":
            Clicks(self.table).arrived(target, item, at)
        return marks_of(item)

    def of_cart(self, shop: str, cart_id: str) -> dict[str, dict[Mark, str]]:
        """Return what was reported about each message of a cart, and when: `{"1#first_email":
        {"delivered": "2026-11-18T12:00:00.0Z"}}`."""
        items = self.table.query({"PK": cart_key(shop, cart_id)["PK"]}, begins="MESSAGE#")
        return {
            item["SK"].removeprefix("MESSAGE#"): {
                mark: item[f"{mark}_at"] for mark in marks_of(item)
            }
            for item in items
        }

    def _settle(self, target: LinkTarget, record: StepRecord) -> None:
        """Write a message as sent if its record says unknown, released or failed. Its counters
        change in the same transaction, so that they are never corrected twice."""
        if not record.is_sent_by_any_word:
            return
        sent = as_sent(record)
        settled = (
            Change().set(state=str(sent.state), record=dump(sent)).only_if(state=str(record.state))
        )
        counted = Change().add(sent=1, **({name: -1} if (name := record.counter) else {}))
        day = counters_key(target.shop, record.at, counted_as(target))
        actions = [
            self.table.updating(message_key(target), settled),
            self.table.updating(day, counted),
        ]
        try:
            self.table.transact([{"Update": action} for action in actions])
        except PreconditionError:
            return  # another report was first, or the step is trying again


def counted_as(target: LinkTarget) -> str:
    return f"{target.timeline}#{target.step}"


def marks_of(item: Item) -> frozenset[Mark]:
    return frozenset(mark for mark in MARKS if f"{mark}_at" in item)
