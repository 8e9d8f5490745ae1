"""Reasons and counters in words."""

from wracaj.steps import Reason
from wracaj_cli.demo.outcome import WORDS

_KNOWN = {str(reason): words for reason, words in WORDS.items()}


def words_of(reason: str) -> str:
    return _KNOWN.get(reason, reason.replace("_", " "))


def reason_of(counter: str) -> str | None:
    """Of a counter such as `skipped_no_consent`; None: it counts something else."""
    outcome, _, reason = counter.partition("_")
    return reason if outcome in {"skipped", "stopped", "ordered"} and reason in set(Reason) else None
