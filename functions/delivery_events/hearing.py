"""What follows from one receipt: on the message's record, and on the shopper's profile. Any order, any repetition, one end."""

from dataclasses import dataclass
from enum import StrEnum

from delivery_events.receipt import Fate, Receipt
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.customer import Customer, suppression_key
from wracaj.deliveries import SoftBounce
from wracaj.store import Store
from wracaj.store.receipts import Mark
from wracaj.store.step_records import LinkTarget, message_id

ABOUT_THE_ADDRESS = {Fate.DELIVERED, Fate.SOFT, Fate.GONE, Fate.OPTED_OUT, Fate.COMPLAINED}
GIVEN_UP = {Fate.GONE: "bounce", Fate.OPTED_OUT: "opted_out", Fate.COMPLAINED: "complaint"}


class Heard(StrEnum):
    DONE = "done"
    IGNORED = "ignored"  # about nothing that we know


@dataclass(frozen=True)
class Hearing:
    store: Store

    def hear(self, receipt: Receipt) -> Heard:
        """Raises ConflictError, or what AWS raises, where it must come again."""
        target = self._target(receipt)
        marks = self.store.receipts.note(target, receipt.fate.mark, receipt.at) if target else None
        if target is None or marks is None:
            return Heard.IGNORED
        return self._tell_profile(target, receipt, marks) if receipt.fate in ABOUT_THE_ADDRESS else Heard.DONE

    def _target(self, receipt: Receipt) -> LinkTarget | None:
        """Tags are words of a mail's sender, who may be somebody else of this account: they must agree with what we claimed."""
        tags = receipt.tags
        target = self.store.step_records.link_target(tags.message) if tags else None
        if target is None or tags is None or not target.whose:
            return None
        claimed = (target.shop, target.step, target.channel)
        return target if claimed == (tags.shop, tags.step, receipt.channel) else None

    def _tell_profile(self, target: LinkTarget, receipt: Receipt, marks: frozenset[Mark]) -> Heard:
        """About the address that we sent to. A mail may have been forwarded, and the one that bounced is another's."""
        key = suppression_key(receipt.channel, target.whose)

        def told(customer: Customer) -> Customer:
            if customer.erased_at:
                return customer
            match receipt.fate:
                case Fate.DELIVERED:
                    return customer.arrived(key, receipt.sent_at)
                case Fate.SOFT if "delivered" in marks:  # "I am on holiday" comes as a bounce, too
                    return customer
                case Fate.SOFT:
                    return customer.bounced(key, SoftBounce(at=receipt.sent_at, message_id=message_of(target)))
            given_up = customer.giving_up(key, GIVEN_UP[receipt.fate], receipt.as_old_as)
            return refused(given_up, receipt) if receipt.refusal else given_up

        customer = self.store.customers.amend(target.shop, target.customer_id, told)
        if customer is None or customer.erased_at:
            return Heard.IGNORED
        if receipt.refusal:
            self.store.customers.log_consent(target.shop, customer.id, receipt.channel, no(receipt))
        return Heard.DONE


def refused(customer: Customer, receipt: Receipt) -> Customer:
    """Whoever calls our mail spam wants no other of it, at whatever address, nor our advertisements elsewhere."""
    return customer.with_consent(receipt.channel, no(receipt)).with_consent(Channel.AUDIENCE, no(receipt))


def no(receipt: Receipt) -> Consent:
    """A yes that is said later counts again."""
    return Consent(state=ConsentState.UNSUBSCRIBED, at=receipt.at, source="complaint")


def message_of(target: LinkTarget) -> str:
    return message_id(target.shop, target.cart_id, target.episode, target.step)
