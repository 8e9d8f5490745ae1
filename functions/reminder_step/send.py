"""One try to send one due message: claim it, create its code, hand it to the provider, and record
the result."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from reminder_step.context import Actions, MessageContent
from reminder_step.dependencies import Dependencies
from reminder_step.discount_code import voucher_of
from reminder_step.message import compose
from reminder_step.record import give_up, new_record, note, take_back
from wracaj.archive.decisions import Mark
from wracaj.aws.observability import count, logger
from wracaj.carts.cart import Cart
from wracaj.channels import OutgoingMessage
from wracaj.consent.channel import TRAITS
from wracaj.customers.audiences import joining
from wracaj.customers.shopper import Shopper
from wracaj.discounts.code import DiscountCode
from wracaj.errors import (
    AddressGoneError,
    ConflictError,
    DiscountError,
    NotTakenError,
    OutcomeUnknownError,
    RefusedError,
    WindowClosedError,
)
from wracaj.settings.shop import Shop
from wracaj.store.table import expiry
from wracaj.timelines.steps import (
    Outcome,
    Reason,
    RecordState,
    Step,
    StepRecord,
    StepRequest,
    StepResult,
)
from wracaj.timelines.subject import Subject

DECISIONS = 3
# Limits for a provider's Retry-After: not shorter than a useful wait, not longer than a step may
# take.
SHORTEST_WAIT, LONGEST_WAIT = 5 * 60, 6 * 3600


class Tried(NamedTuple):
    """What a try came to. `record`: of the message, where one was claimed; `marks`: what it
    announces."""

    result: StepResult
    record: StepRecord | None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Try:
    """One try to send one due message."""

    outside: Dependencies
    shop: Shop
    request: StepRequest
    step: Step
    subject: Subject
    shopper: Shopper
    to: str  # the address that the message goes to
    earlier: StepRecord | None
    moment: datetime
    content: MessageContent

    def send(self) -> Tried:
        records, name = self.outside.store.step_records, self.step.name
        voucher = voucher_of(
            self.step, self.earlier, self.subject, self.request.episode, self.shop, self.moment
        )
        if voucher is None and self.step.discount and self.step.discount.if_unavailable == "skip":
            return self._skipped(Reason.NO_DISCOUNT)
        claimed = RecordState.PREPARING if voucher and self.step.discount else RecordState.SENDING
        # the discount in an earlier try may have expired since
        earlier = None if self.step.repeats_code else self.earlier
        record = new_record(
            self.request, self.step, self.moment, claimed, Reason.DUE, earlier, voucher
        )
        record = record.model_copy(
            update={"without_discount": voucher is None and self.step.discount is not None}
        )
        message = self._compose(record)  # a template error is raised before anything is claimed
        shopper = self._claim(record)
        if voucher is None or self.step.discount is None:
            return self._give_to_provider(record, message)
        created = self._create(voucher)
        if created is None and self.step.discount.if_unavailable == "skip":
            return self._concluded(
                record, RecordState.SKIPPED, Reason.NO_DISCOUNT, was=RecordState.PREPARING
            )
        record = record.model_copy(
            update={
                "state": RecordState.SENDING,
                "voucher": created or voucher,
                "without_discount": created is None,
            }
        )
        records.hand_over(self.request, name, record, shopper, self.content.conditions)
        return self._give_to_provider(
            record, message if created == voucher else self._compose(record)
        )

    def _claim(self, record: StepRecord) -> Shopper:
        records = self.outside.store.step_records
        expires_at = expiry(self.moment, self.shop.settings.keep_days)
        also = (*self.content.actions, *self.content.conditions, *self._giving_rewards(record))
        name = self.step.name
        return records.claim(
            self.request,
            name,
            record,
            self.subject,
            self.shopper,
            self._told(),
            self.to,
            expires_at,
            also,
        )

    def _giving_rewards(self, record: StepRecord) -> tuple[Mapping[str, Any], ...]:
        """Return the actions that write which message announces these codes of rewards."""
        giving = self.outside.store.step_records.giving
        return tuple(
            giving(self.request, self.step.name, record, voucher)
            for voucher in self.content.facts.get("more_vouchers", ())
        )

    def _skipped(self, reason: Reason) -> Tried:
        """Skip the message before anything was claimed."""
        nothing = StepResult(outcome=Outcome.SKIPPED, reason=reason)
        noted = note(
            self.outside.store,
            self.shop,
            self.request,
            self.step,
            self.earlier,
            nothing,
            self.moment,
        )
        return Tried(noted, None)

    def _give_to_provider(self, record: StepRecord, message: OutgoingMessage) -> Tried:
        try:
            provider_id = self.outside.channels(self.step.channel).send(message)
        except NotTakenError as error:
            released = record.model_copy(update={"state": RecordState.RELEASED})
            self._untold(
                lambda also: self.outside.store.step_records.release(
                    self.request, self.step.name, released, also
                )
            )
            if error.retry_after_seconds is None:
                raise
            wait = min(max(error.retry_after_seconds, SHORTEST_WAIT), LONGEST_WAIT)
            throttled = StepResult(
                outcome=Outcome.WAIT, reason=Reason.PROVIDER_THROTTLED, wait_seconds=wait
            )
            return Tried(throttled, released)
        except RefusedError as error:
            count("MessageRefused")
            logger.warning(
                "message refused", extra={"message_id": record.message_id, "why": str(error)}
            )
            return self._refused(record, error)
        except OutcomeUnknownError:
            return Tried(give_up(self.outside.store, self.request, self.step, record), record)
        sent = record.model_copy(
            update={"provider_id": provider_id, "segments": message.rendered.segments}
        )
        return self._concluded(sent, RecordState.SENT, Reason.DUE)

    def _refused(self, record: StepRecord, error: RefusedError) -> Tried:
        if isinstance(error, AddressGoneError):
            self._give_up_address()
            return self._concluded(record, RecordState.SKIPPED, Reason.ADDRESS_GONE)
        window = isinstance(error, WindowClosedError)
        return self._concluded(
            record, RecordState.SKIPPED, Reason.WINDOW_CLOSED if window else Reason.REFUSED
        )

    def _give_up_address(self) -> None:
        channel = self.step.channel
        name = self.shopper.at(channel, self.to).id
        self.outside.store.customers.amend_one(
            self.shop.id, name, lambda known: known.suppressing(channel, "gone")
        )
        if TRAITS[channel].drops_gone_address:
            (field,) = TRAITS[channel].contact_fields
            self.outside.store.carts.drop_address(
                self.shop.id, self.subject.cart_id, field, self.to
            )

    def _told(self) -> Shopper:
        """The shopper's record with this message counted at the address that it goes to."""
        name, shopper = self.step.audience, self.shopper
        if name:  # decide() skips an audience that is not in the settings
            settings, episode = self.shop.settings.audiences[name], self.request.episode
            membership = joining(name, settings, self.subject, shopper.record, episode, self.moment)
            return shopper.changed(shopper.owner.model_copy(update={"audience": membership}))
        if self.subject.asked_for:
            return shopper
        here = shopper.at(self.step.channel, self.to).with_sent(self.step.channel, self.moment)
        return shopper.changed(
            here.model_copy(update={"asked_reason_at": self.moment}) if self._asks_reason else here
        )

    @property
    def _asks_reason(self) -> bool:
        """Whether to ask for the abandonment reason: once a year per address. The claim records the
        question."""
        here = self.shopper.at(self.step.channel, self.to)
        return (
            self.step.asks_reason
            and isinstance(self.subject, Cart)
            and here.may_be_asked_reason(self.moment)
        )

    def _concluded(
        self,
        record: StepRecord,
        state: RecordState,
        reason: Reason,
        was: RecordState = RecordState.SENDING,
    ) -> Tried:
        concluded = record.model_copy(update={"state": state, "reason": reason})

        def conclude(also: Actions = ()) -> None:
            self.outside.store.step_records.conclude(
                self.request, self.step.name, concluded, was=was, also=also
            )

        if state is RecordState.SENT:
            conclude()
            return Tried(StepResult(outcome=Outcome.SENT, reason=reason), concluded)
        take_back(self.outside.store, self.request, self.step.name, record)
        self._untold(conclude)
        return Tried(StepResult(outcome=Outcome.SKIPPED, reason=reason), concluded)

    def _untold(self, note: Callable[[Actions], None]) -> None:
        """Record that the message was not sent, and free its marks so that another message may
        announce the same things."""
        for _ in range(DECISIONS):
            with suppress(ConflictError):  # an order or a refund changed one of the marks meanwhile
                note(self.content.freeing())
                return
        note(())

    def _create(self, voucher: DiscountCode) -> DiscountCode | None:
        try:
            return self.outside.create_discount(self.shop, voucher, self.subject.cart_id)
        except DiscountError as error:
            logger.error(
                "discount code not created", extra={"shop": self.shop.id, "why": str(error)}
            )
            count("DiscountUnavailable")
            return None

    def _compose(self, record: StepRecord) -> OutgoingMessage:
        return compose(
            self.shop,
            self.subject,
            self.shopper,
            self.step,
            record,
            to=self.to,
            key=self.outside.link_key,
            public_url=self.outside.public_url,
            tags=self._tags(record),
            content=self.content,
            asks_reason=self._asks_reason,
        )

    def _tags(self, record: StepRecord) -> Mapping[str, str]:
        return {
            "shop": self.shop.id,
            "timeline": self.request.timeline,
            "step": self.step.name,
            "message": record.message_id,
        }
