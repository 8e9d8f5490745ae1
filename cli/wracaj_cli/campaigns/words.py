"""The reasons in the names of counters."""

from wracaj.timelines.steps import Reason


def reason_of(counter: str) -> str | None:
    """Return the reason in a counter's name, such as `skipped_no_consent`. Return None if the
    counter has no reason."""
    outcome, _, reason = counter.partition("_")
    return (
        reason if outcome in {"skipped", "stopped", "ordered"} and reason in set(Reason) else None
    )
