"""Moves the wait after a step out of Step Functions, where it is long."""

from wracaj.archive.rows import long_wait_row
from wracaj.aws.archive_queue import note
from wracaj.clock import now
from wracaj.store import Store
from wracaj.timelines.steps import StepRequest, StepResult


def moved_out(store: Store, request: StepRequest, result: StepResult, days: float) -> StepResult:
    """Return the result. If the wait after it takes more than so many days, it is kept as a date,
    and the result says so: the execution ends.

    If the process dies in between, the step is asked again. What it did stands in its record, and a
    date that is kept already stays.
    """
    if not days:
        return result
    from wracaj.timelines.long_waits import next_long_wait  # most stacks do without it

    wait = next_long_wait(request, result, now(), days)
    kept = store.long_waits.put(request.shop, request.cart_id, wait) if wait else None
    if kept is None:
        return result
    told = kept.model_dump(mode="json")
    note(long_wait_row(request.shop, request.cart_id, request.timeline, told, now()))
    return result.model_copy(update={"moved_out": True})
