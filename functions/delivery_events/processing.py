"""Applies one delivery event: to the message's record, and to the address that the message went to.

Events may come in any order and more than once; the result is the same.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from delivery_events.event import DeliveryEvent, DeliveryStatus
from wracaj.archive.rows import Row, RowKind
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import follow, logger
from wracaj.aws.step_functions import execution_name
from wracaj.clock import now, timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.bounces import SoftBounce
from wracaj.customers.customer import Customer
from wracaj.services.readers import reader_of
from wracaj.services.unsubscribe import opt_out
from wracaj.store import Store
from wracaj.store.delivery_events import Mark
from wracaj.store.message_links import LinkTarget, message_id

ABOUT_THE_ADDRESS = {
    DeliveryStatus.DELIVERED,
    DeliveryStatus.SOFT_BOUNCE,
    DeliveryStatus.GONE,
    DeliveryStatus.OPTED_OUT,
    DeliveryStatus.COMPLAINED,
}
SUPPRESSES = {
    DeliveryStatus.GONE: "bounce",
    DeliveryStatus.OPTED_OUT: "opted_out",
    DeliveryStatus.COMPLAINED: "complaint",
}


class Processed(StrEnum):
    DONE = "done"
    IGNORED = "ignored"  # not about a message that we know


@dataclass(frozen=True)
class DeliveryEventProcessor:
    store: Store

    def process(self, receipt: DeliveryEvent) -> Processed:
        """Raises ConflictError, or an error of AWS, where the event must be delivered again."""
        target = self._target(receipt)
        marks = (
            self.store.delivery_events.note(
                target, receipt.fate.mark, receipt.at, by_shopper=receipt.refusal
            )
            if target
            else None
        )
        if target is None or marks is None:
            return Processed.IGNORED
        follow(execution_name(target.shop, target.cart_id, target.episode))
        told = {"shop": target.shop, "step": target.step, "message_id": message_of(target)}
        logger.info("delivery event", extra=told | {"fate": receipt.fate})
        processed = (
            self._tell_address(target, receipt, marks)
            if receipt.fate in ABOUT_THE_ADDRESS
            else Processed.DONE
        )
        note(delivery_row(target, receipt))
        return processed

    def _target(self, receipt: DeliveryEvent) -> LinkTarget | None:
        """The message of this event. The sender of a mail sets its tags, and may be somebody else
        in this AWS account, so the tags must agree with our own record."""
        tags = receipt.tags
        target = self.store.message_links.target(tags.message) if tags else None
        if target is None or tags is None:
            return None
        claimed = (target.shop, target.step, target.channel)
        return target if claimed == (tags.shop, tags.step, receipt.channel) else None

    def _tell_address(
        self, target: LinkTarget, receipt: DeliveryEvent, marks: frozenset[Mark]
    ) -> Processed:
        """Update the address that we sent to. After a forward, the address that bounced may be
        another one."""
        here = self.store.customers.amend_one(
            target.shop, target.address, lambda known: told(known, target, receipt, marks)
        )
        if is_older_than_its_erasure(here, receipt):
            return Processed.DONE if receipt.fate in SUPPRESSES else Processed.IGNORED
        if receipt.refusal:
            self._refuse(target, receipt)
        return Processed.DONE

    def _refuse(self, target: LinkTarget, receipt: DeliveryEvent) -> None:
        """Opt out of this event's channel and of advertising audiences."""
        opt_out(
            self.store,
            reader_of(self.store, target),
            no(receipt),
            [receipt.channel, Channel.AUDIENCE],
        )
        self.store.consent_log.add(target.shop, target.address, receipt.channel, no(receipt))


def delivery_row(target: LinkTarget, receipt: DeliveryEvent) -> Row:
    told: dict[str, Any] = {"address": target.address, "channel": receipt.channel}
    told |= {"fate": receipt.fate, "told_at": timestamp(receipt.at), "mark": receipt.fate.mark}
    if why := SUPPRESSES.get(receipt.fate):
        told |= {"suppresses": why, "as_old_as": timestamp(receipt.as_old_as)}
    return Row(RowKind.DELIVERY, target.shop, now(), target.message | told)


def told(
    here: Customer, target: LinkTarget, receipt: DeliveryEvent, marks: frozenset[Mark]
) -> Customer:
    # an erasure keeps suppressions, so one that is reported after it counts too
    if receipt.fate not in SUPPRESSES and is_older_than_its_erasure(here, receipt):
        return here
    match receipt.fate:
        case DeliveryStatus.DELIVERED:
            return here.arrived(receipt.channel, receipt.sent_at)
        case DeliveryStatus.SOFT_BOUNCE if (
            "delivered" in marks
        ):  # a vacation reply is reported as a bounce too
            return here
        case DeliveryStatus.SOFT_BOUNCE:
            return here.bounced(
                receipt.channel, SoftBounce(at=receipt.sent_at, message_id=message_of(target))
            )
    return here.suppressing(receipt.channel, SUPPRESSES[receipt.fate], receipt.as_old_as)


def is_older_than_its_erasure(here: Customer, receipt: DeliveryEvent) -> bool:
    return here.erased_at is not None and receipt.sent_at <= here.erased_at


def no(receipt: DeliveryEvent) -> Consent:
    """The opt-out that follows from a complaint. A later opt-in counts again."""
    return Consent(state=ConsentState.UNSUBSCRIBED, at=receipt.at, source="complaint")


def message_of(target: LinkTarget) -> str:
    return message_id(target.shop, target.cart_id, target.episode, target.step)
