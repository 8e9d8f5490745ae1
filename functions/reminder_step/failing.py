"""Records of messages that failed, so that every missing message has a reason.

Each failed try writes its error to the message's record, and leaves the record in a state that the
next try may claim. Once the timeline is at a later step or at its end, an open record can no longer
be sent: the state machine never calls an earlier step again. Such a message has failed for good.
"""

from contextlib import suppress
from datetime import timedelta

from reminder_step.record import new_record, take_back
from wracaj.aws.observability import count, logger
from wracaj.clock import now
from wracaj.errors import ConflictError, WracajError
from wracaj.settings.shop import KEEP_DAYS, Shop
from wracaj.store import Store
from wracaj.store.table import expiry
from wracaj.text.wording import one_line
from wracaj.timelines.steps import MissedStep, Reason, RecordState, Step, StepRecord, StepRequest
from wracaj.timelines.subject import Subject

# RELEASED has its own reason already. For SENDING nobody knows whether the message left.
MAY_FAIL = {None, RecordState.HELD, RecordState.PREPARING, RecordState.FAILED}
LONGEST_ERROR = 300
NO_ANSWER = "the function reminder_step gave no answer: its log, or the execution, says why"


def note_failure(
    store: Store, shop: Shop, request: StepRequest, step: Step, error: WracajError
) -> None:
    """Record the error of one try. Errors of this function are logged, so that the first one is
    raised."""
    try:
        cart = store.carts.get_with_records(request.shop, request.cart_id)
        earlier = cart.record(request.episode, step.name) if cart else None
        if cart is None or (earlier and earlier.state) not in MAY_FAIL:
            return
        at = now()
        record = earlier or new_record(request, step, at, RecordState.FAILED, Reason.FAILED, None)
        # Keep the time of an earlier claim: the next try uses it to find what that claim counted.
        failed = record.model_copy(update=_failed(RecordState.FAILED) | {"error": _told(error)})
        store.step_records.hold(request, step.name, failed, expiry(at, shop.settings.keep_days))
    except Exception as fault:
        told = {"shop": request.shop, "step": step.name, "error": type(fault).__name__}
        logger.warning("failure not noted", extra=told)


def conclude_failed(
    store: Store, request: StepRequest, cart: Subject, but: Step | None = None
) -> None:
    """Record every message that an earlier step left open as failed. `but` is the current step.

    Raises ConflictError where this changed the cart, so that the current step is decided again.
    """
    missed = [one for one in request.missed if not cart.record(request.episode, one.name)]
    for one in missed:
        _note_missed(store, request, one)
    if missed and but:  # the wait for this step began when the last missed step failed
        failed_at = now() - timedelta(seconds=but.after_seconds)
        store.carts.step_failed(request.shop, request.cart_id, request.episode, failed_at)
        raise ConflictError("a step before this one was missed")
    for key, record in cart.records.items():
        episode, _, step = key.partition("#")
        if (
            episode == str(request.episode)
            and step != (but and but.name)
            and not record.state.final
        ):
            _conclude(store, request, step, record)


def _note_missed(store: Store, request: StepRequest, missed: MissedStep) -> None:
    at = now()
    record = new_record(request, missed, at, RecordState.SKIPPED, Reason.FAILED, None)
    record = record.model_copy(update={"error": NO_ANSWER})
    store.step_records.note_lost(request, missed.name, record, expiry(at, KEEP_DAYS))
    _report_lost(request, missed.name, record)


def _conclude(store: Store, request: StepRequest, step: str, record: StepRecord) -> None:
    changes = _failed(RecordState.SKIPPED)
    if record.state is RecordState.SENDING:
        changes = {"state": RecordState.UNKNOWN, "reason": Reason.OUTCOME_UNKNOWN}
    elif record.state.is_claimed_in_vain:
        take_back(store, request, step, record)
    lost = record.model_copy(update=changes)
    with suppress(ConflictError):  # another call concluded it meanwhile
        store.step_records.conclude(request, step, lost, was=record.state)
        _report_lost(request, step, lost)


def _report_lost(request: StepRequest, step: str, record: StepRecord) -> None:
    told = {"message_id": record.message_id, "shop": request.shop, "step": step}
    logger.error("message lost", extra=told | {"reason": record.reason, "why": record.error})
    count("MessageLost")


def _failed(state: RecordState) -> dict[str, object]:
    return {"state": state, "reason": Reason.FAILED, "until": None}


def _told(error: WracajError) -> str:
    return one_line(f"{type(error).__name__}: {error}", LONGEST_ERROR)
