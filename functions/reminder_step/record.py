"""Writes the result of a step to its record."""

from datetime import datetime, timedelta

from wracaj.aws.observability import count, logger
from wracaj.discounts.code import DiscountCode
from wracaj.settings.shop import Shop
from wracaj.store import Store
from wracaj.store.message_links import message_id
from wracaj.store.table import expiry
from wracaj.timelines.steps import (
    MissedStep,
    Outcome,
    Reason,
    RecordState,
    Step,
    StepRecord,
    StepRequest,
    StepResult,
)

NOTED_AS = {
    Outcome.SKIPPED: RecordState.SKIPPED,
    Outcome.STOPPED: RecordState.STOPPED,
    Outcome.ORDERED: RecordState.ORDERED,
}


def new_record(
    request: StepRequest,
    step: Step | MissedStep,
    at: datetime,
    state: RecordState,
    reason: Reason,
    earlier: StepRecord | None,
    voucher: DiscountCode | None = None,
) -> StepRecord:
    return StepRecord(
        state=state,
        reason=reason,
        at=at,
        message_id=message_id(request.shop, request.cart_id, request.episode, step.name),
        channel=step.channel,
        template=step.template,
        arms=step.arms if isinstance(step, Step) else {},
        voucher=voucher or (earlier.voucher if earlier else None),
    )


def note(
    store: Store,
    shop: Shop,
    request: StepRequest,
    step: Step,
    record: StepRecord | None,
    result: StepResult,
    moment: datetime,
) -> StepResult:
    """Write the reason of a step that sent nothing."""
    expires_at = expiry(moment, shop.settings.keep_days)
    if record and record.state.is_claimed_in_vain:
        take_back(store, request, step.name, record)
    if result.outcome is Outcome.WAIT:
        until = moment + timedelta(seconds=result.wait_seconds)
        held = new_record(request, step, moment, RecordState.HELD, result.reason, record)
        store.step_records.hold(
            request, step.name, held.model_copy(update={"until": until}), expires_at
        )
    elif (
        result.reason is Reason.OUTCOME_UNKNOWN
        and record is not None
        and record.state is RecordState.SENDING
    ):
        return give_up(store, request, step, record)
    elif record is None or not record.state.final:
        noted = new_record(request, step, moment, NOTED_AS[result.outcome], result.reason, record)
        ends = result.outcome is not Outcome.SKIPPED
        store.step_records.note(request, step.name, noted, expires_at, ends_episode=ends)
    return result


def take_back(store: Store, request: StepRequest, step: str, record: StepRecord) -> None:
    """Undo what a claim counted of its message, which did not leave. This comes before the record
    says so: where the process dies between the two, the next try does it again."""
    cart = store.carts.get_with_records(request.shop, request.cart_id)
    before = cart.last_message_but(request.episode, step) if cart else None
    store.unsent.take_back(request, step, record, before)


def give_up(store: Store, request: StepRequest, step: Step, record: StepRecord) -> StepResult:
    """Record that nobody knows whether the provider took the message. It is counted and never sent
    again."""
    unknown = record.model_copy(
        update={"state": RecordState.UNKNOWN, "reason": Reason.OUTCOME_UNKNOWN}
    )
    concluded = store.step_records.conclude(request, step.name, unknown, was=RecordState.SENDING)
    # a delivery event has already reported that the provider took it
    if concluded.state is RecordState.SENT:
        return StepResult(outcome=Outcome.SENT, reason=Reason.DUE)
    logger.error(
        "message outcome unknown",
        extra={"message_id": record.message_id, "shop": request.shop, "step": step.name},
    )
    count("OutcomeUnknown")
    return StepResult(outcome=Outcome.SKIPPED, reason=Reason.OUTCOME_UNKNOWN)
