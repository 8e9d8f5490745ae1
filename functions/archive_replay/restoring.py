"""Brings back what the table no longer knows of messages and rewards: that they left or were given,
and what they came to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wracaj.archive.decisions import MarkKind, marks_of
from wracaj.archive.grants import grant_of_line
from wracaj.consent.channel import Channel
from wracaj.experiments.arms import entry_of
from wracaj.loyalty.grants import GrantState
from wracaj.messages.links import Purpose
from wracaj.orders.credits import Click
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.message_links import OF_A_MESSAGE, LinkTarget, message_id
from wracaj.store.restored_grants import RestoredGrants
from wracaj.store.table import expiry
from wracaj.timelines.facts import NOTED_AS
from wracaj.timelines.long_waits import LongWait
from wracaj.timelines.occasion import ASKED_FOR
from wracaj.timelines.steps import (
    Outcome,
    Reason,
    RecordState,
    StepRecord,
    StepRequest,
)

Line = dict[str, Any]
STATES = {outcome: state for state, outcome in NOTED_AS.items()}
MAY_HAVE_LEFT = {RecordState.SENT, RecordState.SENDING, RecordState.UNKNOWN}


@dataclass(frozen=True)
class Restoring:
    """Brings back one row. Each method returns "done", "known" if the table has it, or "nothing" if
    there is nothing to bring back."""

    store: Store
    shop: ShopSettings

    def decision(self, line: Line) -> str:
        self._enter(line)
        record = self._record(line)
        if record is None:
            return "nothing"
        if record.state in MAY_HAVE_LEFT:
            return self._message(line, record)
        request = StepRequest(
            shop=self.shop.shop,
            cart_id=line["cart_id"],
            episode=line["episode"],
            timeline=line["timeline"],
        )
        ends = record.state is not RecordState.SKIPPED
        until = expiry(record.at, self.shop.keep_days)
        name = line["step"]["name"]
        self.store.step_records.note(request, name, record, until, ends_episode=ends)
        return "done"

    def long_wait(self, line: Line) -> str:
        wait = LongWait.model_validate(line["wait"])
        if self.store.long_waits.restore(self.shop.shop, line["cart_id"], wait):
            return "done"
        subject = self.store.carts.subject(self.shop.shop, line["cart_id"])
        return "nothing" if subject is None or subject.erased else "known"

    def _record(self, line: Line) -> StepRecord | None:
        """The record of a step that came to an end. None: it waits, or had ended before."""
        if told := line.get("record"):
            record = StepRecord.model_validate(told)
            if record.state is RecordState.SENDING:
                unknown = {"state": RecordState.UNKNOWN, "reason": Reason.OUTCOME_UNKNOWN}
                return record.model_copy(update=unknown)
            return record if record.state.final else None
        outcome = Outcome(line["outcome"])
        if outcome not in STATES:
            return None
        step = line["step"]
        return StepRecord(
            state=STATES[outcome],
            reason=Reason(line["reason"]),
            at=datetime.fromisoformat(line["at"]),
            message_id=message_id(self.shop.shop, line["cart_id"], line["episode"], step["name"]),
            channel=Channel(step["channel"]),
            template=step.get("template"),
            arms=line.get("arms", {}),
        )

    def _message(self, line: Line, record: StepRecord) -> str:
        told = {name: line[name] for name in OF_A_MESSAGE} | {"step": line["step"]["name"]}
        link = LinkTarget(
            shop=self.shop.shop,
            channel=record.channel,
            customer_id=line["owner"],
            address=line["address"],
            **told,
        )
        if self.store.step_records.knows(link):
            return "known"
        self._mark(line, link, record)  # before the record, so that a second run comes here again
        if record.code_told:
            self.store.codes.leave_pool(self.shop.shop, record.code_told, line["cart_id"])
        until = expiry(record.at, self.shop.keep_days)
        if not self.store.step_records.restore(link, record, until):
            return "known"
        if line["timeline"] not in ASKED_FOR and record.channel is not Channel.AUDIENCE:
            self.store.customers.amend_one(
                self.shop.shop,
                line["address"],
                lambda known: known.with_sent(record.channel, record.at),
            )
        return "done"

    def _mark(self, line: Line, link: LinkTarget, record: StepRecord) -> None:
        """Mark what the message announced, so that no other message announces it again."""
        shop, message = self.shop.shop, record.message_id
        grants = RestoredGrants(self.store.table)
        for kind, owner, what in marks_of(line):
            match kind:
                case MarkKind.GRANT:
                    grant = grants.announced(shop, owner, what, message)
                    if grant and grant.voucher:
                        self.store.step_records.give(link, record, grant.voucher)
                case MarkKind.NUDGE:
                    grants.nudged(shop, owner, what, message)
                case MarkKind.ONCE:
                    self.store.announcements.restore(shop, owner, what, message)

    def grant(self, line: Line) -> str:
        grant, owner = grant_of_line(line), line["owner"]
        if grant.voucher and grant.state is GrantState.ISSUED:
            self.store.codes.leave_pool(self.shop.shop, grant.voucher, grant.key)
        is_new = RestoredGrants(self.store.table).restore(self.shop.shop, owner, grant)
        return "done" if is_new else "known"

    def _enter(self, line: Line) -> None:
        """Enter the shopper again where this very step had entered them."""
        entries = {
            name: entry_of(self.shop.experiments[name], one["arm"], one["person"], at)
            for name, one in line.get("entries", {}).items()
            if name in self.shop.experiments
            and (at := datetime.fromisoformat(one["at"])) == datetime.fromisoformat(line["at"])
        }
        subject = self.store.carts.subject(self.shop.shop, line["cart_id"]) if entries else None
        shopper = self.store.customers.shopper_of(subject) if subject else None
        if shopper:
            missing = {name: one for name, one in entries.items() if name not in shopper.arms}
            if missing:
                self.store.experiments.enter(self.shop.shop, line["cart_id"], shopper, missing)

    def click(self, line: Line) -> str:
        target, at = target_of(self.store, line), datetime.fromisoformat(line["at"])
        if target and self.store.clicks.knows(target, Purpose.CART, at):
            return "known"
        if target is None or not self.store.clicks.opened(target, Purpose.CART, at):
            return "nothing"
        click = Click(at=at, **{name: line[name] for name in OF_A_MESSAGE})
        self.store.customers.amend_one(
            self.shop.shop, line["address"], lambda known: known.clicked(click)
        )
        return "done"

    def delivery(self, line: Line) -> str:
        target = target_of(self.store, line)
        if target:
            told_at = datetime.fromisoformat(line["told_at"])
            self.store.delivery_events.note(target, line["mark"], told_at)
        if "suppresses" not in line:
            return "done" if target else "nothing"
        channel, since = Channel(line["channel"]), datetime.fromisoformat(line["as_old_as"])
        self.store.customers.amend_one(
            self.shop.shop,
            line["address"],
            lambda known: known.suppressing(channel, line["suppresses"], since),
        )
        return "suppressed"


def target_of(store: Store, line: Line) -> LinkTarget | None:
    """Return the message that a line is about. None: it is gone."""
    id_ = message_id(line["shop"], line["cart_id"], line["episode"], line["step"])
    return store.message_links.target(id_)
