"""Which reasons are counted."""

from wracaj.timelines.steps import Reason


def reason_of(counter: str) -> str | None:
    """Of a counter such as `skipped_no_consent`; None: it counts something else."""
    outcome, _, reason = counter.partition("_")
    return (
        reason if outcome in {"skipped", "stopped", "ordered"} and reason in set(Reason) else None
    )
